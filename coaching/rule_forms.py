"""The trigger rules as a form: chances in per cent, and a table of targets by skill and level."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from coaching.rule_words import LABELS
from coaching.rules import BOUNDS, Rules
from rubrics.models import Skill

EVERYBODY = ""
LEVELS = (EVERYBODY, *Agent.Level.values)
IN_PER_CENT = ("above", "strength_above")
WHOLE = ("running", "critical_count", "critical_days", "strength_weeks")
SWITCHES = ("watches_critical", "watches_decline", "watches_strengths")


def _number(name: str, **terms: Any) -> forms.Field:
    low, high = BOUNDS[name]
    scale = 100 if name in IN_PER_CENT else 1
    if name not in WHOLE and name not in IN_PER_CENT:
        return forms.FloatField(min_value=low, max_value=high, label=LABELS[name], **terms)
    return forms.IntegerField(min_value=round(low * scale), max_value=round(high * scale), label=LABELS[name], **terms)


def _switch(name: str) -> forms.BooleanField:
    return forms.BooleanField(required=False, label=LABELS[name])


class RulesForm(forms.Form):
    """All rules at once; a target that is left empty is the one to its left, or the general one."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    target = _number("target", help_text=_("Where no other target stands below."))
    above = _number("above", help_text=_("In per cent. Higher: fewer proposals, of which fewer are wrong."))
    running = _number("running", help_text=_("Each weekly look needs a new review to count."))
    watches_critical = _switch("watches_critical")
    critical_count = _number("critical_count")
    critical_days = _number("critical_days", help_text=_("Counted from when the reviews were published."))
    watches_decline = _switch("watches_decline")
    decline_limit = _number(
        "decline_limit",
        help_text=_(
            "At 2.7 about one agent in nine who has not changed is named once a year; at 2.5 one in seven, at 3.0 one "
            "in seventeen."
        ),
    )
    watches_strengths = _switch("watches_strengths")
    strength_above = _number("strength_above", help_text=_("In per cent, in as many looks running as above."))
    strength_weeks = _number("strength_weeks")
    note = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea({"rows": 2}), label=_("Why you change them"),
        help_text=_("Kept with this version, for whoever asks later."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skills = list(Skill.objects.order_by("name"))
        for skill in self.skills:
            for level in LEVELS:
                label = f"{skill.name}, {Agent.Level(level).label}" if level else skill.name
                self.fields[_name(skill.slug, level)] = forms.FloatField(
                    min_value=0, max_value=100, required=False, label=label
                )

    def rows(self) -> list[tuple[Skill, list[tuple[str, BoundField]]]]:
        """Return the targets: a skill with a field for everybody, then one for each level, each with its label."""
        labels = [(level, str(Agent.Level(level).label) if level else gettext("Everybody")) for level in LEVELS]
        return [(skill, [(label, self[_name(skill.slug, level)]) for level, label in labels]) for skill in self.skills]

    def rules(self) -> Rules:
        """Return the rules of a valid form."""
        sent = self.cleaned_data
        targets = {
            f"{skill.slug}:{level}" if level else skill.slug: sent[_name(skill.slug, level)]
            for skill in self.skills
            for level in LEVELS
            if sent.get(_name(skill.slug, level)) is not None
        }
        return Rules(
            target=sent["target"],
            targets=targets,
            decline_limit=sent["decline_limit"],
            **{name: sent[name] / 100 for name in IN_PER_CENT},
            **{name: sent[name] for name in (*WHOLE, *SWITCHES)},
        )


def initial_of(rules: Rules, *, number: int) -> dict[str, Any]:
    """Return what the form shows of rules."""
    found: dict[str, Any] = {name: getattr(rules, name) for name in ("decline_limit", *WHOLE, *SWITCHES)}
    found |= {name: round(getattr(rules, name) * 100) for name in IN_PER_CENT}
    found |= {_name(*key.split(":")): _short(target) for key, target in rules.targets.items()}
    return {**found, "number": number, "target": _short(rules.target)}


def _short(points: float) -> float | int:
    return int(points) if points == int(points) else points


def _name(skill: str, level: str = EVERYBODY) -> str:
    return f"target-{skill}-{level}" if level else f"target-{skill}"
