"""A sweep that is killed after any of the things it commits and started again writes what it would have written."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction

from coaching import weeks
from coaching.models import Action, Evidence, Look, Observation, Plan
from coaching.services import sweep
from core.models import AuditEvent
from reviews.models import Review
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import member, reviewed, reviewer, sampling_plan, skill, sums
from tests.factories.coaching import plan as plan_of

pytestmark = pytest.mark.django_db
NEWEST = "2026-W08"
NOW = weeks.end_of(NEWEST) + timedelta(days=3)
FINE = {"understood": {"option": "yes"}, "solved": {"option": "yes"}, "data-protected": {"option": "yes"}}
LOW = FINE | {"understood": {"option": "no"}, "solved": {"option": "no"}}
BREACH = FINE | {"data-protected": {"option": "breach"}}
WRITES = re.compile("INSERT|UPDATE|DELETE")
STORIES = {
    Look: ("agent", "skill", "week", "state", "above", "below", "cooldown", "probability", "baseline"),
    Plan: ("agent", "skill", "origin", "status", "owner", "team", "focus", "trigger", "close_suggested_at"),
    Evidence: ("plan__agent", "plan__skill", "answer", "lost_points"),
    Action: ("plan__agent", "plan__skill", "kind", "text", "position", "due_on"),
    Observation: ("agent", "skill", "kind", "week", "numbers"),
    AuditEvent: ("verb", "params"),
}


class KilledError(BaseException):
    """What a kill is in one process: nobody catches it, and the transaction that was open is gone."""


class Killer:
    """Watch what is sent; note after which statements something was committed; kill at one of these."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.sent, self.depth, self.committed, self.marks = at, 0, 0, False, []

    def __call__(self, execute, sql, params, many, context):
        if self.committed:
            self.marks.append(self.sent)
        if self.sent == self.at:
            raise KilledError
        self.sent += 1
        self.depth += sql.startswith("SAVEPOINT") - sql.startswith("RELEASE")
        self.committed = self.depth == 0 and (sql.startswith("RELEASE") or WRITES.match(sql) is not None)
        return execute(sql, params, many, context)


def swept(killer):
    with connection.execute_wrapper(killer):
        sweep.sweep(now=NOW)


def written():
    """All that a sweep decides, without the keys of rows."""
    return {
        model.__name__: sorted(map(repr, model.objects.order_by().values_list(*names)))
        for model, names in STORIES.items()
    }


def company():
    """Weeks that nobody swept, with something to do for every part of a sweep."""
    team, scoring, by = TeamFactory(), sampling_plan(), reviewer()
    person("supervisor", team=team)
    agents = [member(team) for _ in range(10)]
    low, spoken, better, again = agents[:4]
    for week in weeks.between("2026-W06", NEWEST):
        for agent in agents:
            for slug, lowest in (("empathy", low), ("problem-solving", spoken)):
                scores = [10, 30, 20, 40] * 2 if agent is lowest else [85, 95, 90, 99] * 2
                sums(agent, scores, week=week, plan=scoring, by=by, skill=slug)
    for week in ("2026-W07", "2026-W07", NEWEST):
        reviewed(again, BREACH, week=week, plan=scoring, by=by)
    reviewed(spoken, LOW, week=NEWEST, plan=scoring, by=by)
    earlier = {"team": team, "proposed_at": weeks.end_of("2026-W06")}
    plan_of("active", agent=spoken, skill=skill("problem-solving"), **earlier)
    plan_of("active", agent=better, follow_up_on=NOW.date(), **earlier)
    resting = plan_of("accepted", agent=again, skill=skill("adaptability"), owner=by, **earlier)
    voided = reviewed(again, LOW, week="2026-W07", plan=scoring, by=by)
    answer = voided.current.answers.get(criterion__lineage="solved")
    Evidence.objects.create(plan=resting, review=voided, answer=answer, lost_points=100, added_at=NOW)
    Review.objects.filter(pk=voided.pk).update(status="voided")


def test_a_sweep_that_is_killed_anywhere_and_started_again_writes_the_same():
    company()
    whole = Killer()
    with transaction.atomic():
        swept(whole)
        expected = written()
        transaction.set_rollback(True)

    differing = []
    for mark in whole.marks:
        with transaction.atomic():
            with pytest.raises(KilledError):
                swept(Killer(at=mark))
            transaction.set_rollback(False)  # nothing was sent that has to be taken back
            swept(Killer())
            if written() != expected:
                differing.append(mark)
            transaction.set_rollback(True)

    assert differing == []
    assert len(whole.marks) > 15
    assert {model: bool(rows) for model, rows in expected.items()} == dict.fromkeys(expected, True)
    assert {row.split("'")[1] for row in expected["AuditEvent"]} >= {
        "plan.proposed", "plan.evidence_added", "plan.evidence_revised", "plan.due", "plan.handed_over"
    }  # fmt: skip
