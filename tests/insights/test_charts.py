"""The charts of reports: names with their intervals, and shares of a whole."""

from __future__ import annotations

from core.figures import IntervalMarks
from insights.charts import Bar, Estimate, dot_plot, share_bars


def test_estimates_are_placed_on_one_axis_in_the_order_given() -> None:
    plot = dot_plot("People", [Estimate("Mei", 90, 85, 95, n=33), Estimate("Ada", 70, 65, 75, n=32)], target=80)

    ((words, rows),) = plot.groups
    assert words == ""
    assert plot.scale_marks == ("60", "70", "80", "90", "100")
    assert [(row.estimate.name, row.figure, row.span) for row in rows] == [
        ("Mei", "90", "85–95"),
        ("Ada", "70", "65–75"),
    ]
    assert rows[0].marks == IntervalMarks(dot="75%", band_start="62.5%", band_width="25%", target="50%")
    assert rows[0].says == "Mei: 90, 85–95, n 33, target 80"


def test_neighbours_that_cannot_be_told_apart_stand_under_their_words() -> None:
    estimates = [Estimate("a", 90, group="first"), Estimate("b", 89, group="first"), Estimate("c", 60, group="last")]

    plot = dot_plot("People", estimates)

    assert [(words, len(rows)) for words, rows in plot.groups] == [("first", 2), ("last", 1)]


def test_an_estimate_without_a_number_keeps_its_row_and_its_reason() -> None:
    plot = dot_plot("People", [Estimate("Sam", None, reason="2 reviews are too few")])

    ((_, rows),) = plot.groups
    assert (rows[0].marks, rows[0].figure, rows[0].says) == (None, "–", "Sam: 2 reviews are too few")


def test_no_estimates_make_an_empty_plot() -> None:
    assert dot_plot("People", []).is_empty is True


def test_the_longest_share_leaves_room_for_its_figure() -> None:
    assert share_bars([("Agent", 0.6), ("Process", 0.3)]) == (
        Bar("Agent", "80%", "60 %", 1),
        Bar("Process", "40%", "30 %", 2),
    )


def test_nothing_lost_draws_no_bar() -> None:
    assert share_bars([("Agent", 0.0)]) == (Bar("Agent", "0%", "0 %", 1),)
