"""What an import writes: first, again, changed, re-opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Agent, AgentIdentity
from conversations.models import Completion, Conversation, Participant, Transcript
from conversations.services import runs
from conversations.services.rows import CONVERSATION
from core import bulk
from core.models import AuditEvent
from tests.conversations.importing import import_records, message, record, tally
from tests.factories.conversations import ConversationFactory

pytestmark = pytest.mark.django_db


def stored(external_id="zen-1"):
    return Conversation.objects.get(external_id=external_id)


def everything():
    models = (Conversation, Transcript, Completion, Participant)
    return [list(model.objects.order_by("pk").values()) for model in models]


def at(hour, minute=0, day=5):
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def test_a_new_conversation_gets_its_facts_people_transcript_and_ending(now):
    run = import_records(record(csat=4.5, language="en"), now=now)

    found = stored()
    assert tally(run) == (1, 0, 0, 0)
    assert (found.source.slug, found.channel, found.subject, found.language) == (
        "help-desk",
        "chat",
        "Charged twice",
        "en",
    )
    assert (found.customer_external_id, found.customer_name) == ("c-9", "Dana Whitfield")
    assert (found.assignee.name, found.most_active_agent, found.last_agent) == (
        "Leila Haddad",
        found.assignee,
        found.assignee,
    )
    assert (found.started_at, found.completed_at, found.completion_number) == (at(9), at(9, 30), 1)
    assert (found.csat, found.tags, found.metadata) == (Decimal("4.50"), ["billing"], {"plan": "gold"})
    assert list(found.tagged.values_list("name", flat=True)) == ["billing"]
    assert (found.first_response_seconds, found.duration_seconds, found.handled_at_once) == (60, 1800, 1)
    assert (found.message_count, found.agent_words, found.customer_words, found.reopen_count) == (2, 2, 1, 0)
    assert [one.text for one in found.transcript.messages] == ["Hi", "Hello Dana"]
    assert list(found.completions.values_list("number", "completed_at", "known_at")) == [(1, at(9, 30), now)]
    assert list(found.participants.values_list("role", "external_id", "name", "agent__name", "messages", "words")) == [
        ("customer", "c-9", "Dana Whitfield", None, 1, 1),
        ("agent", "a-1", "Leila Haddad", "Leila Haddad", 1, 2),
    ]


def test_importing_twice_changes_nothing(now):
    import_records(record(), record("zen-2"), now=now)
    before = [
        list(model.objects.order_by("pk").values()) for model in (Conversation, Transcript, Completion, Participant)
    ]

    again = import_records(record(), record("zen-2"), now=now + timedelta(days=1))

    after = [
        list(model.objects.order_by("pk").values()) for model in (Conversation, Transcript, Completion, Participant)
    ]
    assert tally(again) == (0, 0, 2, 0)
    assert after == before


def test_the_same_id_twice_in_one_file_is_unchanged_when_equal_and_an_update_when_not(now):
    run = import_records(record(), record(), record(subject="Charged three times"), now=now)

    assert tally(run) == (1, 1, 1, 0)
    assert stored().subject == "Charged three times"


def test_equal_bodies_under_different_ids_are_two_conversations(now):
    run = import_records(record("zen-1"), record("zen-2"), now=now)

    assert (tally(run), Conversation.objects.count()) == ((2, 0, 0, 0), 2)


def test_the_same_id_from_two_sources_is_two_conversations(now):
    import_records(record(), now=now, source="Zendesk")
    import_records(record(), now=now, source="Intercom")

    assert sorted(Conversation.objects.values_list("source__slug", "external_id")) == [
        ("intercom", "zen-1"),
        ("zendesk", "zen-1"),
    ]


def test_a_change_beside_the_messages_keeps_the_transcript_and_records_the_fields(now):
    import_records(record(), now=now)
    before = stored()

    run = import_records(record(csat=5, tags=["vip"], subject="Refunded"), now=now + timedelta(days=1))

    after = stored()
    event = AuditEvent.objects.get(verb="conversation.updated")
    assert tally(run) == (0, 1, 0, 0)
    assert (after.pk, after.transcript_id, after.completion_number) == (before.pk, before.transcript_id, 1)
    assert (after.imported_at, after.updated_at) == (now, now + timedelta(days=1))
    assert list(after.tagged.values_list("name", flat=True)) == ["vip"]
    assert (event.target_id, event.fields) == (str(after.pk), ["subject", "csat", "tags"])


def test_a_change_of_what_was_said_makes_a_new_transcript_and_keeps_the_old(now):
    import_records(record(), now=now)
    old = stored().transcript

    import_records(record(messages=[message("agent", "a-1", "Edited", "2026-01-05T09:01:00Z")]), now=now)

    found = stored()
    assert list(found.transcripts.order_by("pk")) == [old, found.transcript]
    assert [one.text for one in found.transcript.messages] == ["Edited"]
    assert AuditEvent.objects.get(verb="conversation.updated").fields == ["messages"]
    assert list(found.participants.values_list("role", "messages")) == [("agent", 1)]


def test_what_says_again_what_an_earlier_version_said_is_that_version_again(now):
    import_records(record(), now=now)
    first = stored().transcript
    import_records(record(messages=[message("agent", "a-1", "Edited", "2026-01-05T09:01:00Z")]), now=now)

    import_records(record(), now=now)

    assert stored().transcript == first
    assert Transcript.objects.count() == 2


def test_a_conversation_that_went_on_and_ended_again_has_a_second_ending(now):
    import_records(record(), now=now)
    later = [*record()["messages"], message("customer", "c-9", "Still wrong", "2026-01-07T08:00:00Z")]

    import_records(record(messages=later, ended_at="2026-01-07T09:00:00Z"), now=now + timedelta(days=1))

    found = stored()
    assert (found.completion_number, found.completed_at, found.reopen_count) == (2, at(9, day=7), 1)
    assert list(found.completions.values_list("number", "completed_at", "known_at")) == [
        (1, at(9, 30), now),
        (2, at(9, day=7), now + timedelta(days=1)),
    ]


def test_a_corrected_end_is_the_same_ending_at_another_time(now):
    import_records(record(), now=now)

    import_records(record(ended_at="2026-01-05T10:00:00Z"), now=now + timedelta(days=1))

    assert list(stored().completions.values_list("number", "completed_at", "known_at")) == [(1, at(10), now)]


def test_a_source_that_holds_open_conversations_completes_them_only_at_their_end(now):
    source = runs.source_named("Live desk", by=None, now=now)
    source.holds_finished_conversations = False
    source.save()

    import_records(record(ended_at=None), now=now, source="Live desk")
    open_one = stored()
    import_records(record(), now=now, source="Live desk")
    ended = stored()
    import_records(record(ended_at=None, subject="Open again"), now=now, source="Live desk")
    reopened = stored()

    assert (open_one.completed_at, open_one.completion_number, open_one.handled_at_once) == (None, 0, None)
    assert (ended.completed_at, ended.completion_number) == (at(9, 30), 1)
    assert (reopened.completed_at, reopened.completion_number, reopened.reopen_count) == (None, 1, 1)
    assert Completion.objects.count() == 1


def test_a_file_of_finished_conversations_completes_them_at_their_last_message(now):
    import_records(record(ended_at=None), now=now)

    assert stored().completed_at == at(9, 1)


def test_a_conversation_without_any_time_is_kept_but_never_complete(now):
    run = import_records(record(started_at=None, ended_at=None, messages=[message("agent", "a-1", "Hi")]), now=now)

    found = stored()
    assert tally(run) == (1, 0, 0, 0)
    assert (found.started_at, found.completed_at, found.handled_at_once) == (None, None, None)
    assert not Completion.objects.exists()


def test_conversations_without_agent_with_one_message_or_ended_by_the_customer_are_normal(now):
    run = import_records(
        record("none", agent=None, messages=[message("customer", "c-9", "Anybody?")]),
        record("never-wrote", messages=[message("customer", "c-9", "Anybody?")]),
        record("bare", agent=None, customer=None, messages=[message("customer", None, None)]),
        now=now,
    )

    assert tally(run) == (3, 0, 0, 0)
    assert (stored("none").assignee, stored("none").last_agent) == (None, None)
    assert (stored("never-wrote").assignee.name, stored("never-wrote").most_active_agent) == ("Leila Haddad", None)
    assert list(stored("bare").participants.values_list("role", "external_id", "name")) == [("customer", "", "")]


def test_several_agents_in_one_conversation_are_all_known(now):
    import_records(
        record(messages=[
            message("agent", "a-1", "One"), message("agent", "a-2", "Two"), message("agent", "a-2", "Three"),
            message("agent", "a-3", "Four"), message("bot", "helper", "Five"),
        ]),
        now=now,
    )  # fmt: skip

    found = stored()
    assert (found.assignee.name, found.most_active_agent.name, found.last_agent.name) == ("Leila Haddad", "a-2", "a-3")
    assert list(Agent.objects.order_by("pk").values_list("name", "is_bot")) == [
        ("Leila Haddad", False),
        ("a-2", False),
        ("a-3", False),
        ("helper", True),
    ]


def test_the_same_person_may_be_agent_here_and_customer_there(now):
    import_records(
        record("one"),
        record("two", agent={"external_id": "a-2"}, customer={"external_id": "a-1"},
               messages=[message("customer", "a-1", "Hi"), message("agent", "a-2", "Hi")]),
        now=now,
    )  # fmt: skip

    assert list(AgentIdentity.objects.order_by("external_id").values_list("external_id", flat=True)) == ["a-1", "a-2"]
    assert stored("two").participants.get(role="customer").agent is None


@pytest.mark.parametrize("channel", ["email", "ticket"])
def test_nothing_is_handled_at_once_where_conversations_lie_open_for_days(channel, now):
    import_records(record(channel=channel), now=now)

    assert stored().handled_at_once is None


def test_a_missing_channel_is_said_and_not_guessed(now):
    import_records(record(channel=None), now=now)

    assert (stored().channel, stored().get_channel_display()) == ("", "Channel not given")


HOSTILE = [
    "=1+1", "+1", "-1", "@cmd", "#NAME#", "__company__", "&lt;b&gt; &amp;amp;", "<script>alert(1)</script>",
    "\u202eesrever\u202c", "a\u200bb\ufeff\ufffd", "\x01\x1b[31m", "😀👩\u200d👧", "שלום, 你好, grüß Gott",
    "'; DROP TABLE", "%s %(a)s", '{"rows": 2}', "", "y" * 8000,
]  # fmt: skip


def test_hostile_text_comes_back_as_it_was(now):
    import_records(
        record(
            "%s ' ; #NAME#: a", subject="=cmd|' /C'!A0", messages=[message("customer", "c'%s", one) for one in HOSTILE]
        ),
        now=now,
    )

    found = stored("%s ' ; #NAME#: a")
    assert [one.text for one in found.transcript.messages] == HOSTILE
    assert found.subject == "=cmd|' /C'!A0"


def test_a_thread_of_two_hundred_messages_keeps_the_order_of_the_file(now):
    same_time = "2026-01-05T09:00:00Z"
    said = [message(("customer", "agent")[n % 2], "x", str(n), same_time) for n in range(200)]

    import_records(record(messages=said), now=now)

    assert [one.text for one in stored().transcript.messages] == [str(n) for n in range(200)]
    assert (stored().message_count, stored().longest_response_seconds) == (200, 0)


def test_records_with_unusable_characters_are_taken_and_counted(now):
    run = import_records('{"external_id": "x\\u0000", "messages": [{"role": "agent", "text": "a\\ud800"}]}', now=now)

    assert (run.repaired, tally(run)) == (1, (1, 0, 0, 0))
    assert stored("x\ufffd").transcript.messages[0].text == "a\ufffd"


def test_the_number_of_queries_does_not_grow_with_the_conversations(now):
    counts = []

    for size in (2, 40):
        with CaptureQueriesContext(connection) as queries:
            import_records(*[record(f"{size}-{n}") for n in range(size)], now=now, source=f"Desk {size}")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_an_import_writes_every_column_of_a_conversation():
    columns = {field.attname for field in Conversation._meta.concrete_fields}

    assert set(CONVERSATION) == columns


def test_ids_that_are_set_aside_go_on_after_those_that_others_gave(now):
    import_records(record("a"), now=now)
    by_hand = ConversationFactory()

    import_records(record("b"), record("c"), now=now)

    ids = list(Conversation.objects.filter(external_id__in="abc").order_by("external_id").values_list("pk", flat=True))
    assert ids == sorted({*ids, by_hand.pk} - {by_hand.pk})
    assert ids[1] > by_hand.pk
    assert ConversationFactory().pk > ids[2]
    assert bulk.next_ids(Conversation, 0) == []
