"""The board of plans: its stages, how many lie in each, and what each plan needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.models import Action, Plan

# What needs a decision first, what has ended last.
ORDER = ["proposed", "evaluated", "accepted", "due", "shared", "active", "declined", "closed"]
NAMES = {
    "": gettext_lazy("Open"),
    "needs": gettext_lazy("Needs you"),
    "proposed": gettext_lazy("Proposed"),
    "active": gettext_lazy("Active"),
    "awaiting": gettext_lazy("Awaiting follow-up"),
    "due": gettext_lazy("Due"),
    "measured": gettext_lazy("Measured"),
    "ended": gettext_lazy("Closed"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One stage of the board with its address and how many plans lie there."""

    url: str
    label: str
    count: int
    current: bool


def board(plans: QuerySet[Plan], *, today: date | None = None) -> QuerySet[Plan]:
    """Return plans with what needs a decision first, with their counts of actions."""
    rank = Case(*(When(status=name, then=Value(i)) for i, name in enumerate(ORDER)), output_field=IntegerField())
    ticked = Q(actions__done_at__isnull=False)
    late = Q(actions__done_at=None, actions__due_on__lt=today) if today else Q(pk=None)
    return (
        plans.with_pause()  # type: ignore[attr-defined]
        .select_related("agent", "team", "skill", "owner")
        .annotate(
            rank=rank,
            actions_total=Count("actions", distinct=True),
            actions_done=Count("actions", filter=ticked, distinct=True),
            unconfirmed=Count("actions", filter=ticked & Q(actions__confirmed_at=None), distinct=True),
            overdue=Count("actions", filter=late, distinct=True),
        )
        .order_by("rank", "-proposed_at", "-pk")
    )


def stages(today: date) -> dict[str, Q]:
    """Return the stages of the board: each plan lies in one.

    A plan that runs awaits its follow-up while conversations are drawn for it, and is due once the day has come.
    """
    runs, drawn = Q(status__in=["shared", "active"]), Q(follow_up_from__lte=today)
    return {
        "proposed": Q(status="proposed"),
        "active": Q(status="accepted") | runs & (Q(follow_up_from=None) | Q(follow_up_from__gt=today)),
        "awaiting": runs & drawn,
        "due": Q(status="due"),
        "measured": Q(status="evaluated"),
        "ended": Q(status__in=Plan.ENDED),
    }


def in_stage(plans: QuerySet[Plan], stage: str, *, today: date) -> QuerySet[Plan]:
    """Return the plans of a stage of the board; all open ones for ""."""
    known = stages(today)
    if stage in known:
        return plans.filter(known[stage])
    return needing(plans, today=today) if stage == "needs" else plans.exclude(status__in=Plan.ENDED)


def needing(plans: QuerySet[Plan], *, today: date) -> QuerySet[Plan]:
    """Return the open plans that need somebody who coaches; the same as coaching.words.need says of each."""
    decision = Q(status__in=["proposed", "accepted", "evaluated"])
    suggestion = Q(close_suggested_at__isnull=False)
    ticked = Q(done_at__isnull=False, confirmed_at=None)
    # In a query of its own: a join here would narrow what the board counts.
    waiting = Exists(Action.objects.filter(ticked | Q(done_at=None, due_on__lt=today), plan=OuterRef("pk")))
    wanting = plans.exclude(status__in=Plan.ENDED).filter(decision | suggestion | Q(owner=None) | waiting)
    paused = Plan.objects.open().paused()
    return wanting.exclude(pk__in=paused.values("pk"))


def tabs(plans: QuerySet[Plan], *, stage: str, others: str, today: date) -> list[Tab]:
    """Return the stages with how many plans lie in each. others: the rest of the address."""
    known = {name: Count("pk", filter=where, distinct=True) for name, where in stages(today).items()}
    found: dict[str, int] = plans.order_by().aggregate(**known)
    found[""] = sum(found.values()) - found["ended"]
    found["needs"] = needing(plans, today=today).order_by().count()
    return [
        Tab(url="?" + "&".join(part for part in (f"stage={name}" if name else "", others) if part),
            label=str(label), count=found[name], current=name == stage)
        for name, label in NAMES.items()
    ]  # fmt: skip


def sentence(*, needs: int, proposed: int, expected_wrong: str) -> str:
    """Say what the board waits for."""
    if not needs:
        return _("Nothing needs you. Proposals come after each weekly look, when the evidence is strong twice running.")
    words = _("One plan needs you.") if needs == 1 else _("%(n)d plans need you.") % {"n": needs}
    if not proposed:
        return words
    of_them = ngettext("One of them is proposed.", "%(n)d of them are proposed.", proposed) % {"n": proposed}
    return f"{words} {expected_wrong or of_them}"
