"""Figures as people read them, and places along an axis."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import IntervalMarks, Scale, figure, interval_marks, is_number, points, score, signed_figure, span

FINITE = st.floats(min_value=-1e6, max_value=1e6)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (81.5, 0, "82"),
        (Decimal("80.5"), 0, "81"),  # half up, not to even
        (81.25, 1, "81.3"),
        (1273, 0, "1,273"),
        (-1.94, 1, "−1.9"),
        (-0.04, 1, "0.0"),
        (None, 0, "–"),
        (float("nan"), 0, "–"),
        (float("inf"), 0, "–"),
    ],
)
def test_a_figure_is_written_as_people_read_it(value: object, places: int, text: str) -> None:
    assert figure(value, places=places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("81.2500"), "81.3"), (Decimal("80.0000"), "80"), (74.5, "74.5"), (-5, "−5"), (None, "–")],
)
def test_points_have_a_decimal_only_where_there_is_one(value: object, text: str) -> None:
    assert points(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("81.2500"), "81.3"), (Decimal("80.0000"), "80"), (None, "–"), (float("nan"), "–"),
        (Decimal("75.0400"), "75"), (Decimal("74.9101"), "74.9"), (Decimal("74.9600"), "74.96"),
        (Decimal("95.9831"), "95.98"), (Decimal("74.9999"), "74.9999"), (Decimal("9.99999"), "10"),
    ],
)  # fmt: skip
def test_a_score_is_never_rounded_up_to_a_mark_that_it_missed(value: object, text: str) -> None:
    assert score(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(7.24, "+7.2"), (-1.9, "−1.9"), (0, "0.0"), (0.04, "0.0"), (1200, "+1,200.0"), (None, "–")]
)
def test_a_difference_has_its_sign(value: object, text: str) -> None:
    assert signed_figure(value) == text


@pytest.mark.parametrize(
    ("low", "high", "places", "text"),
    [(76.2, 86.1, 0, "76–86"), (80.6, 84.2, 1, "80.6–84.2"), (-1.9, 16.3, 1, "−1.9 to +16.3"), (None, 5, 0, "")],
)
def test_an_interval_is_written_so_that_no_minus_meets_the_dash(
    low: object, high: object, places: int, text: str
) -> None:
    assert span(low, high, places=places) == text


@pytest.mark.parametrize("value", [True, None, "81", float("nan"), Decimal("NaN"), float("-inf")])
def test_what_cannot_be_drawn_is_no_number(value: object) -> None:
    assert is_number(value) is False


def test_an_interval_is_placed_in_per_cent_of_its_axis() -> None:
    marks = interval_marks(82.4, low=80.6, high=84.2, target=80, scale=Scale(70, 90))

    assert marks == IntervalMarks(dot="62%", band_start="53%", band_width="18%", target="50%")


def test_what_lies_outside_the_axis_is_drawn_at_its_edge() -> None:
    marks = interval_marks(50, low=40, high=104, scale=Scale(60, 100))

    assert marks == IntervalMarks(dot="0%", band_start="0%", band_width="100%")


def test_half_an_interval_is_no_band() -> None:
    assert interval_marks(50, low=40) == IntervalMarks(dot="50%")


def test_an_axis_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="ceiling above its floor"):
        Scale(80, 80)


@given(value=FINITE, low=FINITE, high=FINITE)
def test_every_place_lies_on_the_axis(value: float, low: float, high: float) -> None:
    marks = interval_marks(value, low=low, high=high)

    places = [float(text.rstrip("%")) for text in (marks.dot, marks.band_start, marks.band_width)]
    assert all(0 <= place <= 100 for place in places)
    assert places[1] + places[2] <= 100.01


@given(value=FINITE)
def test_height_and_depth_add_up(value: float) -> None:
    scale = Scale(0, 100)

    assert scale.place(value) + scale.depth(value) == pytest.approx(100)
