"""Read the workspace's form. The form is the only state a page has: autosave and submit send the same fields."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import QueryDict

from reviews import drafts
from rubrics.scoring import NOT_APPLICABLE

FIELDS = ("choice", "root_cause", "comment", "text", "pins")


def draft_from(data: QueryDict) -> drafts.Draft:
    """Turn posted fields (`a.<lineage>.<field>`, `note`, `summary`) into a draft; raises BadDraft."""
    answers: dict[str, dict[str, Any]] = {}
    for name in data:
        prefix, _dot, rest = name.partition(".")
        lineage, _dot, field = rest.rpartition(".")
        if prefix == "a" and lineage and field in FIELDS:
            answers.setdefault(lineage, {}).update(_field(field, data.get(name, "")))
    notes = [_json(text, where="note") for text in data.getlist("note") if text]
    body = {
        "answers": {lineage: fields for lineage, fields in answers.items() if any(fields.values())},
        "notes": notes,
        "summary": data.get("summary", ""),
    }
    return drafts.parse(body)


def whole(data: QueryDict, name: str) -> int:
    """Return a whole number that was posted; 0 when it is missing, raises BadDraft when it is something else."""
    value = data.get(name, "") or "0"
    if not value.isdecimal() or len(value) > 9:
        raise drafts.BadDraft(f"Expected a whole number - at `{name}`")
    return int(value)


def text(data: QueryDict, name: str, *, longest: int) -> str:
    """Return a text that was posted, in a form that every database stores, cut off at its longest."""
    return data.get(name, "").replace("\0", "\ufffd")[:longest]


def _field(field: str, value: str) -> dict[str, Any]:
    if field == "choice":
        return {"not_applicable": True} if value == NOT_APPLICABLE else {"option": value}
    if field == "pins":
        return {"pins": _json(value, where="pins") if value else []}
    return {field: value}


def _json(text: str, *, where: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise drafts.BadDraft(f"Not readable as JSON - at `{where}`") from error
