"""Assemble what the pages and the API show of calibration sessions: the list, one session, one conversation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from core.refusals import Refusal
from reviews.agreements import Deviation, Line, Ratings, deviation, level_of, line
from reviews.models import AgreedAnswer, CalibrationSession, CalibrationUnit, QueueItem
from reviews.policies.calibrating import (
    why_not_cancel,
    why_not_change,
    why_not_close,
    why_not_resolve,
    why_not_reveal,
    why_not_run,
    why_not_start,
)
from reviews.selectors.calibration import Scored, agreed_total, differing, scored_in, units_for
from reviews.selectors.calibration_frames import Replayed, replay
from rubrics import card as cards
from rubrics.selectors import card_for
from stats import benchmark_deviation

WHOLE = ("draw__plan", "rubric_version__rubric", "team", "created_by", "revealed_by", "resolved_by")
TOTAL = "total"
S = QueueItem.Status


@dataclass(frozen=True, slots=True)
class Person:
    """How far one participant is: seats given, scored, and the words for those that ended without a score."""

    user: User
    given: int
    done: int
    missed: dict[str, int]
    deviation: Deviation | None
    same: int = 0
    compared: int = 0

    @property
    def is_late(self) -> bool:
        """Say whether something ended that they did not score."""
        return bool(self.missed)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One conversation in a session: how many scored it, in how many criteria they differ, whether it is settled."""

    unit: CalibrationUnit
    number: int
    seats: int
    scored: int
    differs: int
    criteria: int
    is_agreed: bool
    agreed_score: Decimal | None


@dataclass(frozen=True)
class SessionPage:
    """A session as one person sees it. Before it is revealed nothing of any answer is in here, whoever looks."""

    session: CalibrationSession
    runs: bool
    people: list[Person]
    units: list[UnitRow]
    total: Line | None
    lines: list[Line]
    replayed: Replayed | None
    passed_over: int
    why_not: dict[str, Refusal | None]

    @property
    def worst(self) -> Line | None:
        """Return the criterion with the least agreement; None while all agree, or nothing can be compared."""
        known = [one for one in self.lines if one.exact is not None and one.exact < 1]
        return min(known, key=lambda one: one.exact or 0.0, default=None)

    @property
    def all_lines(self) -> list[Line]:
        """Return the total and each criterion."""
        return [self.total, *self.lines] if self.total else []

    @property
    def says_alpha(self) -> bool:
        """Say whether there are enough conversations for anything beyond how often people chose the same."""
        return any(one.alpha is not None for one in self.all_lines)

    @property
    def late(self) -> list[Person]:
        """Return who did not score all that they were given."""
        return [one for one in self.people if one.is_late]

    @property
    def given(self) -> int:
        """Count the seats."""
        return sum(one.given for one in self.people)

    @property
    def done(self) -> int:
        """Count the seats that are scored."""
        return sum(one.done for one in self.people)


def listed(rows: QuerySet[CalibrationSession]) -> QuerySet[CalibrationSession]:
    """Return sessions for a list: what runs first, then the newest, each with its seats and how many are scored."""
    items = QueueItem.objects.filter(pick__calibration_unit__session=OuterRef("pk")).order_by()
    counts = items.values("pick__calibration_unit__session").annotate(
        seats=Count("pk"), scored=Count("pk", filter=Q(status=S.SUBMITTED))
    )
    return rows.select_related(*WHOLE).annotate(
        seats=Coalesce(Subquery(counts.values("seats"), output_field=IntegerField()), 0),
        scored=Coalesce(Subquery(counts.values("scored"), output_field=IntegerField()), 0),
        people=Count("participants", distinct=True),
    ).order_by("-pk")  # fmt: skip


def session_page(session: CalibrationSession, user: User, *, now: datetime, again: bool = False) -> SessionPage:
    """Load a session in a fixed number of queries; again: draw it once more, which takes as long as its frame is."""
    runs = why_not_run(user) is None
    units = list(units_for(session, user, runs=runs))
    scored = scored_in(session, [unit.pick_id for unit in units]) if session.is_shown else {}
    agreed = _agreed(session, units) if session.is_shown else {}
    total, lines = _lines(session, scored) if session.is_shown else (None, [])
    seats = _seats(session)
    return SessionPage(
        session=session,
        runs=runs,
        people=_people(session, units, scored, agreed),
        units=[_unit_row(unit, place, scored, agreed, seats) for place, unit in enumerate(units, start=1)],
        total=total,
        lines=lines,
        replayed=replay(session) if runs and again else None,
        passed_over=session.units.exclude(passed_over="").count() if runs else 0,
        why_not=_why_not(session, user, now=now),
    )


def _why_not(session: CalibrationSession, user: User, *, now: datetime) -> dict[str, Refusal | None]:
    return {
        "change": why_not_change(user, session),
        "start": why_not_start(user, session, now=now),
        "reveal": why_not_reveal(user, session),
        "resolve": why_not_resolve(user, session),
        "close": why_not_close(user, session),
        "cancel": why_not_cancel(user, session),
    }


def _seats(session: CalibrationSession) -> Counter[int]:
    items = QueueItem.objects.filter(pick__calibration_unit__session=session.pk)
    return Counter(items.values_list("pick", flat=True))


def _agreed(session: CalibrationSession, units: Sequence[CalibrationUnit]) -> dict[int, dict[str, str]]:
    """Return the agreed answers by unit: lineage → key."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = AgreedAnswer.objects.filter(unit__in=[unit.pk for unit in units])
    for unit, lineage, key in rows.values_list("unit", "criterion__lineage", "option__key"):
        found[unit][lineage] = key or cards.NOT_APPLICABLE
    return found


def _unit_row(
    unit: CalibrationUnit, number: int, scored: dict[int, list[Scored]], agreed: dict[int, dict[str, str]],
    seats: Counter[int],
) -> UnitRow:  # fmt: skip
    pick = unit.pick_id or 0
    mine = scored.get(pick, [])
    return UnitRow(
        unit=unit,
        number=number,
        seats=seats[pick],
        scored=len(mine),
        differs=len(differing(mine)),
        criteria=len({lineage for one in mine for lineage in one.keys}),
        is_agreed=unit.pk in agreed,
        agreed_score=agreed_total(unit, agreed.get(unit.pk, {})),
    )


def _lines(session: CalibrationSession, scored: dict[int, list[Scored]]) -> tuple[Line, list[Line]]:
    """Return agreement on the total, and on each criterion in the order of the card."""
    totals: Ratings = {}
    by_criterion: dict[str, Ratings] = defaultdict(dict)
    for pick, people in scored.items():
        for one in people:
            seat = (pick, one.review.author_id)
            if one.review.current is not None and one.review.current.final_score is not None:
                totals[seat] = float(one.review.current.final_score)
            for lineage, value in one.values.items():
                by_criterion[lineage][seat] = value
    found = []
    for criterion in card_for(session.rubric_version).criteria():
        if criterion.lineage in by_criterion:
            values = len({option.value for option in criterion.options if option.value is not None})
            ratings = by_criterion[criterion.lineage]
            found.append(line(criterion.lineage, criterion.name, ratings, level=level_of(values)))
    return line(TOTAL, _("Total score"), totals, level="interval"), found


ENDED = {S.EXPIRED: "expired", S.SKIPPED: "skipped", S.WITHDRAWN: "withdrawn"}


def _people(
    session: CalibrationSession, units: Sequence[CalibrationUnit], scored: dict[int, list[Scored]],
    agreed: dict[int, dict[str, str]],
) -> list[Person]:  # fmt: skip
    items = QueueItem.objects.filter(pick__calibration_unit__session=session.pk)
    seats: dict[int, Counter[str]] = defaultdict(Counter)
    for person, status in items.values_list("assigned_to", "status"):
        seats[person or 0][status] += 1
    found = []
    users = User.objects.filter(pk__in=session.participants.values("user")).order_by("name", "pk")
    for user in users:
        mine = seats[user.pk]
        apart, same, compared = _apart(user, units, scored, agreed)
        found.append(
            Person(
                user=user,
                given=mine.total(),
                done=mine[S.SUBMITTED],
                missed={word: mine[status] for status, word in ENDED.items() if mine[status]},
                deviation=apart if agreed else None,
                same=same,
                compared=compared,
            )
        )
    return found


def _apart(
    user: User, units: Sequence[CalibrationUnit], scored: dict[int, list[Scored]], agreed: dict[int, dict[str, str]]
) -> tuple[Deviation, int, int]:
    """Return how far a person's totals lie from the agreed ones, and how many of their answers are the agreed ones."""
    own: list[float | None] = []
    stands: list[float | None] = []
    same = compared = 0
    for unit in units:
        settled = agreed.get(unit.pk, {})
        for one in scored.get(unit.pick_id or 0, []):
            if one.review.author_id != user.pk or not settled:
                continue
            total, score = agreed_total(unit, settled), one.review.current.final_score if one.review.current else None
            own.append(None if score is None else float(score))
            stands.append(None if total is None else float(total))
            compared += len(settled.keys() & one.keys.keys())
            same += sum(one.keys.get(lineage) == key for lineage, key in settled.items())
    return deviation(benchmark_deviation(own, benchmark=stands)), same, compared
