"""Write one immutable revision: the scores, a full copy of the answers, the comments and the pins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from conversations.text import message_hash
from core.prepared import PreparedInsert
from reviews import drafts, facts
from reviews.cards import card_of, is_partial
from reviews.models import Answer, Comment, Pin, Review, Revision
from reviews.selectors.criteria import CriterionIds, criterion_ids
from rubrics import scoring

REVISIONS, ANSWERS = PreparedInsert(Revision), PreparedInsert(Answer)
COMMENTS, PINS = PreparedInsert(Comment), PreparedInsert(Pin)


def write(review: Review, draft: drafts.Draft, *, number: int, by: User, now: datetime, reason: str = "") -> Revision:
    """Score a draft by the review's own version and store the result; call it inside a transaction."""
    draft, criteria = _asked(review, draft), criterion_ids(review.rubric_version_id)
    revision = _judged(review, draft, criteria, number=number, by=by, now=now, reason=reason)
    COMMENTS.many(_comments(revision, draft, criteria, by=by, now=now))
    PINS.many(_pins(revision, draft, criteria))
    return revision


def rewrite(
    review: Review, draft: drafts.Draft, *, comments: Mapping[str, str], by: User, now: datetime, reason: str
) -> Revision:
    """Make the next revision from the current one: `draft` holds every answer that stands now.

    What was said and pinned stays with its authors, except at the criteria in `comments` (lineage → why the answer
    changed), where the new words take the place of the old ones. Call it inside a transaction that holds the review.
    """
    current = review.current
    assert current is not None
    draft, criteria = _asked(review, draft), criterion_ids(review.rubric_version_id)
    revision = _judged(review, draft, criteria, number=current.number + 1, by=by, now=now, reason=reason)
    changed = {criteria[lineage].pk: text.strip() for lineage, text in comments.items()}
    kept = [_copied(row, revision) for row in current.comments.all() if row.criterion_id not in changed]
    new = [
        Comment(review=review, revision=revision, criterion_id=pk, author=by, text=text, created_at=now)
        for pk, text in changed.items()
    ]
    COMMENTS.many([*kept, *new])
    PINS.many([_copied(row, revision) for row in current.pins.all()])
    return revision


def _copied(row: Any, revision: Revision) -> Any:
    row.pk, row._state.adding, row.revision = None, True, revision
    return row


def _asked(review: Review, draft: drafts.Draft) -> drafts.Draft:
    asked = scoring.asked(card_of(review), drafts.answers_of(draft), facts=facts.of(review.conversation))
    return drafts.only(draft, asked)


def _judged(
    review: Review,
    draft: drafts.Draft,
    criteria: dict[str, CriterionIds],
    *,
    number: int,
    by: User,
    now: datetime,
    reason: str,
) -> Revision:
    result = scoring.score(card_of(review), drafts.answers_of(draft), facts=facts.of(review.conversation))
    revision = REVISIONS.one(_scores(review, result, number=number, by=by, now=now, reason=reason))
    ANSWERS.many(_answers(revision, result, draft, criteria))
    return revision


def _scores(review: Review, result: scoring.Score, *, number: int, by: User, now: datetime, reason: str) -> Revision:
    # Some of the answers make no score of the whole, and nothing that an average could take.
    if is_partial(review):
        return Revision(
            review=review, number=number, author=by, reason=reason, created_at=now, outcome=Revision.Outcome.NONE
        )
    return Revision(
        review=review,
        number=number,
        author=by,
        reason=reason,
        created_at=now,
        raw_score=result.raw_score,
        final_score=result.final_score,
        outcome=result.outcome.value,
        failed_by=[
            {"reason": f.reason.value, "criterion": f.criterion, "dimension": f.dimension.value}
            for f in result.failed_by
        ],
        coverage=result.coverage,
        bonus=result.bonus,
        section_scores={s.lineage: _text(s.score) for s in result.sections},
        skill_scores={s.skill: _text(s.score) for s in result.skills},
        errors={dimension.value: count for dimension, count in result.errors.items() if count},
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _answers(
    revision: Revision, result: scoring.Score, draft: drafts.Draft, criteria: dict[str, CriterionIds]
) -> list[Answer]:
    rows = []
    for part in result.contributions:
        criterion = criteria[part.criterion]
        given = draft.answers.get(part.criterion, drafts.AnswerDraft())
        # A section that failed zeroes its criteria in the score, not in their own trend.
        own_doing = part.zeroed_by in {"", part.criterion}
        rows.append(
            Answer(
                revision=revision,
                criterion_id=criterion.pk,
                state=part.state.value,
                option_id=criterion.options.get(given.option),
                root_cause_id=criterion.causes.get(given.root_cause),
                value=part.value if own_doing else part.given,
            )
        )
    return rows


def _comments(
    revision: Revision, draft: drafts.Draft, criteria: dict[str, CriterionIds], *, by: User, now: datetime
) -> list[Comment]:
    def comment(text: str, *, criterion: CriterionIds | None = None, message: int | None = None) -> Comment:
        return Comment(
            review_id=revision.review_id,
            revision=revision,
            criterion_id=criterion.pk if criterion else None,
            message_index=message,
            author=by,
            text=text.strip(),
            created_at=now,
        )

    texts = [
        comment(text, criterion=criteria[lineage])
        for lineage, given in draft.answers.items()
        for text in (given.comment, given.text)
        if text.strip()
    ]
    notes = [comment(note.text, message=note.message) for note in draft.notes if note.text.strip()]
    summary = [comment(draft.summary)] if draft.summary.strip() else []
    return [*texts, *notes, *summary]


def _pins(revision: Revision, draft: drafts.Draft, criteria: dict[str, CriterionIds]) -> list[Pin]:
    transcript = revision.review.transcript
    return [
        Pin(
            review_id=revision.review_id,
            revision=revision,
            criterion_id=criteria[lineage].pk,
            transcript=transcript,
            message_index=pin.message,
            message_hash=message_hash(transcript.messages[pin.message]),
            start=pin.start,
            end=pin.end,
        )
        for lineage, given in draft.answers.items()
        for pin in given.pins
    ]
