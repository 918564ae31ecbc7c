"""Forms of the library of suggestions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from coaching.models import Action
from coaching.services.library import MOST_DAYS, EntryEdit
from coaching.suggestions import Suggestion
from conversations.models import Conversation

CHANNELS = [(value, label) for value, label in Conversation.Channel.choices if value]


class EntryForm(forms.Form):
    """One suggestion."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Action.Kind.choices, label=_("Kind"))
    text = forms.CharField(
        max_length=1000, widget=forms.Textarea({"rows": 3}), label=_("What to do"),
        help_text=_("One thing that can be done and seen to be done, in the words that the agent will read."),
    )  # fmt: skip
    link = forms.URLField(
        required=False, max_length=500, assume_scheme="https", validators=[URLValidator(schemes=["http", "https"])],
        label=_("Link"),
    )  # fmt: skip
    levels = forms.MultipleChoiceField(
        choices=Agent.Level.choices, widget=forms.CheckboxSelectMultiple, label=_("For which levels")
    )
    channels = forms.MultipleChoiceField(
        choices=CHANNELS, required=False, widget=forms.CheckboxSelectMultiple, label=_("For which channels"),
        help_text=_("None chosen: for all."),
    )  # fmt: skip
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS, label=_("Due after days"))
    is_retired = forms.BooleanField(required=False, label=_("Not offered any more"))

    def edit(self) -> EntryEdit:
        """Return a valid form as one edit."""
        return EntryEdit(**self.cleaned_data)


class WordsForm(forms.Form):
    """What is said of a skill."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    cost = forms.CharField(
        max_length=1000, widget=forms.Textarea({"rows": 3}), label=_("What it costs the customer"),
        help_text=_("One or two sentences, shown on every plan of this skill."),
    )  # fmt: skip
    focus = forms.CharField(
        max_length=2000, widget=forms.Textarea({"rows": 4}), label=_("Focus"),
        help_text=_("One to three points, one a line: what to do differently."),
    )  # fmt: skip
    examples = forms.CharField(
        max_length=8000, required=False, widget=forms.Textarea({"rows": 15}), label=_("Examples"),
        help_text=_(
            "Three lines each: what is often written, what would be better, why. An empty line between two examples."
        ),
    )  # fmt: skip


def initial_of(entry: Suggestion) -> dict[str, Any]:
    """Return what the form shows of a suggestion."""
    return {
        "number": entry.number, "kind": entry.kind, "text": entry.text, "link": entry.link,
        "levels": sorted(entry.levels), "channels": sorted(entry.channels), "days": entry.days,
        "is_retired": entry.is_retired,
    }  # fmt: skip
