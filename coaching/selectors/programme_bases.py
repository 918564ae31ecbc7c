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
from coaching.selectors.bounds import Span
from coaching.selectors.outcomes import rubrics_of, weekly_spans
from coaching.selectors.straddling import Left, outside
from coaching.spans import Weeks
from reviews.models import Cell, QueueItem, Review
from reviews.models.queue import IsOpen
from reviews.selectors.asking import frames_asking
from reviews.selectors.cells import counted
from sampling.models import FrameStratum
from sampling.overlaps import memberships
from sampling.selectors import overlaps

Place = tuple[Part, str]  # a group and a week


@dataclass(frozen=True, slots=True)
class Held:
    """Group and week → what was drawn and reviewed of its agents, by the rubrics that the outcome compares.

    Each conversation belongs to the first week that holds it, as in the means: shared: group, the weeks of a side that
    hold some conversations, each as often as frames of it do, and how many they are; left: of what ended on another
    side, which the N of the parts still hold, the weeks alike.
    """

    parts: Mapping[Place, Basis] = field(default_factory=dict)
    shared: Sequence[tuple[Part, Sequence[str], int]] = ()
    left: Sequence[tuple[Part, Sequence[str]]] = ()

    def of(self, part: Part, first: str, last: str) -> Basis:
        """Add up what a group's number of some weeks of one side rests on."""
        whole = bases.together(
            basis for (group, week), basis in self.parts.items() if group == part and first <= week <= last
        )

        def begins(weeks: Sequence[str]) -> bool:
            return first <= min(weeks) <= last

        again = sum(
            units * (sum(first <= week <= last for week in weeks) - begins(weeks))
            for group, weeks, units in self.shared
            if group == part
        )
        beyond = sum(begins(weeks) for group, weeks in self.left if group == part)
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
    frames = FrameStratum.objects.filter(draw__in=placed, draw__rubric_version__rubric__in=rubrics)
    strata = frames_asking(frames, f"skill:{programme.skill.slug}")
    strata = strata.filter(agent__is_bot=False).exclude(agent__in=elsewhere - groups.keys())
    strata = strata.annotate(part=_part("agent", groups)).order_by()
    outside_of = outside(strata, dict(enumerate(spans)))
    left = list(chain.from_iterable(outside_of.values()))
    picks = {one.pick for one in left if one.pick is not None}
    size, drawn, to_come, reviewed = (
        _placed(rows, placed) for rows in _counted(strata, groups, now=now, beyond=picks)
    )  # fmt: skip
    for one in left:
        drawn[part_of(groups.get(one.agent)), placed[one.draw]] -= one.pick is not None
    return Held(
        {place: Basis(size[place], drawn[place], to_come[place], reviewed[place]) for place in size},
        _shared(strata.filter(is_shared=True), spans),
        [
            (part_of(groups.get(agent)), held)
            for some in outside_of.values()
            for (agent, _unit), held in _weeks_of(some, placed).items()
        ],
    )


def _shared(strata: QuerySet[Any], spans: Iterable[Span]) -> list[tuple[Part, list[str], int]]:
    """Return group, weeks and number of the conversations that several frames of one side hold."""
    known = {pk: (draw, Part(part)) for pk, draw, part in strata.values_list("pk", "draw", "part")}
    if not known:
        return []
    several = memberships(overlaps.repeats(strata)).items()
    found: Counter[tuple[Part, tuple[str, ...]]] = Counter()
    for span in spans:
        for held, units in several:
            inside = [pk for pk in held if pk in known and known[pk][0] in span.draws]
            if len(inside) > 1:
                found[known[inside[0]][1], tuple(sorted(span.draws[known[pk][0]] for pk in inside))] += units
    return [(part, list(weeks), units) for (part, weeks), units in found.items()]


def _weeks_of(left: Iterable[Left], placed: Mapping[int, str]) -> dict[tuple[int, int], list[str]]:
    """Return agent and conversation → the weeks whose frames hold what ended outside a side."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in left:
        found[one.agent, one.unit].append(placed[one.draw])
    return found


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
