"""The widgets of the frame, as a keyboard, a phone and a screen reader meet them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.roles import Role
from tests.factories.accounts import person
from tests.support.browser import SIZES, THEMES, Complaints, axe, fits, follow


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
    expect(catalogue.locator(":focus")).to_have_text("Policy reminder")
    axe(catalogue)
    catalogue.keyboard.press("Escape")

    expect(catalogue.locator("#ui-menu")).to_be_hidden()
    expect(catalogue.locator("[popovertarget=ui-menu]")).to_be_focused()


def test_a_dialog_keeps_the_focus_and_what_is_said_meanwhile(catalogue: Page) -> None:
    catalogue.locator("[data-open-dialog=ui-dialog]").press("Enter")
    expect(catalogue.locator("#ui-dialog")).to_be_visible()
    axe(catalogue)
    # Good news would leave after a while; this stays.
    catalogue.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Still here', tone: 'critical'}}))"
    )

    expect(catalogue.locator("dialog[open] .toast span").first).to_have_text("Still here")
    catalogue.keyboard.press("Escape")

    expect(catalogue.locator("body > .toasts .toast span").first).to_have_text("Still here")
    expect(catalogue.locator(":focus")).to_have_text("Decline…")


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
    follow(dialog.get_by_role("button", name="Revoke", exact=True))

    assert sent == ["POST"]


def test_a_toast_is_announced_and_can_be_dismissed(catalogue: Page) -> None:
    catalogue.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'No', tone: 'critical'}}))")
    toast = catalogue.locator("#messages[role=status] .toast[data-tone=critical]")
    toast.wait_for()

    toast.get_by_role("button", name="Dismiss").click()

    expect(toast).to_have_count(0)


def test_the_theme_changes_at_once_and_stays(catalogue: Page) -> None:
    catalogue.locator("[popovertarget=person-menu]").click()

    with catalogue.expect_response("**/theme/") as answer:
        catalogue.locator("#person-menu button[value=dark]").click()
    expect(catalogue.locator("html")).to_have_attribute("data-theme", "dark")
    assert answer.value.status == 204
    axe(catalogue)
    catalogue.reload()

    expect(catalogue.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_are_listed_work_and_can_be_turned_off(catalogue: Page) -> None:
    dialog, search = catalogue.locator("#keys"), catalogue.locator("#id_q")
    catalogue.keyboard.press("?")
    expect(dialog).to_be_visible()
    listed = catalogue.locator("#keys dt").all_inner_texts()
    catalogue.locator("[data-keys-switch]").uncheck()
    catalogue.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    catalogue.keyboard.press("/")
    expect(search).not_to_be_focused()

    catalogue.keyboard.press("?")
    catalogue.locator("[data-keys-switch]").check()
    catalogue.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    catalogue.keyboard.press("/")

    expect(search).to_be_focused()
    assert {"Queue", "Search in the queue"} <= set(listed)


def test_two_keys_lead_to_a_page(catalogue: Page) -> None:
    with catalogue.expect_navigation(url="**/queue/"):
        catalogue.keyboard.type("gq")  # in one go: the second key has to come soon after the first


def test_typing_in_a_field_is_not_a_shortcut(catalogue: Page) -> None:
    catalogue.locator("#id_q").fill("")

    catalogue.locator("#id_q").press_sequentially("g q?")

    expect(catalogue.locator("#id_q")).to_have_value("g q?")
    assert catalogue.url.endswith("/ui/")


def test_empty_filters_stay_out_of_the_address(catalogue: Page) -> None:
    catalogue.locator("#id_q").fill("refund")

    follow(catalogue.locator("[data-filter-bar] button[type=submit]"))

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

    expect(catalogue.locator("#refusal")).to_have_text("Somebody else has it.")
    expect(catalogue.locator("#words")).to_have_text(before, use_inner_text=True)


def test_a_whole_page_never_lands_inside_a_part(catalogue: Page) -> None:
    """As when the session has ended: the answer is the sign-in page."""
    catalogue.context.clear_cookies()

    catalogue.evaluate("htmx.ajax('GET', '/queue/', {target: '#words'})")

    catalogue.wait_for_url("**/account/login/**")
    expect(catalogue.locator("h1")).to_have_text(["Sign in"])


def test_a_post_by_htmx_carries_its_token(catalogue: Page) -> None:
    with catalogue.expect_response("**/theme/") as answer:
        catalogue.evaluate("htmx.ajax('POST', '/theme/', {values: {theme: 'dark'}, swap: 'none'})")

    assert answer.value.status == 302


def test_a_phone_finds_everything_behind_more(browse: Callable[..., Page]) -> None:
    page = browse(person(Role.MANAGER), width=390, height=844)
    page.goto("/ui/")

    bar = page.locator(".rail [data-bar]:visible span:first-of-type").all_inner_texts()
    page.get_by_role("button", name="More", exact=True).click()
    everything = page.get_by_role("navigation", name="Everything")
    expect(everything).to_be_visible()
    axe(page)
    follow(everything.get_by_role("link", name="Rubrics"))

    assert page.url.endswith("/rubrics/")
    assert bar == ["My team", "Coaching", "Queue", "Programme", "More"]  # the page that a manager begins at is one


def test_the_frame_reads_without_a_script(browse: Callable[..., Page]) -> None:
    page = browse(person(Role.MANAGER), java_script_enabled=False)

    page.goto("/ui/")
    page.locator("[popovertarget=person-menu]").click()
    follow(page.locator("#person-menu button[value=dark]"))

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("h1")).to_have_text(["Components"])


def test_the_catalogue_is_fit_for_every_screen_and_reader_in_both_themes(catalogue: Page) -> None:
    for width, height in SIZES.values():
        catalogue.set_viewport_size({"width": width, "height": height})
        fits(catalogue)
        for theme in THEMES:
            catalogue.emulate_media(color_scheme=theme)
            axe(catalogue)
