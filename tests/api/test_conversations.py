"""Conversations and imports over the API: the same rows, filters and refusals as on the pages."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role
from conversations.models import Conversation, ImportRun
from core.models import Job
from tests.api.asking import as_role, asking, get, post, results
from tests.conftest import NOW
from tests.conversations.searching import index, says
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.conversations import conversation

pytestmark = pytest.mark.django_db

LINE = {
    "external_id": "zen-1", "channel": "chat", "agent": {"external_id": "a-7", "name": "Leila"},
    "started_at": "2026-02-17T14:02:00Z", "ended_at": "2026-02-17T14:31:00Z",
    "messages": [{"role": "customer", "author": "c-1", "sent_at": "2026-02-17T14:02:00Z", "text": "Hi"}],
}  # fmt: skip


def upload(client: Client, content: bytes, *, source: str = "Zen", **headers: str) -> Any:
    file = SimpleUploadedFile("week.jsonl", content)
    return client.post("/api/v1/imports/", {"file": file, "source": source}, headers=headers)


def test_a_specialist_lists_the_conversations_of_the_team_granted() -> None:
    team = TeamFactory()
    mine = conversation(agent=AgentFactory(), team=team)
    conversation(agent=AgentFactory(), team=TeamFactory())

    rows = results(as_role(Role.SPECIALIST, team=team), "conversations/")

    assert [(row["id"], row["team"]["id"]) for row in rows] == [(mine.pk, team.pk)]


def test_a_conversation_of_another_team_does_not_exist() -> None:
    other = conversation(agent=AgentFactory(), team=TeamFactory())
    client = as_role(Role.SPECIALIST, team=TeamFactory())

    statuses = [get(client, f"conversations/{other.pk}/{part}").status_code for part in ("", "transcript/")]

    assert statuses == [404, 404]


def test_the_filters_are_those_of_the_page() -> None:
    chat = conversation(agent=AgentFactory(), team=TeamFactory(), channel="chat")
    conversation(agent=AgentFactory(), team=TeamFactory(), channel="email")
    client = as_role(Role.MANAGER)

    assert [row["id"] for row in results(client, "conversations/", channel="chat")] == [chat.pk]
    assert get(client, "conversations/", channel="pigeon").status_code == 422


def test_search_shows_the_words_around_each_hit() -> None:
    row = says("Hello", "Your parcel is late", team=TeamFactory())
    says("Hello", team=TeamFactory())
    index()
    client = as_role(Role.MANAGER)

    assert [(found["id"], found["snippet"]) for found in results(client, "conversations/", search="late parcel")] == [
        (row.pk, {"message": 1, "speaker": "agent", "text": "Your parcel is late", "ranges": [[5, 11], [15, 19]]})
    ]
    assert [found["snippet"] for found in results(client, "conversations/")] == [None, None]
    assert results(client, "conversations/", search="-hello") == []


def test_the_best_match_comes_first_when_asked_for_and_pages_go_on_exactly() -> None:
    good, long, equal = says("late late late"), says("late " + "and so on " * 200), says("late late late")
    index()
    client = as_role(Role.MANAGER)
    seen, address = [], "conversations/?search=late&order=relevance&page_size=1"
    while address:
        body = get(client, address).json()
        seen += [row["id"] for row in body["results"]]
        address = (body["next"] or "").partition("/api/v1/")[2]

    assert seen == [equal.pk, good.pk, long.pk]
    assert len(results(client, "conversations/", order="relevance")) == 3
    assert get(client, "conversations/", order="oldest").status_code == 422


def test_a_search_without_a_word_is_refused_with_a_sentence() -> None:
    answer = get(as_role(Role.MANAGER), "conversations/", search="😀")

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["detail"]) == (
        422,
        "invalid",
        "Search finds words and numbers, and there is none in “😀”.",
    )


def test_the_transcript_is_what_was_said_in_order() -> None:
    made = conversation(agent=AgentFactory(), team=TeamFactory())

    body = get(as_role(Role.MANAGER), f"conversations/{made.pk}/transcript/").json()

    assert made.transcript is not None
    assert [row["text"] for row in body["messages"]] == [message.text for message in made.transcript.messages]
    assert (body["version"], body["is_current"]) == (made.transcript_id, True)


def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_role(Role.MANAGER)
    conversation(agent=AgentFactory(), team=TeamFactory())
    get(client, "conversations/")
    with django_assert_num_queries(3) as one:
        get(client, "conversations/")
    for _ in range(2):
        conversation(agent=AgentFactory(), team=TeamFactory())

    with django_assert_num_queries(len(one)):
        get(client, "conversations/")


def test_an_upload_becomes_a_job_that_can_be_watched() -> None:
    client = as_role(Role.MANAGER)

    response = upload(client, json.dumps(LINE).encode())

    body = response.json()
    assert (response.status_code, body["status"], body["source"]) == (201, "running", "zen")
    assert get(client, f"jobs/{body['job']['id']}/").json()["kind"] == "import_conversations"
    assert get(client, f"imports/{body['id']}/").json()["id"] == body["id"]


def test_the_same_upload_under_the_same_key_is_one_import() -> None:
    client = as_role(Role.MANAGER)
    content = gzip.compress(json.dumps(LINE).encode(), mtime=0)

    first = upload(client, content, **{"Idempotency-Key": "week-9"})
    again = upload(client, content, **{"Idempotency-Key": "week-9"})
    other = upload(client, content + b" ", **{"Idempotency-Key": "week-9"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first["Idempotency-Replayed"], again["Idempotency-Replayed"]) == ("false", "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert ImportRun.objects.count() == 1


def test_the_very_file_that_is_being_read_is_refused() -> None:
    client = as_role(Role.MANAGER)
    upload(client, b"{}")

    response = upload(client, b"{}")

    assert (response.status_code, response.json()["code"]) == (409, "already_reading")
    assert response.json()["details"] == {"import": ImportRun.objects.get().pk}


@pytest.mark.parametrize(("content", "source", "attr"), [(b"", "Zen", "file"), (b"{}", "—", "source")])
def test_an_upload_without_sense_says_which_field(content: bytes, source: str, attr: str) -> None:
    response = upload(as_role(Role.MANAGER), content, source=source)

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (422, attr)
    assert ImportRun.objects.count() == 0


def test_an_upload_as_json_is_told_what_is_expected() -> None:
    response = post(as_role(Role.MANAGER), "imports/", LINE)

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_an_import_can_be_stopped_once() -> None:
    client = as_role(Role.MANAGER)
    made = upload(client, b"{}").json()

    stopped = post(client, f"imports/{made['id']}/cancel/")
    again = post(client, f"imports/{made['id']}/cancel/")

    assert (stopped.status_code, stopped.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()["code"]) == (409, "import_ended")


def test_rejects_are_for_those_who_may_read_what_customers_wrote() -> None:
    manager, admin = as_role(Role.MANAGER), as_role(Role.ADMIN)
    made = upload(manager, b"{}").json()
    ImportRun.objects.get().rejects.create(line=1, reason="external_id is missing", raw="{}")

    refused = get(admin, f"imports/{made['id']}/rejects/")

    assert [row["reason"] for row in results(manager, f"imports/{made['id']}/rejects/")] == ["external_id is missing"]
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_read")


def test_nobody_watches_the_jobs_of_others() -> None:
    mine, theirs = (person(Role.MANAGER) for _ in range(2))
    job = Job.objects.create(kind="import_conversations", created_by=theirs, created_at=NOW)

    assert results(asking(mine), "jobs/") == []
    assert get(asking(mine), f"jobs/{job.pk}/").status_code == 404
    assert [row["id"] for row in results(asking(theirs), "jobs/", kind="import_conversations")] == [job.pk]


def test_what_was_read_keeps_its_metadata_and_tags() -> None:
    made = conversation(agent=AgentFactory(), team=TeamFactory())
    Conversation.objects.filter(pk=made.pk).update(metadata={"plan": "gold"}, tags=["refund"])

    body = get(as_role(Role.MANAGER), f"conversations/{made.pk}/").json()

    assert (body["metadata"], body["tags"]) == ({"plan": "gold"}, ["refund"])
