"""The same key twice at the same moment, and answers that are forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import IdempotentAnswer
from accounts.services import idempotency
from accounts.services.idempotency import Kept
from accounts.tasks import forget_idempotent_answers
from reviews.models import Review
from tests.api.asking import asking, post
from tests.conftest import NOW
from tests.factories.reviews import drawn_items, specialist
from tests.races.together import at_once

SENDERS = 4


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_by_several_at_once_is_one_claim() -> None:
    drawn_items(SENDERS)
    user = specialist()
    clients = [asking(user) for _ in range(SENDERS)]

    answers = at_once(*(partial(post, client, "queue/claim/", **{"Idempotency-Key": "one"}) for client in clients))

    assert [answer.status_code for answer in answers] == [201] * SENDERS
    assert len({answer.json()["id"] for answer in answers}) == Review.objects.count() == 1
    assert sorted(answer["Idempotency-Replayed"] for answer in answers) == ["false", *["true"] * (SENDERS - 1)]


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_day_and_not_before() -> None:
    user = specialist()
    for key, age in (("old", timedelta(hours=24)), ("young", timedelta(hours=23))):
        idempotency.once(key, by=user, fingerprint="0" * 64, now=NOW - age, work=lambda: Kept(200, "{}"))

    forget_idempotent_answers()

    assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["young"]


@pytest.mark.django_db
def test_what_was_answered_to_a_person_goes_when_they_are_erased() -> None:
    user, other = specialist(), specialist()
    for one in (user, other):
        idempotency.once("k", by=one, fingerprint="0" * 64, now=NOW, work=lambda: Kept(200, '{"name": "Leila"}'))

    assert idempotency.forget(user) == 1
    assert IdempotentAnswer.objects.get().user == other
