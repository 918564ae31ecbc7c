"""Columns are taken for what they are: English, German, and as help desks export them."""

from __future__ import annotations

import pytest

from conversations.formats.outcomes import Unreadable
from tests.conversations.table.tables import CONVERSATIONS, MESSAGES, look


def columns(content, said=None):
    return look(content, said).mapping.columns


def test_one_row_a_message_in_english():
    found = look(MESSAGES).mapping

    assert (found.per, found.columns, found.missing()) == (
        "message",
        {
            "external_id": "ticket_id", "sent_at": "created_at", "role": "author_type", "author": "author_name",
            "text": "message", "agent.name": "agent", "customer.name": "customer", "subject": "subject", "tags": "tags",
        },
        [],
    )  # fmt: skip


def test_one_row_a_message_in_german():
    content = (
        "Ticketnummer;Datum;Absender;Nachricht;Bearbeiter;Kunde;Betreff\n"
        "4711;05.01.2026 09:00;Kunde;Hallo;Leila;Dana;Rechnung\n"
        "4711;05.01.2026 09:01;Mitarbeiter;Guten Tag;Leila;Dana;Rechnung\n"
    )

    assert columns(content) == {
        "external_id": "Ticketnummer", "sent_at": "Datum", "role": "Absender", "text": "Nachricht",
        "agent.name": "Bearbeiter", "customer.name": "Kunde", "subject": "Betreff",
    }  # fmt: skip


def test_one_row_a_conversation():
    found = look(CONVERSATIONS).mapping

    assert (found.per, found.columns, found.missing()) == (
        "conversation",
        {
            "external_id": "id", "channel": "channel", "agent.name": "agent", "customer.name": "customer",
            "started_at": "started_at", "ended_at": "ended_at", "transcript": "transcript", "csat": "rating",
        },
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "per", "expected"),
    [
        (
            "intercom/dbt_conversation_part_history_data.csv",
            "message",
            {
                "external_id": "conversation_id", "message.id": "id", "author": "author_id", "role": "author_type",
                "kind": "part_type", "text": "body", "sent_at": "created_at", "agent.external_id": "assigned_to_id",
            },
        ),
        (
            "zendesk/dbt_ticket_data.csv",
            "conversation",
            {
                "external_id": "id", "subject": "subject", "channel": "via_channel", "text": "description",
                "agent.external_id": "assignee_id", "customer.external_id": "requester_id",
                "started_at": "created_at", "ended_at": "updated_at",
            },
        ),
        (
            "zendesk/dbt_ticket_chat_event_data.csv",
            "message",
            {
                "external_id": "chat_id", "message.id": "message_id", "author": "actor_id", "role": "actor_id",
                "text": "message", "sent_at": "created_at",
            },
        ),
    ],
)  # fmt: skip
def test_what_help_desks_export(name, per, expected, shared_data):
    found = look((shared_data / "data" / "formats" / name).read_bytes()).mapping

    assert (found.per, found.columns, found.missing()) == (per, expected, [])


def test_what_cannot_be_known_is_named(shared_data):
    """Zendesk's comments name nobody as customer or agent: that stands in another table."""
    found = look((shared_data / "data/formats/zendesk/dbt_ticket_comment_data.csv").read_bytes()).mapping

    assert found.missing() == [
        "role: which column says whether customer or agent wrote (or author, together with agent or customer)"
    ]


@pytest.mark.parametrize(
    ("date", "order", "is_ambiguous"),
    [
        ("05.01.2026 09:00", "day-first", False),
        ("31/01/2026 09:00", "day-first", False),
        ("01/31/2026 9:00 AM", "month-first", False),
        ("01/02/2026 9:00 AM", "month-first", True),
        ("2026-01-02 09:00", "month-first", False),
    ],
)
def test_the_order_of_day_and_month_is_proven_or_asked_for(date, order, is_ambiguous):
    found = look(f"ticket_id,created_at,role,text\n1,{date},customer,Hi\n1,{date},agent,Hi\n")

    assert (found.mapping.dates, found.has_ambiguous_dates) == (order, is_ambiguous)


@pytest.mark.parametrize(
    ("times", "sorting"),
    [
        (("09:00", "09:01", "09:02"), "file"),
        (("09:02", "09:01", "09:00"), "reversed"),
        (("09:00", "09:02", "09:01"), "time"),
    ],
)
def test_the_order_of_messages_is_seen_by_their_times(times, sorting):
    rows = "".join(f"1,2026-01-05T{time}:00Z,customer,Hi\n" for time in times)

    assert look(f"ticket_id,created_at,role,text\n{rows}").mapping.sorting == sorting


def test_what_is_said_goes_over_the_guess():
    found = columns(MESSAGES, {"columns": {"customer.name": "author_name", "tags": "", "author": ""}})

    assert (found["customer.name"], "tags" in found, "author" in found) == ("author_name", False, False)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"columns": {"text": "nowhere"}}, "text: there is no column “nowhere”; the file has ticket_id, created_at, "),
        ({"columns": {"shoe": "subject"}}, "shoe: is not a field; there are external_id, channel, "),
        ({"columns": {"transcript": "message"}}, "transcript: cannot be filled where one row is one message"),
        ({"time_zone": "Mars/Olympus"}, "time_zone: “Mars/Olympus” is not a time zone such as Europe/Berlin"),
        ({"channel": "fax"}, "channel: “fax” is not one of chat, messaging, email, ticket, voice"),
        ({"words": {"role": {"Boss": "king"}}}, "role: “king” for “boss” is not one of customer, agent, bot, "),
        ({"metadata": ["nowhere"]}, "metadata: there is no column “nowhere”"),
        ({"dates": "sometimes"}, "dates: Invalid enum value 'sometimes'"),
        ({"colums": {}}, "Object contains unknown field `colums`"),
        ([], "Expected `object`, got `array`"),
        ({"words": {"role": {"\0": "agent"}}}, "holds a NUL character, which no text needs"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_place(said, sentence):
    with pytest.raises(Unreadable) as refused:
        look(MESSAGES, said)

    assert str(refused.value).startswith(sentence)
