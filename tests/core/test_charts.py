"""A chart shows what is known, says it in words, and gives the same numbers as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts import Level, Phase, Point, Series, line_chart
from core.charts.parts import Mark, Row
from core.charts.scale import fitting_ticks


def weeks(*values: float | None) -> list[Point]:
    return [Point(f"week {number}", value) for number, value in enumerate(values, start=1)]


def test_a_line_is_placed_in_the_middle_of_its_columns() -> None:
    chart = line_chart("It rose", [Series("Quality", weeks(60, 80))])

    assert chart.ticks == ("80", "75", "70", "65", "60")
    assert chart.lines == ((1, "25,100 75,0"),)
    assert chart.dots == (
        Mark(x="25%", y="100%", text="Quality, week 1: 60"),
        Mark(x="75%", y="0%", text="Quality, week 2: 80"),
    )


def test_a_gap_breaks_the_line_and_gives_its_reason_in_the_table() -> None:
    points = [Point("a", 60), Point("b", 62), Point("c", None, reason="no reviews"), Point("d", 64)]

    chart = line_chart("Gap", [Series("Quality", points)])

    assert len(chart.lines) == 1
    assert len(chart.dots) == 3
    assert chart.rows[2] == Row("c", ("no reviews",))


def test_no_line_and_no_band_lead_to_a_point_that_breaks_the_series() -> None:
    points = [Point("a", 50, 40, 60), Point("b", 50, 40, 60), Point("c", 50, 40, 60, breaks=True), Point("d", 60)]

    chart = line_chart("Another scorecard", [Series("Quality", points)])

    assert chart.lines == ((1, "12.5,50 37.5,50"), (1, "62.5,50 87.5,0"))
    assert chart.bands == ((1, "12.5,0 37.5,0 37.5,100 12.5,100"),)
    assert chart.whiskers == (Mark(x="62.5%", y="0%", y_end="100%"),)


def test_a_band_surrounds_a_line_and_a_point_that_stands_alone_has_a_whisker() -> None:
    points = [Point("a", 50, 40, 60), Point("b", 50, 40, 60), Point("c", None), Point("d", 50, 40, 60)]

    chart = line_chart("Bands", [Series("Quality", points)])

    assert chart.bands == ((1, "12.5,0 37.5,0 37.5,100 12.5,100"),)
    assert chart.whiskers == (Mark(x="87.5%", y="0%", y_end="100%"),)


def test_the_table_has_a_band_and_a_count_where_the_series_has_them() -> None:
    points = [Point("31 Aug", 82.1, 80.2, 84.0, n=104, url="/reviews/")]

    chart = line_chart("Table", [Series("Mean", points), Series("Owned", weeks(83.4), number=2)], places=1)

    assert chart.columns == ("Week", "Mean", "95 % band", "Reviews", "Owned")
    assert chart.rows == (Row("31 Aug", ("82.1", "80.2–84.0", "104", "83.4"), url="/reviews/"),)


def test_the_summary_says_first_and_last_and_the_target() -> None:
    chart = line_chart("Summary", [Series("Quality", weeks(None, 60, 70, 80))], target=75)

    assert chart.summary == "Quality, week 2: 60. week 4: 80. Target 75"
    assert chart.target == Mark(x="100%", y="25%", text="Target 75")


def test_one_line_needs_no_legend_and_two_do() -> None:
    one = line_chart("One", [Series("Quality", weeks(60))])
    two = line_chart("Two", [Series("Quality", weeks(60)), Series("Owned", weeks(70), number=2)])

    assert one.legend == ()
    assert two.legend == ((1, "Quality"), (2, "Owned"))


def test_a_level_lies_over_its_steps_with_its_band_and_its_words() -> None:
    chart = line_chart(
        "Levels",
        [Series("Mean", weeks(60, None, None, 80), is_dots_only=True)],
        levels=[Level(0, 1, 60, 50, 70, "Baseline 60"), Level(3, 3, 80, None, None, "After 80")],
        phases=[Phase(2, 2, "Coaching")],
    )

    assert chart.lines == ()
    assert [level.x for level in chart.levels] == ["1%", "76%"]
    assert chart.level_bands == (Mark(x="1%", y="50%", width="48%", height="50%"),)
    assert [(label.text, label.anchor) for label in chart.level_labels] == [
        ("Baseline 60", "start"),
        ("After 80", "end"),
    ]
    assert chart.phases == (Mark(x="50%", width="25%", text="Coaching", label_x="62.5%"),)


def test_many_steps_keep_few_labels() -> None:
    chart = line_chart("A year", [Series("Quality", weeks(*[60.0] * 52))])

    assert sum(1 for label in chart.steps if label) == 11
    assert len(chart.steps) == 52


def test_nothing_known_is_an_empty_chart() -> None:
    chart = line_chart("Empty", [Series("Quality", weeks(None, float("nan")))])

    assert chart.is_empty is True


def test_series_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        line_chart("Two", [Series("a", weeks(1)), Series("b", weeks(1, 2))])


@pytest.mark.parametrize(
    ("values", "bounds", "marks"),
    [
        ([75.4, 84.4], (0.0, 100.0), (70, 75, 80, 85, 90)),
        ([99, 100], (0.0, 100.0), (80, 85, 90, 95, 100)),
        ([0, 100], (0.0, 100.0), (0, 25, 50, 75, 100)),
        ([], (0.0, 100.0), (0, 25, 50, 75, 100)),
        ([0.61, 0.84], (0.0, 1.0), (0.6, 0.7, 0.8, 0.9, 1.0)),
        ([-3, 12], None, (-5, 0, 5, 10, 15)),
    ],
)
def test_the_axis_has_round_numbers_within_the_measure(
    values: list[float], bounds: tuple[float, float] | None, marks: tuple[float, ...]
) -> None:
    assert fitting_ticks(values, bounds=bounds).marks == marks


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=1, max_size=30))
def test_the_axis_holds_every_value_and_stays_within_its_bounds(values: list[float]) -> None:
    ticks = fitting_ticks(values)

    assert ticks.scale.floor - 1e-6 <= min(values)
    assert ticks.scale.ceiling + 1e-6 >= max(values)
    assert ticks.scale.floor >= -1e-9
    assert ticks.scale.ceiling <= 100 + 1e-9
    assert len(ticks.marks) == 5


@given(st.lists(st.floats(min_value=-1e5, max_value=1e5), min_size=1, max_size=30))
def test_an_axis_without_bounds_holds_every_value_too(values: list[float]) -> None:
    ticks = fitting_ticks(values, bounds=None)

    assert ticks.scale.floor - 1e-6 <= min(values)
    assert ticks.scale.ceiling + 1e-6 >= max(values)
