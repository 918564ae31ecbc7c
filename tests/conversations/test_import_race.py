"""Two imports of one source at the same time: each conversation and each agent is made once."""

from __future__ import annotations

import io
import threading

import pytest
from django.db import connection

from accounts.models import Agent, AgentIdentity
from conversations.models import Completion, Conversation, ImportRun, Transcript
from conversations.services import reading
from tests.conversations.importing import begin, lines, record, tally

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 600


def together(*jobs):
    """Run each job in a thread of its own, all at once; return what they raised."""
    raised = []
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            job()
        except Exception as error:  # noqa: BLE001  a thread's error is the test's to judge
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def read(run, content, now):
    return lambda: reading.read(run, io.BytesIO(content), clock=lambda: now)


def records():
    return [record(f"zen-{n}", agent={"external_id": f"a-{n % 40}"}, messages=[
        {"role": "agent", "author": f"a-{n % 40}", "text": "Hi"}]) for n in range(COUNT)]  # fmt: skip


def test_the_same_conversations_imported_twice_at_once_are_made_once(now):
    content, backwards = lines(*records()), lines(*reversed(records()))
    first, second = begin(content, now), begin(backwards, now)

    raised = together(read(first, content, now), read(second, backwards, now))

    runs = [ImportRun.objects.get(pk=run.pk) for run in (first, second)]
    assert raised == []
    assert [sum(counts) for counts in zip(*map(tally, runs), strict=True)] == [COUNT, 0, COUNT, 0]
    assert [model.objects.count() for model in (Conversation, Completion, Transcript)] == [COUNT] * 3
    assert (Agent.objects.count(), AgentIdentity.objects.count()) == (40, 40)


def test_two_readers_of_one_run_take_every_line_once(now):
    content = lines(*records())
    run = begin(content, now)
    copies = [ImportRun.objects.get(pk=run.pk) for _reader in range(3)]

    raised = together(*[read(copy, content, now) for copy in copies])

    assert [type(error).__name__ for error in raised] == ["Overtaken", "Overtaken"]
    assert tally(ImportRun.objects.get(pk=run.pk)) == (COUNT, 0, 0, 0)
    assert Conversation.objects.count() == COUNT
