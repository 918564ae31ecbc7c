"""Signing in and out, and a forgotten password: allauth's flows on our own pages."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PASSWORD = "tent-pole-1905"


@pytest.fixture
def ana() -> User:
    user: User = UserFactory(email="ana@example.com", name="Ana Prado")
    user.set_password(PASSWORD)
    user.save()
    return user


def title_of(content: bytes) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", content.decode(), re.DOTALL)
    return found.group(1).strip() if found else ""


def test_a_person_signs_in_and_goes_where_they_wanted(client: Client, ana: User) -> None:
    response = client.post("/account/login/?next=/ui/", {"login": "ANA@example.com", "password": PASSWORD})

    assert (response.status_code, response.url) == (302, "/ui/")


@pytest.mark.parametrize(
    ("page", "back"),
    [("http://testserver/queue/?page=2", "%2Fqueue%2F%3Fpage%3D2"), ("https://elsewhere.example/", "%2F"), ("", "%2F")],
)
def test_who_was_signed_out_and_sends_a_form_comes_back_to_its_page(client: Client, page: str, back: str) -> None:
    response = client.post("/queue/next/", headers={"referer": page})

    assert (response.status_code, response.url) == (302, f"/account/login/?next={back}")


def test_a_wrong_password_keeps_the_address_and_marks_both_fields(client: Client, ana: User) -> None:
    response = client.post("/account/login/", {"login": ana.email, "password": "wrong"})

    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="ana@example.com"' in page
    assert page.count('aria-invalid="true" aria-describedby="login-error"') == 2
    assert page.count('id="login-error" role="alert"') == 1


def test_nothing_says_whether_an_address_has_an_account(client: Client, ana: User) -> None:
    known = client.post("/account/login/", {"login": ana.email, "password": "wrong"}).content.decode()
    unknown = client.post("/account/login/", {"login": "no@example.com", "password": "wrong"}).content.decode()

    said = re.compile(r'id="login-error".*?</div>', re.DOTALL)
    assert said.findall(known) == said.findall(unknown)
    assert said.findall(known) != []


@pytest.mark.parametrize("address", ["", "not-an-address", "a" * 400 + "@example.com", "a\x00@example.com", "<b>@x.y"])
def test_any_address_gets_an_answer(client: Client, address: str) -> None:
    response = client.post("/account/login/", {"login": address, "password": "x"})

    assert response.status_code == 200
    assert "<b>" not in response.content.decode()


def test_signing_out_needs_a_click(client: Client, ana: User) -> None:
    client.force_login(ana)

    asked = client.get("/account/logout/")
    done = client.post("/account/logout/")

    assert title_of(asked.content) == "Sign out?"
    assert (done.status_code, done.url) == (302, "/account/login/")
    assert client.get("/ui/").status_code == 302


def test_a_forgotten_password_is_set_by_a_link_that_works_once(client: Client, ana: User) -> None:
    client.post("/account/password/reset/", {"email": ana.email})
    address = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body).group(1)

    form = client.get(address, follow=True)
    new = {"password1": "a-brand-new-pole", "password2": "a-brand-new-pole"}
    done = client.post(form.redirect_chain[-1][0], new, follow=True)
    again = Client().get(address, follow=True)

    assert mail.outbox[0].subject.endswith("Set a new password for QA Portal")
    assert title_of(form.content) == "Choose a new password"
    assert title_of(done.content) == "Your password is set"
    assert title_of(again.content) == "This link no longer works"
    ana.refresh_from_db()
    assert ana.check_password("a-brand-new-pole") is True


def test_an_unknown_address_looks_the_same(client: Client) -> None:
    response = client.post("/account/password/reset/", {"email": "no@example.com"}, follow=True)

    assert title_of(response.content) == "Look in your mail"


def test_accounts_are_not_made_by_signing_up(client: Client) -> None:
    response = client.post("/account/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD})

    assert title_of(response.content) == "Accounts are made by an admin"
    assert User.objects.count() == 0


def test_a_closed_account_is_told_so(client: Client, ana: User) -> None:
    ana.is_active = False
    ana.save()

    response = client.post("/account/login/", {"login": ana.email, "password": PASSWORD}, follow=True)

    assert title_of(response.content) == "This account is closed"


def test_a_password_is_changed_by_its_owner(client: Client, ana: User) -> None:
    client.force_login(ana)

    form = client.get("/account/password/change/")
    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "a-brand-new-pole", "password2": "a-brand-new-pole"},
    )

    assert title_of(form.content) == "Change password"
    ana.refresh_from_db()
    assert ana.check_password("a-brand-new-pole") is True


def test_a_weak_password_is_refused_beside_its_field(client: Client, ana: User) -> None:
    client.force_login(ana)

    response = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )

    assert '<div id="id_password1_error"><p class="field-error">' in response.content.decode()


def test_two_factor_sign_in_can_be_set_up_after_confirming(client: Client, ana: User) -> None:
    client.post("/account/login/", {"login": ana.email, "password": PASSWORD})

    asked = client.get("/account/2fa/totp/activate/", follow=True)
    confirmed = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)

    assert title_of(asked.content) == "Is it still you?"
    assert title_of(confirmed.content) == "Set up an authenticator app"
    assert confirmed.content.decode().count('<img class="qr" src="data:image/svg+xml') == 1


@pytest.mark.parametrize("path", ["", "webauthn/", "recovery-codes/generate/"])
def test_every_two_factor_page_has_one_title(client: Client, ana: User, path: str) -> None:
    client.force_login(ana)

    response = client.get(f"/account/2fa/{path}", follow=True)

    assert response.content.decode().count("<h1") == 1
