"""Seconds as people read them."""

from __future__ import annotations

import pytest

from conversations.durations import clock, since


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0:00"),
        (0, "0:00"),
        (48, "0:48"),
        (250, "4:10"),
        (3723, "1 h 02"),
        (86399, "23 h 59"),
        (190800, "2 d 5 h"),
    ],
)
def test_seconds_are_written_as_people_read_them(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(12, "+0:12"), (3599, "+59:59"), (3720, "+1 h 02"), (86399, "+23 h 59"), (190800, "+2 d 5 h")]
)
def test_the_time_since_the_start_fits_a_narrow_column(seconds, text):
    assert since(seconds) == text
