"""Coaching in the browser: from the work on a plan to its outcome, a programme with a waiting list, no, and a pause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Agent, Team, User
from accounts.roles import Role
from coaching import evidence, weeks
from coaching.models import Outcome, Plan, Programme
from coaching.questions import shipped
from coaching.services import contents, plans
from coaching.tasks import sweep_outcomes
from reviews.models import QueueItem, Review
from reviews.services import filling
from tests.factories import reviews as queue
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import (
    ActionFactory,
    agent_with_login,
    member,
    plan,
    reviewer,
    sampling_plan,
    skill,
    stratum_of,
    sums,
)
from tests.factories.disputes import LOW
from tests.factories.reviews import drawn_items, published, specialist
from tests.support.browser import axe, axe_everywhere
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
SKILL = "problem-solving"
CHECK = "problem-solving-check-then-explain"


def test_a_plan_is_worked_on_talked_about_and_measured_by_a_reviewer_who_cannot_tell(
    browse: Browse, celery_worker_real: Any
) -> None:
    team, now = TeamFactory(name="Retail"), timezone.now()
    agent, coach, scorer = agent_with_login(team, name="Leila Haddad"), person(Role.SUPERVISOR, team=team), specialist()
    made = followed_up(agent, team, coach, now=now)
    item = QueueItem.objects.get()
    hers, theirs = browse(agent.user), browse(coach)

    work_and_reflect(hers, made)
    meet(theirs, hers, made)
    score_without_knowing(browse(scorer), item)
    assert plans.fall_due(now=now) == 1
    sweep_outcomes.delay()
    until(lambda: Outcome.objects.exists(), what="the worker measures the outcome", seconds=60)

    outcome = Outcome.objects.get()
    assert (outcome.verdict, outcome.post_n) == ("improved", 12)
    for window, address in ((theirs, f"/coaching/plans/{made.pk}/"), (hers, f"/my-coaching/{made.pk}/")):
        window.goto(address)
        expect(window.get_by_text("Improved after coaching.").first).to_be_visible()
        axe_everywhere(window)
    hers.goto("/my-coaching/growth/")
    expect(hers.get_by_role("link", name="Check, then explain")).to_be_visible()
    axe_everywhere(hers)


def followed_up(agent: Agent, team: Team, coach: User, *, now: datetime) -> Plan:
    """Make a plan whose follow-up is over but for one drawn conversation, with ten peers who stayed where they were."""
    last, by, scoring, of = weeks.last_complete(now), reviewer(), sampling_plan(), skill(SKILL)

    def score(one: Agent, before: list[float], after: list[float]) -> None:
        for back, scores in ((10, before), (9, before), (4, after)):
            sums(one, scores, week=weeks.shifted(last, -back), plan=scoring, by=by, skill=SKILL)

    score(agent, [20, 60] * 4, [90, 80, 100] * 3 + [90, 80])
    for place in range(10):
        level = 90 - place % 3
        score(member(TeamFactory()), [level, level - 30] * 4, [level, level - 28] * 6)
    decided = weeks.start_of(weeks.shifted(last, -7)) + timedelta(days=1)
    made = plan(
        "shared", agent=agent, team=team, owner=coach, skill=of, decided_at=decided, shared_at=decided, updated_at=now,
        proposed_at=decided, baseline_since=weeks.start_of(weeks.shifted(last, -20)),
        follow_up_from=weeks.start_of(weeks.shifted(last, -4)).date(), follow_up_on=weeks.start_of(last).date(),
    )  # fmt: skip
    ActionFactory(plan=made, kind="read", text="Read “check, then explain”.", check_key=CHECK, due_on=now.date())
    stratum = stratum_of(agent, week=weeks.shifted(last, -1), plan=scoring)
    stratum.team = team
    stratum.save()
    queue.pick(stratum, rank=1)
    filling.fill(now=now)
    return made


def work_and_reflect(page: Page, made: Plan) -> None:
    page.goto(f"/my-coaching/{made.pk}/")
    page.get_by_role("link", name="Take the check").click()
    axe_everywhere(page)
    for field, question in zip(
        page.get_by_role("group").all(), next(one for one in shipped() if one.key == CHECK).questions, strict=True
    ):
        field.get_by_label(question.choices[question.right - 1]).check()
    page.get_by_role("button", name="Mark my answers").click()
    page.get_by_text("5 of 5 answers are right.").first.wait_for()
    axe(page)
    page.goto(f"/my-coaching/{made.pk}/")
    page.get_by_label("Your words").first.fill("I look first now, and say that I do.")
    page.get_by_role("button", name="Add as my reflection").click()
    page.get_by_text("I look first now, and say that I do.").wait_for()
    axe_everywhere(page)
    made.refresh_from_db()
    assert made.status == "active"


def meet(theirs: Page, hers: Page, made: Plan) -> None:
    theirs.goto(f"/coaching/plans/{made.pk}/")
    theirs.get_by_role("button", name="Confirm").click()
    theirs.get_by_role("link", name="Arrange").click()
    axe(theirs)
    theirs.get_by_label("When").fill(f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    theirs.locator("form").get_by_role("button", name="Arrange").click()
    theirs.get_by_label("Shared notes").fill("Goes on with it.")
    theirs.get_by_role("button", name="Save", exact=True).click()
    theirs.get_by_role("button", name="It took place").click()
    axe_everywhere(theirs)
    hers.goto(f"/my-coaching/{made.pk}/")
    hers.locator("a[href*='/my-coaching/sessions/']").click()
    hers.get_by_text("Goes on with it.").wait_for()
    hers.get_by_role("button", name="It took place").click()
    hers.get_by_text("Held: both sides have said so.").first.wait_for()
    axe(hers)


def score_without_knowing(page: Page, item: QueueItem) -> None:
    """The item looks like any other: no word of coaching, of a follow-up, or of who asked for it."""
    page.goto("/queue/")
    listed = page.locator("main").inner_text().lower()
    page.keyboard.press("Enter")
    page.locator("#workspace[data-live]").wait_for()
    shown = page.locator("main").inner_text().lower()
    assert [word for word in ("coach", "follow-up", "follow up", "baseline", "boost") if word in listed + shown] == []
    for key in ("3", "j", "3", "j", "2"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/queue/")
    page.goto("/reviews/")
    page.get_by_role("button", name="Publish").first.click()
    until(lambda: Review.objects.published().filter(item=item).exists(), what="the follow-up review is published")


def test_a_programme_is_put_together_with_a_waiting_list_drawn_and_started(browse: Browse, complaints: Any) -> None:
    complaints.expect("status of 422")  # too few are chosen on purpose
    team, of = TeamFactory(name="Retail"), skill("empathy")
    names = ["Ada Moreau", "Ben Okafor", "Chen Li", "Dana Petrov"]
    agents = [agent_with_login(team, name=name) for name in names]
    page = browse(person(Role.SUPERVISOR, team=team))

    page.goto("/coaching/")
    page.get_by_role("link", name="Programmes").click()
    axe(page)
    page.get_by_role("link", name="Put one together").click()
    axe(page)
    page.get_by_label("Name").fill("Empathy in May")
    page.get_by_label("Skill").select_option(label=of.name)
    for name in names[:3]:
        page.get_by_label(name).check()
    page.get_by_label("Waiting list", exact=False).check()
    page.get_by_label("What to do").first.fill("Name what it means for the customer, in your next ten conversations.")
    axe_everywhere(page)
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("A waiting list needs 4 agents at least").wait_for()
    page.get_by_label(names[3]).check()
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Start and share the plans").click()
    page.get_by_text("Repeated just now with its key").wait_for()
    axe_everywhere(page)

    programme = Programme.objects.get()
    assert sorted(programme.members.values_list("group", flat=True)) == ["first", "first", "second", "second"]
    first = programme.members.filter(group="first").select_related("agent__user").first()
    assert first is not None
    hers = browse(first.agent.user)
    hers.goto("/my-coaching/")
    hers.get_by_role("link", name=of.name).click()
    hers.get_by_text("You work on this together with colleagues").wait_for()
    axe(hers)
    assert {one.pk for one in agents} == set(programme.members.values_list("agent", flat=True))


def test_a_proposal_is_declined_with_a_reason_and_a_dispute_pauses_another(browse: Browse) -> None:
    team, now = TeamFactory(name="Retail"), timezone.now()
    agent, coach = agent_with_login(team, name="Leila Haddad"), person(Role.SUPERVISOR, team=team)
    specialist()
    review = published(drawn_items(agent=agent, team=team)[0], answers=LOW, now=now)
    of = skill(SKILL)
    disputed = plan("proposed", agent=agent, team=team, skill=of, proposed_at=now, updated_at=now, owner=coach)
    contents.attach(disputed, evidence.strongest(agent.pk, of.pk), now=now)
    declined = plan("proposed", agent=agent_with_login(team), team=team, owner=coach)
    theirs, hers = browse(coach), browse(agent.user)

    theirs.goto(f"/coaching/plans/{declined.pk}/")
    theirs.get_by_role("button", name="Decline…").click()
    axe(theirs)
    theirs.get_by_label("The cause is known and not the agent’s").check()
    theirs.locator("dialog[open]").get_by_role("button", name="Decline").click()
    theirs.get_by_text("Declined. The reason is kept").wait_for()

    hers.goto(f"/reviews/{review.pk}/dispute/")
    hers.get_by_role("checkbox", name="Solved it").check()
    next(one for one in hers.get_by_label("Why do you not agree?").all() if one.is_visible()).fill("It went out.")
    hers.get_by_role("button", name="Dispute these answers").click()
    hers.get_by_text("Somebody else judges these answers afresh").wait_for()

    theirs.goto(f"/coaching/plans/{disputed.pk}/")
    theirs.get_by_text("the plan pauses until that is decided").first.wait_for()
    axe_everywhere(theirs)
    theirs.goto("/coaching/")
    theirs.get_by_text("Pauses: a review is disputed").wait_for()
    axe(theirs)
    declined.refresh_from_db()
    assert (declined.status, declined.decision_reason) == ("declined", "known_cause")
