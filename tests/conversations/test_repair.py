"""NUL characters and lone surrogates become U+FFFD, and nothing else changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.formats.repair import may_need_repair, repaired


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb'"a\u0000b"', rb'"a\ufffdb"'),
        (b'"a\x00b"', '"a\ufffdb"'.encode()),
        (rb'"\ud83d"', rb'"\ufffd"'),
        (rb'"\uDE00"', rb'"\ufffd"'),
        (rb'"\ude00\ud83d"', rb'"\ufffd\ufffd"'),
        (rb'"\ud83d\ud83d\ude00"', rb'"\ufffd\ud83d\ude00"'),
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"'),
        (rb'"\\u0000"', rb'"\\u0000"'),
        (rb'"\\\u0000"', rb'"\\\ufffd"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (rb'"\n\"\u00e9"', rb'"\n\"\u00e9"'),
    ],
)
def test_only_what_no_database_takes_is_replaced(before, after):
    assert repaired(before) == after


@given(st.text())
def test_text_that_python_can_encode_is_left_alone(text):
    data = json.dumps(text.replace("\x00", "")).encode()

    assert repaired(data) == data
    assert not may_need_repair(json.dumps(text.replace("\x00", "").replace("\\", "")).encode())
