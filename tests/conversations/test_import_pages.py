"""Uploading, watching, stopping, and getting the rejected lines back."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.models import Conversation, ImportRun, Reject
from conversations.services import links, runs, uploads
from tests.conversations.importing import import_bytes, lines, packed, record, tally
from tests.factories.accounts import TeamFactory, person
from tests.factories.conversations import ImportRunFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def manager(client):
    user = person("manager")
    client.force_login(user)
    return user


def upload(client, content, *, source="Zendesk EU", name="chats.jsonl", **options):
    file = SimpleUploadedFile(name, content)
    return client.post("/imports/new/", {"file": file, "source": source}, **options)


def address(name, run):
    return reverse(f"conversations:{name}", args=[run.pk])


def work(run, now):
    while uploads.work(run.job_id, clock=lambda: now):
        pass


def downloaded(client, url):
    response = client.get(url)
    return b"".join(response.streaming_content).decode()


def test_an_upload_leads_to_the_page_of_its_import_and_is_read_in_the_background(client, manager, now):
    response = upload(client, packed(record("zen-1"), record("zen-2")), name="chats.jsonl.gz")

    run = ImportRun.objects.get()
    assert (response.status_code, response.url) == (302, address("import", run))
    assert (run.source.name, run.file_name, run.started_by, run.status) == (
        "Zendesk EU",
        "chats.jsonl.gz",
        manager,
        "running",
    )
    work(run, now)
    assert tally(ImportRun.objects.get()) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"source": "Zendesk"}, "Choose a file, or give a link to one."),
        (
            {"source": "Zendesk", "file": SimpleUploadedFile("a.jsonl", b"{}"), "link": "https://example.com/a"},
            "Give either a file or a link, not both.",
        ),
        ({"source": "Zendesk", "link": "http://example.com/a"}, "Only addresses that begin with https:// are asked."),
        ({"source": "Zendesk", "file": SimpleUploadedFile("a.jsonl", b"")}, "This file is empty."),
        ({"source": "", "file": SimpleUploadedFile("a.jsonl", b"{}")}, "Fill this in."),
        (
            {"source": "客服", "file": SimpleUploadedFile("a.jsonl", b"{}")},
            "Use at least one letter or digit of the Latin alphabet.",
        ),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_begins(fields, sentence, client, manager):
    response = client.post("/imports/new/", fields)

    errors = [error for found in response.context["form"].errors.values() for error in found]
    assert (response.status_code, errors) == (422, [sentence])
    assert not ImportRun.objects.exists()


def test_a_file_that_is_being_read_is_not_begun_again(client, manager):
    upload(client, lines(record()))

    response = upload(client, lines(record()))

    assert response.status_code == 409
    assert response.context["form"].errors["file"] == [
        "This very file is being read already. Its import shows how far it is."
    ]
    assert f'href="/imports/{ImportRun.objects.get().pk}/columns/"' in response.content.decode()
    assert ImportRun.objects.count() == 1


def test_a_running_import_asks_for_its_progress_and_an_ended_one_does_not(client, manager, now):
    upload(client, lines(record(), "nonsense"))
    run = ImportRun.objects.get()
    running = client.get(address("import_progress", run), headers={"HX-Request": "true"})
    work(run, now)
    ended = client.get(address("import_progress", run), headers={"HX-Request": "true"})

    asks = f'hx-get="{address("import_progress", run)}" hx-trigger="every 2s"'
    assert (asks in running.content.decode(), running.get("HX-Refresh")) == (True, None)
    assert (asks in ended.content.decode(), ended.get("HX-Refresh")) == (False, "true")
    assert "<html" not in running.content.decode()


def test_an_import_can_be_stopped_once(client, manager):
    upload(client, lines(record()))
    run = ImportRun.objects.get()

    first = client.post(address("cancel_import", run))
    second = client.post(address("cancel_import", run))

    assert (first.status_code, second.status_code) == (302, 409)
    assert ImportRun.objects.get().status == "cancelled"
    assert address("cancel_import", run) not in client.get(address("import", run)).content.decode()


def test_reading_a_page_stops_nothing(client, manager):
    upload(client, lines(record()))
    run = ImportRun.objects.get()

    assert client.get(address("cancel_import", run)).status_code == 405
    assert ImportRun.objects.get().status == "running"


def test_the_page_shows_the_numbers_and_each_reject_with_its_reason(client, manager, now):
    run = import_bytes(lines(record(), record(csat=-1), "<b>nonsense</b>\u202e"), now)

    page = client.get(address("import", run)).content.decode()

    assert re.findall(r'stat-label">(\w+)</span><span class="stat-value">(\d+)', page) == [
        ("Received", "3"),
        ("Created", "1"),
        ("Updated", "0"),
        ("Unchanged", "0"),
        ("Rejected", "2"),
    ]
    assert "<code>csat</code> is below 0" in page
    assert "&lt;b&gt;nonsense&lt;/b&gt;⇄" in page


def test_an_incomplete_import_says_why(client, manager, now):
    run = import_bytes(packed(*[record(f"zen-{n}") for n in range(400)])[:-300], now)

    page = client.get(address("import", run)).content.decode()

    assert "The compressed file ends in the middle, so nothing from here on could be read." in page


def test_rejects_are_downloaded_with_line_reason_and_text(client, manager, now):
    bad = record("zen-2", csat=-1)
    run = import_bytes(lines(record(), bad, "nonsense"), now)

    rows = [json.loads(line) for line in downloaded(client, address("rejects", run)).splitlines()]

    assert [(row["line"], row["path"], row["reason"]) for row in rows] == [
        (2, "csat", "is below 0"),
        (3, "", "The line is not a JSON object."),
    ]
    assert json.loads(rows[0]["raw"]) == bad


@pytest.mark.parametrize("kind", ["rejects", "rejected_lines"])
def test_rejects_are_downloaded_corrected_and_uploaded_again(kind, client, manager, now):
    run = import_bytes(lines(record("zen-1"), record("zen-2", csat=-1), record("zen-3", channel="fax")), now)
    file = downloaded(client, address(kind, run))

    corrected = file.replace('"csat": -1', '"csat": 1').replace(r"\"csat\": -1", r"\"csat\": 1")
    corrected = corrected.replace('"channel": "fax"', '"channel": "email"').replace(r"\"fax\"", r"\"email\"")
    upload(client, corrected.encode(), source="Help desk")
    work(ImportRun.objects.first(), now)

    assert tally(ImportRun.objects.first()) == (2, 0, 0, 0)
    assert sorted(Conversation.objects.values_list("external_id", "channel", "csat")) == [
        ("zen-1", "chat", None),
        ("zen-2", "chat", 1),
        ("zen-3", "email", None),
    ]


def test_a_line_kept_only_in_part_is_not_offered_for_correction(client, manager, now):
    long = '{"external_id": "x", "messages": 3, "note": "' + "y" * 2**20 + '"}'
    run = import_bytes(lines(record(), long, "nonsense"), now)

    assert downloaded(client, address("rejected_lines", run)) == "nonsense\n"
    assert "Only the beginning is kept." in client.get(address("import", run)).content.decode()


def test_an_admin_imports_but_does_not_read_what_people_wrote(client, now):
    client.force_login(person("admin"))
    run = import_bytes(lines(record(), "a secret line"), now)

    page = client.get(address("import", run))

    assert (page.status_code, "a secret line" in page.content.decode()) == (200, False)
    assert "Rejected lines hold what customers wrote." in page.content.decode()
    assert [client.get(address(name, run)).status_code for name in ("rejects", "rejected_lines")] == [403, 403]
    assert not Reject.objects.visible_to(person("admin")).exists()


def test_a_manager_of_one_team_does_not_read_the_rejects_of_all(client, now):
    user = person("manager", team=TeamFactory())
    client.force_login(user)
    run = import_bytes(lines(record(), "a secret line"), now)

    assert "a secret line" not in client.get(address("import", run)).content.decode()
    assert client.get(address("rejects", run)).status_code == 403


def test_the_list_of_imports_is_newest_first_and_says_what_became_of_each(client, manager, now):
    import_bytes(lines(record(), "nonsense"), now, by=manager)
    import_bytes(lines(record()), now)

    rows = client.get("/imports/").context["page"].object_list

    assert [(run.status, tally(run)) for run in rows] == [("done", (0, 0, 1, 0)), ("done", (1, 0, 0, 1))]


def test_an_empty_list_of_imports_says_what_to_do(client, manager):
    assert "Nothing has been imported yet" in client.get("/imports/").content.decode()


@pytest.mark.parametrize("page", ["imports", "rejects"])
def test_pages_need_as_many_queries_for_one_row_as_for_three(page, client, manager, now):
    run = import_bytes(lines(record(), "nonsense"), now)
    url = "/imports/" if page == "imports" else address("import", run)
    counts = []

    for turn in (10, 20):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
        for place in range(2):
            ImportRunFactory(started_by=person("manager"))
            Reject.objects.create(run=run, line=turn + place, reason="x")

    assert counts[0] == counts[1]


def test_file_names_are_text(client, manager, now):
    upload(client, lines(record()), name="<img src=x onerror=alert(1)>.jsonl")

    assert "<img src=x" not in client.get("/imports/").content.decode()
    assert "<img src=x" not in client.get(address("import", ImportRun.objects.get())).content.decode()


def test_a_file_that_could_not_be_fetched_is_not_said_to_be_taken_in_whole(client, manager, now):
    run = links.start("https://files.example/week.csv", source_name="Desk", by=manager, now=now)
    runs.break_off(run, problem="There is no host “files.example”.", now=now)

    page = client.get(f"/imports/{run.pk}/").content.decode()

    assert ("There is no host “files.example”." in page, "Nothing was read" in page, "was taken" in page) == (
        True,
        True,
        False,
    )
