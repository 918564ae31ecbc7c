"""The examples that the component catalogue shows: made up, and the same every time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict

from core.charts import Level, LineChart, Phase, Point, Series, line_chart
from core.figures import Scale, figure, interval_marks, span
from core.filtersets import search_input


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
        widget=search_input("Search subject or number"),
    )
    pool = forms.ChoiceField(label="Pool", required=False, choices=[("", "Any"), ("random", "Random")])
    since = forms.DateField(label="Ended since", required=False, widget=forms.DateInput(attrs={"type": "date"}))


def context(query: QueryDict) -> dict[str, Any]:
    """Return what ui.html shows. Nothing here comes from the database."""
    wrong = ExampleForm({"wrong-quota": "90", "wrong-cycle": "week", "wrong-pools": "random"}, prefix="wrong")
    wrong.is_valid()
    return {
        "form": ExampleForm(),
        "wrong_form": wrong,
        "filter_form": ExampleFilter(query or None),
        "page": Paginator(range(1, 58), 10).get_page(query.get("page")),
        "average": AVERAGE,
        "average_of_two": {
            **AVERAGE,
            "mean": None,
            "n": 2,
            "why": "fewer than 3 reviews",
            "scores": (60, 80),
            "bounds": None,
        },
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
        "line": _line(),
        "levels": _levels(),
        "plot": _plot(),
        "bars": [
            {"name": "Agent", "width": "80%", "figure": "58 %", "series": 1},
            {"name": "Process", "width": "33%", "figure": "24 %", "series": 2},
            {"name": "Product", "width": "17%", "figure": "12 %", "series": 3},
            {"name": "Knowledge base", "width": "8%", "figure": "6 %", "series": 6},
        ],
        "pools": ["random", "targeted", "manual", "follow-up"],
    }


WEEKS = (
    "31 Aug",
    "7 Sep",
    "14 Sep",
    "21 Sep",
    "28 Sep",
    "5 Oct",
    "12 Oct",
    "19 Oct",
    "26 Oct",
    "2 Nov",
    "9 Nov",
    "16 Nov",
)
MEANS = (82.1, 81.4, 81.9, 78.2, 77.4, 80.6, None, 82.3, 81.7, 82.6, 82.2, 82.4)
OWNED = (83.4, 82.9, 83.2, 83.0, 82.7, 83.1, None, 83.6, 83.1, 83.9, 83.5, 83.6)
SKILL = (66, 54, 62, 50, 58, None, None, None, 70, 78, 74, 83)


def _line() -> LineChart:
    all_causes = [
        Point(week, mean, mean - 1.9, mean + 1.9, n=104) if mean is not None else Point(week, None, reason="no reviews")
        for week, mean in zip(WEEKS, MEANS, strict=True)
    ]
    owned = [Point(week, mean) for week, mean in zip(WEEKS, OWNED, strict=True)]
    return line_chart(
        "Quality is back at 82 after the voucher fault in September",
        [Series("All causes", all_causes), Series("Agent-owned causes only", owned, number=2)],
        note="Mean score per week with 95 % band, random pool, 1,273 reviews",
        target=80,
        places=1,
    )


# As insights.reports.averages gives it.
AVERAGE: dict[str, Any] = {
    "mean": 78.0, "low": 70.0, "high": 86.0, "n": 14, "frame_size": 210, "response_rate": 0.7, "failed": 1, "why": "",
    "scores": (), "bounds": (54.6, 84.6), "places": 0,
}  # fmt: skip


def _levels() -> LineChart:
    points = [Point(week, mean, n=1) for week, mean in zip(WEEKS, SKILL, strict=True)]
    return line_chart(
        "Problem solving moved from 68 to 76; the target is 80",
        [Series("Weekly mean", points, is_dots_only=True)],
        note="The level and its 95 % band, before and after coaching",
        target=80,
        levels=[Level(0, 4, 68, 60, 76, "Baseline 68, 60–76"), Level(8, 11, 76, 69, 84, "After 76, 69–84")],
        phases=[Phase(5, 7, "Coaching")],
    )


def _plot() -> dict[str, Any]:
    axis = Scale(60, 100)
    people = (("Mei Tan", 91, 87, 95, 33), ("Leila Haddad", 86, 81, 91, 31), ("Adaeze Obi", 69, 63, 75, 32))
    rows = [
        {
            "estimate": {"name": name, "n": n, "tone": "caution" if high < 80 else "", "reason": ""},
            "marks": interval_marks(level, low=low, high=high, target=80, scale=axis),
            "figure": figure(level),
            "span": span(low, high),
            "says": f"{name}: {level}, between {low} and {high}, target 80",
        }
        for name, level, low, high, n in people
    ]
    groups = (("The first two cannot be told apart", rows[:2]), ("Under the target", rows[2:]))
    return {"title": "People", "scale_marks": ("60", "70", "80", "90", "100"), "groups": groups}
