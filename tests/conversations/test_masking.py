"""Names are covered sign for sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.masking import masking


@pytest.mark.parametrize(
    ("names", "text", "covered"),
    [
        (["Leila Haddad"], "I'm Leila, leila haddad here", "I'm █████, ████████████ here"),
        (["Will Ford"], "I will ask Will or FORD", "I will ask ████ or ████"),
        (["bob2"], "thanks bob2, bob23 said no", "thanks ████, bob23 said no"),
        (["bob", "bob the builder"], "Bob the Builder and bob", "███████████████ and ███"),
        (["Zoë O'Neill"], "Zoë O'Neill / zoë / Neill", "███████████ / zoë / █████"),
        (["a.b+c (x)"], "write a.b+c (x) now", "write █████████ now"),
        (["", " ", "x"], "x marks", "x marks"),
        ([], "Hello", "Hello"),
    ],
)
def test_names_are_covered_where_they_stand_as_words(names, text, covered):
    assert masking(names)(text) == covered


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=80))
def test_covering_never_moves_an_offset(names, text):
    assert len(masking(names)(text)) == len(text)
