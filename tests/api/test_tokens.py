"""Tokens: hashed, scoped, expiring, revocable, and nobody's once their owner is deactivated."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken
from accounts.roles import Role
from accounts.services import tokens
from core.models import AuditEvent
from core.refusals import Refused
from tests.api.asking import as_role, asking, get, post, results
from tests.conftest import NOW
from tests.factories.accounts import person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def bearer(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_only_a_fingerprint_of_the_token_is_kept() -> None:
    user = person(Role.MANAGER)

    token, text = tokens.create(user, name="Reports", by=user, now=NOW)

    assert token.digest == hashlib.sha256(text.encode()).hexdigest()
    assert text.startswith(f"qap_{token.prefix}_")
    assert [value for value in ApiToken.objects.values().get().values() if value == text] == []


def test_me_says_who_asks_and_what_the_token_is_for() -> None:
    user = person(Role.AGENT)

    body = get(asking(user, scopes=["read", "feedback"]), "me/").json()

    assert body["email"] == user.email
    assert body["grants"] == [{"role": "agent", "team": None, "ends_at": None}]
    assert body["permissions"] == ["read_own_feedback", "work_on_own_plan"]
    assert body["scopes"] == ["feedback", "read"]


@pytest.mark.parametrize("text", ["", "qap_", "qap_x_y", "nonsense", "qap_" + "0" * 40 + "_x", "qap_é_x", "qap_a_b_c"])
def test_an_unknown_token_is_refused(text: str) -> None:
    response = bearer(text).get("/api/v1/me/", headers={"Authorization": f"Bearer {text}".encode().decode("latin-1")})

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_token_with_another_secret_is_refused() -> None:
    user = person(Role.MANAGER)
    token, _text = tokens.create(user, name="Reports", by=user, now=NOW)

    response = get(bearer(f"qap_{token.prefix}_guessed"), "me/")

    assert response.status_code == 401


def test_an_expired_token_opens_nothing() -> None:
    user = person(Role.MANAGER)
    _token, text = tokens.create(user, name="Reports", days=1, by=user, now=NOW)

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        response = get(bearer(text), "me/")

    assert response.status_code == 401


def test_a_token_of_a_deactivated_person_opens_nothing() -> None:
    user = person(Role.MANAGER)
    client = asking(user)
    user.is_active = False
    user.save()

    response = get(client, "me/")

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_revoked_token_opens_nothing_and_the_trail_knows() -> None:
    user = person(Role.MANAGER)
    client, kept = asking(user), asking(user)
    token = ApiToken.objects.order_by("pk").first()

    revoked = post(kept, f"tokens/{token.pk}/revoke/")

    assert revoked.status_code == 204
    assert get(client, "me/").status_code == 401
    assert get(kept, "me/").status_code == 200
    assert AuditEvent.objects.filter(verb="token.revoked", actor_id=user.pk).count() == 1


def test_revoking_twice_is_refused_with_a_sentence() -> None:
    user = person(Role.MANAGER)
    asking(user)
    token = ApiToken.objects.get()
    tokens.revoke(token, by=user, now=NOW)

    response = post(asking(user), f"tokens/{token.pk}/revoke/")

    assert response.status_code == 409
    assert response.json()["sentence"] == "This token was revoked already."


def test_nobody_sees_or_revokes_the_token_of_somebody_else() -> None:
    asking(person(Role.MANAGER))
    token = ApiToken.objects.get()
    other = as_role(Role.ADMIN)

    assert [row["id"] for row in results(other, "tokens/")] != [token.pk]
    assert post(other, f"tokens/{token.pk}/revoke/").status_code == 404


def test_use_is_noted_once_in_five_minutes() -> None:
    client = as_role(Role.MANAGER)
    with time_machine.travel(NOW, tick=False) as clock:
        get(client, "me/")
        clock.shift(timedelta(minutes=4))
        get(client, "me/")
        first = ApiToken.objects.get().last_used_at
        clock.shift(timedelta(minutes=1))
        get(client, "me/")

    assert first == NOW
    assert ApiToken.objects.get().last_used_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [({"days": 0}, "unusable_days"), ({"days": 367}, "unusable_days"), ({"scopes": ["everything"]}, "unknown_scope"),
     ({"scopes": []}, "unknown_scope")],
)  # fmt: skip
def test_a_token_without_sense_is_not_made(wanted: dict, code: str) -> None:
    user = person(Role.MANAGER)

    with pytest.raises(Refused) as caught:
        tokens.create(user, name="Reports", by=user, now=NOW, **wanted)

    assert caught.value.refusal.code == code


def test_the_command_prints_a_token_that_works() -> None:
    user = person(Role.SPECIALIST)
    printed = StringIO()

    call_command(
        "create_token", user.email.upper(), "--scope", "review", "--days", "7", stdout=printed, stderr=StringIO()
    )

    token = ApiToken.objects.get()
    assert (token.scopes, token.expires_at) == (["review"], NOW + timedelta(days=7))
    assert tokens.recognise(printed.getvalue().strip(), now=NOW) == token


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.com"], "Nobody here has the address nobody@example.com."),
        (["not an address"], "Nobody here has the address not an address."),
        (["here@example.com", "--days", "0"], "A token holds for 1 to 366 days."),
        (["here@example.com", "--scope", "everything"], "Error: argument --scope: invalid choice: 'everything'"),
        (["left@example.com"], "This person is deactivated and gets no token."),
    ],
)
def test_the_command_says_why_it_makes_no_token(arguments: list[str], sentence: str) -> None:
    for name, is_active in (("here", True), ("left", False)):
        person(Role.MANAGER, email=f"{name}@example.com", is_active=is_active)

    with pytest.raises(CommandError) as refused:
        call_command("create_token", *arguments)

    assert str(refused.value).startswith(sentence)
    assert not ApiToken.objects.exists()
