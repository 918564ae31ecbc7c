"""Assemble one conversation of a calibration session: who chose what for which criterion, and what stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.models import User
from conversations.selectors import names, open_ones
from conversations.transcripts import view_messages
from core.refusals import Refusal
from reviews.models import AgreedAnswer, CalibrationSession, CalibrationUnit, QueueItem, Review
from reviews.policies.calibrating import why_not_agree, why_not_run
from reviews.selectors.calibration import agreed_total, asked_in, differing, scored_in, units_for
from reviews.selectors.disputes import answers_of
from reviews.selectors.explain import Line, explain
from rubrics import card as cards
from rubrics.selectors import card_for


@dataclass(frozen=True, slots=True)
class Column:
    """One person's score of the conversation; `is_own`: the reader's."""

    user: User
    review: Review
    score: Decimal | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: a cell for each column, whether they differ, what stands, and what could be chosen."""

    criterion: cards.Criterion
    number: int
    cells: list[tuple[Column, Line | None]]
    differs: bool
    agreed: AgreedAnswer | None
    answer: str
    # What everybody chose, to begin with.
    common: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class UnitPage:
    """One conversation with everybody's answers; only once they are revealed."""

    session: CalibrationSession
    unit: CalibrationUnit
    number: int
    of: int
    columns: list[Column]
    rows: list[Row]
    absent: list[User]
    agreed_score: Decimal | None
    why_not_agree: Refusal | None
    before: int | None = None
    after: int | None = None
    remarks: list[tuple[Column, str]] = field(default_factory=list)

    @property
    def open_rows(self) -> int:
        """Count the criteria that people answered differently."""
        return sum(row.differs for row in self.rows)


def unit_page(session: CalibrationSession, number: int, user: User) -> UnitPage | None:
    """Load a conversation by its place among those the reader sees, from 1; None before the reveal, or without one."""
    units = list(units_for(session, user, runs=why_not_run(user) is None)) if session.is_shown else []
    if not 1 <= number <= len(units):
        return None
    unit = units[number - 1]
    unit.session = session
    scored = scored_in(session, [unit.pick_id]).get(unit.pick_id or 0, [])
    # The reader's own first, so that it stands beside what was agreed on.
    scored.sort(key=lambda one: one.review.author_id != user.pk)
    columns = [
        Column(
            one.review.author,
            one.review,
            one.review.current.final_score if one.review.current else None,
            one.review.author_id == user.pk,
        )
        for one in scored
    ]
    lines, remarks = _explained(unit, columns, hide_agent=session.draw.plan.hide_agent)
    agreed = {row.criterion.lineage: row for row in unit.agreed.select_related("criterion", "option", "decided_by")}
    keys = {lineage: _key(row) for lineage, row in agreed.items()}
    card, differ = card_for(session.rubric_version), differing(scored)
    rows = []
    for place, asked in enumerate(asked_in(unit), start=1):
        criterion = card.criterion(asked.lineage)
        assert criterion is not None  # both are of the session's version
        choices, stands = answers_of(criterion), keys.get(asked.lineage, "")
        said = {one.keys[asked.lineage] for one in scored if asked.lineage in one.keys}
        rows.append(
            Row(
                criterion=criterion,
                number=place,
                cells=[(column, mine.get(asked.lineage)) for column, mine in zip(columns, lines, strict=True)],
                differs=asked.lineage in differ,
                agreed=agreed.get(asked.lineage),
                answer=dict(choices).get(stands, ""),
                common=next(iter(said)) if len(said) == 1 else "",
                choices=choices,
            )
        )
    return UnitPage(
        session=session,
        unit=unit,
        number=number,
        of=len(units),
        columns=columns,
        rows=rows,
        absent=_absent(unit),
        agreed_score=agreed_total(unit, keys),
        why_not_agree=why_not_agree(user, unit),
        before=number - 1 or None,
        after=number + 1 if number < len(units) else None,
        remarks=remarks,
    )


def _explained(
    unit: CalibrationUnit, columns: Sequence[Column], *, hide_agent: bool
) -> tuple[list[dict[str, Line]], list[tuple[Column, str]]]:
    """Return each person's answers with comments and quotes by criterion, and what they said of the whole."""
    talk, found, remarks = unit.conversation, [], []
    if not columns:
        return [], []
    shown = names(talk, list(talk.participants.all()))
    rows = view_messages(columns[0].review.transcript, names=shown, open_ones=open_ones(talk), hide_agent=hide_agent)
    for column in columns:
        assert column.review.current is not None  # it was submitted
        explained = explain(column.review, column.review.current, rows=rows)
        found.append({line.criterion.lineage: line for line in explained.lines if line.state != "not_asked"})
        remarks += [(column, words) for words in explained.summary]
    return found, remarks


def _absent(unit: CalibrationUnit) -> list[User]:
    items = QueueItem.objects.filter(pick=unit.pick_id).exclude(status=QueueItem.Status.SUBMITTED)
    return list(User.objects.filter(pk__in=items.values("assigned_to")).order_by("name", "pk"))


def _key(row: AgreedAnswer) -> str:
    return row.option.key if row.option else cards.NOT_APPLICABLE
