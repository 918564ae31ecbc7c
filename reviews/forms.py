"""Read what the pages post. The workspace's form is its only state: autosave and submit send the same fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent, User
from reviews import drafts
from reviews.models import QueueRules
from reviews.services.comment_templates import Wording
from reviews.services.disputes import LONGEST, Doubt
from rubrics.models import Skill
from rubrics.scoring import NOT_APPLICABLE
from sampling.cycles import midnight
from sampling.models import PlanReviewer

Standing = TypeVar("Standing")
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


def doubts_from(data: QueryDict) -> list[Doubt]:
    """Read which answers are doubted: `point` names criteria, `reason.<lineage>` and `proposed.<lineage>` say more."""
    return [
        Doubt(
            lineage,
            reason=text(data, f"reason.{lineage}", longest=LONGEST + 1),
            option="" if proposed == NOT_APPLICABLE else proposed,
            not_applicable=proposed == NOT_APPLICABLE,
        )
        for lineage in dict.fromkeys(data.getlist("point"))
        for proposed in [data.get(f"proposed.{lineage}", "")]
    ]


def standing_from(
    data: QueryDict, lineages: Iterable[str], made: Callable[..., Standing], *, longest: int = LONGEST
) -> list[Standing]:
    """Read what stands for each criterion, of a dispute or a session: `stands.<lineage>` and `rationale.<lineage>`."""
    return [
        made(
            lineage,
            rationale=text(data, f"rationale.{lineage}", longest=longest + 1),
            option="" if stands == NOT_APPLICABLE else stands,
            not_applicable=stands == NOT_APPLICABLE,
        )
        for lineage in lineages
        for stands in [data.get(f"stands.{lineage}", "")]
    ]


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


class WhatIfForm(forms.Form):
    """Take the days whose reviews are replayed; all without any."""

    since = forms.DateField(label=_("Submitted from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse days before and after anything that could have been reviewed."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("since", "until"):
            day = cleaned.get(name)
            if day is not None and not 2000 <= day.year <= 2200:
                self.add_error(name, _("Choose a day from 2000 on."))
        return cleaned


class RulesForm(forms.ModelForm):
    """How a plan's work is given out, and how much of it each named reviewer takes."""

    class Meta:
        model = QueueRules
        fields = (
            "distribution", "recent_pair_days", "excludes_lead", "grace_days", "goal", "second_share",
            "second_at_least",
        )  # fmt: skip
        widgets: ClassVar = {"distribution": forms.RadioSelect}
        labels: ClassVar = {
            "distribution": _("How work is given out"),
            "recent_pair_days": _("Days between two reviews of one agent by one person"),
            "excludes_lead": _("Nobody reviews the team they supervise"),
            "grace_days": _("Days of grace"),
            "goal": _("Reviews per reviewer and cycle"),
            "second_share": _("Share for a second reviewer, %"),
            "second_at_least": _("At least so many a week of each reviewer"),
        }
        help_texts: ClassVar = {
            "recent_pair_days": _(
                "0: never mind. By name somebody else is chosen, and “Review next” brings other agents first; when"
                " nothing and nobody else is left, it is given all the same."
            ),
            "grace_days": _("What nobody reviewed so long after its due date expires and counts as not reviewed."),
            "goal": _("Shown to each reviewer beside what they have done. Empty: no goal."),
            "second_share": _("Drawn by lot, and nobody is told. It measures agreement and is never in an average."),
        }

    def __init__(self, *args: Any, reviewers: Iterable[PlanReviewer] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = list(reviewers)
        for one in self.named:
            self.fields[f"capacity-{one.user_id}"] = forms.IntegerField(
                min_value=1, max_value=100, initial=one.capacity, required=False, label=one.user.name
            )

    @property
    def shares(self) -> list[forms.BoundField]:
        """Return the fields of the named reviewers."""
        return [self[f"capacity-{one.user_id}"] for one in self.named]

    def capacities(self) -> dict[int, int]:
        """Return user id → share, for those that were filled in."""
        sent = {one.user_id: self.cleaned_data.get(f"capacity-{one.user_id}") for one in self.named}
        return {user: share for user, share in sent.items() if share is not None}


class AbsenceForm(forms.Form):
    """From which day to which somebody reviews nothing, both included, in their own time zone."""

    first_day = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone  # of who is away, whoever enters it

    def clean(self) -> dict[str, Any]:
        """Refuse days that no calendar of this house holds, and turn the days into moments."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("first_day", "last_day"):
            if (day := cleaned.get(name)) is not None and not 2000 <= day.year <= 2200:
                self.add_error(name, _("Choose a day from 2000 on."))
        if not self.errors:
            cleaned |= {
                "starts_at": midnight(cleaned["first_day"], self.zone),
                "ends_at": midnight(cleaned["last_day"] + timedelta(days=1), self.zone),
            }
        return cleaned


class ConflictForm(forms.Form):
    """Whom somebody does not review, and why."""

    agent = forms.ModelChoiceField(queryset=Agent.objects.none(), label=_("Agent"), empty_label=_("Choose…"))
    reason = forms.CharField(max_length=200, label=_("Why"))

    def __init__(self, *args: Any, agents: QuerySet[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]


class GoalForm(forms.Form):
    """How many reviews a person is to finish in a week."""

    reviews = forms.IntegerField(
        min_value=1, max_value=500, required=False, label=_("Reviews a week"), help_text=_("Empty: no goal.")
    )


class HandOverForm(forms.Form):
    """Why an item is passed on, and for QA managers to whom."""

    reason = forms.CharField(max_length=2000, label=_("Why"))
    to = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label=_("To"), empty_label=_("The next in line")
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
