"""The peak number of conversations open at once during each one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.concurrency import peaks

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def interval(begin, end):
    return START + timedelta(minutes=begin), START + timedelta(minutes=end)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([], []),
        ([(0, 10)], [1]),
        ([(0, 10), (10, 20)], [1, 1]),
        ([(0, 10), (5, 20)], [2, 2]),
        # Two short ones after each other inside a long one: three conversations, never more than two at once.
        ([(0, 60), (5, 10), (20, 30)], [2, 2, 2]),
        ([(0, 60), (5, 40), (20, 30), (50, 70)], [3, 3, 3, 2]),
        ([(0, 10), (0, 10), (0, 10)], [3, 3, 3]),
        ([(5, 5), (0, 10)], [2, 2]),
    ],
)
def test_the_peak_is_counted_and_not_the_overlaps(minutes, expected):
    assert peaks([interval(*pair) for pair in minutes]) == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20)).map(lambda p: (p[0], p[0] + p[1])), max_size=25))
def test_the_sweep_agrees_with_looking_at_every_minute(minutes):
    open_at = [sum(begin <= minute < end for begin, end in minutes) for minute in range(60)]

    assert peaks([interval(*pair) for pair in minutes]) == [max(open_at[begin:end]) for begin, end in minutes]
