"""The door: logging in and out, as a stranger finds it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories.accounts import RoleGrantFactory, UserFactory
from tests.support.browser import Complaints, axe, axe_everywhere, follow, log_in

PASSWORD = "a long enough password"


def person(name: str = "Ana Prado") -> User:
    user = UserFactory(email=f"{name.split()[0].lower()}@example.com", name=name)
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


def end_session(page: Page) -> None:
    kept = [cookie for cookie in page.context.cookies() if cookie["name"] != "sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies(kept)


def test_what_was_written_when_the_session_had_ended_comes_back_to_its_writer_alone(page: Page) -> None:
    user, other = person(), person("Bo Lind")
    name = page.locator("main input[name=name]")
    log_in(page, user.email, PASSWORD)
    page.goto("/profile/")

    for writer in (user, other):
        name.fill("Ana Prado-Lima")
        end_session(page)
        follow(page.get_by_role("button", name="Save"))
        page.wait_for_url("**/account/login/**")
        page.locator("input[name=login]").fill(writer.email)
        page.locator("input[name=password]").fill(PASSWORD)
        with page.expect_navigation(url="**/profile/"):
            page.keyboard.press("Enter")
        if writer == user:
            expect(page.locator("#messages")).to_contain_text("What you wrote was not saved. It is here again")
        page.wait_for_function("sessionStorage.getItem('typed') === null")
        expect(name).to_have_value("Ana Prado-Lima" if writer == user else "Bo Lind")

    expect(page.locator("#messages")).to_be_empty()
    name.fill("Half a word")
    page.evaluate("document.dispatchEvent(new CustomEvent('page:leaving'))")  # a part met the end of the session
    assert ["name", "Half a word"] in page.evaluate("JSON.parse(sessionStorage.getItem('typed')).fields")


def test_a_wrong_password_is_said_and_the_address_stays(page: Page) -> None:
    user = person()
    page.goto("/account/login/")

    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill("not it")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("[role=alert], .errors, .notice").first.wait_for()

    expect(page.locator("input[name=login]")).to_have_value(user.email)
    axe(page)


def test_the_door_is_fit_for_every_screen_and_reader(page: Page) -> None:
    page.goto("/account/login/")

    axe_everywhere(page)


def test_an_inline_script_does_not_run_and_is_noticed(page: Page, complaints: Complaints) -> None:
    complaints.expect("CSP violation: script-src-elem inline")
    complaints.expect("Executing inline script violates")
    page.goto("/account/login/")

    with page.expect_console_message(lambda message: "CSP violation: script-src-elem inline" in message.text):
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")

    assert page.evaluate("window.ran === undefined") is True
    assert [line for line in complaints.heard if "CSP violation: script-src-elem inline" in line] != []
