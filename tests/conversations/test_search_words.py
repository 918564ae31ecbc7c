"""The words that are searched for: folded the same way in the index, in the query and in what is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.search.words import BREAK, LONGEST, fold, folded, word_list, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't pay ANNA@example.com", ["don", "t", "pay", "anna", "example", "com"]),
        ("Straße CAFÉ cafe\u0301 Łódź", ["strasse", "cafe", "cafe", "lodz"]),
        ("ΕΛΛΆΣ Ёлка İstanbul", ["ελλασ", "елка", "istanbul"]),
        ("ﬁne ＡＢＣ ½ Foo™", ["fine", "abc", "1", "2", "foo"]),
        ("order_id=4711", ["order", "id", "4711"]),
        ("返金をお", ["返金", "金を", "をお", "お"]),
        ("水", ["水"]),
        ("第3章", ["第", "3", "章"]),
        ("ｶﾞｽ", ["ガス", "ス"]),
        ("환불을", ["환불", "불을", "을"]),
        ("हिन्दी है।", ["हिन्दी", "है"]),
        ("مَرحبا أحمد", ["مرحبا", "احمد"]),
        ("soft\u00adhyphen", ["softhyphen"]),
        ("😀 👩‍💻 …", []),
        ("", []),
    ],
)
def test_case_accents_and_spellings_fold_and_scripts_without_spaces_become_pairs(text, expected):
    assert word_list(text) == expected


def test_a_run_without_end_is_cut():
    assert word_list("x" * 500) == ["x" * LONGEST]
    assert word_list("é" * 500) == ["e" * LONGEST]


@given(st.text(max_size=80))
def test_the_index_holds_the_words_that_are_marked_and_nothing_a_database_could_take_for_more(text):
    found = list(words(text))

    assert word_list(text) == [word.text for word in found]
    assert all(0 <= word.start < word.end <= len(text) for word in found)
    assert all(word.text and not set(word.text) & set("'\"\\%_*:&|!<>() \t\n\x00") for word in found)


@given(st.text(max_size=40))
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_many_texts_are_folded_as_each_of_them_with_a_break_between(texts):
    said = f" {BREAK} ".join(" ".join(word_list(text)) for text in texts)

    assert folded(texts).split() == said.split()


def test_words_stay_apart_whatever_stands_between_the_texts():
    assert folded(["a\x1fb", "c" * 70]) == f" a b _ {'c' * LONGEST} "
    assert folded(["a", "", "b_c"]) == " a _ _ b c "
