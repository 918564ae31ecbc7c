"""The content hash: equal for equal meaning, different for different meaning."""

from __future__ import annotations

import io
import json
import random

import pytest

from conversations.formats import jsonl
from conversations.messages import decode, encode
from conversations.records import content_hash, transcript_hash

BASE = {
    "external_id": "x",
    "channel": "chat",
    "tags": ["a", "b"],
    "metadata": {"b": {"y": 1, "x": [1, 2]}, "a": None},
    "started_at": "2026-01-05T09:00:00Z",
    "messages": [{"role": "agent", "author": "a", "text": "Hi", "sent_at": "2026-01-05T09:00:00Z"}],
}


def read(source, now):
    text = source if isinstance(source, str) else json.dumps(source)
    (outcome,) = jsonl.read(io.BytesIO(text.encode()), now=now)
    return outcome.record


def shuffled(value, chance):
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def test_the_spelling_of_a_record_does_not_matter(now):
    same = [
        shuffled(BASE, random.Random(7)),
        {**BASE, "subject": None, "csat": None, "customer": None},
        {**BASE, "started_at": "2026-01-05T10:00:00+01:00"},
        {**BASE, "ignored": 3},
        json.dumps(BASE, indent=None, separators=(" ,", " : ")),
    ]

    assert {content_hash(read(one, now)) for one in same} == {content_hash(read(BASE, now))}


@pytest.mark.parametrize(
    "change",
    [
        {"external_id": "y"},
        {"channel": "email"},
        {"tags": ["b", "a"]},
        {"csat": 5},
        {"metadata": {"b": 1}},
        {"ended_at": "2026-01-05T09:00:00Z"},
        {"agent": {"external_id": "a"}},
        {"messages": [{"role": "agent", "author": "a", "text": "Hi"}]},
        {"messages": [{**BASE["messages"][0], "internal": True}]},
    ],
)
def test_every_change_of_meaning_is_another_hash(change, now):
    assert content_hash(read({**BASE, **change}, now)) != content_hash(read(BASE, now))


def test_a_change_beside_the_messages_is_the_same_transcript(now):
    changed = read({**BASE, "csat": 5, "tags": []}, now)

    assert transcript_hash(changed.messages) == transcript_hash(read(BASE, now).messages)


def test_messages_survive_being_stored(now):
    messages = read(BASE, now).messages

    assert decode(encode(messages)) == messages


def test_the_hash_of_a_record_is_stored_and_never_changes(now):
    stored = "bf810b945e08d3b7200198b4db02b5c66dafeb7c53d656d53a57e0a8539ffd4a"

    assert content_hash(read(BASE, now)) == stored
