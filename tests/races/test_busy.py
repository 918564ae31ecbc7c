"""A database that is held up by others: a clear word and nothing stored, on a page and in the API; both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from accounts.models import User
from core.models import AuditEvent
from reviews.models import QueueItem
from tests.factories.reviews import drawn_items, specialist

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = {"postgresql": "SET lock_timeout = '1ms'", "sqlite": "PRAGMA busy_timeout = 0"}
AS_USUAL = {"postgresql": "RESET lock_timeout", "sqlite": "PRAGMA busy_timeout = 20000"}


@contextmanager
def held_by_another(user: User) -> Iterator[None]:
    """Hold a person's row in a transaction of its own, and wait for no lock in the meantime."""
    is_held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            is_held.set()
            let_go.wait()
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait()
    with connection.cursor() as cursor:
        cursor.execute(AT_ONCE[connection.vendor])
    try:
        yield
    finally:
        let_go.set()
        holder.join()
        with connection.cursor() as cursor:
            cursor.execute(AS_USUAL[connection.vendor])


def test_who_comes_while_others_hold_the_rows_is_told_to_send_it_once_more(client: Client) -> None:
    drawn_items(1)
    user = specialist()
    client.force_login(user)
    client.raise_request_exception = False
    words = "Others were changing the same thing at this very moment. Send it once more."

    with held_by_another(user):
        page = client.post("/queue/next/", {"note": "two words"})
        part = client.post("/queue/next/", headers={"HX-Request": "true"})
        answer: Any = client.post("/api/v1/queue/claim/", content_type="application/json")

    assert [one.status_code for one in (page, part, answer)] == [503] * 3
    assert [one.headers["Retry-After"] for one in (page, part, answer)] == ["1"] * 3
    assert words in page.text
    assert "two words" in page.text
    assert words in part.text
    assert (answer.json()["code"], answer.json()["sentence"]) == ("busy", words)
    assert (QueueItem.objects.get().status, AuditEvent.objects.filter(verb="item.claimed").exists()) == (
        "available", False,
    )  # fmt: skip
    assert client.post("/queue/next/").status_code == 302
