"""How many conversations an agent handled at once, counted over all imports."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation
from conversations.selectors import open_ones
from tests.conversations.importing import import_records, message, record

pytestmark = pytest.mark.django_db


def chat(external_id, begin, end, agent="a-1", **changes):
    times = {"started_at": f"2026-01-05T{begin}:00Z", "ended_at": f"2026-01-05T{end}:00Z"}
    return record(
        external_id, agent={"external_id": agent}, messages=[message("agent", agent, "Hi")], **times, **changes
    )


def counted():
    return dict(Conversation.objects.order_by("external_id").values_list("external_id", "handled_at_once"))


def test_the_peak_during_each_conversation_is_counted_per_agent(now):
    import_records(
        chat("a", "09:00", "10:00"),
        chat("b", "09:10", "09:20"),
        chat("c", "09:30", "09:40"),
        chat("d", "10:00", "11:00"),
        chat("e", "09:00", "11:00", agent="a-2"),
        now=now,
    )

    assert counted() == {"a": 2, "b": 2, "c": 2, "d": 1, "e": 1}


def test_a_later_import_also_corrects_what_was_there_before(now):
    import_records(chat("a", "09:00", "12:00"), chat("b", "09:30", "10:30"), now=now)

    import_records(chat("c", "10:00", "11:00"), now=now, source="Other desk")
    beside_others_desk = counted()
    import_records(chat("d", "10:15", "10:20"), now=now)

    assert beside_others_desk == {"a": 2, "b": 2, "c": 1}
    assert counted() == {"a": 3, "b": 3, "c": 1, "d": 3}


def test_a_conversation_at_the_rim_keeps_what_was_counted_outside(now):
    import_records(chat("a", "08:00", "09:30"), chat("b", "08:10", "08:20"), chat("c", "08:12", "08:30"), now=now)

    import_records(chat("d", "09:00", "09:10"), now=now)

    assert counted() == {"a": 3, "b": 3, "c": 3, "d": 2}


def test_tickets_lie_open_and_count_neither_themselves_nor_beside_chats(now):
    import_records(chat("a", "09:00", "10:00"), chat("b", "09:00", "10:00", channel="ticket"), now=now)

    assert counted() == {"a": 1, "b": None}


def test_what_was_open_around_a_conversation_is_asked_for_only_when_something_was(now):
    import_records(
        chat("a", "09:00", "10:00"),
        chat("b", "09:10", "09:20"),
        chat("c", "10:30", "11:00"),
        chat("d", "09:00", "09:30", agent="a-2"),
        chat("e", "09:00", "09:30", channel="ticket"),
        now=now,
    )
    found = {one.external_id: one for one in Conversation.objects.all()}

    around = [(begin.strftime("%H:%M"), end.strftime("%H:%M")) for begin, end in open_ones(found["a"])]
    with CaptureQueriesContext(connection) as queries:
        alone = open_ones(found["c"])

    assert sorted(around) == [("09:00", "10:00"), ("09:10", "09:20")]
    assert (alone, len(queries)) == ([], 0)


def test_the_pass_needs_as_many_queries_for_one_agent_as_for_forty(now):
    counts = []

    for size in (1, 40):
        chats = [chat(f"{size}-{n}", "09:00", "10:00", agent=f"{size}-{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            import_records(*chats, now=now, source=f"Desk {size}")
        counts.append(len(queries))

    assert counts[0] == counts[1]
