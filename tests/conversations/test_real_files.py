"""The real conversations beside the checkout: taken completely, and the second time as they were."""

from __future__ import annotations

import pytest

from conversations.models import Completion, Conversation, Transcript
from conversations.services import reading, runs

pytestmark = pytest.mark.django_db


def import_file(path, now):
    source = runs.source_named(path.name.split(".")[0], by=None, now=now)
    with path.open("rb") as file:
        run = runs.begin(
            source,
            file_name=path.name,
            size=path.stat().st_size,
            fingerprint=reading.fingerprint(file),
            by=None,
            now=now,
        )
        reading.read(run, file, clock=lambda: now)
    reading.count_at_once(run, go_on=lambda _agent: True)
    runs.end(run, now=now)
    return run


@pytest.mark.parametrize(("name", "count"), [("star", 3762), ("ubuntu_irc", 3396), ("abcd_sample", 5)])
def test_a_real_file_is_taken_completely_and_the_second_time_unchanged(name, count, shared_data, now):
    path = shared_data / "data" / f"{name}.jsonl.gz"

    first = import_file(path, now)
    second = import_file(path, now)

    assert (first.status, first.received, first.created, first.rejected) == ("done", count, count, 0)
    assert (second.status, second.received, second.unchanged) == ("done", count, count)
    assert (Conversation.objects.count(), Completion.objects.count(), Transcript.objects.count()) == (count,) * 3


def test_the_real_chats_have_the_facts_their_readme_tells(shared_data, now):
    import_file(shared_data / "data" / "star.jsonl.gz", now)

    chats = Conversation.objects.all()
    agents = set(chats.values_list("assignee", flat=True))
    assert (sum(chats.values_list("message_count", flat=True)), len(agents)) == (91_906, 105)
    assert chats.filter(completed_at=None).count() == 0
    assert chats.filter(handled_at_once__gt=1).exists()


def test_the_real_help_threads_have_several_agents_and_people_in_both_roles(shared_data, now):
    import_file(shared_data / "data" / "ubuntu_irc.jsonl.gz", now)

    people = Conversation.objects.values_list("participants__role", "participants__external_id").distinct()
    agents = {name for role, name in people if role == "agent"}
    customers = {name for role, name in people if role == "customer"}
    assert Conversation.objects.exclude(last_agent=None).exclude(most_active_agent=None).count() == 3396
    assert len(agents & customers) > 100
