"""A list worked with a skip of each class, second eyes on it, and the number that comes of it, in a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.roles import Role
from reviews.models import QueueItem, Review
from reviews.services import filling, publishing
from sampling.models import Draw
from tests.e2e.test_scoring import Browse
from tests.factories.accounts import TeamFactory, TeamMembershipFactory, person
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import specialist
from tests.factories.sampling import PlanFactory, agent, drawn, week_of
from tests.insights.recomputing import recomputed, strata
from tests.support.browser import axe, follow, wait_htmx

pytestmark = pytest.mark.django_db(transaction=True)
# What is pressed for each criterion: an answer, and with the lower ones words and the message that shows it.
WORDED = ("c", "Because of this", "Escape", "ArrowDown", "p")
GOOD, FAIR, POOR = ("3", "3", "2"), (("2", *WORDED), "3", "2"), (("1", *WORDED), ("2", *WORDED), "2")


def drawn_last_week() -> Draw:
    """Draw four of the twelve conversations that an agent of Retail ended last week."""
    now = timezone.now()
    monday = (now - timedelta(days=now.weekday() + 7)).replace(hour=0, minute=0, second=0, microsecond=0)
    team, made = TeamFactory(name="Retail", slug="retail"), agent("Leila")
    TeamMembershipFactory(agent=made, team=team, starts_at=now - timedelta(days=400))
    for completion in week_of(made, 12, monday=monday, team=team):
        transcribe(completion.conversation, talk(), now=now)
    draw = drawn(PlanFactory(name="Weekly chat", quota_per_agent=4), moment=monday, now=now)
    filling.fill(now=now)
    return draw


def skip(page: Page, reason: str) -> None:
    """Skip what is open, by the dialog."""
    page.locator("#workspace[data-live]").wait_for()
    page.get_by_role("button", name="Skip…").first.click()
    dialog = page.locator("#skip-dialog")
    dialog.locator(f"input[value={reason}]").check()
    follow(dialog.get_by_role("button", name="Skip", exact=True))
    page.wait_for_url("**/queue/")


def next_one(page: Page) -> None:
    follow(page.get_by_role("button", name="Review next"))
    page.locator("#workspace[data-live]").wait_for()


def score(page: Page, keys: Sequence[str | Sequence[str]]) -> None:
    """Score what is open with the keyboard, submit it, and wait for what comes after."""
    for place, answer in enumerate(keys):
        if place:
            page.keyboard.press("j")
        for key in answer if isinstance(answer, tuple) else (answer,):
            page.keyboard.type(key) if " " in key else page.keyboard.press(key)
    scored = page.url
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != scored)


def test_a_list_with_a_skip_of_each_class_comes_to_the_number_that_the_export_adds_up_to(browse: Browse) -> None:
    draw, ada, ben, manager = drawn_last_week(), specialist(), specialist(), person(Role.MANAGER)
    page = browse(ada)
    page.goto("/queue/")
    axe(page)
    next_one(page)
    page.get_by_role("button", name="Why did I get this?").click()
    expect(page.locator("#why-dialog")).to_contain_text("The plan “Weekly chat” drew it at random")
    page.locator("#why-dialog").get_by_role("button", name="Close").click()
    skip(page, "spam")
    expect(page.get_by_text("somebody else looks whether they agree")).to_be_visible()
    next_one(page)
    skip(page, "too_long")
    next_one(page)
    skip(page, "language")
    next_one(page)
    for answers in (GOOD, FAIR, POOR):
        page.locator("#workspace[data-live]").wait_for()
        score(page, answers)
    page.wait_for_url("**/queue/")
    # What is left is what she handed on, and she has sat there.
    expect(page.get_by_role("heading", name="The rest is for others")).to_be_visible()

    page = browse(ben)
    page.goto("/queue/")
    next_one(page)
    score(page, FAIR)
    page.wait_for_url("**/queue/")
    follow(page.get_by_role("link", name="One skip to check"))
    axe(page)
    follow(page.get_by_role("button", name="Not eligible, I agree"))
    expect(page.get_by_text("Confirmed. It leaves the frame")).to_be_visible()

    assert sorted(QueueItem.objects.exclude(skip_reason="").values_list("skip_reason", flat=True)) == [
        "language", "spam", "too_long",
    ]  # fmt: skip
    for review in Review.objects.filter(status="submitted"):
        publishing.publish(review, by=manager, now=timezone.now())
    stratum = draw.strata.get()
    assert (stratum.prefix, stratum.eligible, stratum.drawn) == (6, 5, 5)
    page = browse(manager)
    page.goto("/team/?team=retail")
    right = recomputed(list(strata(lambda path: page.request.get(f"/api/v1/{path}").body())))
    assert (right.n, right.m) == (4, 5)
    expect(page.locator(".page-title .estimate b")).to_have_text(f"{right.mean:.0f}")
    expect(page.locator(".page-title .average-rests")).to_contain_text("80 % of what is due is reviewed")
    page.goto(f"/sampling/draws/{draw.pk}/")
    wait_htmx(page)
    expect(page.locator("section", has=page.locator("#work"))).to_contain_text("Reviewed")
    axe(page)
