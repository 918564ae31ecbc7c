"""Waits, length, words: computed from any transcript, with or without times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversations.facts import Tally, completed_at, facts, response_waits, started_at
from conversations.messages import Message

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def said(role, seconds, text="one two", *, author="", kind="message"):
    sent_at = None if seconds is None else START + timedelta(seconds=seconds)
    return Message(role=role, author=author, sent_at=sent_at, text=text, kind=kind)


def facts_of(*messages, begin=None, end=None):
    return facts(messages, speaker=lambda message: message.author, started_at=begin, ended_at=end)


def waits(*messages):
    found = facts_of(*messages)
    return found.first_response_seconds, found.median_response_seconds, found.longest_response_seconds


def test_a_wait_runs_from_the_first_unanswered_customer_message_to_the_next_agent_message():
    talk = [said("customer", 0), said("customer", 50), said("agent", 60), said("agent", 70), said("customer", 100),
            said("agent", 400)]  # fmt: skip

    assert response_waits(talk) == [None, None, 60, None, None, 300]
    assert waits(*talk) == (60, 180, 300)


def test_a_greeting_before_the_customer_spoke_answers_nobody():
    assert waits(said("agent", 0), said("customer", 10), said("agent", 30)) == (20, 20, 20)


def test_bots_tools_and_notes_answer_nobody():
    talk = [said("customer", 0), said("bot", 1), said("system", 2, kind="tool"), said("agent", 3, kind="note"),
            said("agent", 90)]  # fmt: skip

    assert waits(*talk) == (90, 90, 90)


def test_a_customer_nobody_answered_has_no_wait():
    assert waits(said("customer", 0), said("bot", 5)) == (None, None, None)


def test_a_missing_time_makes_its_wait_unknown_and_leaves_the_others():
    talk = [said("customer", None), said("agent", 10), said("customer", 20), said("agent", 50)]

    assert waits(*talk) == (None, 30, 30)


def test_equal_times_are_a_wait_of_nothing_and_a_clock_that_runs_backwards_too():
    assert waits(said("customer", 0), said("agent", 0)) == (0, 0, 0)
    assert waits(said("customer", 60), said("agent", 0)) == (0, 0, 0)


def test_messages_and_words_are_counted_by_side_without_notes_and_tools():
    found = facts_of(
        said("customer", 0, "My card, please", author="c"),
        said("agent", 1, "Don't worry", author="a"),
        said("agent", 2, "not for them to read", author="a", kind="note"),
        said("system", 3, '{"a": 1}', kind="tool"),
        said("agent", 4, "", author="b"),
    )

    assert (found.message_count, found.customer_messages, found.agent_messages) == (5, 1, 2)
    assert (found.customer_words, found.agent_words) == (3, 2)
    assert found.tallies == (Tally("customer", "c", 1, 3), Tally("agent", "a", 1, 2), Tally("agent", "b", 1, 0))


def test_the_most_active_agent_wrote_most_messages_then_most_words_then_first():
    a, b = {"author": "a"}, {"author": "b"}

    assert facts_of(said("agent", 0, **a), said("agent", 1, **b), said("agent", 2, **b)).most_active_agent == "b"
    assert facts_of(said("agent", 0, "one", **a), said("agent", 1, "one two", **b)).most_active_agent == "b"
    assert facts_of(said("agent", 0, **a), said("agent", 1, **b)).most_active_agent == "a"


def test_the_last_agent_is_the_last_who_spoke_to_the_customer():
    talk = [said("agent", 0, author="a"), said("agent", 1, author="b"), said("agent", 2, author="c", kind="note")]

    assert facts_of(*talk).last_agent == "b"
    assert facts_of(said("customer", 0)).last_agent is None
    assert facts_of(said("customer", 0)).most_active_agent is None


@pytest.mark.parametrize(
    ("begin", "end", "seconds"), [(None, None, 90), (-10, None, 100), (None, 300, 300), (0, -5, None)]
)
def test_the_duration_takes_given_times_before_those_of_messages(begin, end, seconds):
    given = [None if at is None else START + timedelta(seconds=at) for at in (begin, end)]

    found = facts_of(said("customer", 0), said("agent", None), said("agent", 90), begin=given[0], end=given[1])

    assert found.duration_seconds == seconds


def test_without_any_time_there_is_no_duration():
    assert facts_of(said("customer", None)).duration_seconds is None


def test_a_conversation_is_complete_at_its_end_else_at_its_last_message_if_the_source_holds_finished_ones():
    talk = [said("customer", 60), said("agent", 0), said("agent", None)]
    end = START + timedelta(hours=1)

    assert completed_at(talk, end, is_finished=False) == end
    assert completed_at(talk, None, is_finished=True) == START + timedelta(seconds=60)
    assert completed_at(talk, None, is_finished=False) is None
    assert completed_at([said("agent", None)], None, is_finished=True) is None


def test_a_conversation_starts_as_given_else_at_its_earliest_message():
    talk = [said("customer", 60), said("agent", 0)]

    assert started_at(talk, START - timedelta(hours=1)) == START - timedelta(hours=1)
    assert started_at(talk, None) == START
