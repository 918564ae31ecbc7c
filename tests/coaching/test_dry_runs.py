"""A dry run: what other rules would have asked for, by the looks' own steps, with nothing written but the job."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching import rehearsal, weeks
from coaching.models import Evidence, Look, Observation, Plan, RuleVersion
from coaching.rehearsal import Fired, Rehearsal
from coaching.rules import SHIPPED, Rules
from coaching.selectors import dry_runs as read
from coaching.services import dry_runs, sweep
from coaching.windows import AgentWeeks, Level
from core.models import Job
from core.refusals import Refused
from tests.coaching.test_sweep import GOOD, World, after, weeks_from
from tests.factories.accounts import person

FIRST = "2025-W36"


def level(probability, *, points=50.0):
    return Level(
        n=12, n_effective=9.0, mean=points, level=points, level_sd=4.0, probability=probability, reason=None,
        baseline=points, baseline_sd=4.0,
    )  # fmt: skip


def new(week):
    return AgentWeeks(n=[0] * 25 + [3], newest_at=weeks.end_of(week))


def rehearsed(rules, chances, *, skills=(1,)):
    """Look at agent 7 for some weeks: one probability a week, the same at each skill but for the level."""
    tried = Rehearsal(rules)
    for place, chance in enumerate(chances):
        week = weeks.shifted("2026-W02", place)
        for skill in skills:
            tried.look(week, skill, {7: new(week)}, {7: level(chance, points=60.0 - skill)}, {7: 70.0})
        tried.close(week, counts=True)
        tried = rehearsal.load(rules, rehearsal.dump(tried))  # as between two slices
    return [(one.kind, weeks.apart("2026-W02", one.week), one.skill_id) for one in tried.fired]


@pytest.mark.parametrize(
    ("rules", "chances", "fired"),
    [
        (SHIPPED, [0.95, 0.95, 0.95], [("level", 1, 1)]),
        (replace(SHIPPED, running=3), [0.95, 0.95, 0.95], [("level", 2, 1)]),
        (replace(SHIPPED, above=0.96), [0.95, 0.95, 0.95], []),
        # Closing is suggested, four looks of rest, and two looks again.
        (SHIPPED, [0.95, 0.95, 0.3, 0.3, *[0.95] * 6], [("level", 1, 1), ("level", 9, 1)]),
        (SHIPPED, [0.01, 0.01, 0.01], [("strength", 1, 1)]),
        (replace(SHIPPED, watches_strengths=False), [0.01, 0.01, 0.01], []),
        (replace(SHIPPED, strength_weeks=4), [0.01] * 7, [("strength", 1, 1), ("strength", 5, 1)]),
    ],
)
def test_rules_are_rehearsed_week_by_week(rules, chances, fired):
    assert rehearsed(rules, chances) == fired


def test_an_agent_would_have_two_plans_at_most_the_largest_probable_gap_first():
    assert rehearsed(SHIPPED, [0.95] * 3, skills=(1, 2, 3)) == [("level", 1, 3), ("level", 1, 2)]


def test_the_same_is_not_said_twice_within_the_quiet_weeks():
    tried = Rehearsal(Rules())
    for week in ("2026-W01", "2026-W05", "2026-W09"):
        tried.add([Fired("decline", week, 7, None), Fired("critical", week, 7, 1)], quiet=8)

    assert [(one.kind, one.week) for one in tried.fired] == [
        ("decline", "2026-W01"), ("critical", "2026-W01"), ("decline", "2026-W09"), ("critical", "2026-W09")
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_dry_run_by_the_rules_that_held_finds_what_the_sweeps_proposed_and_writes_nothing():
    world, manager = World([48, *GOOD], seed=1), person("manager")
    all_weeks = weeks_from(FIRST, 16)
    for week in all_weeks:
        world.work(week)
        sweep.sweep(now=after(week))
    now, models = after(all_weeks[-1]), (Look, Plan, Evidence, Observation, RuleVersion)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    job = dry_runs.start(SHIPPED, by=manager, now=now)
    slices = 1
    while dry_runs.work(job.pk, clock=lambda: now, seconds=0.0):
        slices += 1

    job.refresh_from_db()
    plan = Plan.objects.get()
    rows = [row for row in read.rows_of(job) if row.kind == "level"]
    assert (slices > 5, job.status, job.done, job.cursor) == (True, "done", 21, {})
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert [(row.agent_id, row.week) for row in rows] == [(plan.agent_id, plan.trigger["week"])]
    assert rows[0].probability == pytest.approx(plan.trigger["probability"], abs=1e-6)
    assert read.sentence(job) == (
        "One proposal, hardly likely to be wrong. Beside plans: declines worth a look 0, strengths worth praising 9."
    )


@pytest.mark.django_db
def test_only_those_who_set_rules_try_them_and_an_ended_run_is_not_stopped():
    manager, now = person("manager"), after(FIRST)
    with pytest.raises(Refused) as refused:
        dry_runs.start(SHIPPED, by=person("supervisor"), now=now)
    jobs = [dry_runs.start(SHIPPED, by=manager, now=now + timedelta(minutes=n)) for n in range(2)]
    dry_runs.cancel(jobs[0], by=manager, now=now)
    jobs[0].refresh_from_db()
    with pytest.raises(Refused) as ended:
        dry_runs.cancel(jobs[0], by=manager, now=now)

    assert [one.value.refusal.code for one in (refused, ended)] == ["wrong_role", "already_ended"]
    assert (jobs[0].status, dry_runs.waiting(now), read.visible_to(person("supervisor")).count()) == (
        "cancelled", [jobs[1].pk], 0
    )  # fmt: skip
    assert Job.objects.count() == 2
