"""Did it work: what is measured, from whom, when, and what happens when a review it used is revised."""

from __future__ import annotations

import csv
import dataclasses
import math
from datetime import timedelta

import pytest
from django.urls import reverse

import stats
from accounts.models import Notification
from coaching import declines, effects, programme_effects, stepping, weeks, windows
from coaching.models import Outcome, Plan
from coaching.services import outcomes, plans
from core.models import AuditEvent
from reviews.models import Cell, QueueItem
from tests.coaching.outcome_world import AFTER, BEFORE, DONE, World, measured
from tests.coaching.reading import as_
from tests.factories.coaching import member, reviewed, reviewer, sampling_plan, skill, sums
from tests.stats.test_vectors import function_named

pytestmark = pytest.mark.django_db


def pure(rows):
    """The published formula on an exported table: agent, part, n, Σy and Σy² on both sides."""
    parts = [row["part"] for row in rows]
    sides = [
        (int(row[f"{side}_n"]), float(row[f"{side}_sum"]), float(row[f"{side}_squares"]))
        for row in rows
        for side in ("pre", "post")
    ]
    within = [(n - 1, (squares - total * total / n)) for n, total, squares in sides if n > 1]
    sigma2 = math.fsum(deviation for _df, deviation in within) / sum(df for df, _deviation in within)

    def mean(row, side):
        return float(row[f"{side}_sum"]) / int(row[f"{side}_n"]) if int(row[f"{side}_n"]) else None

    is_seen = [part != "baseline only" for part in parts]
    return sigma2, stats.coaching_effect(
        [mean(row, "pre") for row in rows],
        pre_n=[float(row["pre_n_effective"]) for row in rows],
        post_mean=[mean(row, "post") if seen else None for row, seen in zip(rows, is_seen, strict=True)],
        post_n=[float(row["post_n_effective"]) if seen else 0 for row, seen in zip(rows, is_seen, strict=True)],
        coached=[part in ("this plan", "coached") for part in parts],
        sigma2=sigma2,
    )


def assert_same(outcome, sigma2, effect):
    expected = {
        "observed": effect.observed[0], "expected_by_chance": effect.expected_by_chance[0], "shift": effect.shift,
        "effect": effect.effect[0], "se": effect.se[0], "low": effect.lo[0], "high": effect.hi[0], "sigma2": sigma2,
    }  # fmt: skip
    assert {name: getattr(outcome, name) for name in expected} == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (effects, "coaching_effect"), (effects, "sufficiency"), (programme_effects, "coaching_effect"),
        (windows, "decayed"), (windows, "trigger_probability"), (stepping, "plan_step"), (declines, "ewma_alarm"),
    ],
)  # fmt: skip
def test_jobs_call_the_very_functions_that_the_reference_vectors_are_held_against(module, name):
    assert getattr(module, name) is function_named(name)


def test_an_outcome_is_what_the_pure_function_gives_on_the_exported_sums(client, world, coach):
    outcome = measured(world)

    response = as_(client, coach).get(reverse("coaching:outcome_data", args=[outcome.plan_id]))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    rows = list(csv.DictReader(lines))

    assert [row["part"] for row in rows] == ["this plan", *["peer"] * 10]
    assert_same(outcome, *pure(rows))
    assert outcome.observed == pytest.approx(outcome.expected_by_chance + outcome.shift + outcome.effect, abs=1e-9)
    assert (outcome.pre_n, outcome.pre_mean, outcome.post_n, outcome.post_mean) == (16, 40.0, 12, 90.0)
    assert (outcome.shown, outcome.verdict, outcome.peers) == ("full", "improved", 10)


def test_an_outcome_is_what_the_pure_function_gives_on_the_published_reviews(coached, team):
    scoring, by = sampling_plan(), reviewer()
    agents = [coached, *(member(team) for _ in range(11))]
    options = ["no", "partly", "yes"]
    for place, agent in enumerate(agents):
        for step, week in enumerate([*BEFORE, *BEFORE, *AFTER, *AFTER, AFTER[0]]):
            understood, solved = options[(place + step) % 3], options[(place * step) % 3]
            answers = {
                "understood": {"option": understood}, "solved": {"option": solved}, "data-protected": {"option": "yes"},
            }  # fmt: skip
            reviewed(agent, answers, week=week, plan=scoring, by=by)
    made = World.due(type("Of", (), {"coached": coached, "team": team, "skill": skill("problem-solving")}))
    outcomes.sweep(now=DONE)

    table = []
    for agent in agents:
        row = {"part": "this plan" if agent == coached else "peer"}
        for side, known in (("pre", BEFORE), ("post", AFTER)):
            scores = [
                float(review.current.skill_scores["problem-solving"])
                for review in agent.reviews.select_related("current", "item__pick__draw")
                if review.item.pick.draw.period in known
            ]
            row |= {
                f"{side}_n": len(scores), f"{side}_n_effective": len(scores), f"{side}_sum": math.fsum(scores),
                f"{side}_squares": math.fsum(y * y for y in scores),
            }  # fmt: skip
        table.append(row)

    assert_same(Outcome.objects.get(plan=made), *pure(table))


def test_a_plan_is_evaluated_once_its_follow_up_is_in(world, coach):
    made = world.due(owner=coach)

    assert outcomes.sweep(now=DONE) == 1

    made.refresh_from_db()
    outcome = made.outcomes.get()
    assert made.status == "evaluated"
    assert (outcome.first_week, outcome.last_week) == (AFTER[0], AFTER[-1])
    assert (outcome.baseline_first_week, outcome.baseline_last_week) == ("2025-W36", "2026-W09")
    assert list(AuditEvent.objects.filter(verb__startswith="plan.").values_list("verb", "params")) == [
        ("plan.evaluated", {"from": "due", "verdict": "improved", "number": 1})
    ]
    assert [(note.kind, note.path) for note in Notification.objects.filter(user=coach)] == [
        ("plan.evaluated", f"/coaching/plans/{made.pk}/")
    ]


def test_sweeping_again_changes_nothing(world):
    measured(world)
    tables = (Outcome, Plan, AuditEvent, Notification)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    assert [outcomes.sweep(now=DONE), outcomes.sweep(now=DONE)] == [0, 0]

    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def wait_for(world, *, week=AFTER[-1], status="available"):
    """Leave one drawn conversation of the coached agent unreviewed."""
    low = {"understood": {"option": "no"}, "solved": {"option": "no"}, "data-protected": {"option": "yes"}}
    review = reviewed(world.coached, low, week=week, plan=world.scoring, by=world.by)
    QueueItem.objects.filter(pk=review.item_id).update(status=status)
    return review


@pytest.mark.parametrize(
    ("status", "days", "is_measured"),
    [("available", 4, False), ("claimed", 4, False), ("available", 20, False), ("available", 21, True),
     ("skipped", 4, True), ("expired", 4, True), ("submitted", 4, True)],
)  # fmt: skip
def test_a_plan_waits_for_what_is_still_to_be_reviewed_but_not_for_ever(world, status, days, is_measured):
    made = world.due(skill=skill("problem-solving"))
    wait_for(world, status=status)

    outcomes.sweep(now=weeks.end_of(AFTER[-1]) + timedelta(days=days))

    assert made.outcomes.exists() is is_measured


def test_nothing_is_measured_before_the_last_week_is_drawn(world):
    made = world.due()

    outcomes.sweep(now=weeks.end_of(AFTER[-1]) + timedelta(days=2))

    assert not made.outcomes.exists()


@pytest.mark.parametrize("status", ["proposed", "accepted", "shared", "active", "evaluated", "closed", "declined"])
def test_only_a_plan_that_is_due_is_measured(world, status):
    made = world.due()
    moments = {"decided_at": None} if status == "proposed" else {}
    Plan.objects.filter(pk=made.pk).update(status=status, **moments)

    assert outcomes.sweep(now=DONE) == 0


def test_a_plan_without_a_whole_week_of_follow_up_stays_due(world):
    made = world.due(shared_at=weeks.start_of("2026-W15") + timedelta(days=2))

    outcomes.sweep(now=DONE)

    made.refresh_from_db()
    assert (made.status, made.outcomes.exists()) == ("due", False)


def verbs():
    return AuditEvent.objects.filter(verb__startswith="plan.").order_by("pk").values_list("verb", flat=True)


def revise(agent, *, week, by_points):
    """Let a revision move one review of an agent, as reviews write it: the old sum out, the new one in."""
    cell = Cell.objects.filter(stratum__agent=agent, stratum__draw__period=week, pool="random").get()
    mean = cell.total // cell.n
    moved = mean + by_points * 10_000
    cell.total += moved - mean
    cell.squares += moved * moved - mean * mean
    cell.save()


def test_a_revised_review_is_measured_again_with_its_history(world, coach):
    outcome = measured(world, owner=coach)
    first = {one.name: getattr(outcome, one.name) for one in dataclasses.fields(outcomes.Measured)}
    revise(world.coached, week=AFTER[0], by_points=-30)

    changed = outcomes.sweep(now=DONE + timedelta(hours=1))

    outcome.refresh_from_db()
    past = outcome.past.get()
    assert (changed, outcome.number, past.number) == (1, 2, 1)
    assert outcome.post_mean == pytest.approx(90 - 30 / 12)
    assert {name: past.figures[name] for name in first} == first
    assert (past.measured_at, past.replaced_at) == (DONE, DONE + timedelta(hours=1))
    assert list(verbs()) == [
        "plan.evaluated", "plan.outcome_revised",
    ]  # fmt: skip


def test_a_revised_review_of_a_peer_counts_as_well(world):
    outcome = measured(world)
    revise(world.peers[0], week=BEFORE[0], by_points=-20)

    outcomes.sweep(now=DONE + timedelta(hours=1))

    outcome.refresh_from_db()
    assert outcome.number == 2


def test_the_owner_is_told_only_when_the_verdict_changes(world, coach):
    outcome = measured(world, owner=coach)
    revise(world.coached, week=AFTER[0], by_points=-5)
    outcomes.sweep(now=DONE + timedelta(hours=1))
    told = Notification.objects.filter(user=coach).count()

    for week in AFTER:
        cell = Cell.objects.get(stratum__agent=world.coached, stratum__draw__period=week)
        cell.total, cell.squares = 6 * 45 * 10_000, 6 * (45 * 10_000) ** 2
        cell.save()
    outcomes.sweep(now=DONE + timedelta(hours=2))

    outcome.refresh_from_db()
    assert (told, outcome.verdict, Notification.objects.filter(user=coach).count()) == (1, "cannot_tell_yet", 2)


def test_long_after_closing_an_outcome_stays_as_it_is(world):
    outcome = measured(world)
    Plan.objects.filter(pk=outcome.plan_id).update(status="closed", closed_at=DONE)
    revise(world.coached, week=AFTER[0], by_points=-5)

    assert outcomes.sweep(now=DONE + timedelta(weeks=27)) == 0
    assert outcomes.sweep(now=DONE + timedelta(weeks=25)) == 1


def test_an_extended_plan_gets_an_outcome_of_the_longer_time_beside_the_first(world, coach):
    first = measured(world)
    plans.extend(first.plan, weeks=2, by=coach, now=DONE)
    made = Plan.objects.get(pk=first.plan_id)
    sums(world.coached, [70, 80], week="2026-W16", plan=world.scoring, by=world.by)
    plans.fall_due(now=weeks.start_of("2026-W18") + timedelta(days=4))

    outcomes.sweep(now=weeks.start_of("2026-W18") + timedelta(days=4))

    made.refresh_from_db()
    assert made.status == "evaluated"
    assert [(row.first_week, row.last_week, row.post_n) for row in made.outcomes.order_by("pk")] == [
        ("2026-W12", "2026-W15", 12), ("2026-W12", "2026-W17", 14),
    ]  # fmt: skip
