"""kill -9 in the middle of an import: every line accounted for, nothing twice, whatever was killed."""

from __future__ import annotations

import contextlib
import http.client

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from accounts.models import User
from accounts.scopes import Scope
from accounts.services import tokens
from conversations.models import Conversation, ImportRun, Participant, Reject, Transcript
from conversations.search.matching import not_searchable
from core.models import AuditEvent, Job
from tests.conversations.importing import lines, packed, record, tally
from tests.factories.accounts import person
from tests.support.house import BOUNDARY, House, form
from tests.support.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
MANY = 6000


def jsonl() -> bytes:
    return packed(*[record(f"zen-{number}") for number in range(MANY)], "nonsense")


def table() -> bytes:
    """The two rows of each conversation stand half a file apart, and one row bears no number."""
    first = [f"zen-{number},2026-01-05T09:00:00Z,customer,Hi" for number in range(MANY)]
    second = [f"zen-{number},2026-01-05T09:01:00Z,agent,Hello" for number in range(MANY)]
    return "\n".join(["ticket_id,created_at,role,text", *first, ",,customer,lost", *second, ""]).encode()


FILES = {"jsonl": (jsonl, "week.jsonl.gz"), "csv": (table, "week.csv")}


@pytest.fixture
def token() -> str:
    manager: User = person("manager")
    return tokens.create(manager, name="Faults", scopes=tuple(Scope), by=manager, now=timezone.now())[1]


def upload(house: House, token: str, kind: str = "jsonl") -> tuple[int, ImportRun]:
    content, name = FILES[kind]
    status, answer = house.post("imports/", token, fields={"source": "Help desk"}, file=content(), name=name)
    return status, ImportRun.objects.get(pk=answer["id"])


def is_half_way() -> bool:
    return 500 <= ImportRun.objects.get().received < MANY


def ended(house: House) -> ImportRun:
    """Wait for the end of the import."""
    until(
        lambda: ImportRun.objects.get().status != "running",
        what="the import to end", seconds=60, tell=house.worker.said,
    )  # fmt: skip
    return ImportRun.objects.get()


def go_on(house: House) -> None:
    """Do what the clock does each minute. The lease of whoever was killed runs out by itself; nobody waits for it."""
    Job.objects.filter(status="running").update(leased_until=None)
    house.send("conversations.tasks.resume_imports", queue="ingest")


def assert_whole(run: ImportRun) -> None:
    """Every record is there once, with its parts, and the one that cannot be taken is kept with its reason."""
    assert (run.status, tally(run), Conversation.objects.count()) == ("done", (MANY, 0, 0, 1), MANY)
    assert (Transcript.objects.count(), Participant.objects.count()) == (MANY, 2 * MANY)
    assert set(Conversation.objects.values_list("message_count", flat=True)) == {2}
    assert Reject.objects.filter(run=run).count() == 1
    assert AuditEvent.objects.filter(verb="import.finished").count() == 1
    # Last, the worker makes the words searchable; only then has it nothing left to do to these tables.
    until(lambda: not not_searchable(Conversation.objects.all()).exists(), what="the words to be indexed", seconds=60)
    until(lambda: not Job.objects.open().exists(), what="the last job to end", seconds=60)


@pytest.mark.parametrize("kind", FILES)
def test_a_worker_killed_on_the_way(kind: str, house: House, token: str) -> None:
    upload(house, token, kind)
    until(is_half_way, what="half of the file", tell=house.worker.said)
    house.worker.kill()
    before = ImportRun.objects.get()

    house.worker.start()
    go_on(house)
    run = ended(house)

    assert before.status == "running"
    assert_whole(run)


def test_a_broker_killed_on_the_way_costs_no_line_and_no_worker(house: House, token: str) -> None:
    upload(house, token)
    until(is_half_way, what="half of the file", tell=house.worker.said)
    house.broker.kill()
    before = ImportRun.objects.get()
    until(lambda: ImportRun.objects.get().received > before.received, what="more lines", tell=house.worker.said)

    house.broker.start()
    go_on(house)
    run = ended(house)
    until(lambda: house.done("resume_imports") > 0, what="the next task", seconds=90, tell=house.worker.said)

    assert before.status == "running"
    assert house.worker.is_alive
    assert_whole(run)


def test_a_web_server_killed_on_the_way_of_an_upload_and_of_an_import(house: House, token: str) -> None:
    cut_off(house, token)
    nothing = (ImportRun.objects.count(), kept_files(house))
    house.web.start()
    _status, running = upload(house, token)
    until(is_half_way, what="half of the file", tell=house.worker.said)
    house.web.kill()

    house.web.start()
    seen = house.get(f"imports/{running.pk}/", token)
    run = ended(house)

    assert nothing == (0, [])
    assert (seen["id"], seen["received"] >= 500) == (run.pk, True)
    assert_whole(run)
    assert kept_files(house) == []


def cut_off(house: House, token: str) -> None:
    """Send half of a large upload and kill the web server."""
    body = form(
        {"source": "Help desk"}, file=lines(*[record(f"zen-{number}") for number in range(9000)]), name="a.jsonl"
    )
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    connection.putrequest("POST", "/api/v1/imports/")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    connection.send(body[: len(body) // 2])
    house.web.kill()
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection.getresponse()
    connection.close()


def kept_files(house: House) -> list[str]:
    folder = house.folder / "files" / "imports"
    return FileSystemStorage(folder).listdir("")[1] if folder.exists() else []
