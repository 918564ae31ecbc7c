"""What people send about programmes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as now_in
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from coaching.forms import MOST_FOLLOW_UP
from coaching.models import Action, Programme
from coaching.programme_words import DESIGNS
from coaching.selectors.checks import catalogue
from coaching.services.programmes import CommonAction, ProgrammeEdit
from coaching.spans import FOLLOW_UP_WEEKS
from rubrics.models import Skill

MOST_ACTIONS = 15


class ProgrammeForm(forms.Form):
    """Who works on what together, for how long, and by which design it is measured."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)
    name = forms.CharField(max_length=120, label=_("Name"), help_text=_("For example: Empathy in May."))
    skill = forms.ModelChoiceField(queryset=Skill.objects.all(), label=_("Skill"), empty_label=_("Choose…"))
    focus = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea({"rows": 3}), label=_("Focus"),
        help_text=_("One to three points, one a line. Empty: the library’s points for this skill."),
    )  # fmt: skip
    agents = forms.ModelMultipleChoiceField(
        queryset=Agent.objects.none(), widget=forms.CheckboxSelectMultiple, label=_("Members")
    )
    has_fresh_baseline = forms.BooleanField(required=False, label=DESIGNS["has_fresh_baseline"][0])
    has_waiting_list = forms.BooleanField(required=False, label=DESIGNS["has_waiting_list"][0])
    follow_up_weeks = forms.IntegerField(
        min_value=2, max_value=26, initial=FOLLOW_UP_WEEKS, label=_("Weeks until the follow-up"),
        help_text=_("The last four of them are drawn from."),
    )  # fmt: skip
    follow_up_quota = forms.IntegerField(
        min_value=0, max_value=MOST_FOLLOW_UP, initial=8, label=_("Extra reviews for each member"),
        help_text=_("Drawn at random, beside the usual ones. Reviewers are not told."),
    )  # fmt: skip

    def __init__(self, *args: Any, agents: QuerySet[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agents"].queryset = agents  # type: ignore[attr-defined]

    @property
    def designs(self) -> list[tuple[Any, Any]]:
        """Return the choices of design, each with what it can and cannot show."""
        return [(self[name], DESIGNS[name][1]) for name in ("has_fresh_baseline", "has_waiting_list")]


class CommonActionForm(forms.Form):
    """One thing that every member is to do; an empty text leaves it out."""

    text = forms.CharField(max_length=1000, required=False, widget=forms.Textarea({"rows": 2}), label=_("What to do"))
    kind = forms.ChoiceField(choices=Action.Kind.choices, label=_("Kind"))
    days = forms.IntegerField(
        min_value=0, max_value=180, initial=14, required=False, label=_("Due, days after the start")
    )
    link = forms.URLField(
        required=False, max_length=500, assume_scheme="https", validators=[URLValidator(schemes=["http", "https"])],
        label=_("Link"),
    )  # fmt: skip
    check_key = forms.ChoiceField(required=False, label=_("Knowledge check"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(catalogue().sets.values(), key=lambda one: one.title)
        choices = [(one.key, one.title) for one in known if not one.is_retired]
        self.fields["check_key"].choices = [("", now_in("None")), *choices]  # type: ignore[attr-defined]


CommonActionFormSet = formset_factory(
    CommonActionForm, extra=3, max_num=MOST_ACTIONS, validate_max=True, absolute_max=2 * MOST_ACTIONS
)


def programme_edit_from(form: ProgrammeForm, actions: BaseFormSet) -> ProgrammeEdit:
    """Turn two valid forms into one edit."""
    lines = [line.cleaned_data for line in actions.forms if (line.cleaned_data.get("text") or "").strip()]
    common = [
        CommonAction(
            line["kind"], line["text"].strip(), 14 if line["days"] is None else line["days"], line["link"],
            line["check_key"],
        )
        for line in lines
    ]  # fmt: skip
    values = dict(form.cleaned_data)
    return ProgrammeEdit(**{**values, "agents": list(values["agents"])}, actions=common)


def initial_of(programme: Programme) -> dict[str, Any]:
    """Return what the form of a draft holds."""
    names = ("name", "skill", "focus", "has_fresh_baseline", "has_waiting_list", "follow_up_weeks", "follow_up_quota")
    members = programme.members.values_list("agent", flat=True)
    return {
        "number": programme.edit_number,
        "agents": list(members),
        **{name: getattr(programme, name) for name in names},
    }
