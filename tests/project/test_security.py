"""What stands between a stranger and the house: limits, headers, cookies."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.api.asking import as_role
from tests.factories.accounts import UserFactory, person
from tests.qa_portal.test_environment import PRODUCTION, settings

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PASSWORD = "tent-pole-1905"
SENTENCE = "Wait a few minutes, then try once more. This keeps others from guessing your password."


@pytest.fixture
def ana() -> User:
    user = UserFactory(email="ana@example.com")
    user.set_password(PASSWORD)
    user.save()
    return user


def guess(email: str, password: str, *, address: str = "192.0.2.1", path: str = "/account/login/") -> tuple[int, str]:
    response = Client(REMOTE_ADDR=address).post(path, {"login": email, "password": password})
    return response.status_code, response.content.decode()


def test_guesses_at_one_account_are_limited_from_wherever_they_come(ana: User) -> None:
    tries = [guess(ana.email, "wrong", address=f"192.0.2.{n}")[0] for n in range(1, 6)]

    status, page = guess(ana.email, PASSWORD, address="192.0.2.99")

    assert tries == [200] * 5
    assert (status, SENTENCE in page) == (429, True)


def test_guesses_from_one_address_are_limited_whatever_the_account(ana: User) -> None:
    tries = [guess(f"person{n}@example.com", "wrong")[0] for n in range(10)]

    status, page = guess(ana.email, PASSWORD)

    assert tries == [200] * 10
    assert (status, SENTENCE in page) == (429, True)
    assert guess(ana.email, PASSWORD, address="198.51.100.7")[0] == 302


def test_signing_in_rightly_is_not_counted_against_anybody(ana: User) -> None:
    assert [guess(ana.email, PASSWORD)[0] for _n in range(8)] == [302] * 8


def test_asking_for_links_is_limited_too(ana: User) -> None:
    statuses = [Client().post("/account/password/reset/", {"email": ana.email}).status_code for _n in range(25)]

    assert statuses[-1] == 429


def test_every_answer_carries_the_headers(client: Client) -> None:
    client.force_login(person(Role.ADMIN))

    for path in ("/people/", "/account/login/", "/api/v1/me/", "/no-such-page/", "/healthz"):
        headers = client.get(path).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Permissions-Policy"].startswith("camera=(), microphone=(), geolocation=()")
        assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


def test_a_session_cookie_is_out_of_the_reach_of_scripts_and_other_sites(ana: User) -> None:
    client = Client()

    client.post("/account/login/", {"login": ana.email, "password": PASSWORD})

    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"], cookie["path"]) == (True, "Lax", "", "/")


def production(monkeypatch: pytest.MonkeyPatch, folder: Path, **environment: str) -> dict[str, object]:
    """Return what the settings say in production."""
    names = (
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG",
        "SESSION_COOKIE_HTTPONLY", "ALLAUTH_TRUSTED_PROXY_COUNT", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
    )  # fmt: skip
    found = settings(monkeypatch, folder, **PRODUCTION, **environment)
    return {name: found.get(name) for name in names}


def test_production_speaks_https_alone_and_trusts_one_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert production(monkeypatch, tmp_path) == {
        "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True, "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 3600, "DEBUG": False, "SESSION_COOKIE_HTTPONLY": None,
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
    }  # fmt: skip


def test_without_https_no_browser_is_told_to_insist_on_it_and_nobody_in_front_is_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = production(monkeypatch, tmp_path, QA_HTTPS="0")

    assert (found["SECURE_HSTS_SECONDS"], found["ALLAUTH_TRUSTED_PROXY_COUNT"]) == (0, 0)


def test_what_a_stranger_writes_into_the_forwarded_address_is_not_believed(ana: User) -> None:
    for n in range(10):
        Client(REMOTE_ADDR="192.0.2.1").post(
            "/account/login/",
            {"login": f"person{n}@example.com", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{n}"},
        )

    assert guess(ana.email, PASSWORD)[0] == 429


def test_bodies_are_limited_by_size(client: Client) -> None:
    client.force_login(person(Role.ADMIN))
    large = b"x" * (2 * 1024 * 1024 + 1)

    form = client.post("/people/new/", {"name": "x" * (6 * 1024 * 1024)})
    file = client.post("/people/agents/file/", {"file": SimpleUploadedFile("agents.csv", large)})
    api = as_role(Role.ADMIN)
    script = api.post("/api/v1/users/", {"name": "x" * (6 * 1024 * 1024)}, content_type="application/json")
    script_file = api.post("/api/v1/agents/upload/", {"file": SimpleUploadedFile("agents.csv", large)})

    assert (form.status_code, "That is more than this form takes." in form.content.decode()) == (413, True)
    assert (file.status_code, "This file is larger than 2 MB." in file.content.decode()) == (413, True)
    assert (script.status_code, script.json()["code"]) == (413, "too_large")
    assert (script_file.status_code, script_file.json()["code"]) == (413, "too_large")
