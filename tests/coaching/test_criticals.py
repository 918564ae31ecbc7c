"""The same critical error again: a plan with these very answers, or more evidence for the one that is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching import weeks, words
from coaching.models import Plan
from coaching.rules import SHIPPED
from coaching.selectors.rules import Held
from coaching.services import criticals, plans
from coaching.services.failures import Notebook
from core.models import AuditEvent
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import member, reviewed, reviewer, sampling_plan, skill
from tests.factories.coaching import plan as plan_of

pytestmark = pytest.mark.django_db
FINE = {"understood": {"option": "yes"}, "solved": {"option": "yes"}, "data-protected": {"option": "yes"}}
BREACH = FINE | {"data-protected": {"option": "breach"}}
NOW = weeks.end_of("2026-W08") + timedelta(days=3)


@pytest.fixture
def office():
    """Score(agent, answers, week) publishes a review on the second day after that week."""
    scoring, by = sampling_plan(), reviewer()

    def score(agent, answers=BREACH, week="2026-W07", **fields):
        return reviewed(agent, answers, week=week, plan=scoring, by=by, **fields)

    return score


def propose(now=NOW, **changes):
    held = Held(2, replace(SHIPPED, **{"critical_count": 2, **changes}))
    return criticals.propose(now=now, held=held, notes=Notebook(now=now))


def test_the_same_error_twice_within_the_days_opens_a_plan_with_these_answers(office):
    team = TeamFactory()
    lead, agent = person("supervisor", team=team), member(team)
    errors = [office(agent), office(agent, week="2026-W06")]
    office(agent, FINE)

    made = [propose(), propose(now=NOW + timedelta(hours=1))]

    plan = Plan.objects.get()
    assert made == [1, 0]
    assert (plan.origin, plan.status, plan.skill.slug, plan.owner) == (
        "critical",
        "proposed",
        "process-compliance",
        lead,
    )
    assert {row.review for row in plan.evidence.all()} == set(errors)
    assert (plan.trigger["times"], plan.trigger["days"], plan.trigger["rules"]) == (2, 28, 2)
    assert plan.actions.count() == 4
    assert words.why(plan) == (
        "“Protected the data” was failed in 2 reviews within 28 days. That is critical, whatever the average."
    )
    assert AuditEvent.objects.get(verb="plan.proposed").params == {"rule": "critical"}


def test_what_does_not_count(office):
    once, long_ago, left, bot = member(), member(), member(deactivated_at=NOW), member(is_bot=True)
    office(once)
    office(once, BREACH | {"data-protected": {"option": "yes"}})
    office(long_ago)
    office(long_ago, week="2026-W03")
    for agent in (left, bot):
        office(agent)
        office(agent)

    assert propose() == 0
    assert propose(watches_critical=False, critical_days=182) == 0
    assert propose(critical_days=182) == 1  # long_ago, with a longer memory


def test_an_open_plan_gets_the_errors_as_evidence_and_two_open_plans_are_enough(office):
    working, busy = member(), member()
    plan = plan_of("active", agent=working, skill=skill("process-compliance"))
    plan_of("active", agent=busy, skill=skill("empathy"))
    plan_of("active", agent=busy, skill=skill("adaptability"))
    for agent in (working, busy):
        office(agent)
        office(agent)

    assert [propose(), propose()] == [0, 0]
    assert plan.evidence.count() == 2
    assert Plan.objects.count() == 3
    assert AuditEvent.objects.filter(verb="plan.evidence_added").count() == 1


def test_a_declined_plan_rests_for_four_weeks_and_asks_for_new_errors(office):
    agent, coach = member(), person("manager")
    office(agent)
    office(agent)
    propose()
    plans.decline(Plan.objects.get(), reason="not_enough", by=coach, now=NOW)
    office(agent, week="2026-W09")
    office(agent, week="2026-W10")

    during = propose(now=NOW + timedelta(weeks=3))
    old_ones = propose(now=NOW + timedelta(weeks=4), critical_count=3, critical_days=182)
    after = propose(now=NOW + timedelta(weeks=4), critical_days=60)

    assert (during, old_ones, after) == (0, 0, 1)


def test_the_number_of_queries_does_not_grow_with_agents_who_err_once(office, django_assert_num_queries):
    office(member())
    with django_assert_num_queries(1):
        propose()
    for _ in range(3):
        office(member())
    with django_assert_num_queries(1):
        propose()
