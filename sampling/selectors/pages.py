"""What the pages of sampling show, in a number of queries that does not follow the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sampling import periods
from sampling.cycles import Period
from sampling.models import Draw, FrameStratum, MasterKey, PastTerms, PeriodKey, Pick, Plan
from sampling.selectors.due import Next, drawn_periods, next_draw
from sampling.selectors.preview import newest_ending
from sampling.terms import Terms


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the list of plans."""

    plan: Plan
    next: Next | None
    last: Draw | None


@dataclass(frozen=True, slots=True)
class Drawable:
    """A closed period that a manager may draw now, or has."""

    period: Period
    draw: Draw | None
    is_last: bool


def listed(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Bring along what a line of the list needs; plans that draw come first."""
    newest = Draw.objects.standing().filter(plan=OuterRef("pk")).order_by("-starts_at").values("pk")[:1]
    return (
        plans.select_related("rubric")
        .prefetch_related("past_terms", "pauses")
        .annotate(last_draw_id=Subquery(newest))
        .order_by("status", "name")
    )


def rows(plans: Iterable[Plan], *, now: datetime) -> list[PlanRow]:
    """Return the lines of one page of plans."""
    shown = list(plans)
    drawn = drawn_periods(shown)
    last = draws(Draw.objects.filter(pk__in=[plan.last_draw_id for plan in shown])).in_bulk()  # type: ignore[attr-defined]
    return [
        PlanRow(plan, next_draw(plan, drawn, now), last.get(plan.last_draw_id))  # type: ignore[attr-defined]
        for plan in shown
    ]


def draws(found: QuerySet[Draw]) -> QuerySet[Draw]:
    """Bring along how many picks stand and how many were replaced; the newest period comes first."""
    of_each = Pick.objects.filter(draw=OuterRef("pk")).order_by()
    left = of_each.exclude(dropped=Pick.Dropped.NO)
    return found.order_by("-starts_at", "-pk").annotate(
        standing=_counted(of_each.filter(dropped=Pick.Dropped.NO)),
        replaced=_counted(left.filter(vacated=True, pool=Pick.Pool.RANDOM)),
    )


def _counted(picks: QuerySet[Pick]) -> Coalesce:
    """Count apart from the draws: grouped, each pick would carry the whole row of its draw and plan."""
    return Coalesce(Subquery(picks.values("draw").annotate(n=Count("pk")).values("n")), 0)


def strata(draw: Draw) -> QuerySet[FrameStratum]:
    """Return the strata of a draw without their units, which a page never shows."""
    return draw.strata.defer("units").select_related("agent", "team").order_by("agent__name", "stratum", "pk")


def picks(draw: Draw) -> QuerySet[Pick]:
    """Return the picks of a draw with what a line shows."""
    return (
        draw.picks.select_related("conversation", "completion", "agent", "stratum")
        .defer("stratum__units")
        .order_by("agent__name", "agent", "stratum__stratum", "rank")
    )


def skip_reasons(draw: Draw) -> list[tuple[str, int]]:
    """Return why picks of a draw were skipped, and how often."""
    dropped = draw.picks.exclude(dropped=Pick.Dropped.NO).values_list("drop_reason")
    return list(dropped.annotate(count=Count("pk")).order_by("-count", "drop_reason"))


def key_of(plan: Plan, period: Period) -> PeriodKey | None:
    """Return the published key of a period; None before its fingerprint is out."""
    return PeriodKey.objects.filter(plan=plan, period=period.label).first()


def terms_in_force(plan: Plan, now: datetime) -> tuple[Terms, PastTerms | None]:
    """Return the terms of the running period, and what still holds them in place when others are waiting."""
    waiting = next((past for past in plan.past_terms.all() if past.ends_at > now), None)
    return (Terms.from_json(waiting.terms) if waiting else Terms.of(plan)), waiting


def drawable(plan: Plan, *, now: datetime) -> list[Drawable]:
    """Return the last closed period; for a plan that drew nothing yet also the newest that holds conversations."""
    last = periods.last_closed(plan, now)
    offered = [last]
    if not plan.draws.filter(frame_size__gt=0).exists():
        newest = newest_ending(periods.terms_of(plan, last), before=last.ends_at)
        filled = periods.containing(plan, newest) if newest else last
        offered = [last] if filled == last else [last, filled]
    made = {draw.period: draw for draw in plan.draws.standing().filter(period__in=[one.label for one in offered])}
    return [Drawable(period, made.get(period.label), period == last) for period in offered]


def master_keys(keys: QuerySet[MasterKey]) -> QuerySet[MasterKey]:
    """Bring along how many periods each key stands behind; the newest comes first."""
    behind = PeriodKey.objects.filter(master=OuterRef("pk")).order_by().values("master").annotate(n=Count("pk"))
    return keys.annotate(periods=Coalesce(Subquery(behind.values("n")), 0)).order_by("-number")
