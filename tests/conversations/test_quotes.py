"""Where a mail stops speaking and repeats an earlier one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.quotes import quoted_from

REPLY = "Thank you, that worked.\n\nDana"
INTRODUCED = "\n\nOn Tue, 3 Mar 2026 at 10:04, Leila <leila@desk.example> wrote:\n"
QUOTE = "> Please try again.\n>\n> Leila\n"


@pytest.mark.parametrize(
    ("own", "repeated"),
    [
        (REPLY + "\n\n", QUOTE),
        (REPLY + "\n\n", INTRODUCED.lstrip() + QUOTE),
        (REPLY + "\n\n", "On Tue, 3 Mar 2026 at 10:04,\nLeila <leila@desk.example> wrote:\n" + QUOTE),
        (REPLY + "\n\n", "Am 03.03.2026 um 10:04 schrieb Leila:\n\n" + QUOTE),
        (REPLY + "\n", "-----Original Message-----\nFrom: Leila\nSent: Tuesday\n\nPlease try again."),
        (REPLY + "\n", "From: Leila <l@desk.example>\nTo: Dana\nDate: 3 March\nSubject: Hi\n\nPlease try again."),
        (REPLY + "\n", "________________________________\nVon: Leila\nGesendet: Dienstag\n\nBitte noch einmal."),
        ("> first\n> second\nNo, the other one.\n", "> third\n> fourth"),
    ],
)
def test_the_tail_begins_where_the_answer_ends(own: str, repeated: str) -> None:
    start = quoted_from(own + repeated)

    assert start is not None
    assert (own + repeated)[start:] == repeated


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plain words, 3 > 2.",
        "I chose\n> one line",  # part of what is said
        QUOTE,  # nothing stands before it
        "> Is it on?\nYes.\n> Is it green?\nNo.",
        "From: the beginning\nit was broken.",
        "On Monday she wrote: nothing.",
    ],
)
def test_what_is_said_is_not_taken_for_a_quote(text: str) -> None:
    assert quoted_from(text) is None


@given(st.text(alphabet="> \n-_abOnFrom:wrote", max_size=300))
def test_whatever_was_typed_the_place_lies_inside_and_words_stand_before_it(text: str) -> None:
    start = quoted_from(text)

    assert start is None or (0 < start < len(text) and bool(text[:start].strip()) is True)
