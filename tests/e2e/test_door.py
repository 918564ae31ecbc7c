"""The door: logging in and out, as a stranger finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from accounts.models import User
from tests.factories.accounts import RoleGrantFactory, UserFactory
from tests.support.browser import Complaints, axe, log_in

PASSWORD = "a long enough password"


def person() -> User:
    user = UserFactory(email="ana@example.com", name="Ana Prado")
    user.set_password(PASSWORD)
    user.save()
    RoleGrantFactory(user=user)
    return user


def test_a_stranger_logs_in_with_the_keyboard(page: Page) -> None:
    user = person()

    log_in(page, user.email, PASSWORD)

    assert page.evaluate("document.cookie.includes('sessionid')") is False  # not readable by scripts
    assert page.locator("body").get_by_text("Ana Prado").count() >= 1
    axe(page)


def test_a_wrong_password_is_said_and_the_address_stays(page: Page) -> None:
    user = person()
    page.goto("/account/login/")

    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill("not it")
    page.keyboard.press("Enter")
    page.locator("[role=alert], .errors, .notice").first.wait_for()

    assert page.locator("input[name=login]").input_value() == user.email
    axe(page)


def test_the_door_looks_right_everywhere(page: Page, shoot_everywhere: Callable[[Page, str], list[Path]]) -> None:
    page.goto("/account/login/")

    paths = shoot_everywhere(page, "log-in")

    assert [path.name for path in paths] == [
        "log-in-1280-light.png",
        "log-in-1280-dark.png",
        "log-in-390-light.png",
        "log-in-390-dark.png",
    ]


def test_an_inline_script_does_not_run_and_is_noticed(page: Page, complaints: Complaints) -> None:
    complaints.expect("CSP violation: script-src-elem inline")
    complaints.expect("Executing inline script violates")
    page.goto("/account/login/")

    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")

    page.wait_for_function("() => true")
    assert page.evaluate("window.ran === undefined") is True
    assert [line for line in complaints.heard if "CSP violation: script-src-elem inline" in line] != []
