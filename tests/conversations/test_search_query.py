"""What somebody types, and where it stands in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.search.query import Query, Term, parse, places


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("refund", ["refund*"], []),
        ("Late  DELIVERY", ["late", "delivery*"], []),
        ('"late delivery" refund ', ["late delivery", "refund*"], []),
        ('refund "late delivery"', ["refund", "late delivery"], []),
        ("„später Zug“ Geld", ["spater zug", "geld*"], []),
        ('"never closed', ["never closed"], []),
        ("refund -voucher", ["refund"], ["voucher"]),
        ('-"gift card" money', ["money*"], ["gift card"]),
        ("-voucher", [], ["voucher"]),
        ("–voucher", [], ["voucher"]),
        ("well-known", ["well known*"], []),
        ("don't", ["don t*"], []),
        ("a AND b OR NOT c NEAR(d)", ["a", "and", "b", "or", "not", "c", "near d*"], []),
        ("refund refund refund", ["refund", "refund*"], []),
        ("返金", ["返金"], []),
        ("返金を", ["返金 金を"], []),
        ("水", ["水*"], []),
        ("水 refund", ["水*", "refund*"], []),
        ('"第3章"', ["第 3 章*"], []),
        ("words:x* ^y {z}", ["words x", "y", "z*"], []),
        ("", [], []),
        (" - -- \"\" '*' 😀 ", [], []),
    ],
)
def test_words_quotes_and_a_minus_are_understood_and_nothing_else(typed, wanted, unwanted):
    def written(terms):
        return [" ".join(term.words) + "*" * term.is_open for term in terms]

    query = parse(typed)

    assert (written(query.wanted), written(query.unwanted)) == (wanted, unwanted)
    assert bool(query) is bool(wanted or unwanted)


@given(st.text(max_size=300))
def test_every_text_is_a_query(typed):
    assert isinstance(parse(typed), Query)


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("refund", "A REFUND, refunded; prerefund", ["REFUND", "refunded"]),
        ('"late delivery"', "Late delivery; delivery late; late, delivery", ["Late delivery", "late, delivery"]),
        ("café", "Cafe CAFE\u0301 cafes", ["Cafe", "CAFE\u0301", "cafes"]),
        ("返金を", "返金をお願い", ["返金を"]),
        ("金", "返金をお願い 金", ["金", "金"]),
        ("-refund money", "refund money", ["money"]),
        ("zug", "Im Zug", ["Zug"]),
        ("a b c", "", []),
    ],
)
def test_the_places_are_those_of_the_words_as_they_were_written(typed, text, marked):
    found = sorted({(start, end) for _number, start, end in places(parse(typed), text)})

    assert [text[start:end] for start, end in found] == marked


def test_a_term_that_is_longer_than_the_text_stands_nowhere():
    assert list(places(Query((Term(("a", "b", "c")),)), "a b")) == []
