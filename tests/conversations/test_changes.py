"""How one version of a transcript differs from another."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import changes
from conversations.changes import Change, compare
from conversations.messages import Message
from conversations.transcripts import MessageRow, view_messages


@dataclass(frozen=True)
class Said:
    messages: list[Message]


def rows(words: str) -> list[MessageRow]:
    return view_messages(Said([Message(role="customer", text=word) for word in words]))


def shape(found: list[Change]) -> list[tuple[str, str, str]]:
    return [
        ("".join(r.text for r in one.same), "".join(r.text for r in one.removed), "".join(r.text for r in one.added))
        for one in found
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", []),
        ("abc", "abc", [("abc", "", "")]),
        ("abc", "abcd", [("abc", "", ""), ("", "", "d")]),
        ("abc", "axc", [("a", "", ""), ("", "b", "x"), ("c", "", "")]),
        ("abc", "c", [("", "ab", ""), ("c", "", "")]),
        ("", "a", [("", "", "a")]),
    ],
)
def test_stretches_are_the_same_or_say_what_went_and_what_came(old: str, new: str, found: list[object]) -> None:
    assert shape(compare(rows(old), rows(new))) == found


@given(st.text(alphabet="abc", max_size=12), st.text(alphabet="abc", max_size=12))
def test_both_versions_can_be_put_together_from_the_stretches(old: str, new: str) -> None:
    found = shape(compare(rows(old), rows(new)))

    assert "".join(same + removed for same, removed, _added in found) == old
    assert "".join(same + added for same, _removed, added in found) == new


def test_what_is_too_long_to_compare_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_PAIRS", 5)

    assert shape(compare(rows("abc"), rows("abd"))) == [("", "abc", "abd")]
