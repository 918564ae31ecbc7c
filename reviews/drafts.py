"""What a reviewer has filled in so far: the one shape that the page, the API and the database share. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from rubrics.scoring import Answer

Text = Annotated[str, Meta(max_length=10_000)]
Key = Annotated[str, Meta(max_length=80)]
Index = Annotated[int, Meta(ge=0, le=100_000)]
Offset = Annotated[int, Meta(ge=0, le=10_000_000)]


class PinDraft(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message of the transcript, or a range of its plain text in code points: start ≤ offset < end."""

    message: Index
    start: Offset | None = None
    end: Offset | None = None


class AnswerDraft(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is filled in for one criterion."""

    option: Key = ""
    not_applicable: bool = False
    root_cause: Key = ""
    comment: Text = ""
    text: Text = ""
    pins: Annotated[list[PinDraft], Meta(max_length=50)] = msgspec.field(default_factory=list)


class NoteDraft(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A comment at a message that belongs to no criterion."""

    message: Index
    text: Text


class Draft(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everything a reviewer has filled in. Answers are keyed by the criterion's lineage."""

    answers: Annotated[dict[Key, AnswerDraft], Meta(max_length=500)] = msgspec.field(default_factory=dict)
    notes: Annotated[list[NoteDraft], Meta(max_length=200)] = msgspec.field(default_factory=list)
    summary: Text = ""


class BadDraft(ValueError):
    """Say where what was sent has the wrong shape."""


def parse(body: Any) -> Draft:
    """Validate a decoded JSON body; raises BadDraft naming the path of the first error."""
    try:
        draft = msgspec.convert(_storable(body), Draft)
    except msgspec.ValidationError as error:
        raise BadDraft(str(error)) from error
    for lineage, answer in draft.answers.items():
        if answer.option and answer.not_applicable:
            raise BadDraft(f"An answer is an option or N/A, not both - at `$.answers.{lineage}`")
        for pin in answer.pins:
            if (pin.start is None) != (pin.end is None) or (pin.start is not None and pin.end <= pin.start):  # type: ignore[operator]
                raise BadDraft(f"A pinned range needs a start before its end - at `$.answers.{lineage}.pins`")
    return draft


def only(draft: Draft, lineages: Collection[str]) -> Draft:
    """Leave out the answers to other criteria: what was filled in before a question fell away is not judged."""
    kept = {lineage: answer for lineage, answer in draft.answers.items() if lineage in lineages}
    return msgspec.structs.replace(draft, answers=kept)


def dump(draft: Draft) -> dict[str, Any]:
    """Return the draft as plain values for a JSON column."""
    plain: dict[str, Any] = msgspec.to_builtins(draft)
    return plain


def answers_of(draft: Draft) -> Mapping[str, Answer]:
    """Return the answers in the words of the scoring rules."""
    return {
        lineage: Answer(
            option=given.option,
            not_applicable=given.not_applicable,
            text=given.text,
            root_cause=given.root_cause,
            commented=bool(given.comment.strip()),
            pins=len(given.pins),
        )
        for lineage, given in draft.answers.items()
    }


def note_json(note: NoteDraft) -> str:
    """Return a comment at a message as the JSON text of its hidden field."""
    return msgspec.json.encode(note).decode()


def pins_json(answer: AnswerDraft) -> str:
    """Return a criterion's pins as the JSON text that the page's hidden field holds."""
    return msgspec.json.encode(answer.pins).decode() if answer.pins else ""


def _storable(value: Any) -> Any:
    """Replace NUL, which PostgreSQL cannot store, by the sign for what cannot be shown."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_storable(key): _storable(part) for key, part in value.items()}
    return [_storable(part) for part in value] if isinstance(value, list) else value
