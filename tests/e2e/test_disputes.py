"""An agent disputes two answers, somebody else judges them blind and decides one each way, and both sides see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.roles import Role
from accounts.services import notifications
from reviews.models import Dispute, Review
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.disputes import LOW, agent_of
from tests.factories.reviews import drawn_items, published, specialist
from tests.support.browser import Complaints, axe

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
Shoot = Callable[[Page, str], list[Path]]


def test_two_answers_are_disputed_judged_afresh_and_decided_one_each_way(
    browse: Browse, shoot_everywhere: Shoot, complaints: Complaints
) -> None:
    complaints.expect("status of 422")  # a reason is forgotten on purpose
    team = TeamFactory()
    agent = AgentFactory(name="Leila Haddad", user=person(Role.AGENT))
    review = published(drawn_items(agent=agent, team=team)[0], answers=LOW, now=timezone.now())
    second, supervisor = specialist(), person(Role.SUPERVISOR, team=team)

    hers = browse(agent_of(review))
    dispute(hers, review, shoot_everywhere)

    theirs = browse(second)
    judge_by_keyboard(theirs, shoot_everywhere)
    decide(theirs, shoot_everywhere)

    for window in (hers, browse(supervisor)):
        window.goto("/disputes/")
        window.locator(".row-link").click()
        expect(window.get_by_text("Decided: the score went from 40 to 80.")).to_be_visible()
        expect(window.get_by_text("Changed from “No” to “Yes”")).to_be_visible()
        expect(window.get_by_text("“Partly” stays")).to_be_visible()
        axe(window)
        shoot_everywhere(window, "dispute-decided")
    hers.goto(f"/feedback/{review.pk}/")
    expect(hers.get_by_text("Score from 40 to 80")).to_be_visible()
    axe(hers)


def dispute(page: Page, review: Review, shoot: Shoot) -> None:
    page.goto(f"/feedback/{review.pk}/")
    page.get_by_role("link", name="Dispute…").click()
    page.get_by_role("checkbox", name="Understood the problem").check()
    page.get_by_role("checkbox", name="Solved it").check()
    axe(page)
    shoot(page, "dispute-form")
    page.get_by_role("button", name="Dispute these answers").click()
    expect(page.get_by_text("Say why you do not agree with").first).to_be_visible()

    for field, words in zip(
        page.get_by_label("Why do you not agree?").all(), ("I restated it in message 2.", "It went out."), strict=False
    ):
        if field.is_visible():
            field.fill(words)
    page.get_by_role("button", name="Dispute these answers").click()
    page.get_by_text("Somebody else judges these answers afresh").wait_for()
    axe(page)


def judge_by_keyboard(page: Page, shoot: Shoot) -> None:
    page.goto("/queue/")
    page.keyboard.press("Enter")
    page.locator("#workspace[data-live]").wait_for()
    expect(page.locator("[data-criterion]")).to_have_count(2)
    expect(page.locator("main").get_by_text("disput", exact=False)).to_have_count(0)
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("2")
    axe(page)
    shoot(page, "second-look")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/queue/")


def decide(page: Page, shoot: Shoot) -> None:
    page.goto("/notifications/")
    axe(page)
    shoot(page, "notifications")
    page.get_by_role("button", name="Open").first.click()
    page.get_by_role("group", name="The answer that stands").first.get_by_label("Yes").check()
    page.get_by_role("group", name="The answer that stands").last.get_by_label("Partly").check()
    for field, words in zip(
        page.get_by_label("Why", exact=False).all(), ("It is in message 2.", "She asked twice."), strict=True
    ):
        field.fill(words)
    axe(page)
    shoot(page, "dispute-decide")
    page.get_by_role("button", name="Decide all 2").click()
    page.get_by_text("Decided. Both sides can read it now.").wait_for()
    assert Dispute.objects.get().status == "decided"


def test_the_count_of_notifications_updates_by_itself(browse: Browse) -> None:
    review = published(drawn_items(agent=AgentFactory(user=person(Role.AGENT)))[0], answers=LOW, now=timezone.now())
    page = browse(agent_of(review))
    page.clock.install()
    page.goto("/feedback/")
    expect(page.locator("#notification-count")).to_contain_text("1")

    notifications.read_all(agent_of(review), now=timezone.now())
    page.clock.fast_forward(61_000)

    expect(page.locator("#notification-count")).to_be_empty()
