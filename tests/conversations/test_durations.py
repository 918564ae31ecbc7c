"""Seconds as people read them."""

from __future__ import annotations

import pytest

from conversations.durations import clock


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0:00"),
        (0, "0:00"),
        (48, "0:48"),
        (250, "4:10"),
        (3723, "1:02:03"),
        (86399, "23:59:59"),
        (190800, "2 d 5 h"),
    ],
)
def test_seconds_are_written_as_people_read_them(seconds, text):
    assert clock(seconds) == text
