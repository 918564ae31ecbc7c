"""A spark line shows the shape of time: gaps stay gaps, noise stays small."""

from __future__ import annotations

import pytest

from core.figures import Scale
from core.sparks import Spark, fitting_scale, runs, spark


def test_a_series_is_placed_from_edge_to_edge() -> None:
    drawn = spark([0, 50, 100], scale=Scale(0, 100))

    assert drawn == Spark(lines=("3,25 48,14 93,3",), dots=(("93", "3"),))


def test_a_band_runs_along_its_top_and_back_along_its_bottom() -> None:
    drawn = spark([50, 50], lows=[0, 0], highs=[100, 100], scale=Scale(0, 100))

    assert drawn.bands == ("3,3 93,3 93,25 3,25",)


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    drawn = spark([50, 50, None, 50, 50], scale=Scale(0, 100))

    assert drawn.lines == ("3,14 25.5,14", "70.5,14 93,14")


def test_a_point_that_stands_alone_is_a_dot() -> None:
    drawn = spark([50, None, 50, 50], scale=Scale(0, 100))

    assert drawn.lines == ("63,14 93,14",)
    assert drawn.dots == (("3", "14"), ("93", "14"))


@pytest.mark.parametrize("values", [[], [None], [None, None], [float("nan")]])
def test_nothing_known_draws_nothing(values: list[float | None]) -> None:
    assert spark(values) == Spark()


def test_noise_does_not_look_like_drama() -> None:
    assert fitting_scale([80, 81]) == Scale(70.5, 90.5)


def test_a_band_of_another_length_is_left_out() -> None:
    assert spark([50, 60], lows=[40], highs=[70]).bands == ()


def test_runs_are_the_stretches_without_gaps() -> None:
    assert runs([1, None, 2, 3, None, None, 4]) == [[0], [2, 3], [6]]
