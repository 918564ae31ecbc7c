"""Turn a stored revision back into what was filled in, so that one answer can change and all others stay."""

from __future__ import annotations

from reviews.drafts import AnswerDraft, Draft, NoteDraft, PinDraft
from reviews.models import Answer, Comment, Revision


def draft_of(revision: Revision) -> Draft:
    """Return a revision as a draft: answers, comments, pins, comments at messages, and the summary."""
    comments = list(revision.comments.select_related("criterion").order_by("pk"))
    pins: dict[str, list[PinDraft]] = {}
    for pin in revision.pins.select_related("criterion"):
        pins.setdefault(pin.criterion.lineage, []).append(PinDraft(pin.message_index, pin.start, pin.end))
    answers = revision.answers.select_related("criterion", "option", "root_cause")
    return Draft(
        answers={
            row.criterion.lineage: _answer(row, comments, pins.get(row.criterion.lineage, []))
            for row in answers
            if row.state not in {Answer.State.NOT_ASKED, Answer.State.UNANSWERED}
        },
        notes=[NoteDraft(c.message_index, c.text) for c in comments if c.message_index is not None],
        summary="\n\n".join(c.text for c in comments if c.criterion_id is None and c.message_index is None),
    )


def _answer(row: Answer, comments: list[Comment], pins: list[PinDraft]) -> AnswerDraft:
    said = "\n\n".join(c.text for c in comments if c.criterion_id == row.criterion_id)
    # An information criterion without options holds a text, stored as the comment that it is.
    is_text = row.state == Answer.State.INFORMATION and row.option is None
    return AnswerDraft(
        option=row.option.key if row.option else "",
        not_applicable=row.state == Answer.State.NOT_APPLICABLE,
        root_cause=row.root_cause.key if row.root_cause else "",
        comment="" if is_text else said,
        text=said if is_text else "",
        pins=pins,
    )
