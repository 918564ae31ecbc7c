"""Rows become conversations: together wherever they stand, once, and every one that cannot with its reason."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from conversations.formats.outcomes import Accepted
from tests.conversations.table.tables import CONVERSATIONS, MESSAGES, outcomes, said_by

NOBODY_KNOWS = "is none of customer, agent, bot, system, tool; say what it stands for"


def records(content, said=None, **options):
    return [one.record for one in outcomes(content, said, **options) if isinstance(one, Accepted)]


def reasons(content, said=None, **options):
    found = outcomes(content, said, **options)
    return [(one.line, one.path, one.reason) for one in found if not isinstance(one, Accepted)]


def test_rows_of_one_conversation_become_one_record():
    first, second = records(MESSAGES)

    assert (first.external_id, first.subject, first.tags) == ("4711", "Charged twice", ["billing", "refund"])
    assert said_by(first) == [
        ("customer", "Dana", "I was charged twice"),
        ("agent", "Leila", "I am sorry,\nlet me look"),
    ]
    assert (second.external_id, second.customer.name, said_by(second)) == (
        "4712",
        "Omar",
        [("customer", "Omar", "Hello?")],
    )


def test_scattered_rows_make_the_same_records_as_contiguous_ones():
    rows = [(n % 40, n) for n in range(400)]
    header = "ticket_id,created_at,role,text\n"

    def table(pairs):
        return header + "".join(
            f"t-{one},2026-01-05T10:{n // 60:02}:{n % 60:02}Z,customer,Nr {n}\n" for one, n in pairs
        )

    together = records(table(sorted(rows)))
    shuffled = rows[:]
    random.Random(7).shuffle(shuffled)

    assert sorted(records(table(rows)), key=lambda one: one.external_id) == sorted(
        together, key=lambda one: one.external_id
    )
    assert sorted(records(table(shuffled)), key=lambda one: one.external_id) == sorted(
        together, key=lambda one: one.external_id
    )


def test_a_row_a_conversation_with_a_transcript():
    first, second = records(CONVERSATIONS)

    assert said_by(first) == [("customer", "Dana", "Hi\nthere"), ("agent", "Leila", "Hello")]
    assert first.messages[0].sent_at.isoformat() == "2026-01-05T10:02:33+00:00"
    assert (second.channel, second.csat, said_by(second)) == ("voice", 4.5, [("customer", "Omar", "Hello")])


def test_a_transcript_may_be_json():
    content = 'id,transcript\n1,"[{""from"": ""user"", ""body"": ""Hi""}, {""from"": ""admin"", ""body"": ""Yo""}]"\n'

    assert said_by(records(content)[0]) == [("customer", "", "Hi"), ("agent", "", "Yo")]


def test_one_cell_of_text_is_what_the_customer_wrote():
    (record,) = records("ticket_id,requester,subject,description\n7,Dana,Bill,It is wrong\n")

    assert said_by(record) == [("customer", "Dana", "It is wrong")]


def test_repeated_rows_are_left_out_and_counted():
    content = (
        "ticket_id,message_id,created_at,role,text\n"
        "1,m1,2026-01-05T09:00:00Z,customer,Helo\n"
        "1,m1,2026-01-05T09:00:00Z,customer,Hello\n"
        "1,m2,2026-01-05T09:00:05Z,customer,Hello\n"
    )
    (found,) = outcomes(content)

    assert (said_by(found.record), found.rows, found.repeated) == (
        [("customer", "", "Hello"), ("customer", "", "Hello")],
        3,
        1,
    )


def test_equal_rows_are_one_only_where_their_time_is_exact():
    exact = "ticket_id,created_at,role,text\n" + "1,2026-01-05 09:00:07,customer,ok\n" * 2
    to_the_minute = "ticket_id,created_at,role,text\n" + "1,2026-01-05 09:00,customer,ok\n" * 2

    assert [(len(one.record.messages), one.repeated) for one in (*outcomes(exact), *outcomes(to_the_minute))] == [
        (1, 1),
        (2, 0),
    ]


def test_times_without_a_zone_are_of_the_zone_that_is_said():
    content = "ticket_id,created_at,role,text\n1,05.01.2026 09:00,customer,Hi\n1,05.07.2026 09:00,agent,Hi\n"
    (record,) = records(content, {"time_zone": "Europe/Berlin"}, now=datetime(2026, 8, 1, tzinfo=UTC))

    assert [message.sent_at.hour for message in record.messages] == [8, 7]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05T09:00:00+01:00", "2026-01-05T08:00:00"),
        ("2026-01-05 09:00:00.123", "2026-01-05T09:00:00.123000"),
        ("1767603600", "2026-01-05T09:00:00"),
        ("1767603600000", "2026-01-05T09:00:00"),
        ("5.1.26 09:00", "2026-01-05T09:00:00"),
        ("05.01.2026, 09:00 Uhr", "2026-01-05T09:00:00"),
        ("05.01.2026 um 9:00", "2026-01-05T09:00:00"),
        ("5. Januar 2026 09:00", "2026-01-05T09:00:00"),
        ("Jan 5, 2026 9:00 AM", "2026-01-05T09:00:00"),
        ("Mon, 05 Jan 2026 10:00:00 +0100", "2026-01-05T09:00:00"),
        ("2026/01/05 9:00 CET", "2026-01-05T08:00:00"),
        ("46027.375", "2026-01-05T09:00:00"),
        ("46027,3750000001", "2026-01-05T09:00:00"),
        ("46027", "2026-01-05T00:00:00"),
        ("05/01/2026 12:30 AM", "2026-01-05T00:30:00"),
    ],
)
def test_times_as_exports_write_them(text, expected):
    content = f'ticket_id,created_at,role,text\n1,"{text}",customer,Hi\n1,"{text}",agent,Hi\n'
    (record,) = records(content, {"dates": "day-first"})

    assert record.messages[0].sent_at.isoformat() == f"{expected}+00:00"


@pytest.mark.parametrize(
    ("row", "path", "reason"),
    [
        (",2026-01-05T09:00:00Z,customer,Hi,", "ticket_id", "is empty"),
        ("1,soon,customer,Hi,", "created_at", "“soon” is not a time (month before day)"),
        ("1,2027-01-05T09:00:00Z,customer,Hi,", "created_at", "lies in the future"),
        ("1,1970-01-01T00:00:00Z,customer,Hi,", "created_at", "lies before 1990"),
        ("1,2026-01-05T09:00:00Z,boss,Hi,", "role", f"“boss” {NOBODY_KNOWS}"),
        ("1,2026-01-05T09:00:00Z,,Hi,", "role", "is empty"),
        ("1,2026-01-05T09:00:00Z,customer,Hi,NaN", "csat", "“NaN” is not a number"),
        ("1,2026-01-05T09:00:00Z,customer,Hi,inf", "csat", "“inf” is not a number"),
        ("1,2026-01-05T09:00:00Z,customer,Hi,101", "csat", "is above 100"),
        (f"{'x' * 256},2026-01-05T09:00:00Z,customer,Hi,", "ticket_id", "is longer than 255 characters"),
        ("1,2026-01-05T09:00:00Z,customer,Hi,,,x", "", "The row has 7 cells where the first row names 5 columns."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why_and_in_which_column(row, path, reason):
    before = "2,2026-01-05T09:00:00Z,customer,Hi,5\n2,2026-01-05T09:01:00Z,agent,Yo,5\n"
    content = f"ticket_id,created_at,role,text,csat\n{before}{row}\n"

    assert reasons(content) == [(4, path, reason)]


def test_a_conversation_with_one_bad_row_is_rejected_whole_with_all_its_rows():
    content = "ticket_id,role,text\n1,customer,Hi\n2,customer,Yo\n1,boss,No\n"
    rejected, taken = outcomes(content)

    assert (rejected.line, rejected.path, rejected.reason, rejected.raw, rejected.rows) == (
        2,
        "role",
        f"line 4: “boss” {NOBODY_KNOWS}",
        "1,customer,Hi\n1,boss,No",
        2,
    )
    assert taken.record.external_id == "2"


def test_formulas_are_text():
    (record,) = records('ticket_id,role,text\n1,customer,"=HYPERLINK(""http://x"")"\n')

    assert record.messages[0].text == '=HYPERLINK("http://x")'


def test_words_that_are_told_are_known():
    content = "ticket_id,role,text,via\n1,Chefin,Hi,Brieftaube\n"
    said = {"columns": {"channel": "via"}, "words": {"role": {"chefin": "agent"}, "channel": {"*": "messaging"}}}
    (record,) = records(content, said)

    assert (record.messages[0].role, record.channel) == ("agent", "messaging")


def test_notes_and_private_messages_are_told_from_what_the_customer_read():
    content = "ticket_id,role,text,public,private\n1,agent,a,true,\n1,agent,b,FALSE,\n1,agent,c,,ja\n"

    assert [message.kind for message in records(content)[0].messages] == ["message", "note", "note"]


def test_a_number_borne_by_more_rows_than_a_conversation_holds_is_rejected_without_holding_them():
    content = "ticket_id,role,text\n" + "1,customer,Hi\n" * 10_001 + "2,customer,Hi\n"
    rejected, taken = outcomes(content)

    assert (rejected.reason, rejected.rows, taken.record.external_id) == (
        "10,001 rows bear this number, and a conversation holds at most 10,000 messages.",
        10_001,
        "2",
    )


def test_cells_of_eight_thousand_characters_are_normal():
    (record,) = records(f"ticket_id,role,text\n1,customer,{'ä' * 8000}\n")

    assert len(record.messages[0].text) == 8000


def test_columns_are_kept_as_custom_fields_where_that_is_said():
    (record,) = records("ticket_id,role,text,plan,shoe\n1,customer,Hi,gold,42\n", {"metadata": ["plan", "shoe"]})

    assert record.metadata == {"plan": "gold", "shoe": "42"}
