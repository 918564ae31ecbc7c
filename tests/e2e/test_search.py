"""From a word typed into the list to the place where it was said, without a mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from accounts.roles import Role
from tests.conversations.searching import index, says
from tests.factories.accounts import person
from tests.support.browser import axe

MARKED = "document.querySelector('mark[aria-current]').textContent"


def test_a_word_is_searched_for_and_every_place_reached_by_keyboard(browse: Callable[..., Page]) -> None:
    says(*["Nothing to see."] * 30, "The parcel is late.", "Late again?", subject="Where is it")
    index()
    page = browse(person(Role.MANAGER))
    page.goto("/conversations/")

    page.keyboard.press("/")
    page.keyboard.type("late")
    page.keyboard.press("Enter")
    hit = page.get_by_role("link", name="Where is it")
    hit.wait_for()
    axe(page)
    hit.press("Enter")
    page.locator("mark[aria-current]").wait_for()

    first = page.evaluate(MARKED)
    assert page.locator("mark[aria-current]").evaluate("each => each.getBoundingClientRect().top < innerHeight")
    page.keyboard.press("n")
    second, told = page.evaluate(MARKED), page.locator("search-hits [role=status]").text_content()
    page.keyboard.press("p")
    axe(page)

    assert (first, second, page.evaluate(MARKED)) == ("late", "Late", "late")
    assert told == "“late”: place 2 of 2"
