"""Explain a score down to each answer, and tell strengths from gaps: what the agent and every other reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from conversations.transcripts import MessageRow
from core import prepared
from core.prepared import Prepared
from reviews import facts
from reviews.cards import card_of
from reviews.models import Answer, Comment, Pin, Review, Revision
from rubrics import card as cards
from rubrics import scoring


@dataclass(frozen=True)
class Quote:
    """The words of a message that a point rests on."""

    index: int
    sent_at: object
    name: str
    text: str


@dataclass(frozen=True)
class Line:
    """One criterion: what was answered, what it was worth, what was said about it and where it shows."""

    number: int
    criterion: cards.Criterion
    section: str
    state: str
    answer: str
    weight: Decimal
    share: Decimal
    points: Decimal
    zeroed_by: str
    cause: str
    comments: list[str]
    quotes: list[Quote]
    # The key of what was chosen; N/A as rubrics write it, empty when nothing was.
    chosen: str = ""

    @property
    def is_gap(self) -> bool:
        """Say whether points were lost here."""
        return self.state in {"scored", "bonus"} and (self.points < self.share or self.points < 0)

    @property
    def is_strength(self) -> bool:
        """Say whether all points were earned here."""
        return self.state in {"scored", "bonus"} and not self.is_gap and self.points > 0

    @property
    def better(self) -> cards.Option | None:
        """Return the best answer, where it says what would have earned it."""
        worth = [option for option in self.criterion.options if option.value is not None]
        best = max(worth, key=lambda option: option.value or 0, default=None)
        return best if self.is_gap and best is not None and best.guidance else None

    @property
    def lost(self) -> Decimal:
        """Return the points lost, 0–100."""
        return max(Decimal(0), self.share - self.points)


@dataclass(frozen=True)
class Explained:
    """A revision with everything it rests on."""

    revision: Revision
    lines: list[Line]
    strengths: list[Line]
    gaps: list[Line]
    summary: list[str]
    notes: dict[int, list[str]]
    pinned: dict[int, list[Line]]
    pass_mark: Decimal | None
    mode: str
    failing: list[str]


def explain(review: Review, revision: Revision, *, rows: Sequence[MessageRow]) -> Explained:
    """Recompute a stored revision's parts by its own version and put the comments and quotes beside them."""
    card = card_of(review)
    answers = ANSWERS.all(revision=revision.pk)
    result = scoring.score(card, _given(answers), facts=facts.of(review.conversation))
    comments, pins = COMMENTS.all(revision=revision.pk), PINS.all(revision=revision.pk)
    lines = _lines(card, result, answers, comments=comments, pins=pins, rows=rows)
    return Explained(
        revision=revision,
        lines=lines,
        strengths=sorted(
            (line for line in lines if line.is_strength and (line.comments or line.quotes)), key=lambda x: -x.points
        ),
        gaps=sorted((line for line in lines if line.is_gap), key=lambda x: -x.lost),
        summary=[_words(c) for c in comments if c.criterion_id is None and c.message_index is None],
        notes=_notes(comments),
        pinned=_pinned(lines),
        pass_mark=card.pass_mark,
        mode=card.mode.value,
        failing=_failing(card, revision),
    )


ANSWERS = Prepared(
    lambda: Answer.objects.filter(revision=prepared.number("revision")).select_related(
        "criterion", "option", "root_cause"
    )
)
COMMENTS = Prepared(lambda: Comment.objects.filter(revision=prepared.number("revision")).select_related("criterion"))
PINS = Prepared(lambda: Pin.objects.filter(revision=prepared.number("revision")).select_related("criterion"))


def _given(answers: list[Answer]) -> dict[str, scoring.Answer]:
    return {
        row.criterion.lineage: scoring.Answer(
            option=row.option.key if row.option else "",
            not_applicable=row.state == Answer.State.NOT_APPLICABLE,
            root_cause=row.root_cause.key if row.root_cause else "",
            text="stored" if row.state == Answer.State.INFORMATION and row.option is None else "",
        )
        for row in answers
        if row.state not in {Answer.State.NOT_ASKED, Answer.State.UNANSWERED}
    }


def _lines(
    card: cards.Card,
    result: scoring.Score,
    answers: list[Answer],
    *,
    comments: list[Comment],
    pins: list[Pin],
    rows: Sequence[MessageRow],
) -> list[Line]:
    stored = {row.criterion.lineage: row for row in answers}
    names = {criterion.lineage: criterion.name for criterion in card.criteria()}
    sections = {section.lineage: section.name for section in card.sections}
    found = []
    for number, part in enumerate(result.contributions, start=1):
        row, criterion = stored.get(part.criterion), card.criterion(part.criterion)
        assert criterion is not None
        found.append(
            Line(
                number=number,
                criterion=criterion,
                section=sections[part.section],
                state=part.state.value,
                answer=_answer(row),
                weight=part.weight,
                share=part.share,
                points=part.points,
                zeroed_by="" if part.zeroed_by in {"", part.criterion} else names[part.zeroed_by],
                cause=row.root_cause.label if row and row.root_cause else "",
                comments=[_words(c) for c in comments if c.criterion and c.criterion.lineage == part.criterion],
                quotes=[quote(p, rows) for p in pins if p.criterion.lineage == part.criterion],
                chosen=_chosen(row),
            )
        )
    return found


def quote(pin: Pin, rows: Sequence[MessageRow]) -> Quote:
    """Return the pinned words; the whole message when no range was chosen."""
    if pin.message_index >= len(rows):
        return Quote(pin.message_index, None, "", "")
    row = rows[pin.message_index]
    text = row.shown if pin.start is None else row.shown[pin.start : pin.end]
    return Quote(pin.message_index, row.sent_at, row.name, text.strip())


def _answer(row: Answer | None) -> str:
    if row is None or row.state == Answer.State.NOT_ASKED:
        return _("Not asked")
    if row.state == Answer.State.NOT_APPLICABLE:
        return _("N/A")
    return row.option.label if row.option else "–"


def _chosen(row: Answer | None) -> str:
    if row is None or row.state == Answer.State.NOT_APPLICABLE:
        return cards.NOT_APPLICABLE if row else ""
    return row.option.key if row.option else ""


def _words(comment: Comment) -> str:
    return comment.text if comment.erased_at is None else _("[erased]")


def _notes(comments: list[Comment]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for comment in comments:
        if comment.message_index is not None:
            found.setdefault(comment.message_index, []).append(_words(comment))
    return found


def _pinned(lines: list[Line]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for line in lines:
        for index in dict.fromkeys(quote.index for quote in line.quotes):
            found.setdefault(index, []).append(line)
    return found


def _failing(card: cards.Card, revision: Revision) -> list[str]:
    names = {criterion.lineage: criterion.name for criterion in card.criteria()}
    return [names.get(entry["criterion"], "") for entry in revision.failed_by if entry.get("criterion")]
