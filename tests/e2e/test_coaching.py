"""Coaching in the browser: a programme with a waiting list to its outcome, no, and a pause.

One plan from its trigger to its outcome is part of the main job: test_whole_path.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Agent, RoleGrant, User
from accounts.roles import Role
from coaching import evidence, weeks
from coaching.models import Programme, ProgrammeOutcome
from coaching.selectors.programmes import weeks_of
from coaching.services import contents
from coaching.tasks import sweep_outcomes
from sampling.models import Plan as SamplingPlan
from tests.e2e import passing
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login, plan, reviewer, sampling_plan, skill, sums
from tests.factories.disputes import LOW
from tests.factories.reviews import drawn_items, published, specialist
from tests.support.browser import axe, axe_everywhere, follow
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
SKILL = "problem-solving"


def test_a_programme_with_a_waiting_list_is_put_together_drawn_started_and_measured(
    browse: Browse, complaints: Any
) -> None:
    complaints.expect("status of 422")  # too few are chosen on purpose
    team, of = TeamFactory(name="Retail"), skill("empathy")
    names = ["Ada Moreau", "Ben Okafor", "Chen Li", "Dana Petrov"]
    agents = [agent_with_login(team, name=name) for name in names]
    scoring, by = sampling_plan(), reviewer()
    newest = weeks.last_complete(timezone.now())
    for week in (newest, weeks.shifted(newest, -1)):
        score(dict.fromkeys(agents, 50), week=week, of=(scoring, by))
    page = browse(person(Role.SUPERVISOR, team=team))

    page.goto("/coaching/")
    follow(page.get_by_role("link", name="Programmes"))
    axe(page)
    follow(page.get_by_role("link", name="Put one together"))
    axe(page)
    page.get_by_label("Name").fill("Empathy in May")
    page.get_by_label("Skill").select_option(label=of.name)
    for name in names[:3]:
        page.get_by_label(name).check()
    page.get_by_label("Waiting list", exact=False).check()
    page.get_by_label("What to do").first.fill("Name what it means for the customer, in your next ten conversations.")
    axe_everywhere(page)
    follow(page.get_by_role("button", name="Save the draft"))
    page.get_by_text("A waiting list needs 4 agents at least").wait_for()
    page.get_by_label(names[3]).check()
    follow(page.get_by_role("button", name="Save the draft"))
    follow(page.get_by_role("button", name="Start and share the plans"))
    page.get_by_text("Repeated just now with its key").wait_for()
    axe_everywhere(page)

    programme = Programme.objects.get()
    assert sorted(programme.members.values_list("group", flat=True)) == ["first", "first", "second", "second"]
    first = programme.members.filter(group="first").select_related("agent__user").first()
    assert first is not None
    hers = browse(first.agent.user)
    hers.goto("/my-coaching/")
    follow(hers.get_by_role("link", name=of.name))
    hers.get_by_text("You work on this together with colleagues").wait_for()
    axe(hers)
    assert {one.pk for one in agents} == set(programme.members.values_list("agent", flat=True))

    passing.weeks_pass(7)
    programme.refresh_from_db()
    compared = weeks_of(programme)
    assert compared is not None
    risen = {member.agent: 90 if member.group == "first" else 50 for member in programme.members.all()}
    for week in (compared.first, compared.last):
        score(risen, week=week, of=(scoring, by))
    sweep_outcomes.delay()
    until(lambda: ProgrammeOutcome.objects.exists(), what="the worker measures the programme", seconds=60)
    page.reload()
    page.get_by_text("Improved because of the programme").first.wait_for()
    axe_everywhere(page)
    follow(page.get_by_role("button", name="Start those who waited"))
    page.get_by_text("the plans are shared with those who waited").wait_for()
    assert programme.members.filter(plan=None).count() == 0


def score(levels: dict[Agent, int], *, week: str, of: tuple[SamplingPlan, User]) -> None:
    """Put three reviews of each agent into the sums of a week."""
    for place, (agent, level) in enumerate(levels.items()):
        sums(agent, [level - 9 + place, level, level + 9], week=week, plan=of[0], by=of[1])


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
    theirs.locator("dialog[open]").wait_for()
    axe(theirs)
    theirs.get_by_label("The cause is known and not the agent’s").check()
    follow(theirs.locator("dialog[open]").get_by_role("button", name="Decline"))
    theirs.get_by_text("Declined. The reason is kept").wait_for()

    hers.goto(f"/reviews/{review.pk}/dispute/")
    hers.get_by_role("checkbox", name="Solved it").check()
    hers.get_by_label("Why do you not agree?").filter(visible=True).fill("It went out.")
    follow(hers.get_by_role("button", name="Dispute these answers"))
    hers.get_by_text("Somebody else judges these answers afresh").wait_for()

    theirs.goto(f"/coaching/plans/{disputed.pk}/")
    theirs.get_by_text("the plan pauses until that is decided").first.wait_for()
    axe_everywhere(theirs)
    theirs.goto("/coaching/")
    theirs.get_by_text("Pauses: a review is disputed").wait_for()
    axe(theirs)
    declined.refresh_from_db()
    assert (declined.status, declined.decision_reason) == ("declined", "known_cause")
    look_around(theirs, coach, now=now)


def look_around(page: Page, coach: User, *, now: datetime) -> None:
    """Open what a supervisor reads beside the board: everybody's growth, the report, and a team they once led."""
    once, gone = TeamFactory(name="Travel"), now - timedelta(days=1)
    RoleGrant.objects.create(
        user=coach, role=Role.SUPERVISOR, team=once, starts_at=now - timedelta(days=200), ends_at=gone
    )
    plan("closed", agent=agent_with_login(once, name="Ben Okafor"), team=once, closed_at=gone - timedelta(days=1))
    page.goto("/earlier-teams/")
    follow(page.get_by_role("link", name="Travel"))
    page.wait_for_url("**/earlier-teams/*/")
    page.goto(f"{page.url}?show=plans")
    page.get_by_role("link", name="Ben Okafor").wait_for()
    axe_everywhere(page)
    for address in ("/coaching/growth/", "/coaching/report/"):
        page.goto(address)
        axe_everywhere(page)
