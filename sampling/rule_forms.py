"""Risk rules as people fill them in: a few conditions, a weight, and whether each such conversation is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sampling.risks import CONDITIONS, LARGEST_WEIGHT, RULES, Condition, Fact, Rule, why_not_a_rule

PREFIX = "rules"
HIGHEST = 999  # a number in the name of a field
_NAME = re.compile(rf"^{PREFIX}-(\d{{1,3}})-")


class RuleForm(forms.Form):
    """One rule. What is left empty altogether is no rule; that is how one is taken away."""

    name = forms.CharField(
        max_length=80, required=False, label=_("Name"), help_text=_("Empty: the conditions are its name.")
    )
    weight = forms.FloatField(
        min_value=0.1,
        max_value=LARGEST_WEIGHT,
        required=False,
        initial=1,
        label=_("Weight"),
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )
    certain = forms.BooleanField(required=False, label=_("Draw every one"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, CONDITIONS + 1):
            label = _("When") if place == 1 else _("and")
            choices = [("", "—"), *Fact.choices]
            self.fields[f"fact_{place}"] = forms.ChoiceField(choices=choices, required=False, label=label)
            self.fields[f"key_{place}"] = forms.CharField(
                max_length=100, required=False, label=_("Custom field"),
                widget=forms.TextInput(attrs={"placeholder": _("field")}),
            )  # fmt: skip
            self.fields[f"value_{place}"] = forms.CharField(max_length=200, required=False, label=_("Compared with"))

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """Return the fields of each condition, for the page; those after the first two stay folded while empty."""
        return [
            {"fact": self[f"fact_{place}"], "key": self[f"key_{place}"], "value": self[f"value_{place}"]}
            for place in range(1, CONDITIONS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """Say in one sentence what a rule lacks."""
        sent: dict[str, Any] = super().clean() or self.cleaned_data
        when = self.when()
        if not when and sent.get("name"):
            self.add_error(None, _("Say what this rule asks about, or take its name away."))
        wrong = why_not_a_rule(when)
        if wrong is not None and not self.errors:
            self.add_error(None, wrong)
        return sent

    def when(self) -> list[Condition]:
        """Return the conditions that were filled in."""
        asked = [
            Condition(*(self.cleaned_data.get(f"{part}_{place}", "") for part in ("fact", "value", "key")))
            for place in range(1, CONDITIONS + 1)
        ]
        return [one for one in asked if one.fact or one.value or one.key]

    def rule(self) -> Rule | None:
        """Return the rule; None when nothing was asked."""
        sent, when = self.cleaned_data, self.when()
        if not when:
            return None
        return Rule(tuple(when), weight=sent["weight"] or 1.0, certain=sent["certain"], name=sent["name"])


class RuleForms:
    """The rules of one plan, and one empty form for another."""

    def __init__(self, bound: Sequence[RuleForm], *, is_bound: bool) -> None:
        self.forms, self.is_bound = list(bound), is_bound

    @classmethod
    def sent(cls, data: Mapping[str, Any]) -> RuleForms:
        """Read the rules that came with a form, in their order."""
        numbers = {int(found[1]) for name in data if (found := _NAME.match(name))}
        return cls([RuleForm(data, prefix=f"{PREFIX}-{number}") for number in sorted(numbers)], is_bound=True)

    @classmethod
    def of(cls, kept: Sequence[Mapping[str, Any]]) -> RuleForms:
        """Show the rules that a plan has."""
        made = [RuleForm(initial=_initial(rule), prefix=f"{PREFIX}-{place}") for place, rule in enumerate(kept)]
        return cls(made, is_bound=False)

    @staticmethod
    def blank(number: int) -> RuleForm:
        """Return an empty form for one more rule."""
        return RuleForm(prefix=f"{PREFIX}-{min(max(number, 0), HIGHEST)}")

    @property
    def next_number(self) -> int:
        """Return the number that the next rule gets."""
        return max((int(form.prefix.rpartition("-")[2]) for form in self.forms if form.prefix), default=-1) + 1

    @property
    def shown(self) -> list[RuleForm]:
        """Return the forms for the page: those there are, and an empty one where there is none."""
        return self.forms or [self.blank(0)]

    def is_valid(self) -> bool:
        """Check all rules, so that one answer names all mistakes."""
        valid = [form.is_valid() for form in self.forms]
        return all(valid) and len(self.rules()) <= RULES

    def rules(self) -> list[Rule]:
        """Return the rules that were filled in without a mistake."""
        return [rule for form in self.forms if form.is_valid() and (rule := form.rule()) is not None]

    def errors(self) -> dict[int, list[str]]:
        """Return the sentences by the place of the rule."""
        return {
            place: [str(line) for lines in form.errors.values() for line in lines]
            for place, form in enumerate(self.forms)
            if form.errors
        }


def form_fields(kept: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return rules as the fields of a form would send them: how the API speaks to the same form."""
    return {
        f"{PREFIX}-{place}-{name}": str(value)
        for place, rule in enumerate(kept)
        for name, value in _initial(rule).items()
        if value not in (None, "", False)
    }


def _initial(rule: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: rule.get(name) for name in ("name", "weight", "certain")}
    for place, one in enumerate(rule["when"], start=1):
        for part in ("fact", "key", "value"):
            found[f"{part}_{place}"] = one.get(part, "")
    return found
