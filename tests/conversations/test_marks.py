"""Ranges of a message are marked, and everything around them is escaped."""

from __future__ import annotations

import pytest

from conversations.marks import marked


@pytest.mark.parametrize(
    ("text", "ranges", "shown"),
    [
        ("one two", [], "one two"),
        ("one two", [(4, 7)], "one <mark>two</mark>"),
        ("a😀b", [(1, 2)], "a<mark>😀</mark>b"),
        ("<i>&</i>", [(0, 3)], "<mark>&lt;i&gt;</mark>&amp;&lt;/i&gt;"),
        ("abcdef", [(3, 5), (0, 2), (1, 4)], "<mark>abcde</mark>f"),
        ("abc", [(2, 99), (5, 6), (1, 1)], "ab<mark>c</mark>"),
        ("a\u202eb", [(1, 3)], "a<mark>⇄b</mark>"),
    ],
)
def test_ranges_are_marked_in_code_points(text, ranges, shown):
    assert marked(text, ranges) == shown
