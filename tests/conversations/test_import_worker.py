"""An upload through the real broker and worker, also when the worker is killed on the way."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.models import Conversation, ImportRun
from conversations.services import uploads
from conversations.tasks import resume_imports
from core.models import AuditEvent, Job
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


def test_a_worker_killed_on_the_way_loses_and_doubles_nothing(client, celery_worker_real):
    run = upload(client, 6000)
    waiting.until(lambda: ImportRun.objects.get().received >= 500, what="the first batch")
    celery_worker_real.kill()
    half_way = ImportRun.objects.get()

    # The dead worker's lease would run out by itself; nobody waits for that here.
    Job.objects.filter(pk=run.job_id).update(leased_until=None)
    celery_worker_real.start()
    resume_imports.delay()
    after = ended()

    assert half_way.received < 6000
    assert (after.status, tally(after), Conversation.objects.count()) == ("done", (6000, 0, 0, 0), 6000)
    assert uploads.waiting(after.finished_at) == []
