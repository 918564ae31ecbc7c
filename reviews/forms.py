"""Read what reviewers send. The workspace's form is its only state: autosave and submit send the same fields."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews import drafts
from reviews.services.comment_templates import Wording
from rubrics.models import Skill
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


class CommentTemplateForm(forms.Form):
    """A text to keep; only those who keep the shared ones are asked whether it is shared."""

    name = forms.CharField(max_length=80, label=_("Name"), help_text=_("What you look for it by."))
    text = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 4}), label=_("Text"))
    skill = forms.ModelChoiceField(
        queryset=Skill.objects.all(), required=False, empty_label=_("Any"), label=_("Skill"),
        help_text=_("It is offered first at criteria of this skill."),
    )  # fmt: skip
    shared = forms.BooleanField(required=False, label=_("Share it with everybody who scores"))

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]

    @property
    def is_shared(self) -> bool:
        """Say whether the text is for everybody."""
        return bool(self.cleaned_data.get("shared"))

    def wording(self) -> Wording:
        """Return what is to be kept."""
        return Wording(**{field: self.cleaned_data[field] for field in ("name", "text", "skill")})
