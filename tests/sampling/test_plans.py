"""Plans: terms change at a period's end, pauses are not caught up, draws come due once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from rubrics.services.publishing import retire
from sampling import periods
from sampling.models import Draw, PeriodKey, Plan
from sampling.selectors.due import drawn_periods, due, due_of, next_draw
from sampling.services import draws, plans
from sampling.tasks import draw_due, draw_plan, publish_fingerprints
from sampling.terms import Terms
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.rubrics import published_version
from tests.factories.sampling import WEEK, PlanFactory, agent, drawn, week_of

pytestmark = pytest.mark.django_db
HOUR, DAY, SEVEN = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def edited(plan: Plan, *, now: datetime = NOW, name: str | None = None, **changes: Any) -> Plan:
    terms = Terms.from_json({**Terms.of(plan).as_json(), **changes})
    reviewers = [reviewer.user for reviewer in plan.reviewers.all()]
    return plans.edit(plan, name=name or plan.name, terms=terms, reviewers=reviewers, by=None, now=now)


def labels(plan: Plan, now: datetime) -> list[str]:
    return [period.label for period in due_of(plan, now)]


# ---- making and changing


def test_a_new_plan_publishes_its_fingerprints() -> None:
    terms = Terms(rubric_id=published_version().rubric_id, quota_per_agent=4)

    plan = plans.create("Retail ", terms=terms, starts_on=date(2026, 3, 9), by=person(Role.MANAGER), now=NOW)

    assert (plan.name, plan.quota_per_agent, plan.status) == ("Retail", 4, "active")
    assert list(plan.period_keys.order_by("starts_at").values_list("period", flat=True)) == [
        "2026-W10",
        "2026-W11",
        "2026-W12",
    ]


def test_two_plans_with_the_same_name_are_refused() -> None:
    plan = PlanFactory(name="Retail")

    with pytest.raises(Refused) as caught:
        plans.create("Retail", terms=Terms.of(plan), starts_on=date(2026, 3, 9), by=None, now=NOW)

    assert caught.value.refusal.code == "name_taken"


def test_changed_terms_hold_from_the_next_period_on() -> None:
    plan = PlanFactory(quota_per_agent=1)
    anna = agent("Anna")
    week_of(anna, 9, monday=WEEK + SEVEN)
    week_of(anna, 9, monday=WEEK + 2 * SEVEN)

    edited(plan, quota_per_agent=4)

    frames = [drawn(plan, moment=WEEK + weeks * SEVEN, now=NOW + 4 * SEVEN) for weeks in (1, 2)]
    assert [frame.picked for frame in frames] == [1, 4]


def test_terms_changed_twice_in_a_period_keep_those_that_held() -> None:
    plan = PlanFactory(quota_per_agent=1)

    edited(edited(plan, quota_per_agent=4), quota_per_agent=6, now=NOW + HOUR)

    plan.refresh_from_db()
    quotas = [periods.terms_of(plan, periods.containing(plan, NOW + later)).quota_per_agent for later in (HOUR, SEVEN)]
    assert (quotas, plan.past_terms.count()) == ([1, 6], 1)


def test_terms_changed_in_three_periods_are_all_remembered() -> None:
    plan = PlanFactory(quota_per_agent=1)

    for weeks in (1, 2, 3):
        plan = edited(plan, quota_per_agent=1 + weeks, now=NOW + weeks * SEVEN)

    held = [periods.terms_of(plan, periods.containing(plan, NOW + weeks * SEVEN)).quota_per_agent for weeks in range(6)]
    assert held == [1, 1, 2, 3, 4, 4]


def test_a_plan_that_has_not_begun_is_simply_changed() -> None:
    plan = PlanFactory(starts_on=date(2026, 3, 9), quota_per_agent=1)

    plan = edited(plan, quota_per_agent=4, cycle="daily")

    assert (plan.past_terms.count(), periods.containing(plan, NOW).label) == (0, "2026-03-04")


def test_a_new_zone_and_cycle_begin_where_the_running_period_ends() -> None:
    plan = PlanFactory()

    plan = edited(plan, cycle="daily", time_zone="America/New_York")

    running = periods.containing(plan, NOW)
    following = periods.following(plan, running)
    assert (running.label, running.ends_at) == ("2026-W10", datetime(2026, 3, 9, tzinfo=UTC))
    assert (following.label, following.starts_at, following.ends_at) == (
        "2026-03-09",
        datetime(2026, 3, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 4, tzinfo=UTC),
    )


def test_changing_name_and_reviewers_holds_at_once_and_keeps_the_terms() -> None:
    plan = PlanFactory(name="Old")
    reviewer = person(Role.SPECIALIST)

    plan = plans.edit(plan, name="New", terms=Terms.of(plan), reviewers=[reviewer], by=None, now=NOW)

    assert (plan.name, [one.user for one in plan.reviewers.all()], plan.past_terms.count()) == ("New", [reviewer], 0)
    assert AuditEvent.objects.get(verb="plan.edited").fields == ["name", "reviewers"]


def test_an_edit_that_changes_nothing_leaves_no_trace() -> None:
    plan = PlanFactory()

    edited(plan)

    assert (plan.past_terms.count(), AuditEvent.objects.filter(verb="plan.edited").count()) == (0, 0)


# ---- what is due


def test_a_draw_is_due_when_its_period_is_over_and_settled() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 23), settle_hours=24)
    close = WEEK + SEVEN

    assert [labels(plan, now) for now in (close, close + DAY - timedelta(seconds=1), close + DAY)] == [
        [],
        [],
        ["2026-W09"],
    ]


def test_nothing_is_due_before_the_plan_starts() -> None:
    plan = PlanFactory(starts_on=date(2026, 3, 2))

    assert labels(plan, NOW) == []


def test_missed_periods_come_due_oldest_first() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 9))

    assert labels(plan, NOW) == ["2026-W07", "2026-W08", "2026-W09"]


def test_what_was_drawn_is_not_due_again_even_when_it_was_voided() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 16))
    draws.void(drawn(plan, moment=WEEK - SEVEN), reason="wrong", by=None, now=NOW)
    drawn(plan)

    assert labels(plan, NOW) == []


def test_periods_that_close_during_a_pause_are_not_caught_up() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 9))
    manager = person(Role.MANAGER)
    plan = plans.pause(plan, by=manager, now=WEEK - SEVEN)  # the moment at which W07 closes
    during = labels(plan, NOW)
    plan = plans.resume(plan, by=manager, now=WEEK + HOUR)  # after W08 closed

    assert (during, labels(plan, NOW)) == ([], ["2026-W09"])


def test_a_period_that_closed_before_the_pause_is_drawn_after_it() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 16))
    plan = plans.pause(plan, by=None, now=WEEK + HOUR)  # W08 closed, but did not settle
    plan = plans.resume(plan, by=None, now=WEEK + 2 * DAY)
    back = plans.pause(PlanFactory(starts_on=date(2026, 2, 16)), by=None, now=WEEK - HOUR)
    back = plans.resume(back, by=None, now=WEEK)  # it works again at the moment of the close

    assert labels(plan, NOW) == labels(back, NOW) == ["2026-W08", "2026-W09"]


def test_only_active_plans_are_due() -> None:
    active = PlanFactory(starts_on=date(2026, 2, 23))
    plans.pause(PlanFactory(starts_on=date(2026, 2, 23)), by=None, now=NOW)
    plans.archive(PlanFactory(starts_on=date(2026, 2, 23)), by=None, now=NOW)

    assert [(item.plan, item.period.label) for item in due(NOW)] == [(active, "2026-W09")]


def test_the_number_of_queries_does_not_follow_the_number_of_plans(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        PlanFactory(starts_on=date(2026, 2, 9))

    with django_assert_num_queries(4):
        found = due(NOW)

    assert len(found) == 9


@pytest.mark.parametrize(
    ("now", "label", "at"),
    [
        (NOW, "2026-W09", "2026-03-03"),  # overdue
        (WEEK + 2 * SEVEN + HOUR, "2026-W10", "2026-03-10"),  # over, and settling
    ],
)
def test_the_next_draw_is_announced(now: datetime, label: str, at: str) -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 23))
    if label == "2026-W10":
        drawn(plan)

    coming = next_draw(plan, drawn_periods([plan]), now)

    assert coming is not None
    assert (coming.period.label, coming.at.date().isoformat()) == (label, at)


def test_after_a_draw_the_running_period_is_next() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 23))
    drawn(plan)

    assert next_label(plan) == "2026-W10"


def test_a_plan_that_starts_later_draws_its_first_period_next() -> None:
    assert next_label(PlanFactory(starts_on=date(2026, 4, 1))) == "2026-W14"


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_a_plan_that_does_not_draw_has_no_next_draw(status: str) -> None:
    assert next_label(PlanFactory(status=status)) is None


def next_label(plan: Plan) -> str | None:
    coming = next_draw(plan, drawn_periods([plan]), NOW)
    return coming.period.label if coming else None


# ---- the clock's work


def test_the_sweep_makes_every_due_draw_once() -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 16))

    for _ in range(4):
        draw_plan(plan.pk)

    assert list(plan.draws.order_by("starts_at").values_list("period", flat=True)) == ["2026-W08", "2026-W09"]


def test_a_refused_draw_stops_nothing_else() -> None:
    unpublished = PlanFactory(starts_on=date(2026, 2, 23), rubric=published_version().rubric)
    retire(unpublished.rubric.versions.get(), by=None, now=NOW)

    draw_plan(unpublished.pk)

    assert Draw.objects.count() == 0


def test_a_plan_that_is_gone_stops_nothing() -> None:
    draw_plan(4711)

    assert Draw.objects.count() == 0


def test_the_sweep_of_due_draws_asks_for_one_run_per_plan(django_capture_on_commit_callbacks: Any) -> None:
    PlanFactory(starts_on=date(2026, 2, 9))
    PlanFactory(starts_on=date(2026, 2, 9))

    with django_capture_on_commit_callbacks() as callbacks:
        draw_due()

    assert len(callbacks) == 2


def test_the_sweep_of_fingerprints_looks_ahead() -> None:
    plan = PlanFactory()

    publish_fingerprints()

    assert PeriodKey.objects.filter(plan=plan, starts_at__gt=NOW).count() == 2


# ---- who may


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.MANAGER, None),
        (Role.SPECIALIST, "wrong_role"),
        (Role.SUPERVISOR, "wrong_role"),
        (Role.AGENT, "wrong_role"),
        (Role.ADMIN, "wrong_role"),
    ],
)
def test_only_managers_change_sampling(role: Role, code: str | None) -> None:
    by = person(role)
    plan = PlanFactory(starts_on=date(2026, 2, 23))
    draw = drawn(plan)
    verbs = {
        "create": lambda: plans.create("New", terms=Terms.of(plan), starts_on=date(2026, 3, 9), by=by, now=NOW),
        "edit": lambda: plans.edit(plan, name="Newer", terms=Terms.of(plan), reviewers=[], by=by, now=NOW),
        "draw": lambda: draws.freeze(plan, period=periods.last_closed(plan, NOW - SEVEN), by=by, now=NOW),
        "void": lambda: draws.void(draw, reason="wrong", by=by, now=NOW),
        "pause": lambda: plans.pause(plan, by=by, now=NOW),
        "resume": lambda: plans.resume(plan, by=by, now=NOW),
        "archive": lambda: plans.archive(plan, by=by, now=NOW),
    }

    assert {name: code_of(verb) for name, verb in verbs.items()} == dict.fromkeys(verbs, code)


@pytest.mark.parametrize(
    ("status", "verb", "code"),
    [
        ("active", "pause", None),
        ("active", "resume", "plan_active"),
        ("active", "archive", None),
        ("paused", "pause", "plan_paused"),
        ("paused", "resume", None),
        ("paused", "archive", None),
        ("archived", "pause", "plan_archived"),
        ("archived", "resume", "plan_archived"),
        ("archived", "archive", "plan_archived"),
    ],
)
def test_each_status_allows_its_own_verbs(status: str, verb: str, code: str | None) -> None:
    plan = PlanFactory(status=status)

    assert code_of(lambda: getattr(plans, verb)(plan, by=None, now=NOW)) == code


def test_an_archived_plan_neither_changes_nor_draws() -> None:
    plan = PlanFactory(status="archived")

    assert code_of(lambda: edited(plan, quota_per_agent=9)) == "plan_archived"
    assert code_of(lambda: drawn(plan)) == "plan_archived"


def code_of(verb: Any) -> str | None:
    try:
        verb()
    except Refused as refused:
        return refused.refusal.code
    return None


@pytest.mark.parametrize(
    ("role", "seen"),
    [(Role.MANAGER, 1), (Role.SPECIALIST, 0), (Role.SUPERVISOR, 0), (Role.AGENT, 0), (Role.ADMIN, 0)],
)
def test_plans_draws_strata_and_picks_are_visible_to_managers_only(role: Role, seen: int) -> None:
    week_of(agent("Anna"), 1)
    draw = drawn(PlanFactory())
    user: User = person(role)

    words = [Plan.objects, Draw.objects, draw.strata.model.objects, draw.picks.model.objects]

    assert [word.visible_to(user).count() for word in words] == [seen] * 4
