"""An upload through the real broker and worker. What happens when one of them is killed: tests/faults/."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.models import Conversation, ImportRun
from core.models import AuditEvent
from tests.conversations.importing import lines, record, tally
from tests.factories.accounts import person
from tests.support import waiting

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]


ASKED = "request-0001"


def upload(client, count):
    client.force_login(person("manager"))
    content = lines(*[record(f"zen-{number}") for number in range(count)])
    file = SimpleUploadedFile("chats.jsonl", content)
    headers = {"X-Request-ID": ASKED}
    client.post("/imports/new/", {"file": file, "source": "Help desk"}, headers=headers)
    return ImportRun.objects.get()


def ended():
    waiting.until(lambda: ImportRun.objects.get().status != "running", what="the import to end")
    return ImportRun.objects.get()


def test_an_upload_is_read_by_the_worker(client, celery_worker_real):
    upload(client, 30)

    run = ended()

    assert (run.status, tally(run), Conversation.objects.count()) == ("done", (30, 0, 0, 0), 30)
    asked = AuditEvent.objects.filter(verb__startswith="import.").values_list("verb", "request_id")
    assert sorted(asked) == [("import.finished", ASKED), ("import.started", ASKED)]
