"""What levels rest on, beside their reviews: N, what was drawn of it, and how much of that is reviewed.

Levels come from the random pool of 26 weeks, by every rubric that asks for the skill.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, FilteredRelation, Q, QuerySet, Sum

from coaching import weeks
from coaching.models import Look, Outcome, Plan
from coaching.selectors.bounds import Span
from coaching.selectors.straddling import Left, outside, units_of
from coaching.windows import WEEKS
from reviews.models import Cell, QueueItem, Review
from reviews.models.queue import IsOpen
from reviews.selectors.asking import weighing
from reviews.selectors.cells import counted
from rubrics.models import Skill
from sampling.models import Draw, FrameStratum
from sampling.overlaps import Repeat, repeated
from sampling.selectors import overlaps

PerStratum = Mapping[int, int]
A_DAY = weeks.WEEK / 7  # no time zone is further from UTC
SUMMED = ("frame_size", "drawn", "pending", "reviewed", "left_out")


@dataclass(frozen=True, slots=True)
class Basis:
    """Conversations that could have been drawn, each once; those drawn and eligible, still to come, and reviewed."""

    frame_size: int = 0
    drawn: int = 0
    pending: int = 0
    reviewed: int = 0
    pool: str = "random"
    left_out: int = 0
    """Conversations of these draws that ended outside the side, which are in none of the numbers."""

    @property
    def response_rate(self) -> float | None:
        """Return how much of what was drawn and is due is reviewed, 0 to 1; None when nothing is due."""
        due = self.drawn - min(self.pending, self.drawn)
        return min(1.0, self.reviewed / due) if due > 0 else None


class Held(NamedTuple):
    """What was drawn and reviewed of a stratum, in which week and for which version of which rubric."""

    stratum: int
    week: str
    rubric: int
    version: int
    basis: Basis


class Window(NamedTuple):
    """The weeks, up to one, that a number of an agent is about; skill: its id, None for whole scores.

    since, until: from which week on and up to which moment conversations count, where a number is of a side; measured:
    the weeks, both ends included, in which a rubric must have measured the agent on the skill for it to count.
    """

    agent: int
    skill: int | None
    week: str
    weeks: int = WEEKS
    since: str | None = None
    until: datetime | None = None
    measured: tuple[str, str] | None = None

    @property
    def first(self) -> str:
        """Return the oldest week."""
        return weeks.shifted(self.week, 1 - self.weeks)


@dataclass(frozen=True, slots=True)
class Bases:
    """What was drawn and reviewed of some agents: agent → strata, skill → versions that ask for it and strata with a
    review that measured it, which a draft that was moved to another version may be.

    repeats: stratum → what of it frames of other plans hold, where plans overlap. left: what of the frames of a window
    ended outside it, and pending and reviewed: pick → how often it is counted as that.
    """

    strata: Mapping[int, list[Held]] = field(default_factory=dict)
    versions: Mapping[int, Set[int]] = field(default_factory=dict)
    measured: Mapping[int, Set[int]] = field(default_factory=dict)
    repeats: Mapping[int, Sequence[Repeat]] = field(default_factory=dict)
    left: Mapping[Window, Sequence[Left]] = field(default_factory=dict)
    pending: Mapping[int, int] = field(default_factory=dict)
    reviewed: Mapping[int, int] = field(default_factory=dict)

    def of(self, window: Window) -> Basis:
        """Add up what a level of a window rests on."""
        rubrics = self._rubrics(window)
        found = {
            place.stratum: place.basis
            for place in self.strata.get(window.agent, [])
            if window.first <= place.week <= window.week
            and self._asks(window.skill, place)
            and (rubrics is None or place.rubric in rubrics)
        }
        held = found.values()
        again = sum(repeated(self.repeats[pk], found.keys()) for pk in found if pk in self.repeats)
        left = [one for one in self.left.get(window, ()) if one.stratum in found]
        picks = [one.pick for one in left if one.pick is not None]
        beyond = units_of(left)
        return Basis(
            sum(one.frame_size for one in held) - again - beyond,
            sum(one.drawn for one in held) - len(picks),
            sum(one.pending for one in held) - sum(self.pending.get(pick, 0) for pick in picks),
            sum(one.reviewed for one in held) - sum(self.reviewed.get(pick, 0) for pick in picks),
            left_out=beyond,
        )

    def _asks(self, skill: int | None, place: Held) -> bool:
        return skill is None or place.version in self.versions.get(skill, ()) or self._measured(skill, place)

    def _measured(self, skill: int, place: Held) -> bool:
        return place.stratum in self.measured.get(skill, ())

    def _rubrics(self, window: Window) -> set[int] | None:
        """Return the rubrics that count, None for all."""
        if window.measured is None or window.skill is None:
            return None
        first, last = window.measured
        own = self.strata.get(window.agent, [])
        return {one.rubric for one in own if first <= one.week <= last and self._measured(window.skill, one)}


def window_of(plan: Plan) -> Window | None:
    """Return the window of a plan's baseline; None where a plan began without one."""
    if plan.baseline_since is None:
        return None
    return Window(plan.agent_id, plan.skill_id, weeks.shifted(weeks.name_of(plan.baseline_since), WEEKS - 1))


def of_plans(plans: Iterable[Plan], *, now: datetime, until: datetime | None = None) -> dict[int, Basis]:
    """Return plan id → what its baseline rests on, or rested on at `until`; nothing of one that began without one."""
    windows = {plan.pk: window for plan in plans if (window := window_of(plan)) is not None}
    known = read(windows.values(), now=now, until=until)
    return {pk: known.of(window) for pk, window in windows.items()}


def windows_of(outcome: Outcome) -> tuple[Window, Window]:
    """Return the weeks before and after that an outcome compares, neither with what ended on the other side.

    Both by the rubrics that measured the agent before: another one's score is another measure.
    """
    sides = ((outcome.baseline_first_week, outcome.baseline_last_week), (outcome.first_week, outcome.last_week))
    before, after = (window_between(outcome.plan, *side)._replace(measured=sides[0]) for side in sides)
    return before._replace(until=outcome.plan.shared_at), after._replace(since=outcome.first_week)


def window_between(plan: Plan, first: str, last: str) -> Window:
    """Return the weeks from one to another of a plan's agent and skill."""
    return Window(plan.agent_id, plan.skill_id, last, weeks.apart(first, last) + 1)


def together(parts: Iterable[Basis]) -> Basis:
    """Add up what the numbers of several agents rest on."""
    held = list(parts)
    return Basis(**{name: sum(getattr(one, name) for one in held) for name in SUMMED})


def window_at(look: Look) -> Window:
    """Return the window of a weekly look."""
    return Window(look.agent_id, look.skill_id, look.week)


def read(windows: Iterable[Window], *, now: datetime, until: datetime | None = None) -> Bases:
    """Read what some windows need, in six queries whatever their number, and one more where plans overlap.

    Where windows have limits one more, and seven where draws straddle them.
    until: what was reviewed and still to come at that moment, for somebody who may read nothing of what came after it.
    """
    asked = list(windows)
    if not asked:
        return Bases()
    first = [min(one.first, one.measured[0]) if one.measured else one.first for one in asked]
    draws = placed(min(first), max(one.week for one in asked))
    strata = FrameStratum.objects.filter(agent__in={one.agent for one in asked}, draw__in=draws)
    items = QueueItem.objects.filter(
        purpose=QueueItem.Purpose.PRIMARY, pick__stratum__in=strata.order_by().values("pk"), pool="random"
    )
    metrics, versions = _skills({one.skill for one in asked if one.skill is not None})
    published, measured = _published(strata, metrics)
    to_come, reviewed = (_today(items, now), published) if until is None else _then(items, until)
    found: dict[int, list[Held]] = defaultdict(list)
    overlapping = False
    version = "draw__rubric_version"
    names = ("pk", "agent_id", "draw_id", f"{version}__rubric_id", version, "frame_size", "drawn", "is_shared")
    for pk, agent, draw, rubric, number, size, drawn, is_shared in strata.order_by().values_list(*names):
        one = Basis(size, drawn, to_come.get(pk, 0), reviewed.get(pk, 0))
        found[agent].append(Held(pk, draws[draw], rubric, number, one))
        overlapping |= is_shared
    repeats = overlaps.repeats(strata) if overlapping else {}
    left = _left(asked, strata, draws)
    picks = {one.pick for held in left.values() for one in held if one.pick is not None}
    beyond = _beyond(items, picks, now=now, until=until) if picks else ({}, {})
    return Bases(found, versions, measured, repeats, left, *beyond)


def _left(
    asked: Iterable[Window], strata: QuerySet[FrameStratum], draws: Mapping[int, str]
) -> dict[Window, list[Left]]:
    """Return what of the frames of windows with limits ended outside them."""
    limited = {one for one in asked if (one.since, one.until) != (None, None)}
    spans = {}
    for one in limited:
        held = {pk: week for pk, week in draws.items() if one.first <= week <= one.week}
        spans[one] = Span(held, since=one.since, until=one.until)
    return outside(strata, spans, whom={one: one.agent for one in limited})


def _beyond(
    items: QuerySet[QueueItem], picks: set[int], *, now: datetime, until: datetime | None
) -> tuple[PerStratum, PerStratum]:
    """Return pick → how often it counts as still to come, and as reviewed."""
    some = items.filter(pick__in=picks)
    if until is not None:
        to_come, out = _still(some, until)
        return _counted(to_come, by="pick"), _counted(out, by="pick")
    pending: Counter[int] = Counter()
    for rows in _due(some, now):
        pending.update(_counted(rows, by="pick"))
    seen = counted().prefetch_related(None).filter(item__pick__in=picks, pool="random").order_by()
    return pending, dict(seen.values_list("item__pick").annotate(Count("pk")))


def placed(oldest: str, newest: str) -> dict[int, str]:
    """Return draw → its week, of the draws that stand and whose time zone can be read."""
    rows = Draw.objects.standing().filter(
        ends_at__gt=weeks.start_of(oldest) - A_DAY, ends_at__lte=weeks.end_of(newest) + A_DAY
    )
    found = {}
    for pk, ends_at, zone in rows.order_by().values_list("pk", "ends_at", "time_zone"):
        try:
            found[pk] = weeks.of_draw(ends_at, time_zone=zone)
        except (KeyError, ValueError):  # the looks leave it out as well, and note it
            continue
    return found


def _published(strata: QuerySet[FrameStratum], metrics: Mapping[str, int]) -> tuple[PerStratum, Mapping[int, Set[int]]]:
    """Return stratum → reviews that count, and skill → strata with one that measured it; metrics: of which skills."""
    cells = Cell.objects.filter(
        stratum__in=strata.order_by().values("pk"), metric__in=["total", *metrics], pool="random", n__gt=0
    )
    reviewed: dict[int, int] = {}
    measured: dict[int, set[int]] = defaultdict(set)
    for stratum, metric, n in cells.order_by().values_list("stratum", "metric").annotate(Sum("n")):
        if metric in metrics:
            measured[metrics[metric]].add(stratum)
        else:
            reviewed[stratum] = n
    return reviewed, measured


def _today(items: QuerySet[QueueItem], now: datetime) -> PerStratum:
    """Return stratum → items still to come."""
    to_come: Counter[int] = Counter()
    for rows in _due(items, now):
        to_come.update(_counted(rows))
    return to_come


def _due(items: QuerySet[QueueItem], now: datetime) -> tuple[QuerySet[QueueItem], QuerySet[QueueItem]]:
    return items.filter(IsOpen("status"), due_at__gt=now), items.filter(review__status=Review.Status.SUBMITTED)


def _then(items: QuerySet[QueueItem], until: datetime) -> tuple[PerStratum, PerStratum]:
    """Return the same as it stood at a moment; what was never reviewed for a reason counts as it does today."""
    to_come, out = _still(items, until)
    return _counted(to_come), _counted(out)


def _still(items: QuerySet[QueueItem], until: datetime) -> tuple[QuerySet[QueueItem], QuerySet[QueueItem]]:
    out = items.filter(review__status=Review.Status.PUBLISHED, review__published_at__lt=until)
    on_its_way = Q(due_at__gt=until) | Q(review__submitted_at__lt=until)
    left = items.filter(on_its_way, Q(IsOpen("status")) | Q(status=QueueItem.Status.SUBMITTED))
    return left.exclude(pk__in=out.values("pk")), out


def _counted(items: QuerySet[QueueItem], *, by: str = "pick__stratum") -> dict[int, int]:
    return dict(items.order_by().values_list(by).annotate(Count("pick", distinct=True)))


def _skills(skills: set[int]) -> tuple[dict[str, int], dict[int, set[int]]]:
    """Return the metric of each skill, and skill → the versions that ask for it."""
    metrics: dict[str, int] = {}
    found: dict[int, set[int]] = defaultdict(set)
    asks = FilteredRelation("criteria", condition=weighing("criteria__"))
    known = Skill.objects.filter(pk__in=skills).annotate(asks=asks).order_by()
    for pk, slug, version in known.values_list("pk", "slug", "asks__version").distinct():
        metrics[f"skill:{slug}"] = pk
        found[pk] |= {version} - {None}
    return metrics, found
