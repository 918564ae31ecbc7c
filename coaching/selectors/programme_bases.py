"""What the numbers of a programme's groups rest on: of those who started, of those who wait, and of everybody else.

Added up by the database: "everybody else" is the whole company, so nothing is read agent by agent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

from coaching import programme_words
from coaching.models import Member, Programme, ProgrammeOutcome
from coaching.programme_effects import Part
from coaching.selectors import bases
from coaching.selectors.bases import Basis
from coaching.selectors.outcomes import rubrics_of, weekly_spans
from coaching.selectors.straddling import Left, outside, units_of
from coaching.spans import Weeks
from reviews.models import Cell, QueueItem, Review
from reviews.models.queue import IsOpen
from reviews.selectors.cells import counted
from sampling.models import FrameStratum
from sampling.overlaps import Repeat, repeated
from sampling.selectors import overlaps

Place = tuple[Part, str]  # a group and a week


@dataclass(frozen=True, slots=True)
class Held:
    """Group and week → what was drawn and reviewed of its agents, by the rubrics that the outcome compares.

    shared: the strata of it whose conversations stand in frames of several plans; repeats: what they hold once more;
    left: what of the frames ended on another side, which the counts of the parts still hold in their N.
    """

    parts: Mapping[Place, Basis] = field(default_factory=dict)
    shared: Mapping[Place, Sequence[int]] = field(default_factory=dict)
    repeats: Mapping[int, Sequence[Repeat]] = field(default_factory=dict)
    left: Mapping[Place, Sequence[Left]] = field(default_factory=dict)

    def of(self, part: Part, first: str, last: str) -> Basis:
        """Add up what a group's number of some weeks rests on."""
        places = [place for place in self.parts if place[0] == part and first <= place[1] <= last]
        strata = {pk for place in places for pk in self.shared.get(place, ())}
        whole = bases.together(self.parts[place] for place in places)
        again = sum(repeated(self.repeats[pk], strata) for pk in strata if pk in self.repeats)
        beyond = units_of(one for place in places for one in self.left.get(place, ()))
        size = whole.frame_size - again - beyond
        return Basis(size, whole.drawn, whole.pending, whole.reviewed, left_out=beyond)


class Rests(NamedTuple):
    """The reviews of a group on one side of the start, and what they rest on."""

    part: Part
    side: str
    n: int
    basis: Basis

    @property
    def name(self) -> str:
        """Say of whom and when."""
        return programme_words.side_of(self.part, self.side)


def part_of(group: str | None) -> Part:
    """Return what an agent is in the measurement, by the group of a member; None for everybody else."""
    if group == Member.Group.FIRST:
        return Part.STARTED
    return Part.WAITING if group == Member.Group.SECOND else Part.OTHER


def rests_of(newest: ProgrammeOutcome, held: Held, compared: Weeks) -> list[Rests]:
    """Return what both sides of each group that an outcome compares rest on, those who started first."""
    sides = (
        ("before", 1, compared.baseline_first, compared.baseline_last),
        ("after", 4, compared.first, compared.last),
    )
    rows = newest.inputs.get("agents", [])
    return [
        Rests(part, side, sum(row[place] for row in rows if row[0] == part), held.of(part, first, last))
        for part in Part
        if any(row[0] == part for row in rows)
        for side, place, first, last in sides
    ]


def read(programme: Programme, compared: Weeks, *, elsewhere: set[int], now: datetime) -> Held:
    """Read what the weeks from the baseline to the follow-up rest on, in as many queries whatever the company's size.

    elsewhere: agents who are no peers, because they were coached on the skill outside the programme.
    """
    groups = dict(programme.members.values_list("agent", "group"))
    spans = weekly_spans(compared, begun=programme.started_at)
    rubrics = rubrics_of(groups, skill=programme.skill.slug, draws=list(spans[0].draws))
    placed = {pk: week for span in spans for pk, week in span.draws.items()}
    strata = FrameStratum.objects.filter(draw__in=placed, draw__rubric_version__rubric__in=rubrics)
    strata = strata.filter(agent__is_bot=False).exclude(agent__in=elsewhere - groups.keys())
    strata = strata.annotate(part=_part("agent", groups)).order_by()
    left = list(chain.from_iterable(outside(strata, dict(enumerate(spans))).values()))
    picks = {one.pick for one in left if one.pick is not None}
    size, drawn, to_come, reviewed = (
        _placed(rows, placed) for rows in _counted(strata, groups, now=now, beyond=picks)
    )  # fmt: skip
    beyond: dict[Place, list[Left]] = defaultdict(list)
    for one in left:
        place = part_of(groups.get(one.agent)), placed[one.draw]
        beyond[place].append(one)
        drawn[place] -= one.pick is not None
    shared: dict[Place, list[int]] = defaultdict(list)
    for pk, draw, part in strata.filter(is_shared=True).values_list("pk", "draw", "part"):
        shared[Part(part), placed[draw]].append(pk)
    return Held(
        {place: Basis(size[place], drawn[place], to_come[place], reviewed[place]) for place in size},
        shared,
        overlaps.repeats(strata.filter(is_shared=True)) if shared else {},
        beyond,
    )


def _counted(strata: QuerySet[Any], groups: Mapping[int, str], *, now: datetime, beyond: set[int]) -> Iterator[Any]:
    """Yield draw, group and count of what could have been drawn, was drawn, is to come, and was reviewed."""
    sizes = list(strata.values_list("draw", "part").annotate(Sum("frame_size"), Sum("drawn")))
    yield ((draw, part, size) for draw, part, size, _drawn in sizes)
    yield ((draw, part, some) for draw, part, _size, some in sizes)
    known = strata.values("pk")
    items = QueueItem.objects.filter(purpose=QueueItem.Purpose.PRIMARY, pool="random", pick__stratum__in=known)
    items = items.exclude(pick__in=beyond)
    drawn: Any = items.annotate(part=_part("agent", groups)).order_by().values_list("pick__draw", "part")
    to_come = (drawn.filter(IsOpen("status"), due_at__gt=now), drawn.filter(review__status=Review.Status.SUBMITTED))
    yield chain.from_iterable(rows.annotate(Count("pick", distinct=True)) for rows in to_come)
    cells = Cell.objects.filter(stratum__in=known, metric="total", pool="random")
    cells = cells.annotate(part=_part("stratum__agent", groups)).order_by()
    yield chain(cells.values_list("stratum__draw", "part").annotate(Sum("n")), _minus(beyond, groups))


def _minus(beyond: set[int], groups: Mapping[int, str]) -> list[tuple[int, int, int]]:
    """Take what was left out from the sums, which cannot tell one conversation from another."""
    if not beyond:
        return []
    seen = counted().prefetch_related(None).filter(item__pick__in=beyond, pool="random").order_by()
    rows = seen.values_list("item__pick__draw", "item__pick__agent")
    return [(draw, part_of(groups.get(agent)), -1) for draw, agent in rows]


def _part(agent: str, groups: Mapping[int, str]) -> Case:
    """Say in SQL what an agent is in the measurement; a member who was passed over is like everybody else."""
    whens = [
        When(**{f"{agent}__in": [pk for pk, held in groups.items() if part_of(held) == part]}, then=Value(int(part)))
        for part in (Part.STARTED, Part.WAITING)
    ]
    return Case(*whens, default=Value(int(Part.OTHER)), output_field=IntegerField())


def _placed(rows: Iterable[tuple[int, int, int]], weeks: Mapping[int, str]) -> Counter[Place]:
    """Add counts up by group and week."""
    found: Counter[Place] = Counter()
    for draw, part, count in rows:
        found[Part(part), weeks[draw]] += count
    return found
