"""What people send about a plan and its draws."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.roles import ROLES, Permission
from rubrics.models import Rubric, RubricVersion
from sampling import population
from sampling.feedback_rules import NAMES as FEEDBACK
from sampling.feedback_rules import FeedbackRules
from sampling.models import Plan
from sampling.terms import Terms

LARGEST_RECEIPT = 100 * 1024 * 1024
LONGEST_ID = 18  # digits


def scorers(now: datetime) -> Any:
    """Return the people whose role includes scoring."""
    roles = [role for role, entry in ROLES.items() if Permission.SCORE in entry.permissions]
    grants = RoleGrant.objects.active(now).filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("name", "pk")


class People(forms.ModelMultipleChoiceField):
    """Several people; numbers that no column holds are refused here, and not by the database's driver."""

    def _check_values(self, value: Any) -> Any:
        if any(len(str(one)) > LONGEST_ID for one in value):
            raise forms.ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return super()._check_values(value)  # type: ignore[misc]


class TermsForm(forms.Form):
    """The part of a plan that decides how many conversations a period holds; the live count reads it as it is typed."""

    reviewee_rule = forms.ChoiceField(
        choices=Plan.Reviewee.choices, label=_("Reviewed person"), help_text=_("Whose work the review is about.")
    )
    includes_bots = forms.BooleanField(required=False, label=_("Draw conversations of bots too"))
    quota_per_agent = forms.IntegerField(min_value=1, max_value=500, label=_("Conversations per agent"))
    cycle = forms.ChoiceField(choices=Plan.Cycle.choices, label=_("Cycle"))
    time_zone = forms.CharField(
        max_length=64,
        label=_("Time zone"),
        help_text=_("Days and weeks begin at midnight there."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )

    def clean_time_zone(self) -> str:
        """Refuse a zone that nobody keeps time by."""
        name: str = self.cleaned_data["time_zone"].strip()
        if name not in available_timezones():
            raise forms.ValidationError(_("Choose a time zone of the list, such as Europe/London."))
        return name


class FeedbackForm(forms.Form):
    """The part of a plan that says how a review reaches its agent. What is left out keeps the default."""

    self_review = forms.BooleanField(
        required=False,
        label=_("The agent scores the same conversation first, blind"),
        help_text=_("Agent, reviewer and supervisor then see where both differ. It counts in no average."),
    )
    self_review_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=30,
        label=_("Days for it"),
        help_text=_("After that the review is simply shown."),
    )
    release_rule = forms.ChoiceField(
        required=False,
        choices=Plan.Release.choices,
        label=_("The agent sees the review"),
        help_text=_("Never before the edit window is over. Without a 1:1, two weeks after it was submitted."),
    )
    release_hours = forms.IntegerField(
        required=False, min_value=1, max_value=24 * 30, label=_("Hours"), help_text=_("For “some hours after”.")
    )
    release_time = forms.TimeField(
        required=False,
        label=_("Time of day"),
        help_text=_("For “at a time of day”, in the plan's zone."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def feedback(self) -> FeedbackRules:
        """Return the rules that were sent."""
        sent = {name: self.cleaned_data.get(name) for name in FEEDBACK}
        return FeedbackRules(**{name: value for name, value in sent.items() if value not in (None, "")})


class PlanForm(FeedbackForm, TermsForm):
    """A whole plan; its population is a filter bar beside it."""

    name = forms.CharField(max_length=120, label=_("Name"))
    rubric = forms.ModelChoiceField(queryset=Rubric.objects.none(), label=_("Rubric"), empty_label=None)
    settle_hours = forms.IntegerField(
        min_value=0,
        max_value=14 * 24,
        label=_("Hours to settle"),
        help_text=_("How long the draw waits after the close for conversations that arrive late."),
    )
    due_days = forms.IntegerField(min_value=1, max_value=90, label=_("Days to review"))
    starts_on = forms.DateField(
        label=_("Draws from"),
        help_text=_("The period around this day is the first that is drawn by itself."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reviewers = People(
        queryset=User.objects.none(),
        required=False,
        label=_("Reviewers"),
        help_text=_("Nobody chosen: everybody who may score the team."),
        widget=forms.CheckboxSelectMultiple,
    )
    hide_agent = forms.BooleanField(required=False, label=_("Hide the agent's name while scoring"))
    hide_score = forms.BooleanField(required=False, label=_("Hide the running score while scoring"))

    def __init__(self, *args: Any, now: datetime, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = RubricVersion.objects.published().values("rubric")
        usable = Q(pk__in=published) | (Q(pk=plan.rubric_id) if plan else Q())
        self.fields["rubric"].queryset = Rubric.objects.filter(usable).order_by("name")  # type: ignore[attr-defined]
        self.fields["reviewers"].queryset = scorers(now)  # type: ignore[attr-defined]
        if plan is not None:
            del self.fields["starts_on"]

    def clean_starts_on(self) -> date:
        """Refuse a day that no calendar of a help desk holds."""
        day: date = self.cleaned_data["starts_on"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day

    def terms(self, data: Any) -> Terms:
        """Return the terms that were sent, with the population of the filter bar."""
        sent = self.cleaned_data
        return Terms(
            rubric_id=sent["rubric"].pk,
            population=population.stored(data),
            **{name: sent[name] for name in Terms.__dataclass_fields__ if name not in {"rubric_id", "population"}},
        )


class VoidForm(forms.Form):
    """Why a draw is taken out."""

    reason = forms.CharField(
        max_length=1000,
        label=_("Reason"),
        help_text=_("Stays visible on the plan."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReceiptForm(forms.Form):
    """A receipt to check."""

    receipt = forms.FileField(
        label=_("Receipt"),
        help_text=_("The JSON file that was downloaded from a draw."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_receipt(self) -> Any:
        """Refuse what is too large to be a receipt."""
        file = self.cleaned_data["receipt"]
        if file.size > LARGEST_RECEIPT:
            raise forms.ValidationError(_("This file is larger than 100 MB. Use manage.py replay for it."))
        return file


class QuestionForm(forms.Form):
    """What a planner is asked beside the terms of a plan."""

    precision = forms.FloatField(
        min_value=0.5,
        max_value=50,
        initial=10,
        label=_("Wished for, ± points"),
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )
    difference = forms.FloatField(
        min_value=0.5,
        max_value=100,
        initial=10,
        label=_("Difference, points"),
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )


class WhatIfForm(QuestionForm):
    """The same, with a quota to try out on a plan that stays as it is."""

    quota_per_agent = forms.IntegerField(min_value=1, max_value=500, label=_("Drawn per agent"))

    field_order = ("quota_per_agent", "precision", "difference")
