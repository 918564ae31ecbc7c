"""/metrics: who may read it, and that its numbers are those of the database and the broker."""

from __future__ import annotations

import pytest
from django.test import override_settings
from prometheus_client.parser import text_string_to_metric_families

from conversations.models import ImportRun
from reviews.models import QueueItem
from tests.factories.conversations import SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def numbers(client):
    text = client.get("/metrics").content.decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(client, view, status):
    labels = sorted({"view": view, "method": "GET", "status": status}.items())
    return numbers(client).get(("qa_portal_requests_total", *labels), 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_machine_itself_may_read(client, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


def test_a_stranger_is_refused_with_a_sentence(client):
    response = client.get("/metrics", **ELSEWHERE)

    assert response.status_code == 403
    assert response.json()["sentence"] == (
        "Send the token in QA_METRICS_TOKEN as a bearer token, or ask from the machine itself."
    )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto"])
def test_a_proxy_on_this_machine_does_not_open_the_door(client, header):
    assert client.get("/metrics", headers={header: "192.0.2.7"}).status_code == 403


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("right-token", "Bearer right-token", 200),
        ("right-token", "Bearer wrong", 403),
        ("right-token", "Bearer r\u00efght", 403),
        ("right-token", "", 403),
        ("", "", 403),
        ("", "Bearer ", 403),
    ],
)
def test_from_elsewhere_only_the_token_counts(client, token, given, status):
    with override_settings(METRICS_TOKEN=token):
        response = client.get("/metrics", headers={"Authorization": given}, **ELSEWHERE)

    assert response.status_code == status


def test_requests_are_counted_by_view_and_status_not_by_address(client):
    alive, nowhere = counted(client, "core:alive", "200"), counted(client, "unresolved", "404")

    client.get("/healthz")
    client.get("/no/such/page/")

    assert counted(client, "core:alive", "200") == alive + 1
    assert counted(client, "unresolved", "404") == nowhere + 1


def test_the_time_of_a_request_is_measured(client):
    name = ("qa_portal_request_seconds_count", ("view", "core:alive"))
    before = numbers(client).get(name, 0)

    client.get("/healthz")

    assert numbers(client)[name] == before + 1


def test_imports_are_counted_by_how_they_stand(client, now):
    source = SourceFactory()
    for status in (ImportRun.Status.DONE, ImportRun.Status.DONE, ImportRun.Status.RUNNING):
        ImportRun.objects.create(source=source, file_name="a.jsonl", status=status, started_at=now)

    found = numbers(client)

    assert found["qa_portal_imports", ("status", "done")] == 2
    assert found["qa_portal_imports", ("status", "running")] == 1


def test_every_queue_has_its_depth_even_when_empty(client):
    found = numbers(client)

    queues = {labels[0][1] for name, *labels in found if name == "qa_portal_queue_depth"}
    assert queues == {"ingest", "default", "insight"}


def test_without_queue_items_there_is_no_number_of_them(client):
    assert QueueItem.objects.count() == 0
    assert [name for name, *_labels in numbers(client) if name == "qa_portal_open_queue_items"] == []
