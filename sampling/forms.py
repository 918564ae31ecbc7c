"""What people send about a plan and its draws."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.roles import ROLES, Permission
from core import time_zones
from rubrics.models import Rubric, RubricVersion
from sampling import population
from sampling.feedback_rules import NAMES as FEEDBACK
from sampling.feedback_rules import FeedbackRules
from sampling.models import Plan
from sampling.quotas import PER_AGENT, PER_TEAM, PERCENTAGE, RISK_SHARES
from sampling.rule_forms import RuleForms
from sampling.strata import CHANNEL, LANGUAGE, RISK, TENURE
from sampling.terms import Terms

STRATA = [
    (CHANNEL, _("Channel")),
    (TENURE, _("How long the agent is there")),
    (LANGUAGE, _("Language")),
    (RISK, _("Risk")),
]
# The numbers that each kind of quota asks for; those of the others may stay empty.
NEEDED = {PER_AGENT: ("quota_per_agent",), PER_TEAM: ("quota_per_team",), PERCENTAGE: ("quota_percent",)}
OPTIONAL = (
    "quota_kind", "quota_per_agent", "quota_per_team", "quota_percent", "quota_minimum", "allocation", "risk_high_from",
    "risk_combine", "targeted_per_period",
)  # fmt: skip
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


class Shares(forms.CharField):
    """Three whole numbers: how a quota is shared among normal, elevated and high risk."""

    def clean(self, value: Any) -> list[int]:
        """Return the numbers; the usual ones for nothing."""
        text = super().clean(value)
        parts = text.replace(":", ",").replace("/", ",").split(",") if text else list(map(str, RISK_SHARES))
        whole = [part.strip() for part in parts]
        if len(whole) != len(RISK_SHARES) or not all(one.isascii() and one.isdecimal() for one in whole):
            raise forms.ValidationError(_("Write three whole numbers, such as 3, 2, 1."), code="not_shares")
        numbers = [int(one[:4]) for one in whole]
        if not all(1 <= number <= 100 for number in numbers):
            raise forms.ValidationError(_("Each share is a whole number from 1 to 100."), code="not_shares")
        return numbers

    def prepare_value(self, value: Any) -> Any:
        """Show the numbers as they are written."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


class TermsForm(forms.Form):
    """The part of a plan that decides how many conversations a period holds; the live count reads it as it is typed.

    What a program leaves out has the value of a plan that asks for nothing special.
    """

    reviewee_rule = forms.ChoiceField(
        choices=Plan.Reviewee.choices, label=_("Reviewed person"), help_text=_("Whose work the review is about.")
    )
    includes_bots = forms.BooleanField(required=False, label=_("Draw conversations of bots too"))
    quota_kind = forms.ChoiceField(
        choices=Plan.Quota.choices, required=False, label=_("Quota"), widget=forms.RadioSelect
    )
    quota_per_agent = forms.IntegerField(min_value=1, max_value=500, required=False, label=_("Conversations per agent"))
    quota_per_team = forms.IntegerField(min_value=1, max_value=5000, required=False, label=_("Conversations per team"))
    quota_percent = forms.FloatField(
        min_value=0.1,
        max_value=100,
        required=False,
        label=_("Per cent of the conversations"),
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )
    quota_minimum = forms.IntegerField(min_value=1, max_value=500, required=False, label=_("But at least"))
    cycle = forms.ChoiceField(choices=Plan.Cycle.choices, label=_("Cycle"))
    time_zone = forms.CharField(
        max_length=64,
        label=_("Time zone"),
        help_text=_("Days and weeks begin at midnight there."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )
    strata = forms.MultipleChoiceField(
        choices=STRATA,
        required=False,
        label=_("Divide each agent's conversations by"),
        widget=forms.CheckboxSelectMultiple,
    )
    allocation = forms.ChoiceField(choices=Plan.Allocation.choices, required=False, label=_("Share the quota"))
    risk_shares = Shares(
        max_length=20,
        required=False,
        label=_("Shares of normal, elevated and high risk"),
    )
    risk_high_from = forms.FloatField(
        min_value=0.1,
        max_value=1000,
        required=False,
        label=_("High risk from a total weight of"),
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )
    risk_combine = forms.ChoiceField(choices=Plan.Combine.choices, required=False, label=_("Several rules hit"))
    targeted_per_period = forms.IntegerField(
        min_value=0,
        max_value=5000,
        required=False,
        label=_("More by risk, in a period"),
        help_text=_("For all agents together; about so many, since each is drawn by its own chance. 0: none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("risk_rules", [])
        self.rules = RuleForms.sent(self.data) if self.is_bound else RuleForms.of(kept)

    def clean_time_zone(self) -> str:
        """Refuse a zone that nobody keeps time by."""
        name: str = self.cleaned_data["time_zone"].strip()
        if not time_zones.is_known(name):
            raise forms.ValidationError(_("Choose a time zone of the list, such as Europe/London."))
        return name

    def clean(self) -> dict[str, Any]:
        """Fill in what was left out, and say what does not go together."""
        sent: dict[str, Any] = super().clean() or self.cleaned_data
        plain = Terms(rubric_id=0)
        needed = NEEDED.get(sent.get("quota_kind") or plain.quota_kind, ())
        for name in OPTIONAL:
            if name in sent and sent[name] in (None, ""):
                if name in needed and name in self.data:
                    self.add_error(name, _("Say how many."))
                sent[name] = getattr(plain, name)
        if not self.rules.is_valid():
            self.add_error(None, _("One of the risk rules cannot be read. What it lacks stands beside it."))
        sent["risk_rules"] = [rule.as_json() for rule in self.rules.rules()]
        self._check_risks(sent)
        return sent

    def _check_risks(self, sent: dict[str, Any]) -> None:
        """Refuse what needs something else that was not asked for."""
        strata, allocation = sent.get("strata", []), sent.get("allocation")
        if not sent["risk_rules"] and self.rules.is_valid():
            if sent.get("targeted_per_period"):
                self.add_error("targeted_per_period", _("Make a risk rule first: it says which ones are drawn."))
            if RISK in strata:
                self.add_error("strata", _("Make a risk rule first: without one every risk is normal."))
        if allocation == Plan.Allocation.RISK and RISK not in strata:
            self.add_error("allocation", _("Divide by risk as well: only then are there shares of risk."))
        if allocation == Plan.Allocation.NEYMAN and not strata:
            self.add_error("allocation", _("Choose first what to divide by."))


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
        label=_("Who reviews"),
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

    quota_per_agent = forms.IntegerField(
        min_value=1, max_value=500, required=False, label=_("Drawn per agent"),
        widget=forms.NumberInput(attrs={"placeholder": _("as planned")}),
    )  # fmt: skip

    field_order = ("quota_per_agent", "precision", "difference")
