"""Assemble the coaching pages in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from coaching import words
from coaching.agendas import agenda_for
from coaching.charts import band, level_chart
from coaching.examples import Example
from coaching.models import Evidence, Look, Plan, Remark, Session
from coaching.selectors import bases, outcome_page
from coaching.selectors.bases import Bases, Basis
from coaching.selectors.library import advice
from conversations.text import plain_text
from core.charts import LineChart
from reviews.models import Comment, Pin

LOOKS = 12
CLEARLY = 0.10


@dataclass(frozen=True)
class Shown:
    """One piece of evidence as the page shows it."""

    evidence: Evidence
    criterion: str
    answer: str
    comments: list[str]
    quotes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Resting:
    """A weekly look with its 95 % band and what it rests on; reason: why it does not count, or has no number."""

    look: Look
    low: float | None
    high: float | None
    reason: str
    rests_on: Basis


@dataclass(frozen=True)
class PlanPage:
    """Everything that the page of one plan shows."""

    evidence: list[Shown]
    looks: list[Resting]
    chart: LineChart | None
    strengths: list[Resting]
    focus: list[str]
    cost: str
    examples: tuple[Example, ...]
    outcome: outcome_page.Shown | None
    follow_up: outcome_page.FollowUp | None
    standing: str
    remarks: list[Remark]
    sessions: list[Session]
    # Of the first 1:1, until one is arranged.
    agenda: list[str]
    is_paused: bool
    baseline_rests_on: Basis | None


def plan_page(plan: Plan, *, now: datetime) -> PlanPage:
    """Load one plan with its evidence at the very messages."""
    looks = list(Look.objects.filter(agent=plan.agent_id, skill=plan.skill_id).order_by("-week")[:LOOKS])[::-1]
    sessions, good = list(plan.sessions.all()), strengths(plan)
    window = bases.window_of(plan)
    known = bases.read([*map(bases.window_at, (*looks, *good)), *([window] if window else [])], now=now)
    library, outcome, follow_up = (
        advice(plan.skill.slug),
        outcome_page.shown(plan, now=now),
        outcome_page.follow_up(plan),
    )
    return PlanPage(
        evidence=evidence_of(plan.evidence.all()),
        looks=[_resting(look, known) for look in looks],
        chart=level_chart(looks, known, skill=plan.skill.name, target=plan.target),
        strengths=[_resting(look, known) for look in good],
        focus=[line for line in plan.focus.splitlines() if line.strip()],
        cost=library.cost if library else "",
        examples=library.examples if library else (),
        outcome=outcome,
        follow_up=follow_up,
        remarks=_remarks(plan),
        sessions=sessions,
        agenda=[] if sessions or plan.status in Plan.ENDED else _agenda(plan, good, today=timezone.localdate(now)),
        is_paused=Plan.objects.filter(pk=plan.pk).paused().exists(),
        baseline_rests_on=known.of(window) if window else None,
        standing=outcome_page.standing(plan, outcome, follow_up),
    )


def _resting(look: Look, known: Bases) -> Resting:
    low, high = band(look)
    return Resting(look, low, high, words.no_number(look), known.of(bases.window_at(look)))


def agenda_of(plan: Plan, *, today: date) -> str:
    """Return what a session about a plan may begin from, one point a line."""
    return "\n".join(_agenda(plan, strengths(plan), today=today))


def _agenda(plan: Plan, good: list[Look], *, today: date) -> list[str]:
    return agenda_for(plan, today=today, strengths=[look.skill.name for look in good]).splitlines()


def evidence_of(rows: QuerySet[Evidence]) -> list[Shown]:
    """Put beside each answer what its own revision says about it, and where it shows. Three queries."""
    found = list(
        rows.select_related("review__conversation", "review__transcript", "answer__criterion", "answer__option")
    )
    revisions = [row.answer.revision_id for row in found]
    comments = list(Comment.objects.filter(revision__in=revisions).exclude(criterion=None))
    pins = list(Pin.objects.filter(revision__in=revisions))
    return [_shown(row, comments=comments, pins=pins) for row in found]


def _remarks(plan: Plan) -> list[Remark]:
    found = list(plan.remarks.select_related("author", "action"))
    for remark in found:
        remark.because = words.not_helpful_because(remark.reason)  # type: ignore[attr-defined]
    return found


def strengths(plan: Plan) -> list[Look]:
    """Return the agent's skills that are clearly above target: P(level < target) under 10 % with enough reviews.

    As of the look that asked for the plan, or the newest for a plan started by hand.
    """
    looks = Look.objects.filter(agent=plan.agent_id, flag=True, probability__lt=CLEARLY).exclude(skill=plan.skill_id)
    week = plan.trigger.get("week") or Look.objects.filter(agent=plan.agent_id).aggregate(newest=Max("week"))["newest"]
    return list(looks.filter(week=week or "").select_related("skill").order_by("probability", "-level")[:3])


def _shown(row: Evidence, *, comments: list[Comment], pins: list[Pin]) -> Shown:
    key = (row.answer.revision_id, row.answer.criterion_id)
    return Shown(
        evidence=row,
        criterion=row.answer.criterion.name,
        answer=row.answer.option.label if row.answer.option else "–",
        comments=[_("(erased)") if c.erased_at else c.text for c in comments if (c.revision_id, c.criterion_id) == key],
        quotes=[_quote(pin, row) for pin in pins if (pin.revision_id, pin.criterion_id) == key],
    )


def _quote(pin: Pin, row: Evidence) -> dict[str, Any]:
    messages = row.review.transcript.messages
    if pin.message_index >= len(messages):
        return {"index": pin.message_index, "text": ""}
    text = plain_text(messages[pin.message_index])
    return {"index": pin.message_index, "text": (text if pin.start is None else text[pin.start : pin.end]).strip()}


def plans_on(review_pk: int, user: User) -> QuerySet[Plan]:
    """Return the plans that rest on a review and that a person may see."""
    rests = Evidence.objects.filter(plan=OuterRef("pk"), review=review_pk)
    return Plan.objects.visible_to(user).filter(Exists(rests)).select_related("skill", "agent")
