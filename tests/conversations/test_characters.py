"""Nothing hidden, nothing that turns its surroundings, and never another number of code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.characters import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nas it is", "plain\ttext\nas it is"),
        ("\x00\x1b[31m\x7f\x85", "␀␛[31m␡\ufffd"),
        ("pay \u202e001$\u202c now", "pay ⇄001$⇄ now"),
        ("\u2066a\u2069", "⇄a⇄"),
        ("a\u200bb\ufeffc\u00add", "a␣b␣c␣d"),
        ("a\u2028b", "a␤b"),
        ("👩\u200d👧 می\u200cخواهم \u200fא", "👩\u200d👧 می\u200cخواهم \u200fא"),
        ("hi\U000e0041\U000e0042", "hi␣␣"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
    ],
)
def test_what_hides_or_turns_is_shown_as_a_sign(text, shown):
    assert visible(text) == (text if shown is None else shown)


@given(st.text())
def test_offsets_stay_what_they_were(text):
    assert len(visible(text)) == len(text)
