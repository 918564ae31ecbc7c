"""When an import brings another ending, and when it only corrects the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversations.endings import Ending, ending
from conversations.messages import Message

ENDED = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LATER = ENDED + timedelta(days=2)


def spoken(*times, kind="message", role="agent"):
    return [Message(role=role, sent_at=at, kind=kind) for at in times]


def after(completed_at, messages, *, number=1, last=ENDED, before=1):
    return ending(completed_at, number=number, last_completed_at=last, messages=messages, messages_before=before)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # Nothing known before.
        (after(None, [], number=0, last=None), Ending(None, 0)),
        (after(ENDED, [], number=0, last=None), Ending(ENDED, 1, is_new=True)),
        # The same again.
        (after(ENDED, spoken(ENDED)), Ending(ENDED, 1)),
        # Open again: what was drawn of it stays drawn, and there is nothing new to draw.
        (after(None, spoken(LATER)), Ending(None, 1)),
        # Somebody wrote after the ending, and it ended again.
        (after(LATER, spoken(ENDED, LATER)), Ending(LATER, 2, is_new=True)),
        # Closed later than first said, but nobody wrote in between: the same ending at another time.
        (after(LATER, spoken(ENDED)), Ending(LATER, 1, is_corrected=True)),
        (after(LATER, spoken(ENDED) + spoken(LATER, kind="note")), Ending(LATER, 1, is_corrected=True)),
        (after(LATER, spoken(ENDED) + spoken(LATER, role="system")), Ending(LATER, 1, is_corrected=True)),
        # Ended earlier than first said.
        (after(ENDED, spoken(ENDED), last=LATER), Ending(ENDED, 1, is_corrected=True)),
        # No times at the messages: more of them than before take their place.
        (after(LATER, spoken(None, None)), Ending(LATER, 2, is_new=True)),
        (after(LATER, spoken(None)), Ending(LATER, 1, is_corrected=True)),
    ],
)
def test_an_ending_is_new_only_when_somebody_wrote_since_the_last_one(found, expected):
    assert found == expected


@pytest.mark.parametrize(
    ("how", "count"), [(Ending(None, 0), 0), (Ending(ENDED, 1), 0), (Ending(None, 1), 1), (Ending(LATER, 3), 2)]
)
def test_a_conversation_was_reopened_once_less_than_it_ended_unless_it_is_open(how, count):
    assert how.reopen_count == count
