"""The coaching report: every number is the number of the plans that it opens, and carries its interval."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from coaching.models import Outcome, Plan
from insights.reports import coaching as report
from stats import pooled_effects
from tests.api.asking import asking
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import ActionFactory, look, member, plan, session_of, skill

pytestmark = pytest.mark.django_db
THEN = NOW - timedelta(weeks=10)


def measured(made: Plan, *, verdict: str = "cannot_tell_yet", effect: float = 4.0, se: float = 5.0) -> Outcome:
    return Outcome.objects.create(
        plan=made, first_week="2026-W01", last_week="2026-W04", baseline_first_week="2025-W40",
        baseline_last_week="2025-W50", measured_at=NOW, checked_at=NOW, digest="", verdict=verdict, shown="full",
        effect=effect, se=se, low=effect - 1.96 * se, high=effect + 1.96 * se, shift_variance=1.0, pre_n=9, post_n=8,
    )  # fmt: skip


@pytest.fixture
def team():
    return TeamFactory(name="Retail")


@pytest.fixture
def lead(team):
    return person("supervisor", team=team, name="Lena Lead")


@pytest.fixture
def company(team, lead):
    """Plans of every kind: decided in different ways, some measured, one of another team, one long ago."""
    empathy, other = skill("empathy"), skill("adaptability")
    usual = {"team": team, "proposed_at": THEN, "updated_at": THEN, "decided_at": THEN + timedelta(days=1)}

    def made(status, **fields):
        return plan(status, **{"agent": member(team), "skill": empathy, "owner": lead, **usual, **fields})

    waiting = made("proposed", decided_at=None)
    declined = [made("declined", decision_reason="not_enough"), made("declined", decision_reason="known_cause")]
    done = [made("evaluated", shared_at=THEN, follow_up_on=NOW.date()) for _ in range(3)]
    closed = made("closed", shared_at=THEN, closed_at=NOW, skill=other, origin="critical", trigger={"rules": 2})
    late = made("active", shared_at=THEN, follow_up_on=(NOW - timedelta(days=1)).date(), owner=None)
    measured(done[0], verdict="improved", effect=15.0, se=5.0)
    measured(done[1])
    ActionFactory(plan=done[0], kind="read", done_at=NOW)
    ActionFactory(plan=done[1], kind="role_play")
    for place, one in enumerate(done[:2]):
        held = session_of(one, starts_at=one.decided_at + timedelta(days=4 + 4 * place))
        type(held).objects.filter(pk=held.pk).update(status="held", agent_confirmed_at=NOW, coach_confirmed_at=NOW)
    look(declined[0].agent, empathy, week="2026-W08", probability=0.9)
    look(declined[1].agent, empathy, week="2026-W08", probability=0.2)
    look(done[0].agent, empathy, week="2026-W08", probability=0.1)
    plan("active", agent=member(), team=TeamFactory(), proposed_at=THEN)
    made("closed", proposed_at=NOW - timedelta(weeks=30), closed_at=NOW)
    return {"waiting": waiting, "declined": declined, "done": done, "closed": closed, "late": late}


def load(user: User, weeks: int = 26) -> report.Report:
    return report.load(report.Params(user=user, now=NOW, weeks=weeks))


def numbers(share: report.Share) -> tuple[int, int]:
    return share.k, share.n


def test_the_report_says_how_far_plans_came_and_what_came_of_them(company, lead):
    found = load(lead)

    assert [stage.plans for stage in found.pipeline] == [8, 5, 5, 2, 2, 1]
    assert (found.first_session.median, found.first_session.n, found.first_session.reason) == (6.0, 2, "too_few")
    assert found.without_session == 2  # one evaluated, one at work
    assert numbers(found.completed) == (2, 4)
    assert (numbers(found.actions), found.actions.is_few) == ((1, 2), True)
    assert [(one.name, one.plans, numbers(one.improved)) for one in found.skills] == [
        ("Adaptability", 1, (0, 0)), ("Empathy", 7, (1, 2))
    ]  # fmt: skip
    assert [(one.name, one.plans, [(of.slug, of.pooled.effect) for of in one.effects]) for one in found.kinds] == [
        ("Read", 1, [("empathy", 15.0)]), ("Role-play", 1, [("empathy", 4.0)])
    ]  # fmt: skip
    assert [(one.name, one.plans) for one in found.supervisors] == [("Lena Lead", 7)]
    together = pooled_effects([4.0, 15.0], own=[24.0, 24.0], shift_variance=[1.0, 1.0])
    (empathy,) = found.skills[1].effects
    assert (empathy.pooled.effect, empathy.pooled.lo) == (pytest.approx(together.effect), pytest.approx(together.lo))
    assert empathy.is_few


def test_effects_on_several_skills_stand_beside_each_other_and_are_never_averaged(company, lead):
    measured(company["closed"], effect=-30.0, se=2.0)

    found = load(lead)

    for group in (found.overall, *found.supervisors):
        assert [(one.slug, one.pooled.K) for one in group.effects] == [("adaptability", 1), ("empathy", 2)]
        assert group.effects[0].pooled.effect == pytest.approx(-30.0)
        assert 4.0 < group.effects[1].pooled.effect < 15.0


def test_the_rules_are_judged_by_decisions_and_by_what_came_later(company, lead):
    level, critical = load(lead).rules

    assert (level.proposed, level.waiting, numbers(level.accepted)) == (7, 1, (4, 6))
    assert sorted((one.reason, one.n) for one in level.declined) == [
        ("The cause is known and not the agent’s", 1), ("The evidence does not convince me", 1)
    ]  # fmt: skip
    assert (numbers(level.later), numbers(level.later_declined)) == ((0, 1), (1, 2))
    assert level.accepted.low == pytest.approx(0.3000, abs=1e-3)
    assert level.accepted.high == pytest.approx(0.9032, abs=1e-3)
    assert (critical.proposed, numbers(critical.accepted)) == (1, (1, 1))


def test_every_number_opens_as_many_plans_as_it_says(company, lead):
    client, found = Client(), load(lead)
    client.force_login(lead)
    opened = {stage.query: stage.plans for stage in found.pipeline}
    opened |= {one.query: one.plans for one in (*found.skills, *found.kinds, *found.supervisors, found.overall)}
    opened |= {rule.query: rule.proposed for rule in found.rules}

    shown = {query: client.get(f"/coaching/?{query}").context["page"].paginator.count for query in opened}

    assert shown == opened


def test_a_manager_sees_all_teams_and_a_longer_time_shows_more(company, lead):
    manager = person("manager")

    assert [load(lead).overall.plans, load(lead, 52).overall.plans, load(manager).overall.plans] == [8, 9, 9]


def test_the_page_the_api_and_the_file_say_the_same(company, lead, settings):
    client = Client()
    client.force_login(lead)
    page = client.get(reverse("insights:coaching"), {"weeks": "52"})
    body = asking(lead).get("/api/v1/reports/coaching/", {"weeks": 52}).json()
    lines = list(csv.reader(io.StringIO(client.get("/coaching/report.csv?weeks=52").getvalue().decode("utf-8-sig"))))
    rows = asking(lead).get("/api/v1/reports/coaching/export/", {"weeks": 52}).json()

    assert page.status_code == 200
    assert [one["plans"] for one in body["pipeline"]] == [stage.plans for stage in page.context["report"].pipeline]
    (empathy,) = page.context["report"].overall.effects
    assert body["overall"]["effects"][0]["skill"] == "empathy"
    assert body["overall"]["effects"][0]["low"] == pytest.approx(empathy.pooled.lo)
    assert lines[0] == rows["columns"]
    assert len(lines) - 1 == len(rows["rows"]) == body["overall"]["plans"]
    assert asking(lead).get("/api/v1/reports/coaching/", {"weeks": 7}).status_code == 422
    assert client.get(reverse("insights:coaching"), {"weeks": "-3"}).context["report"].weeks == 26


def test_the_number_of_queries_does_not_grow_with_plans(company, lead):
    load(lead)  # what a person may do is asked once
    with CaptureQueriesContext(connection) as few:
        load(lead)
    for _ in range(3):
        measured(plan("evaluated", agent=member(), team=company["late"].team, owner=lead, proposed_at=THEN))

    with CaptureQueriesContext(connection) as many:
        load(lead)

    assert len(many) == len(few)
