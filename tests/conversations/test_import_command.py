"""`manage.py import_conversations`: what it prints, when it fails, and how it goes on."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from conversations.models import Conversation, ImportRun
from conversations.services import reading
from conversations.services.batches import MOST_LINES
from tests.conversations.importing import begin, lines, packed, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def make(content, name="chats.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_conversations", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def summary(*arguments):
    out, _err = run(*arguments, "--json")
    return [json.loads(line) for line in out.splitlines()]


def test_the_summary_says_what_became_of_the_file(file):
    out, _err = run(file(lines(record("zen-1"), record("zen-2"), "nonsense")))

    run_id = ImportRun.objects.get().pk
    first, why, second = out.splitlines()
    assert first.split(": ", 1)[1].startswith("3 received, 2 created, 0 updated, 0 unchanged, 1 rejected (")
    assert why.startswith("  line 3: ")
    assert second == f"  the rejected lines and their reasons are kept with import {run_id}"


def test_json_is_one_object_per_file(file):
    first, second = summary(file(lines(record("zen-1")), "a.jsonl"), file(packed(record("zen-1")), "b.jsonl.gz"))

    assert (first["created"], first["unchanged"], first["status"], first["source"]) == (1, 0, "done", "files")
    assert (second["created"], second["unchanged"], second["problem"]) == (0, 1, "")


def test_the_source_is_named_and_made_once(file):
    path = file(lines(record("zen-1")))

    run(path, "--source", "Zendesk EU")
    run(path, "--source", "Zendesk EU")

    assert list(Conversation.objects.values_list("source__slug", "source__name")) == [("zendesk-eu", "Zendesk EU")]


def test_nothing_readable_fails_and_still_says_why(file):
    path = file(b"one\ntwo\n")
    out = io.StringIO()

    with pytest.raises(CommandError, match="Nothing could be read"):
        call_command("import_conversations", str(path), stdout=out, stderr=io.StringIO())

    assert "2 received, 0 created, 0 updated, 0 unchanged, 2 rejected" in out.getvalue()


def test_a_missing_file_beside_a_good_one_is_named_and_does_not_fail(file, tmp_path):
    missing, good = summary(tmp_path / "missing.jsonl", file(lines(record())))

    assert (missing["status"], missing["problem"]) == (
        "unreadable",
        f"{tmp_path / 'missing.jsonl'}: No such file or directory",
    )
    assert good["created"] == 1


def test_a_truncated_file_is_taken_up_to_the_break(file):
    (found,) = summary(file(packed(*[record(f"zen-{n}") for n in range(400)])[:-300], "a.jsonl.gz"))

    assert (found["status"], found["rejected"], found["created"]) == ("incomplete", 1, found["received"] - 1)
    assert found["problem"] == "The compressed file ends in the middle, so nothing from here on could be read."


def test_a_second_start_goes_on_where_the_killed_one_stopped(file, now):
    content = lines(*[record(f"zen-{n}") for n in range(MOST_LINES + 5)])
    killed = begin(content, now, source="Files")
    reading.read(killed, io.BytesIO(content), clock=lambda: now, go_on=lambda _run: False)

    out, err = run(file(content), "--json")

    found = json.loads(out)
    assert err.splitlines()[0] == "chats.jsonl: going on at line 501"
    assert (found["import"], found["received"], found["created"]) == (killed.pk, MOST_LINES + 5, MOST_LINES + 5)
    assert (ImportRun.objects.count(), Conversation.objects.count()) == (1, MOST_LINES + 5)


def test_an_unusable_character_is_said(file):
    out, _err = run(file(lines('{"external_id": "x", "messages": [{"role": "agent", "text": "a\\u0000"}]}')))

    assert out.splitlines()[1] == "  1 records held unusable characters, replaced by U+FFFD"
