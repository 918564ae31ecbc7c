"""From a word typed into the list to the place where it was said, without a mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.roles import Role
from tests.conversations.searching import index, says
from tests.factories.accounts import person
from tests.support.browser import axe


def test_a_word_is_searched_for_and_every_place_reached_by_keyboard(browse: Callable[..., Page]) -> None:
    says(*["Nothing to see."] * 30, "The parcel is late.", "Late again?", subject="Where is it")
    index()
    page = browse(person(Role.MANAGER))
    page.goto("/conversations/")

    page.keyboard.press("/")
    page.keyboard.type("late")
    with page.expect_navigation():  # the list names that conversation before the search, too
        page.keyboard.press("Enter")
    axe(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Where is it").press("Enter")

    marked = page.locator("mark[aria-current]")
    expect(marked).to_have_text("late")
    assert marked.evaluate("each => each.getBoundingClientRect().top < innerHeight")
    page.keyboard.press("n")
    expect(marked).to_have_text("Late")
    expect(page.locator("search-hits [role=status]")).to_have_text("“late”: place 2 of 2")
    page.keyboard.press("p")
    expect(marked).to_have_text("late")
    axe(page)
