"""Importing from a link: fetched by the worker through the one door, read like an upload, ended in words."""

from __future__ import annotations

import gzip

import pytest
from django.core.files.storage import default_storage

from conversations.models import Conversation, ImportRun
from conversations.services import links, uploads
from conversations.tasks import resume_imports
from core.models import Job
from core.refusals import Refused
from tests.conversations.importing import lines, packed, record, tally
from tests.conversations.table.tables import MESSAGES
from tests.conversations.test_table_imports import AMBIGUOUS, sent
from tests.factories.accounts import person
from tests.support.loopback import serving

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def manager(client):
    user = person("manager")
    client.force_login(user)
    return user


@pytest.fixture
def desk(settings):
    """Serve a body as files.example, which the operator allowed."""
    with serving(lambda handler: handler.answer(handler.server.body, handler.server.status)) as server:
        server.body, server.status = lines(record("zen-1"), record("zen-2")), 200
        settings.OUTGOING_HOSTS = {f"files.example:{server.port}"}
        server.link = f"http://files.example:{server.port}/exports/week.jsonl?token=abc"
        yield server


def here(host, port):
    return ["127.0.0.1"]


def fetch(run, now, **options):
    return links.fetch(run.job_id, clock=lambda: now, resolve=options.pop("resolve", here))


def work(job_id, now):
    while uploads.work(job_id, clock=lambda: now):
        pass


def begun(manager, now, link, **options):
    return links.start(link, source_name="Help desk", by=manager, now=now, **options)


def test_a_link_is_fetched_and_read_like_an_upload(desk, manager, now):
    run = begun(manager, now, desk.link)
    reader = fetch(run, now)
    work(reader, now)

    after = ImportRun.objects.get()
    assert (run.status, run.file_name, after.status, tally(after)) == ("fetching", "week.jsonl", "done", (2, 0, 0, 0))
    assert (after.link, after.stored_as, after.size) == ("", "", len(desk.body))
    assert list(Job.objects.order_by("pk").values_list("kind", "status")) == [
        ("fetch_import", "done"),
        ("import_conversations", "done"),
    ]


def test_the_page_shows_the_link_being_fetched_and_then_asks_for_the_columns(client, desk, manager, now):
    desk.body = gzip.compress(MESSAGES.encode())
    response = client.post("/imports/new/", {"source": "Help desk", "link": desk.link.replace("jsonl", "csv.gz")})
    run = ImportRun.objects.get()
    while_fetching = client.get(response.url).content.decode()

    assert fetch(run, now) is None
    page = client.get(f"/imports/{run.pk}/columns/")
    client.post(page.request["PATH_INFO"], sent(page) | {"start": "1"})
    work(ImportRun.objects.get().job_id, now)

    assert ("Fetched so far" in while_fetching, ImportRun.objects.get().status) == (True, "done")
    assert Conversation.objects.count() == 2


def test_a_script_gets_its_table_read_at_once_or_is_asked_for_what_is_missing(desk, manager, now):
    desk.body = MESSAGES.encode()
    first = begun(manager, now, desk.link.replace("jsonl", "csv"))
    work(fetch(first, now), now)
    desk.body = AMBIGUOUS.encode()
    second = begun(manager, now, desk.link.replace("jsonl", "csv"))
    reader = fetch(second, now)

    assert (ImportRun.objects.get(pk=first.pk).status, reader) == ("done", None)
    assert ImportRun.objects.get(pk=second.pk).status == "mapping"


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"gone", 404, "The server answered with status 404 instead of a file."),
        (b"", 200, "This file is empty."),
        (b"%PDF-1.7", 200, "This is a PDF. Export the conversations as CSV or JSON Lines."),
        (packed(record())[:9], 200, "The compressed file ends in the middle, so nothing from here on could be read."),
    ],
)
def test_an_answer_that_is_no_file_of_conversations_ends_the_import_in_words(
    body, status, sentence, desk, manager, now
):
    desk.body, desk.status = body, status
    run = begun(manager, now, desk.link)

    assert fetch(run, now) is None

    after = ImportRun.objects.get()
    assert (after.status, after.problem, after.link) == ("incomplete", sentence, "")
    assert (Job.objects.get().status, Job.objects.get().error) == ("failed", sentence)


def test_an_address_inside_is_refused_by_the_worker_in_words(desk, manager, now, settings):
    settings.OUTGOING_HOSTS = set()
    run = begun(manager, now, "https://innocent.example/week.csv")

    fetch(run, now, resolve=lambda host, port: ["169.254.169.254"])

    assert ImportRun.objects.get().problem == (
        "“innocent.example” lies inside a network. Only addresses of the open internet are asked."
    )
    assert desk.seen == []


def test_a_file_above_the_limit_is_not_kept(desk, manager, now, settings):
    settings.LINK_MEGABYTES = 0
    run = begun(manager, now, desk.link)

    fetch(run, now)

    assert ImportRun.objects.get().problem == "The answer is larger than 0 MB, which is the limit."


def test_a_fetch_stopped_on_the_way_keeps_nothing(desk, manager, now, monkeypatch):
    monkeypatch.setattr(links, "STEP", 1)
    run = begun(manager, now, desk.link)
    moments = []

    def clock():
        moments.append(1)
        if len(moments) == 2:
            uploads.cancel(run, by=manager, now=now)
        return now

    assert links.fetch(run.job_id, clock=clock, resolve=here) is None

    after = ImportRun.objects.get()
    assert (after.status, after.link, after.stored_as, Job.objects.get().status) == ("cancelled", "", "", "cancelled")


def test_no_room_for_a_fetched_file_is_said(desk, manager, now, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(default_storage._wrapped), "_save", full)
    run = begun(manager, now, desk.link)

    assert fetch(run, now) is None
    assert ImportRun.objects.get().problem == "There is no room for the file. Nothing was imported."


def test_the_same_file_is_not_read_twice_at_once(desk, manager, now):
    first, second = begun(manager, now, desk.link), begun(manager, now, desk.link)
    fetch(first, now)
    fetch(second, now)

    assert ImportRun.objects.get(pk=second.pk).problem == (
        "This very file is being read already. Its import shows how far it is."
    )


def test_the_sweep_finds_a_fetch_whose_worker_was_lost(manager, now):
    run = begun(manager, now, "https://files.example/week.csv")

    assert links.waiting(now) == [run.job_id]
    resume_imports()


@pytest.mark.parametrize("role", ["agent", "specialist", "supervisor"])
def test_links_are_for_those_who_may_import(role, now):
    with pytest.raises(Refused) as refused:
        begun(person(role), now, "https://files.example/week.csv")

    assert refused.value.refusal.status == 403
