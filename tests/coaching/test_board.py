"""The board: stages, what needs somebody, and accepting several proposals at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coaching import words
from coaching.models import Plan
from coaching.selectors import board
from core.models import AuditEvent
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory
from tests.factories.coaching import ActionFactory, member, plan, skill

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def one_of_each(team, coach):
    """A plan in each status, each of another agent, with an owner."""
    statuses = ["proposed", "accepted", "shared", "active", "due", "evaluated", "declined", "closed"]
    made = {status: plan(status, agent=member(team), team=team, owner=coach) for status in statuses}
    days = {"shared": TODAY + timedelta(days=1), "active": TODAY}  # one waits for its follow-up to begin, one is in it
    for status, day in days.items():
        Plan.objects.filter(pk=made[status].pk).update(follow_up_from=day)
    return made


@pytest.mark.parametrize(
    ("stage", "statuses"),
    [
        ("", {"proposed", "accepted", "shared", "active", "due", "evaluated"}),
        ("needs", {"proposed", "accepted", "evaluated"}),
        ("proposed", {"proposed"}),
        ("active", {"accepted", "shared"}),
        ("awaiting", {"active"}),
        ("due", {"due"}),
        ("measured", {"evaluated"}),
        ("ended", {"declined", "closed"}),
        ("nonsense", {"proposed", "accepted", "shared", "active", "due", "evaluated"}),
    ],
)
def test_each_stage_shows_its_plans_and_counts_them(client, coach, team, stage, statuses):
    one_of_each(team, coach)

    response = as_(client, coach).get(reverse("coaching:list"), {"stage": stage})

    assert {row.status for row in response.context["page"]} == statuses
    assert {tab.label: tab.count for tab in response.context["tabs"]} == {
        "Open": 6, "Needs you": 3, "Proposed": 1, "Active": 2, "Awaiting follow-up": 1, "Due": 1, "Measured": 1,
        "Closed": 2,
    }  # fmt: skip


def needs(made):
    row = board.board(Plan.objects.filter(pk=made.pk), today=TODAY).get()
    is_listed = board.needing(Plan.objects.filter(pk=made.pk), today=TODAY).exists()
    return words.need(row), is_listed


@pytest.mark.parametrize(
    ("status", "said"),
    [("proposed", "Decide"), ("accepted", "Share it"), ("evaluated", "Close or extend"), ("shared", ""),
     ("active", ""), ("due", ""), ("closed", ""), ("declined", "")],
)  # fmt: skip
def test_a_plan_says_what_it_needs(coach, team, status, said):
    assert needs(plan(status, agent=member(team), team=team, owner=coach)) == (said, bool(said))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"done_at": NOW}, "Confirm one action"),
        ({"done_at": NOW, "confirmed_at": NOW}, ""),
        ({"due_on": TODAY - timedelta(days=1)}, "One action is late"),
        ({"due_on": TODAY}, ""),
    ],
)
def test_a_running_plan_needs_somebody_for_its_actions(coach, team, fields, said):
    made = plan("active", agent=member(team), team=team, owner=coach)
    ActionFactory(plan=made, **fields)
    ActionFactory(plan=made)

    assert needs(made) == (said, bool(said))


def test_a_plan_that_may_be_closed_or_that_nobody_owns_needs_somebody(coach, team):
    suggested = plan("active", agent=member(team), team=team, owner=coach, close_suggested_at=NOW)
    orphan = plan("active", agent=member(team), team=team)

    assert [needs(made) for made in (suggested, orphan)] == [("May be closed", True), ("Nobody owns it", True)]


def test_the_counts_of_actions_stay_whole_where_one_of_them_is_late(client, coach, team):
    made = plan("active", agent=member(team), team=team, owner=coach)
    ActionFactory(plan=made, due_on=TODAY - timedelta(days=1))
    ActionFactory(plan=made, done_at=NOW, confirmed_at=NOW)

    (row,) = as_(client, coach).get(reverse("coaching:list"), {"stage": "needs"}).context["page"]

    assert (row.actions_total, row.actions_done) == (2, 1)


def test_the_chosen_proposals_are_accepted_and_the_others_say_why(client, coach, team):
    first, second = (plan(agent=member(team), team=team) for _ in range(2))
    decided = plan("active", agent=member(team), team=team)
    foreign = plan(agent=member(TeamFactory()))

    response = as_(client, coach).post(
        reverse("coaching:accept_chosen"), {"plan": [first.pk, decided.pk, foreign.pk, "9" * 40, "x"]}, follow=True
    )

    assert says(response, "One plan is accepted. Share each with its agent when it is ready.")
    assert says(response, "This plan is active already, so that is not possible any more.")
    assert {made.pk: made.status for made in Plan.objects.all()} == {
        first.pk: "accepted", second.pk: "proposed", decided.pk: "active", foreign.pk: "proposed",
    }  # fmt: skip
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["plan.accepted"]


def test_choosing_nothing_says_so(client, coach):
    chosen = {"plan": ["x", "9" * 30, "9" * 5000]}

    response = as_(client, coach).post(reverse("coaching:accept_chosen"), chosen, follow=True)

    assert says(response, "Choose the proposals first.")


def test_the_api_accepts_several_and_names_what_it_could_not(client, coach, team):
    made, foreign = plan(agent=member(team), team=team), plan(agent=member(TeamFactory()))

    answer = as_(client, coach).post(
        "/api/v1/coaching-plans/accept-chosen/", {"ids": [made.pk, foreign.pk]}, content_type="application/json"
    )

    assert answer.json() == {
        "accepted": [made.pk],
        "refused": [
            {"id": foreign.pk, "code": "not_your_team", "sentence": "There is no such plan in a team that you coach."}
        ],
    }


def test_the_board_asks_as_many_questions_for_three_plans_as_for_one(client, coach, team):
    page = as_(client, coach)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            page.get(reverse("coaching:list"))
        return len(caught)

    plan("active", agent=member(team), team=team, owner=coach)
    page.get(reverse("coaching:list"))
    at_one = queries()
    for _ in range(2):
        plan(agent=member(team), team=team, owner=coach, skill=skill("adaptability"))

    assert queries() == at_one


def test_the_sentence_says_how_many_are_proposed_also_where_no_rule_says_how_sure_it_is() -> None:
    assert board.sentence(needs=4, proposed=1, expected_wrong="") == "4 plans need you. One of them is proposed."
    assert board.sentence(needs=1, proposed=0, expected_wrong="") == "One plan needs you."
