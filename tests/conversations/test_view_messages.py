"""The rows that every screen shows of a transcript."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from conversations.messages import Attachment, Message
from conversations.text import message_hash
from conversations.transcripts import view_messages

NAMES = {("agent", "a-1"): "Leila Haddad", ("customer", "c-9"): "Dana Whitfield", ("agent", "a-2"): "Tom Ford"}


def rows(*messages, **options):
    return view_messages(SimpleNamespace(messages=list(messages)), **options)


def row(message, **options):
    (found,) = rows(message, **options)
    return found


def test_rows_count_from_nought_in_the_sources_order(now):
    found = rows(Message(role="customer", sent_at=now, text="b"), Message(role="agent", text="a"))

    assert [(one.index, one.text, one.sent_at) for one in found] == [(0, "b", now), (1, "a", None)]


@pytest.mark.parametrize(
    ("message", "speaker", "word", "folded"),
    [
        (Message(role="customer", text="Hi"), "customer", "customer", False),
        (Message(role="agent", text="Hi"), "agent", "agent", False),
        (Message(role="agent", text="Hi", kind="note"), "note", "internal note", False),
        (Message(role="bot", text="Hi"), "bot", "bot", False),
        (Message(role="system", text="Closed"), "system", "system", True),
        (Message(role="system", text="{}", kind="tool"), "tool", "tool", True),
        (Message(role="system", author="tool", text="x"), "tool", "tool", True),
        (Message(role="system", text='{"rows": 1}'), "tool", "tool", True),
        (Message(role="system", text="Assigned", kind="event"), "event", "event", False),
    ],
)
def test_each_speaker_has_a_look_and_a_word(message, speaker, word, folded):
    found = row(message)

    assert (found.speaker, found.speaker_word, found.is_folded) == (speaker, word, folded)


def test_people_are_named_by_the_names_given_else_as_the_file_names_them():
    found = rows(
        Message(role="agent", author="a-1"),
        Message(role="customer", author="a-1"),
        Message(role="customer", author="c-9"),
        Message(role="customer"),
        names=NAMES,
    )

    assert [one.name for one in found] == ["Leila Haddad", "a-1", "Dana Whitfield", ""]


def test_the_wait_is_at_the_answer_and_only_a_long_one_is_notable(now):
    found = rows(
        Message(role="customer", sent_at=now),
        Message(role="agent", sent_at=now + timedelta(seconds=119)),
        Message(role="customer", sent_at=now + timedelta(seconds=200)),
        Message(role="agent", sent_at=now + timedelta(seconds=320)),
    )

    assert [(one.wait_seconds, one.notable_wait) for one in found] == [
        (None, None),
        (119, None),
        (None, None),
        (120, 120),
    ]


def test_a_long_wait_tells_how_many_conversations_were_open_meanwhile(now):
    at = [now + timedelta(minutes=minutes) for minutes in range(30)]
    said = SimpleNamespace(
        messages=[
            Message(role="customer", sent_at=at[0]),
            Message(role="agent", sent_at=at[10]),  # the second one ended at 5, the third began at 5: never three
            Message(role="customer", sent_at=at[11]),
            Message(role="agent", sent_at=at[21]),  # three from 12 to 15
            Message(role="customer", sent_at=at[22]),
            Message(role="agent", sent_at=at[26]),  # nothing else any more
            Message(role="customer", sent_at=at[27]),
            Message(role="agent", sent_at=at[28]),  # too short to be told
        ]
    )
    open_ones = [(at[0], at[29]), (at[0], at[5]), (at[5], at[15]), (at[12], at[21])]

    found = view_messages(said, open_ones=open_ones)

    assert [one.open_meanwhile for one in found if one.role == "agent"] == [2, 3, 1, None]
    assert [one.words["beside"] for one in found if one.role == "agent"] == ["2", "3", "", ""]
    assert {one.open_meanwhile for one in view_messages(said)} == {None}


def test_each_message_tells_how_long_after_the_first_it_came(now):
    found = rows(
        Message(role="system"),
        Message(role="customer", sent_at=now),
        Message(role="agent", sent_at=now + timedelta(seconds=75)),
        Message(role="agent"),
        Message(role="customer", sent_at=now - timedelta(hours=1)),
        Message(role="agent", sent_at=now + timedelta(hours=26)),
    )

    assert [one.words["since"] for one in found] == ["", "", "+1:15", "", "", "+1 d 2 h"]


def test_a_long_silence_is_a_gap_also_across_messages_without_time(now):
    found = rows(
        Message(role="customer", sent_at=now),
        Message(role="system"),
        Message(role="agent", sent_at=now + timedelta(hours=2)),
        Message(role="agent", sent_at=now),
    )

    assert [one.gap_seconds for one in found] == [None, None, 7200, None]


@pytest.mark.parametrize(
    ("message", "label"),
    [
        (Message(role="system", author="tool", text='{"a": 1}'), 'Tool: {"a": 1}'),
        (Message(role="system", author="payments", kind="tool", text="ok"), "Tool payments: ok"),
        (Message(role="system", author="system", text="\n Closed \nby timer"), "System: Closed"),
        (Message(role="system", text=""), "System"),
        (Message(role="system", text="x" * 90), f"System: {'x' * 80}…"),
        (Message(role="system", text="a\u202eb"), "System: a⇄b"),
    ],
)
def test_a_folded_message_says_in_one_line_what_it_is(message, label):
    assert row(message).fold_label == label


def test_the_hash_is_the_messages_own_also_when_names_are_covered():
    message = Message(role="agent", author="a-1", text="I'm Leila")

    assert row(message, names=NAMES, hide_agent=True).hash == message_hash(message)


def test_shown_text_keeps_every_code_point_of_the_projection():
    found = row(Message(role="customer", text="a\u202eb\x00"))

    assert (found.text, found.shown, found.is_empty) == ("a\u202eb\x00", "a⇄b␀", False)


def test_an_empty_message_says_so():
    assert row(Message(role="customer", text=" \n")).is_empty


def test_hide_agent_covers_names_and_ids_everywhere_and_leaves_html_out():
    found = rows(
        Message(role="customer", author="c-9", text="Thanks Leila!"),
        Message(role="agent", author="a-1", text="I'm Leila Haddad (a-1)", html="<b>Leila</b>"),
        Message(role="system", author="Leila Haddad", text="Assigned to Leila Haddad"),
        Message(role="agent", author="a-1", attachments=(Attachment(name="leila haddad.pdf"),)),
        names=NAMES,
        hide_agent=True,
    )

    assert [one.name for one in found] == ["Dana Whitfield", "Agent", "████████████", "Agent"]
    assert [one.text for one in found] == [
        "Thanks █████!",
        "I'm ████████████ (███)",
        "Assigned to ████████████",
        "",
    ]
    assert found[2].fold_label == "System ████████████: Assigned to ████████████"
    assert (found[1].safe_html, found[3].attachments) == (None, (Attachment(name="████████████.pdf"),))


def test_several_hidden_agents_are_numbered_as_they_appear():
    found = rows(
        Message(role="agent", author="a-2"),
        Message(role="agent", author="a-1"),
        Message(role="agent", author="a-2"),
        names=NAMES,
        hide_agent=True,
    )

    assert [one.name for one in found] == ["Agent 1", "Agent 2", "Agent 1"]


def test_hits_are_marked_in_what_is_said_and_in_what_is_repeated() -> None:
    text = "It works.\n> It works?\n> Leila"
    found = replace(row(Message(role="customer", text=text)), hits=((0, 2), (12, 14)))

    assert found.said == "<mark>It</mark> works.\n"
    assert found.repeated == "&gt; <mark>It</mark> works?\n&gt; Leila"
    assert found.shown == "<mark>It</mark> works.\n&gt; <mark>It</mark> works?\n&gt; Leila"
