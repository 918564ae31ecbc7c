"""The examples that the component catalogue shows: made up, and the same every time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict


class ExampleForm(forms.Form):
    """A form with one of each kind of field."""

    name = forms.CharField(label="Name of the plan", max_length=60, help_text="People see it in the queue.")
    quota = forms.IntegerField(label="Reviews per agent", min_value=1, max_value=30, initial=5)
    cycle = forms.ChoiceField(label="Cycle", choices=[("week", "Weekly"), ("month", "Monthly")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    hides_agent = forms.BooleanField(label="Hide the agent’s name from reviewers", required=False)
    pools = forms.ChoiceField(
        label="Pools", choices=[("random", "Random only"), ("both", "Random and targeted")], widget=forms.RadioSelect
    )


class ExampleFilter(forms.Form):
    """A filter form, as django-filter makes them."""

    q = forms.CharField(
        label="Search in the queue",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Search subject or number"}),
    )
    pool = forms.ChoiceField(label="Pool", required=False, choices=[("", "Any"), ("random", "Random")])
    since = forms.DateField(label="Ended since", required=False, widget=forms.DateInput(attrs={"type": "date"}))


def context(query: QueryDict) -> dict[str, Any]:
    """Return what ui.html shows. Nothing here comes from the database."""
    wrong = ExampleForm({"name": "", "quota": "90", "cycle": "week"}, prefix="wrong")
    wrong.is_valid()
    return {
        "form": ExampleForm(),
        "wrong_form": wrong,
        "filter_form": ExampleFilter(query or None),
        "page": Paginator(range(1, 58), 10).get_page(query.get("page")),
        "spark_values": [74, 75, 78, 77, None, 80, 79, 82],
        "spark_lows": [66, 68, 71, 70, None, 73, 72, 75],
        "spark_highs": [82, 82, 85, 84, None, 87, 86, 89],
        "tabs": [
            {"label": "Plan", "url": "#tabs", "current": True, "count": ""},
            {"label": "Draws", "url": "#tabs", "current": False, "count": 16},
        ],
        "options": [
            {"label": "Total", "url": "#segments", "current": True},
            {"label": "By skill", "url": "#segments", "current": False},
        ],
        "history": [
            {"label": "Proposed", "detail": "5 Oct, from 6 reviews", "state": ""},
            {"label": "Accepted with changes", "detail": "6 Oct, target 80", "state": "now"},
            {"label": "Evaluated", "detail": "When 8 reviews are in", "state": "ahead"},
        ],
        "tones": ["neutral", "accent", "positive", "caution", "critical"],
        "pools": ["random", "targeted", "manual", "follow-up"],
    }
