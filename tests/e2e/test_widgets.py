"""The widgets of the frame, as a keyboard, a phone and a screen reader meet them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from accounts.roles import Role
from tests.factories.accounts import person
from tests.support.browser import Complaints, axe

FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture
def catalogue(browse: Callable[..., Page]) -> Page:
    """The component catalogue, as a QA manager sees it."""
    page = browse(person(Role.MANAGER))
    page.goto("/ui/")
    return page


def test_a_menu_is_walked_by_arrow_keys_and_gives_the_focus_back(catalogue: Page) -> None:
    catalogue.locator("[popovertarget=ui-menu]").press("Enter")
    catalogue.locator("#ui-menu").wait_for()
    # The menu is shown first and takes the focus right after.
    catalogue.wait_for_function("() => document.activeElement.closest('#ui-menu') !== null")

    catalogue.keyboard.press("ArrowDown")
    walked = catalogue.evaluate(FOCUSED)
    axe(catalogue)
    catalogue.keyboard.press("Escape")

    assert walked == "Policy reminder"
    assert catalogue.locator("#ui-menu").is_visible() is False
    assert catalogue.evaluate("document.activeElement.getAttribute('popovertarget')") == "ui-menu"


def test_a_dialog_keeps_the_focus_and_what_is_said_meanwhile(catalogue: Page) -> None:
    catalogue.locator("[data-open-dialog=ui-dialog]").press("Enter")
    axe(catalogue)
    catalogue.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Still here'}}))")

    said = catalogue.locator("dialog[open] .toast").inner_text()
    catalogue.keyboard.press("Escape")

    assert said == "Still here"
    assert catalogue.locator("body > .toasts .toast").inner_text() == "Still here"
    assert catalogue.evaluate(FOCUSED) == "Decline…"


def test_what_cannot_be_taken_back_is_asked_first_and_sent_once(catalogue: Page) -> None:
    sent: list[str] = []
    catalogue.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    form = catalogue.locator("form[data-confirm]")

    form.get_by_role("button").press("Enter")
    dialog = catalogue.get_by_role("dialog", name="Are you sure?")
    dialog.get_by_text("stops working at once").wait_for()
    axe(catalogue)
    catalogue.keyboard.press("Escape")
    form.get_by_role("button").press("Enter")
    assert sent == []
    with catalogue.expect_navigation():
        dialog.get_by_role("button", name="Revoke", exact=True).click()

    assert sent == ["POST"]


def test_a_toast_is_announced_and_can_be_dismissed(catalogue: Page) -> None:
    catalogue.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'No', tone: 'critical'}}))")
    toast = catalogue.locator("#messages[role=status] .toast[data-tone=critical]")
    toast.wait_for()

    toast.get_by_role("button", name="Dismiss").click()

    assert toast.count() == 0


def test_the_theme_changes_at_once_and_stays(catalogue: Page) -> None:
    catalogue.locator("[popovertarget=person-menu]").click()

    with catalogue.expect_response("**/theme/") as answer:
        catalogue.locator("#person-menu button[value=dark]").click()
    at_once = catalogue.evaluate("document.documentElement.dataset.theme")
    axe(catalogue)
    catalogue.reload()

    assert (answer.value.status, at_once) == (204, "dark")
    assert catalogue.evaluate("document.documentElement.dataset.theme") == "dark"


def test_keys_are_listed_work_and_can_be_turned_off(catalogue: Page) -> None:
    catalogue.keyboard.press("?")
    listed = catalogue.locator("#keys dt").all_inner_texts()
    catalogue.locator("[data-keys-switch]").uncheck()
    catalogue.keyboard.press("Escape")
    catalogue.keyboard.press("/")
    focused_while_off = catalogue.evaluate("document.activeElement.name ?? ''")

    catalogue.keyboard.press("?")
    catalogue.locator("[data-keys-switch]").check()
    catalogue.keyboard.press("Escape")
    catalogue.keyboard.press("/")

    assert {"Queue", "Search in the queue"} <= set(listed)
    assert focused_while_off == ""
    assert catalogue.evaluate("document.activeElement.name") == "q"


def test_two_keys_lead_to_a_page(catalogue: Page) -> None:
    catalogue.keyboard.press("g")
    catalogue.keyboard.press("q")

    catalogue.wait_for_url("**/queue/")


def test_typing_in_a_field_is_not_a_shortcut(catalogue: Page) -> None:
    catalogue.locator("#id_q").fill("")

    catalogue.locator("#id_q").press_sequentially("g q?")

    assert catalogue.locator("#id_q").input_value() == "g q?"
    assert catalogue.url.endswith("/ui/")


def test_empty_filters_stay_out_of_the_address(catalogue: Page) -> None:
    catalogue.locator("#id_q").fill("refund")

    catalogue.locator("[data-filter-bar] button[type=submit]").click()
    catalogue.wait_for_url("**/ui/?**")

    assert catalogue.url.split("?")[1] == "q=refund"


def test_a_refused_part_is_said_beside_the_page(catalogue: Page, complaints: Complaints) -> None:
    complaints.expect("status of 409")
    body = '<div class="toast" data-toast data-tone="critical"><span>Somebody else has it.</span></div>'
    headers = {"content-type": "text/html", "HX-Retarget": "#refusal", "HX-Reswap": "innerHTML"}

    def refuse(route: Route) -> None:
        route.fulfill(status=409, headers=headers, body=body)

    catalogue.route("**/refused/", refuse)
    before = catalogue.locator("#words").inner_text()

    catalogue.evaluate("htmx.ajax('POST', '/refused/', {target: '#words'})")
    catalogue.locator("#refusal[role=alert] .toast").wait_for()

    assert catalogue.locator("#words").inner_text() == before
    assert catalogue.locator("#refusal").inner_text() == "Somebody else has it."


def test_a_whole_page_never_lands_inside_a_part(catalogue: Page) -> None:
    """As when the session has ended: the answer is the sign-in page."""
    catalogue.context.clear_cookies()

    catalogue.evaluate("htmx.ajax('GET', '/queue/', {target: '#words'})")

    catalogue.wait_for_url("**/account/login/**")
    assert catalogue.locator("h1").all_inner_texts() == ["Sign in"]


def test_a_post_by_htmx_carries_its_token(catalogue: Page) -> None:
    with catalogue.expect_response("**/theme/") as answer:
        catalogue.evaluate("htmx.ajax('POST', '/theme/', {values: {theme: 'dark'}, swap: 'none'})")

    assert answer.value.status == 302


def test_a_phone_finds_everything_behind_more(browse: Callable[..., Page]) -> None:
    page = browse(person(Role.MANAGER), width=390, height=844)
    page.goto("/ui/")

    bar = page.locator(".rail [data-bar]:visible span:first-of-type").all_inner_texts()
    page.get_by_role("button", name="More", exact=True).click()
    axe(page)
    page.get_by_role("navigation", name="Everything").get_by_role("link", name="Rubrics").click()

    assert bar == ["My team", "Coaching", "Queue", "Programme", "More"]  # the page that a manager begins at is one
    page.wait_for_url("**/rubrics/")


def test_the_frame_reads_without_a_script(browse: Callable[..., Page]) -> None:
    page = browse(person(Role.MANAGER), java_script_enabled=False)

    page.goto("/ui/")
    page.locator("[popovertarget=person-menu]").click()
    page.locator("#person-menu button[value=dark]").click()

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("h1").all_inner_texts() == ["Components"]


def test_the_catalogue_looks_right_everywhere(
    catalogue: Page, shoot_everywhere: Callable[[Page, str], list[Path]]
) -> None:
    axe(catalogue)

    paths = shoot_everywhere(catalogue, "components")

    assert len(paths) == 4
