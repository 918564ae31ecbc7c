"""Whoever is deactivated is out at once: sessions, tokens, and what they hold in the queue."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services import people
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import QueueItem
from reviews.services import claims
from tests.api.asking import asking, get
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import drawn_items, specialist

pytestmark = pytest.mark.django_db
PASSWORD = "tent-pole-1905"


def signed_in(user: User) -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_a_session_ends_and_does_not_come_back_with_the_person() -> None:
    user, admin = person(Role.MANAGER), person(Role.ADMIN)
    client = signed_in(user)
    before = client.get("/ui/").status_code

    people.deactivate(user, by=admin, now=NOW)
    while_away = client.get("/ui/").status_code
    people.reactivate(user, by=admin, now=NOW)
    after = client.get("/ui/").status_code

    assert (before, while_away, after) == (200, 302, 302)
    assert UserSession.objects.filter(user=user).count() == 0


def test_tokens_are_revoked_and_stay_so() -> None:
    user, admin = person(Role.MANAGER), person(Role.ADMIN)
    client = asking(user)

    people.deactivate(user, by=admin, now=NOW)
    while_away = get(client, "me/").status_code
    people.reactivate(user, by=admin, now=NOW)

    assert (while_away, get(client, "me/").status_code) == (401, 401)
    assert ApiToken.objects.get().revoked_at == NOW
    assert AuditEvent.objects.filter(verb="token.revoked", actor_id=admin.pk).count() == 1


def test_what_they_hold_returns_with_the_next_sweep_and_is_not_called_their_delay() -> None:
    user, admin = specialist(), person(Role.ADMIN)
    drawn_items(2)
    held, other = claims.next_item(by=user, now=NOW), claims.next_item(by=specialist(), now=NOW)
    assert held is not None
    assert other is not None

    people.deactivate(user, by=admin, now=NOW)
    returned = claims.sweep(now=NOW)

    assert returned == 1
    assert QueueItem.objects.get(pk=held.item_id).status == QueueItem.Status.AVAILABLE
    assert QueueItem.objects.get(pk=other.item_id).status == QueueItem.Status.CLAIMED
    assert AuditEvent.objects.filter(verb="item.released", actor_id=None, target_id=str(held.item_id)).count() == 1


def test_the_trail_names_who_closed_and_who_opened() -> None:
    user, admin = person(Role.AGENT), person(Role.ADMIN)

    people.deactivate(user, by=admin, now=NOW)
    people.reactivate(user, by=admin, now=NOW)

    events = AuditEvent.objects.filter(target_type="accounts.user", target_id=str(user.pk))
    assert list(events.values_list("verb", "actor_id")) == [
        ("user.activated", admin.pk),
        ("user.deactivated", admin.pk),
    ]


def test_twice_is_refused_with_a_sentence() -> None:
    user, admin = person(Role.AGENT), person(Role.ADMIN)
    people.deactivate(user, by=admin, now=NOW)

    with pytest.raises(Refused) as again:
        people.deactivate(user, by=admin, now=NOW)

    assert str(again.value.refusal) == "This person is deactivated already."


def test_nobody_deactivates_by_another_role() -> None:
    with pytest.raises(Refused) as refused:
        people.deactivate(person(Role.AGENT), by=person(Role.MANAGER), now=NOW)

    assert refused.value.refusal.code == "wrong_role"
