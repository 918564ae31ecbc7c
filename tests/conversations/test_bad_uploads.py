"""Whatever file comes, by page, API or command: a clear sentence, the right status, nothing lost, never a failure."""

from __future__ import annotations

import gzip
import hashlib
import io
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from conversations.models import Conversation, ImportRun, Reject
from conversations.services import uploads
from core import kept_files
from core.models import Job
from tests.api.asking import asking
from tests.conversations.importing import lines, message, packed, record
from tests.factories.accounts import person
from tests.support.full_disk import FullSpool

pytestmark = pytest.mark.django_db
GOOD = json.dumps(record("good"))
# Refused at the door: nothing is kept.
NO_FILES = {
    "empty": (b"", "a.jsonl", "empty"),
    "blank lines": (b"\n \n\n", "a.jsonl", "This file holds nothing but blank lines."),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "a.csv", "This is a PDF. Export the conversations as CSV or JSON Lines."),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", "a.csv", "This is a ZIP archive or a spreadsheet."),
    "a picture": (b"\x89PNG\r\n\x1a\n", "a.csv", "This is a picture."),
    "a program": (b"\x7fELF" + bytes(500), "a.csv", "This file holds no text."),
    "random bytes": (hashlib.shake_256(b"1").digest(5000), "a.csv", "This file holds no text."),
    "a packed PDF": (gzip.compress(b"%PDF-1.7"), "a.csv.gz", "This is a PDF."),
    "an empty archive": (gzip.compress(b""), "a.csv.gz", "This file is empty."),
    "no archive after all": (b"\x1f\x8bnonsense", "a.csv.gz", "The compressed file is damaged"),
    "the beginning of an archive": (packed(GOOD)[:11], "a.jsonl.gz", "The compressed file ends"),
    "columns without a needed one": (b"a,b\n1,2\n", "a.csv", "It is not yet known of this file: external_id"),
    "no names of columns": (b",,,\n,,\n", "a.csv", "The file holds no row that names the columns."),
    "too many columns": (b"a," * 600, "a.csv", "The first row names more than 500 columns"),
}  # fmt: skip


def bomb() -> bytes:
    """Return 300 kB that unpack to 320 MB."""
    return gzip.compress(lines(GOOD) + b"x" * (320 * 2**20), compresslevel=1)


def spoiled(**changes):
    return json.dumps(record("bad", **changes))


# Taken as far as they go: the good line is in, the bad one is kept with its reason.
PARTLY = {
    "a truncated archive": (lambda: packed(*[record(f"z-{n}") for n in range(300)])[:-200], "ends in the middle"),
    "a bomb": (bomb, "The compressed file unpacks to more than 200 times its size"),
    "a line of 50 MB": (lambda: lines(GOOD, '{"external_id": "' + "x" * (50 * 2**20) + '"}'), "longer than 16 MB"),
    "invalid UTF-8": (lambda: lines(GOOD, b'{"external_id": "caf\xe9"}'), "not valid UTF-8 at its byte 21"),
    "NaN": (lambda: lines(GOOD, spoiled().replace('"csat": null', '"csat": NaN')), "not valid JSON"),
    "a wrong type": (lambda: lines(GOOD, spoiled(messages=3)), "should be a list, but is a whole number"),
    "an unknown role": (lambda: lines(GOOD, spoiled(messages=[message("king", "k", "Hi")])), "“king” is not one of"),
    "a future date": (lambda: lines(GOOD, spoiled(ended_at="2031-01-01T00:00:00Z")), "lies in the future"),
}


@pytest.fixture
def manager():
    return person("manager")


def file(content, name):
    return SimpleUploadedFile(name, content)


def by_page(client, manager, content, name):
    client.force_login(manager)
    response = client.post("/imports/new/", {"file": file(content, name), "source": "Help desk"})
    if response.status_code == 302 and "columns" in response.url:
        response = client.post(response.url, {"start": "1"})
        return response.status_code, response.context["problem"]
    if response.context and "form" not in response.context:
        return response.status_code, str(response.context.get("refusal", ""))
    errors = response.context["form"].errors if response.context else {}
    return response.status_code, " ".join(str(error) for found in errors.values() for error in found)


def by_api(client, manager, content, name):
    script = asking(manager)
    script.raise_request_exception = False  # a full disk is logged as a failure, and answered all the same
    response = script.post("/api/v1/imports/", {"file": file(content, name), "source": "Help desk"})
    return response.status_code, response.json().get("sentence", "") + json.dumps(response.json().get("errors", ""))


def work(now):
    run = ImportRun.objects.get()
    while uploads.work(run.job_id, clock=lambda: now):
        pass
    return ImportRun.objects.get()


@pytest.mark.parametrize("door", [by_page, by_api])
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_of_conversations_is_refused_at_the_door(kind, door, client, manager):
    content, name, sentence = NO_FILES[kind]

    status, said = door(client, manager, content, name)

    assert (status, sentence in said) == (422, True), said
    assert (Conversation.objects.count(), Job.objects.count(), Reject.objects.count()) == (0, 0, 0)
    assert not ImportRun.objects.exclude(status="mapping").exists()


@pytest.mark.parametrize("kind", NO_FILES)
def test_the_command_says_the_same_and_fails(kind, tmp_path):
    content, name, sentence = NO_FILES[kind]
    path = tmp_path / name
    path.write_bytes(content)
    out = io.StringIO()

    with pytest.raises(CommandError, match="Nothing could be read"):
        call_command("import_conversations", str(path), "--json", stdout=out, stderr=io.StringIO())

    assert sentence in json.loads(out.getvalue())["problem"]


def test_the_command_says_what_a_folder_is(tmp_path):
    out = io.StringIO()

    with pytest.raises(CommandError, match="Nothing could be read"):
        call_command("import_conversations", str(tmp_path), "--json", stdout=out, stderr=io.StringIO())

    assert json.loads(out.getvalue())["problem"] == f"{tmp_path}: Is a directory"


@pytest.mark.parametrize("kind", PARTLY)
def test_what_can_be_read_is_taken_and_the_rest_is_kept_with_its_reason(kind, client, manager, now):
    make, reason = PARTLY[kind]

    status, _said = by_page(client, manager, make(), "a.jsonl")
    run = work(now)

    (reject,) = Reject.objects.all()
    assert (status, reason in reject.reason, run.received) == (302, True, run.created + 1), reject.reason
    assert (run.created == Conversation.objects.count() > 0, reject.line) == (True, run.created + 1)
    assert client.get(f"/imports/{run.pk}/").status_code == 200
    assert client.get(f"/imports/{run.pk}/rejects.jsonl").status_code == 200


@pytest.mark.parametrize("text", ["a\\u0000b", "half \\ud83d"])
def test_nul_and_halves_of_pairs_are_replaced_and_counted(text, client, manager, now):
    by_page(client, manager, lines(json.dumps(record()).replace("Hello Dana", text)), "a.jsonl")
    run = work(now)

    assert (run.created, run.repaired) == (1, 1)
    assert "\N{REPLACEMENT CHARACTER}" in Conversation.objects.get().transcript.messages[1].text


@pytest.mark.parametrize("door", [by_page, by_api])
def test_a_full_disk_refuses_the_upload_and_keeps_nothing(door, client, manager, settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "tests.support.full_disk.FullDisk"}}

    status, said = door(client, manager, lines(record()), "a.jsonl")

    assert (status, "There is no room" in said or "there is no room" in said) == (503, True)
    assert (ImportRun.objects.count(), Job.objects.count()) == (0, 0)


LARGE = lines(*[record(f"z-{n}", topic=f"{n:0512}") for n in range(3000)])


@pytest.mark.parametrize("door", [by_page, by_api])
def test_a_full_temporary_folder_refuses_the_upload_and_keeps_nothing(door, client, manager, monkeypatch):
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", FullSpool)

    status, said = door(client, manager, LARGE, "a.jsonl")

    assert (status, "there is no room for it on the server" in said) == (503, True)
    assert (ImportRun.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize("door", [by_page, by_api])
def test_a_temporary_folder_that_is_not_there_refuses_the_upload(door, client, manager, settings):
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere"

    status, said = door(client, manager, LARGE, "a.jsonl")

    assert (status, "there is no room for it on the server" in said) == (503, True)


def test_a_form_whose_file_found_no_room_still_needs_its_token(manager, monkeypatch):
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", FullSpool)
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(manager)

    status, _said = by_page(stranger, manager, LARGE, "a.jsonl")

    assert status == 403


def test_what_a_killed_upload_left_is_deleted_after_a_day_and_nothing_else(client, manager):
    by_page(client, manager, lines(record()), "a.jsonl")
    known = ImportRun.objects.get().stored_as
    default_storage.save("imports/left", ContentFile(b"half"))
    now = default_storage.get_modified_time("imports/left")

    uploads.tidy(now + kept_files.UNKNOWN_FOR / 2)
    young = default_storage.exists("imports/left")
    uploads.tidy(now + kept_files.UNKNOWN_FOR * 2)

    assert (young, default_storage.exists("imports/left"), default_storage.exists(known)) == (True, False, True)


def test_a_broker_that_is_away_delays_an_upload_and_loses_nothing(client, manager, now, monkeypatch):
    from qa_portal.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/broker.sock")
    status, _said = by_page(client, manager, lines(record()), "a.jsonl")
    waiting = uploads.waiting(now)
    run = work(now)

    assert (status, waiting, run.status) == (302, [run.job_id], "done")


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{", "This is not a JSON object."),
        ("[" * 5000, "This is not a JSON object."),
        ("[]", "Expected `object`, got `array`"),
        ('{"columns": {"text": 3}}', "columns[...]: Expected `str`, got `int`"),
        ('{"columns": {"a\\u0000": "b"}}', "holds a NUL character, which no text needs"),
        ('{"time_zone": "../../etc/passwd"}', "“../../etc/passwd” is not a time zone such as Europe/Berlin"),
        ('{"per": "row"}', "per: Invalid enum value 'row'"),
    ],
)
@pytest.mark.parametrize("path", ["imports/", "imports/guess/"])
def test_a_mapping_without_sense_is_refused_over_the_api(mapping, sentence, path, manager):
    content = b"ticket_id,role,text\n1,customer,Hi\n"

    response = asking(manager).post(f"/api/v1/{path}", {"file": file(content, "a.csv"), "mapping": mapping})

    assert response.status_code == 422
    assert sentence in response.json()["sentence"] + json.dumps(response.json()["errors"], ensure_ascii=False)


@pytest.mark.parametrize(
    "data",
    [
        {"column-0": "king", "start": "1"},
        {"word": "role:\0", "meaning": "agent"},
        {"word": ["role", "king:x"], "meaning": ["agent", "agent"]},
        {"time_zone": "Mars", "start": "1"},
        {"per": "row", "per_shown": "row", "start": "1"},
        {"encoding": "utf-7", "encoding_shown": "utf-7", "start": "1"},
        {"delimiter": "x"},
    ],
)
def test_the_form_of_columns_answers_whatever_is_posted(data, client, manager):
    client.force_login(manager)
    content = file(b"ticket_id,role,text\n1,customer,Hi\n", "a.csv")
    page = client.post("/imports/new/", {"file": content, "source": "Help desk"})
    shown = {"encoding": "utf-8", "delimiter": ",", "per": "message"}

    response = client.post(page.url, shown | {f"{name}_shown": value for name, value in shown.items()} | data)

    assert response.status_code == 422
    assert response.context["problem"]
    assert ImportRun.objects.get().status == "mapping"
