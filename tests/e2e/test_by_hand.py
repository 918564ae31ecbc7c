"""A conversation that somebody came upon: reviewed by hand in the browser, and told apart ever after."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reviews.models import Cell, Review
from tests.e2e.test_whole_path import fill_in
from tests.factories.accounts import AgentFactory, TeamFactory
from tests.factories.conversations import conversation
from tests.factories.reviews import specialist
from tests.factories.rubrics import published_version
from tests.support.browser import axe, fits, follow, wait_htmx
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_conversation_is_picked_scored_and_told_apart(browse: Callable[..., Page]) -> None:
    team, version = TeamFactory(name="Retail"), published_version()
    talked = conversation(agent=AgentFactory(name="Leila Haddad"), team=team)
    page = browse(specialist(team))

    page.goto(f"/conversations/{talked.pk}/")
    wait_htmx(page)
    axe(page)
    page.get_by_label("Rubric").select_option(label=version.rubric.name)
    follow(page.get_by_role("button", name="Review this"))
    page.locator("#workspace[data-live]").wait_for()
    axe(page)
    page.get_by_text("You picked this conversation by hand. The agent gets the feedback").wait_for()
    expect(page.locator("#skip-dialog")).to_have_count(0)
    fill_in(page, low=True)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.get_by_text("Never: it was not drawn").wait_for()
    axe(page)
    follow(page.get_by_role("button", name="Publish now"))
    until(lambda: Review.objects.published().count() == 1, what="it is published")

    page.goto("/reviews/?pool=manual")
    fits(page)
    axe(page)
    expect(page.locator("[data-pool=manual]")).to_have_count(1)
    assert not Cell.objects.exists()


def test_what_was_begun_is_gone_on_with_or_given_up(browse: Callable[..., Page]) -> None:
    team = TeamFactory()
    published_version()
    talked = conversation(agent=AgentFactory(), team=team)
    page = browse(specialist(team), width=390, height=844)
    page.goto(f"/conversations/{talked.pk}/")
    follow(page.get_by_role("button", name="Review this"))
    page.locator("#workspace").wait_for()

    page.goto(f"/conversations/{talked.pk}/")
    page.get_by_role("link", name="Go on with your review").wait_for()
    fits(page)
    axe(page)
    page.goto("/queue/")
    fits(page)
    follow(page.get_by_role("button", name="Give up"))

    page.get_by_text("Given up. Nobody else is asked to review it.").wait_for()
    axe(page)
    page.goto(f"/conversations/{talked.pk}/")
    page.get_by_role("button", name="Review this").wait_for()
