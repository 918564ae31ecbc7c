"""One row a coaching plan, with all that the coaching report and its export say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils.translation import gettext

from accounts.models import User
from coaching import outcome_words, words
from coaching.models import Action, Look, Outcome, Plan
from coaching.selectors import bases
from coaching.selectors.bases import Basis, Window
from core.spreadsheets import Carried, Table, csv_lines

LATER = 4
"""Weekly looks after the one that asked for a plan, from when on a later look says something of its own."""
LOW = 0.5
TABLE = Table((
    "plan", "agent", "team", "skill", "supervisor", "rule", "rules_version", "status", "proposed_on", "decided_on",
    "decline_reason", "shared_on", "first_session_on", "days_to_first_session", "actions", "actions_done", "programme",
    "outcome", "effect", "low", "high", "reviews_before", "reviews_after", "conversations_before",
    "conversations_after", "response_rate_before", "response_rate_after", "pool", "why_no_effect",
    "still_under_target"),
    averages=(Carried(
        "effect", n=("reviews_before", "reviews_after"), frame_size=("conversations_before", "conversations_after"),
        response_rate=("response_rate_before", "response_rate_after"), pool="pool", low="low", high="high",
        reason="why_no_effect"),),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One plan. Effects in points; `is_still_low`: what a look at least four weeks later says, None without one."""

    pk: int
    agent: str
    team: str
    skill_id: int
    skill: str
    skill_slug: str
    owner_id: int | None
    owner: str
    origin: str
    rules: int | None
    status: str
    proposed_at: datetime
    decided_at: datetime | None
    decline_reason: str
    shared_at: datetime | None
    session_at: datetime | None
    follow_up_on: date | None
    actions: int
    actions_done: int
    kinds: tuple[tuple[str, str], ...]
    programme: str
    verdict: str
    effect: float | None
    low: float | None
    high: float | None
    own_variance: float
    shift_variance: float
    pre_n: int | None
    post_n: int | None
    why_no_effect: str
    windows: tuple[Window, Window] | None
    is_still_low: bool | None
    today: date

    @property
    def is_accepted(self) -> bool:
        """Say whether somebody accepted or started it."""
        return self.status not in ("proposed", "declined")

    @property
    def is_shared(self) -> bool:
        """Say whether its agent has seen it."""
        return self.shared_at is not None

    @property
    def is_open(self) -> bool:
        """Say whether it has not ended."""
        return self.status not in Plan.ENDED

    @property
    def is_completed(self) -> bool:
        """Say whether it came to its outcome, or was closed because the target was reached or enough was done."""
        return bool(self.verdict)

    @property
    def was_to_end_by_now(self) -> bool:
        """Say whether its follow-up day has passed, or it has ended."""
        has_passed = self.follow_up_on is not None and self.follow_up_on < self.today
        return self.is_shared and (has_passed or self.status == "closed" or bool(self.verdict))

    @property
    def days_to_session(self) -> float | None:
        """Return the days from accepting to the first 1:1 that was held."""
        if self.session_at is None or self.decided_at is None:
            return None
        return max(0.0, (self.session_at - self.decided_at).total_seconds() / 86_400)


def read(user: User, *, since: datetime, now: datetime) -> list[Row]:
    """Return the plans that a person coaches and that were proposed or started since; three queries."""
    plans = list(_plans(user, since))
    ids = [plan.pk for plan in plans]
    outcomes: dict[int, Outcome] = {}
    for outcome in Outcome.objects.filter(plan__in=ids).select_related("plan").order_by("last_week", "pk"):
        outcomes[outcome.plan_id] = outcome
    kinds: dict[int, dict[str, str]] = {}
    for action in Action.objects.filter(plan__in=ids).only("plan_id", "kind").order_by("plan", "kind"):
        kinds.setdefault(action.plan_id, {})[action.kind] = action.get_kind_display()
    return [_row(plan, outcomes.get(plan.pk), kinds.get(plan.pk, {}), today=now.date()) for plan in plans]


def csv(rows: list[Row], *, now: datetime) -> Iterator[bytes]:
    """Yield the lines of the export, one a plan."""
    return csv_lines(TABLE, lines(rows, now=now))


def lines(rows: list[Row], *, now: datetime) -> list[list[Any]]:
    """Return a row a plan in the order of the table's columns, with what each effect rests on; six queries more."""
    known = bases.read((window for row in rows for window in row.windows or ()), now=now)
    return [_line(row, [known.of(window) for window in row.windows or ()]) for row in rows]


def _plans(user: User, since: datetime) -> QuerySet[Plan]:
    own = Look.objects.filter(agent=OuterRef("agent"), skill=OuterRef("skill"), flag=True, probability__isnull=False)
    later = own.filter(looked_at__gte=OuterRef("later_from"))
    ticked = Q(actions__done_at__isnull=False)
    held = Q(sessions__status="held")
    rows = Plan.objects.coached_by(user).filter(proposed_at__gte=since)
    return (
        rows.select_related("agent", "team", "skill", "owner", "membership__programme")
        .annotate(
            n_actions=Count("actions", distinct=True),
            n_done=Count("actions", filter=ticked, distinct=True),
            session_at=Min("sessions__starts_at", filter=held),
            later_from=_later_from(),
        )
        .annotate(later=Subquery(later.order_by("-week").values("probability")[:1], output_field=FloatField()))
        .order_by("-proposed_at", "-pk")
    )


def _later_from() -> Any:
    """Return from when on a look says something of its own: four weeks after the plan was proposed."""
    return ExpressionWrapper(F("proposed_at") + timedelta(weeks=LATER), output_field=DateTimeField())


def _row(plan: Any, outcome: Outcome | None, kinds: dict[str, str], *, today: date) -> Row:
    membership = getattr(plan, "membership", None)
    is_full = outcome is not None and outcome.shown == Outcome.Shown.FULL
    return Row(
        pk=plan.pk,
        agent=str(plan.agent),
        team=str(plan.team or ""),
        skill_id=plan.skill_id,
        skill=str(plan.skill),
        skill_slug=plan.skill.slug,
        owner_id=plan.owner_id,
        owner=str(plan.owner or ""),
        origin=plan.origin,
        rules=plan.trigger.get("rules"),
        status=plan.status,
        proposed_at=plan.proposed_at,
        decided_at=plan.decided_at,
        decline_reason=words.declined_because(plan),
        shared_at=plan.shared_at,
        session_at=plan.session_at,
        follow_up_on=plan.follow_up_on,
        actions=plan.n_actions,
        actions_done=plan.n_done,
        kinds=tuple(kinds.items()),
        programme=str(membership.programme.name) if membership is not None else "",
        verdict=outcome.verdict if outcome else "",
        effect=outcome.effect if is_full and outcome else None,
        low=outcome.low if is_full and outcome else None,
        high=outcome.high if is_full and outcome else None,
        own_variance=_own_variance(outcome) if is_full and outcome else 0.0,
        shift_variance=(outcome.shift_variance or 0.0) if outcome else 0.0,
        pre_n=outcome.pre_n if outcome else None,
        post_n=outcome.post_n if outcome else None,
        why_no_effect=_why_no_effect(outcome),
        windows=bases.windows_of(outcome) if outcome else None,
        is_still_low=None if plan.later is None else plan.later >= LOW,
        today=today,
    )


def _own_variance(outcome: Outcome) -> float:
    """Return g V + ω²: what is left of se² without the shift's."""
    return max(1e-9, (outcome.se or 0.0) ** 2 - (outcome.shift_variance or 0.0))


def _why_no_effect(outcome: Outcome | None) -> str:
    if outcome is None:
        return gettext("not measured yet")
    return outcome_words.missing(outcome)


def _line(row: Row, held: list[Basis]) -> list[Any]:
    """Return one plan in the order of the table's columns."""

    def day(moment: datetime | None) -> str:
        return moment.date().isoformat() if moment else ""

    still = {None: "", True: "yes", False: "no"}[row.is_still_low]
    nothing: list[Any] = [None, None]
    sizes = [one.frame_size for one in held] or nothing
    rates = [_short(one.response_rate, places=4) for one in held] or nothing
    return [
        row.pk, row.agent, row.team, row.skill, row.owner, row.origin, row.rules, row.status, day(row.proposed_at),
        day(row.decided_at), row.decline_reason, day(row.shared_at), day(row.session_at), _short(row.days_to_session),
        row.actions, row.actions_done, row.programme, row.verdict, _short(row.effect), _short(row.low),
        _short(row.high), row.pre_n, row.post_n, *sizes, *rates, held[0].pool if held else "", row.why_no_effect,
        still,
    ]  # fmt: skip


def _short(value: float | None, *, places: int = 2) -> float | None:
    return None if value is None else round(value, places)
