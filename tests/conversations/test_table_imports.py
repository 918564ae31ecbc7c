"""Tables by upload, mapping page, API and command: shown first, read once, gone on with after a kill."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from conversations.models import Conversation, ImportRun, Reject
from conversations.services import benches, reading, runs, uploads
from core.models import Job
from tests.conversations.importing import tally
from tests.conversations.table.tables import CONVERSATIONS, MESSAGES
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
AMBIGUOUS = "ticket_id,created_at,role,text\n1,01/02/2026 9:00 AM,customer,Hi\n"


@pytest.fixture
def manager(client):
    user = person("manager")
    client.force_login(user)
    return user


def upload(client, content, *, name="week.csv", source="Help desk"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post("/imports/new/", {"file": file, "source": source})


def sent(response):
    """Return what the form of the columns page would send."""
    page = response.content.decode()
    form = page[page.index('id="columns-form"') :]
    data: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        data.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select [^>]*?name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        data.setdefault(name, []).append(chosen[1])
    data["time_zone"] = re.findall(r'name="time_zone" value="([^"]*)"', form)
    data.pop("csrfmiddlewaretoken", None)
    return data


def work(run, now):
    while uploads.work(run.job_id, clock=lambda: now):
        pass
    return ImportRun.objects.get(pk=run.pk)


def many(conversations, rows, *, scattered=True):
    lines = ["ticket_id,created_at,role,text"]
    numbers = [n % conversations if scattered else n // rows for n in range(conversations * rows)]
    lines += [f"t-{one},2026-01-05T09:{n // 60 % 60:02}:{n % 60:02}Z,customer,Nr {n}" for n, one in enumerate(numbers)]
    return "\n".join(lines) + "\n"


def test_a_table_waits_until_somebody_has_looked_at_its_columns(client, manager):
    response = upload(client, MESSAGES)

    run = ImportRun.objects.get()
    assert (response.status_code, response.url) == (302, f"/imports/{run.pk}/columns/")
    assert (run.status, run.job, Job.objects.count(), Conversation.objects.count()) == ("mapping", None, 0, 0)
    page = client.get(response.url)
    assert [(column.name, column.field) for column in page.context["columns"]][:5] == [
        ("ticket_id", "external_id"),
        ("created_at", "sent_at"),
        ("author_type", "role"),
        ("author_name", "author"),
        ("message", "text"),
    ]
    assert [example.record.external_id for example in page.context["preview"].examples] == ["4711", "4712"]


def test_the_preview_shows_what_was_said_and_when(client, manager):
    page = client.get(upload(client, many(1, 2)).url).content.decode()

    assert re.findall(r"data-words[^>]*>([^<]+)<", page) == ["Nr 0", "Nr 1"]
    assert re.findall(r'<time class="message-time" datetime="([^"]+)"', page) == [
        "2026-01-05T09:00:00+00:00",
        "2026-01-05T09:00:01+00:00",
    ]


def test_the_guess_is_started_as_it_is_shown(client, manager, now):
    page = client.get(upload(client, MESSAGES).url)

    response = client.post(page.request["PATH_INFO"], sent(page) | {"start": "1"})
    run = work(ImportRun.objects.get(), now)

    assert (response.status_code, response.url) == (302, f"/imports/{run.pk}/")
    assert (run.status, tally(run), run.rows) == ("done", (2, 0, 0, 0), 3)
    assert not (settings.VAR / "workbench").exists() or list((settings.VAR / "workbench").iterdir()) == []


def test_a_changed_column_changes_the_preview_and_what_is_imported(client, manager, now):
    page = client.get(upload(client, MESSAGES).url)
    changed = sent(page) | {"column-7": "", "column-3": "customer.name", "column-6": "metadata"}

    looked = client.post(page.request["PATH_INFO"], changed, headers={"HX-Request": "true"})
    client.post(page.request["PATH_INFO"], changed | {"start": "1"})
    work(ImportRun.objects.get(), now)

    assert ("<html" in looked.content.decode(), looked.context["preview"].examples[0].record.metadata) == (
        False,
        {"customer": "Dana"},
    )
    assert set(Conversation.objects.values_list("external_id", "subject", "customer_name")) == {
        ("4711", "", "Dana"),
        ("4712", "", "Omar"),
    }


def test_another_separator_draws_the_columns_anew(client, manager):
    page = client.get(upload(client, MESSAGES).url)

    looked = client.post(page.request["PATH_INFO"], sent(page) | {"delimiter": ";"})

    assert (looked.status_code, len(looked.context["columns"])) == (200, 1)


def test_two_columns_for_one_field_are_refused_by_name(client, manager):
    page = client.get(upload(client, MESSAGES).url)

    response = client.post(page.request["PATH_INFO"], sent(page) | {"column-0": "text", "start": "1"})

    assert (response.status_code, response.context["problem"]) == (
        422,
        "Two columns are said to be “Text”. Choose one of them.",
    )


def test_what_is_missing_is_said_and_nothing_starts(client, manager):
    page = client.get(upload(client, MESSAGES).url)

    response = client.post(page.request["PATH_INFO"], sent(page) | {"column-4": "", "start": "1"})

    assert response.status_code == 422
    assert response.context["missing"] == ["text (or html): which column holds what was written"]
    assert ImportRun.objects.get().status == "mapping"


def test_ambiguous_dates_have_to_be_chosen(client, manager, now):
    page = client.get(upload(client, AMBIGUOUS).url)
    not_chosen = client.post(page.request["PATH_INFO"], sent(page) | {"start": "1"})

    client.post(page.request["PATH_INFO"], sent(page) | {"dates": "day-first", "start": "1"})
    work(ImportRun.objects.get(), now)

    assert (page.context["asks_dates"], not_chosen.status_code) == (True, 422)
    assert not_chosen.context["problem"] == (
        "Dates such as 03/04/2026 can be read in two ways. Say whether the day or the month comes first."
    )
    assert Conversation.objects.get().completed_at.date().isoformat() == "2026-02-01"


def test_the_next_file_of_the_same_columns_is_read_as_the_last_one(client, manager, now):
    page = client.get(upload(client, AMBIGUOUS).url)
    client.post(page.request["PATH_INFO"], sent(page) | {"dates": "day-first", "start": "1"})
    work(ImportRun.objects.get(), now)

    again = client.get(upload(client, AMBIGUOUS.replace("Hi", "Hello")).url)

    assert (again.context["asks_dates"], again.context["mapping"].dates) == (False, "day-first")


def test_a_file_that_waits_can_be_discarded_and_is_not_uploaded_twice(client, manager):
    upload(client, MESSAGES)
    twice = upload(client, MESSAGES)
    run = ImportRun.objects.get()

    client.post(f"/imports/{run.pk}/cancel/")

    assert twice.status_code == 409
    assert (ImportRun.objects.get().status, ImportRun.objects.get().stored_as) == ("cancelled", "")
    assert client.post(f"/imports/{run.pk}/columns/", {"start": "1"}).status_code == 409


def test_a_file_nobody_looked_at_is_forgotten_after_a_week(client, manager, now):
    upload(client, MESSAGES)

    uploads.tidy(now + uploads.WAITS_FOR)
    kept = ImportRun.objects.get().status
    uploads.tidy(now + 2 * uploads.WAITS_FOR)

    run = ImportRun.objects.get()
    assert (kept, run.status, run.stored_as) == ("mapping", "incomplete", "")
    assert run.problem.startswith("Nobody said what the columns are")


def test_rejected_rows_are_downloaded_under_their_columns_corrected_and_imported(client, manager, now):
    content = 'ticket_id,role,text\n1,customer,"=1+1"\n1,boss,"a\nb"\n2,customer,Hi\n'
    page = client.get(upload(client, content).url)
    client.post(page.request["PATH_INFO"], sent(page) | {"start": "1"})
    run = work(ImportRun.objects.get(), now)
    file = b"".join(client.get(f"/imports/{run.pk}/to-correct.jsonl").streaming_content).decode("utf-8-sig")

    page = client.get(upload(client, file.replace("boss", "agent"), name="corrected.csv").url)
    client.post(page.request["PATH_INFO"], sent(page) | {"start": "1"})
    again = work(ImportRun.objects.first(), now)

    assert (tally(run), Reject.objects.count()) == ((1, 0, 0, 1), 1)
    assert file == 'ticket_id,role,text\r\n1,customer,\'=1+1\r\n1,boss,"a\nb"\r\n'
    assert tally(again) == (1, 0, 0, 0)
    texts = [one.text for one in Conversation.objects.get(external_id="1").transcript.messages]
    assert texts == ["=1+1", "a\nb"]


@pytest.mark.parametrize("scattered", [True, False])
@pytest.mark.parametrize("kills", [1, 2, 3])
def test_a_kill_at_any_point_loses_and_doubles_nothing(kills, scattered, now, monkeypatch):
    monkeypatch.setattr("conversations.formats.table.workbench.STEP", 900)
    content = many(1100, 3, scattered=scattered).encode()
    with_mapping = _begun(content, now)
    stops = []

    def killed(_run):
        stops.append(1)
        if len(stops) > kills:
            raise KeyboardInterrupt
        return True

    with pytest.raises(KeyboardInterrupt):
        reading.read(with_mapping, io.BytesIO(content), clock=lambda: now, go_on=killed)
    run = ImportRun.objects.get()
    reading.read(run, io.BytesIO(content), clock=lambda: now)
    runs.end(run, now=now)

    run = ImportRun.objects.get()
    assert (run.status, tally(run), run.rows) == ("done", (1100, 0, 0, 0), 3300)
    assert set(Conversation.objects.values_list("message_count", flat=True)) == {3}


def test_slices_sort_first_and_say_how_far_they_are(client, manager, now, monkeypatch):
    monkeypatch.setattr("conversations.formats.table.workbench.STEP", 900)
    page = client.get(upload(client, many(600, 5)).url)
    client.post(page.request["PATH_INFO"], sent(page) | {"start": "1"})
    run = ImportRun.objects.get()
    seen = []

    while uploads.work(run.job_id, clock=lambda: now, seconds=0):
        current = ImportRun.objects.select_related("job").get()
        seen.append((current.received, bool(current.last_line), current.job.percent))

    run = ImportRun.objects.get()
    assert [one[:2] for one in seen[:6]] == [(0, False)] * 4 + [(500, True), (600, True)]
    assert [one[2] for one in seen] == sorted(one[2] for one in seen)
    assert (tally(run), benches.path_of(run).exists()) == ((600, 0, 0, 0), False)


def _begun(content, now):
    from conversations.formats.table import mapping as mappings
    from conversations.formats.table.told import Told
    from conversations.services import columns

    found = columns.look(io.BytesIO(content), Told())
    source = runs.source_named("Help desk", by=None, now=now)
    digest = reading.fingerprint(io.BytesIO(content))
    return runs.begin(
        source, file_name="a.csv", size=len(content), fingerprint=digest, by=None, now=now,
        mapping=mappings.to_json(found.mapping),
    )  # fmt: skip


def command(path, *options):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_conversations", str(path), "--json", *options, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def test_the_command_reads_a_table_and_shows_its_columns(tmp_path):
    path = tmp_path / "week.csv"
    path.write_text(MESSAGES)

    first, shown = command(path)
    second, _ = command(path)

    assert (first["created"], first["rows"], second["unchanged"]) == (2, 3, 2)
    assert "ticket_id    external_id" in shown


def test_the_command_is_told_columns_words_and_dates(tmp_path):
    path = tmp_path / "week.csv"
    path.write_text("a;b;c;d\n1;01/02/2026 09:00;Chefin;Hi\n")
    told = ["--map", "external_id=a", "--map", "sent_at=b", "--map", "role=c", "--map", "text=d"]

    found, _ = command(path, *told, "--word", "role:Chefin=agent", "--dates", "day-first", "--channel", "email",
                       "--rows", "message", "--time-zone", "Europe/Berlin")  # fmt: skip

    row = Conversation.objects.get()
    assert (found["created"], row.channel, row.agent_messages) == (1, "email", 1)
    assert row.completed_at.isoformat() == "2026-02-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("a,b\n1,2\n", [], "It is not yet known of this file: external_id"),
        (AMBIGUOUS, [], "Dates such as 03/04/2026 can be read in two ways"),
        (MESSAGES, ["--map", "text=nowhere"], "text: there is no column “nowhere”"),
        ("%PDF-1.7 …", [], "This is a PDF."),
        ("ticket_id,created_at,role,text\n", [], "This file names its columns and holds no row below them."),
    ],
)
def test_the_command_says_why_it_cannot_read_a_table(content, options, sentence, tmp_path):
    path = tmp_path / "week.csv"
    path.write_text(content)
    out = io.StringIO()

    with pytest.raises(CommandError, match="Nothing could be read"):
        call_command("import_conversations", str(path), "--json", *options, stdout=out, stderr=io.StringIO())

    assert sentence in json.loads(out.getvalue())["problem"]
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--map", "text"], "--map text: write it as FIELD=COLUMN."),
        (["--word", "king=agent"], "--word king=agent: FIELD is role, channel or kind."),
    ],
)
def test_the_command_says_how_to_write_an_option(options, sentence, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("import_conversations", str(tmp_path / "x.csv"), *options)

    assert str(refused.value) == sentence


def test_the_command_shows_columns_and_writes_nothing(tmp_path):
    path = tmp_path / "week.csv"
    path.write_text(CONVERSATIONS)
    out = io.StringIO()

    call_command("import_conversations", str(path), "--show-columns", stdout=out)

    assert "One row is one conversation; utf-8, separated by ','." in out.getvalue()
    assert not ImportRun.objects.exists()
