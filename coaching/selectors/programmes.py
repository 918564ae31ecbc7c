"""Read programmes: their members with what they have done, the draw to repeat, and what an outcome rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from coaching import outcome_words, programme_words, spans, weeks
from coaching.charts import PartBar
from coaching.effects import Side
from coaching.models import Member, Plan, Programme, ProgrammeOutcome
from coaching.programme_charts import design_bars
from coaching.programme_effects import Row
from coaching.selectors import programme_bases
from coaching.selectors.bounds import Span
from coaching.selectors.outcomes import after, items_of, placed, rubrics_of, spans_of
from coaching.selectors.programme_bases import Held, Rests, part_of, rests_of
from coaching.selectors.sides import left_out, sides
from coaching.spans import Weeks
from coaching.waiting import Lot, drawn, key_of
from coaching.windows import WEEKS
from reviews.models import Review

WHOLE = ("skill", "team", "owner", "master")
NOTHING = Side()
MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class Draw:
    """The draw of a waiting list, repeated: the key, the lots, and whether they are what was written down."""

    key: str
    lots: list[tuple[Member, Lot]]
    is_same: bool


@dataclass(frozen=True)
class ProgrammePage:
    """Everything that the page of a programme shows."""

    members: list[Member]
    draw: Draw | None
    fresh: dict[int, int]
    outcomes: list[ProgrammeOutcome]
    sentence: str
    settling: str
    waiting: str
    earlier: list[tuple[ProgrammeOutcome, str]]
    estimates: list[str]
    bars: list[PartBar]
    weeks: Weeks | None
    # The first and the last day of the follow-up that the newest outcome rests on.
    days: tuple[date, date] | None
    # Of each group week by week what was drawn, and of both sides what the newest outcome rests on.
    held: Held
    rests_on: list[Rests]
    left_out: str
    out: int


def programme_page(programme: Programme, *, now: datetime) -> ProgrammePage:
    """Load one programme in a fixed number of queries."""
    members, outcomes = list(members_of(programme)), list(programme.outcomes.all())
    compared = weeks_of(programme)
    newest, fresh = outcomes[0] if outcomes else None, fresh_counts(programme) if programme.baseline_from else {}
    held = _held(programme, compared, now=now) if newest and compared else Held()
    rests_on = rests_of(newest, held, compared) if newest and compared else []
    for member in members:
        member.fresh = fresh.get(member.agent_id, 0)  # type: ignore[attr-defined]
    return ProgrammePage(
        members=members,
        draw=_draw(programme, members),
        fresh=fresh,
        outcomes=outcomes,
        sentence=programme_words.standing(programme, newest),
        settling=programme_words.settling(newest) if newest else "",
        waiting=waiting_until(programme),
        earlier=[(one, programme_words.outcome(one)) for one in outcomes[1:]],
        estimates=programme_words.estimates(newest) if newest else [],
        bars=design_bars(newest.estimates) if newest else [],
        weeks=compared,
        days=_days(newest) if newest else None,
        held=held,
        rests_on=rests_on,
        left_out=outcome_words.left_out(sum(one.basis.left_out for one in rests_on)),
        out=still_out(programme, compared) if compared and programme.status == Programme.Status.RUNNING else 0,
    )


def _days(newest: ProgrammeOutcome) -> tuple[date, date]:
    return weeks.start_of(newest.first_week).date(), (weeks.end_of(newest.last_week) - timedelta(days=1)).date()


def _held(programme: Programme, compared: Weeks, *, now: datetime) -> Held:
    return programme_bases.read(programme, compared, elsewhere=coached_elsewhere(programme, compared), now=now)


def members_of(programme: Programme) -> QuerySet[Member]:
    """Return the members with the counts of their plans' actions, those who start first before those who wait."""
    done = Count("plan__actions", filter=Q(plan__actions__done_at__isnull=False), distinct=True)
    rows = programme.members.select_related("agent", "plan", "programme").order_by("group", "agent__name", "pk")
    return rows.annotate(actions_total=Count("plan__actions", distinct=True), actions_done=done)


def weeks_of(programme: Programme) -> Weeks | None:
    """Return the weeks that a started programme compares."""
    started, begins, on = programme.started_at, programme.follow_up_from, programme.follow_up_on
    if started is None or begins is None or on is None:
        return None
    since = weeks.start_of(weeks.shifted(weeks.last_complete(started), 1 - WEEKS))
    return spans.compared(since=since, decided_at=started, known=None, shared_at=started, follow_up=(begins, on))


def waiting_until(programme: Programme) -> str:
    """Say when those who were drawn to wait may start; empty when nobody waits."""
    compared = weeks_of(programme)
    is_open = programme.status in (Programme.Status.RUNNING, Programme.Status.MEASURED)
    if not is_open or not programme.has_waiting_list or programme.second_started_at is not None or compared is None:
        return ""
    if programme.status == Programme.Status.MEASURED:
        return programme_words.may_start_now()
    return programme_words.may_start(spans.earliest(compared), spans.latest(compared))


def with_waiting(programmes: QuerySet[Programme]) -> list[tuple[Programme, str]]:
    """Return the programmes in which somebody waits, each with when those may start."""
    open_ones = programmes.filter(
        has_waiting_list=True, second_started_at=None, status__in=["running", "measured"], members__group="second"
    )
    found = open_ones.distinct().select_related("skill").order_by("follow_up_on", "pk")
    return [(one, words) for one in found[:MOST_WAITING] if (words := waiting_until(one))]


def fresh_counts(programme: Programme) -> dict[int, int]:
    """Return agent id → published random reviews of the time before the start in which a baseline is collected."""
    counts = dict.fromkeys(programme.members.values_list("agent", flat=True), 0)
    span = _fresh_span(programme)
    if span.draws:
        rows = items_of(counts, skill_id=programme.skill_id, draws=list(span.draws))
        rows = rows.exclude(pick__in=left_out(span, agents=counts.keys()))
        published = rows.filter(review__status=Review.Status.PUBLISHED).order_by().values("agent")
        counts |= dict(published.annotate(n=Count("pk", distinct=True)).values_list("agent", "n"))
    return counts


def inputs(programme: Programme, compared: Weeks) -> dict[str, Any]:
    """Return the sums that a programme's outcome rests on, in a fixed order and without names.

    Agents who were coached on the skill in that time outside the programme are left out: they are no peers.
    """
    spans = {**spans_of(compared, begun=programme.started_at), "fresh": _fresh_span(programme)}
    groups = dict(programme.members.values_list("agent", "group"))
    rubrics = rubrics_of(groups, skill=programme.skill.slug, draws=list(spans["before"].draws))
    found = sides(programme.skill.slug, rubrics=rubrics, spans=spans)
    elsewhere = coached_elsewhere(programme, compared)
    rows = [
        Row(part_of(groups.get(agent)), one["before"], one["after"], one["fresh"])
        for agent, one in sorted(found.items())
        if agent in groups or agent not in elsewhere
    ]
    rows += [Row(part_of(groups[agent]), NOTHING, NOTHING, NOTHING) for agent in sorted(groups.keys() - found.keys())]
    designs = ["fresh_baseline"] if programme.has_fresh_baseline else []
    designs += ["waiting_list"] if programme.has_waiting_list else []
    return {"designs": designs, "agents": [row.stored() for row in rows]}


def still_out(programme: Programme, compared: Weeks) -> int:
    """Count the follow-up conversations of all members that are drawn and not reviewed yet."""
    agents = list(programme.members.values_list("agent", flat=True))
    span = after(compared)
    items = items_of(agents, skill_id=programme.skill_id, draws=list(span.draws))
    items = items.exclude(pick__in=left_out(span, agents=agents))
    unpublished = items.filter(status="submitted", review__status=Review.Status.SUBMITTED)
    return int(items.open().count() + unpublished.distinct().count())


def _fresh_span(programme: Programme) -> Span:
    """Return the draws of the whole weeks from the collecting of a baseline to the start, and what they may hold."""
    if programme.baseline_from is None:
        return Span({})
    first = weeks.name_of(spans.day_start(programme.baseline_from))
    last = weeks.last_complete(programme.started_at) if programme.started_at else None
    if last is not None and last < first:
        return Span({})
    return Span(placed(first, last or weeks.shifted(first, WEEKS)), since=first, until=programme.started_at)


def coached_elsewhere(programme: Programme, compared: Weeks) -> set[int]:
    """Return the agents who were coached on the skill outside the programme: their change is not everybody's."""
    others = Plan.objects.filter(skill=programme.skill_id, shared_at__lt=weeks.end_of(compared.last))
    begun = weeks.start_of(compared.baseline_first)
    running = others.filter(Q(closed_at=None) | Q(closed_at__gte=begun)).exclude(membership__programme=programme)
    return set(running.values_list("agent_id", flat=True))


def _draw(programme: Programme, members: list[Member]) -> Draw | None:
    """Repeat the draw; None before it, and where nobody was drawn to wait."""
    if not programme.has_waiting_list or programme.started_at is None:
        return None
    key = key_of(bytes(programme.master.secret), programme.identity)
    by_agent = {member.agent_id: member for member in members if member.group}
    lots = [(by_agent[lot.agent], lot) for lot in drawn(key, programme.identity, by_agent)]
    same = all((member.group == Member.Group.FIRST) == lot.is_first and member.u == lot.u for member, lot in lots)
    return Draw(key.hex(), lots, same)


def is_due(programme: Programme, compared: Weeks, *, now: datetime) -> bool:
    """Say whether a running programme can be measured: all that was drawn is reviewed, or three weeks are over."""
    if now >= spans.latest(compared):
        return True
    return now >= spans.earliest(compared) and not still_out(programme, compared)
