"""Whatever is asked wrongly is answered in one shape, with a code and a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from accounts.roles import Role
from tests.api.asking import as_role, get, post
from tests.factories.accounts import person
from tests.factories.rubrics import draft_version

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SHAPE = {"type", "code", "sentence", "errors", "details"}


@pytest.mark.parametrize("path", ["/api/v1/agents", "/api/v1/nothing/", "/api/v1/agents/x/", "/api/", "/api/v2/me/"])
def test_an_unknown_address_is_answered_in_json(client: Client, path: str) -> None:
    response = client.post(path)

    assert (response.status_code, response.json()["code"]) == (404, "unknown_address")
    assert response.json().keys() == SHAPE


def test_who_sends_no_token_is_told_how(client: Client) -> None:
    response = client.get("/api/v1/me/", headers={"Authorization": "Basic eDp5"})

    assert (response.status_code, response.json()["sentence"]) == (
        401,
        "Nobody is logged in, and no token came with this. Send one as “Authorization: Bearer qap_…”.",
    )


def test_what_is_not_there_is_said_without_telling_whether_it_exists() -> None:
    response = as_role(Role.MANAGER).get("/api/v1/conversations/999999/")

    assert (response.status_code, response.json()["code"], response.json()["sentence"]) == (
        404,
        "not_found",
        "There is no such thing, or it is not within your reach.",
    )


@pytest.mark.parametrize("size", ["0", "-1", "201", "abc", "", "٣", "9" * 5000])
def test_a_page_of_an_impossible_size_is_refused(size: str) -> None:
    response = get(as_role(Role.MANAGER), "agents/", page_size=size)

    assert (response.status_code, response.json()["sentence"]) == (
        422,
        "page_size: Choose a whole number from 1 to 200.",
    )


def test_a_method_that_is_not_there_is_named() -> None:
    response = as_role(Role.MANAGER).delete("/api/v1/agents/")

    assert (response.status_code, response.json()["code"], response["Allow"]) == (
        405,
        "method_not_allowed",
        "GET, HEAD, POST",
    )


def test_a_method_that_nothing_here_offers_is_refused_on_every_address() -> None:
    client = as_role(Role.MANAGER)

    # The framework has an action of its own for OPTIONS, which a list, a thing and an action each met differently.
    asked = [client.options(f"/api/v1/{path}") for path in ("me/", "reviews/", "reviews/1/", "reviews/1/publish/")]

    assert [(one.status_code, one.json()["code"]) for one in asked] == [(405, "method_not_allowed")] * 4


@pytest.mark.parametrize(
    ("content_type", "raw", "status", "code"),
    [
        ("application/json", b"{", 400, "parse_error"),
        ("application/json", b"", 422, "invalid"),
        ("text/plain", b"hello", 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", b"text=hello", 415, "unsupported_media_type"),
        ("application/json", b"[]", 422, "invalid"),
        ("application/json", b"3", 422, "invalid"),
        ("application/json", b'{"text": 3000000000000000000000}', 422, "unreadable_rubric"),
    ],
)
def test_a_body_without_sense_is_refused(content_type: str, raw: bytes, status: int, code: str) -> None:
    response = as_role(Role.MANAGER).post("/api/v1/rubrics/import/", raw, content_type=content_type)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json().keys() == SHAPE
    assert response.json()["sentence"] != ""


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large_is_refused_and_says_so() -> None:
    response = post(as_role(Role.MANAGER), "rubrics/import/", {"text": "x" * 200})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_multipart_body_with_too_many_parts_is_no_error_of_ours() -> None:
    fields: dict[str, Any] = {f"field{number}": "x" for number in range(1100)}

    response = as_role(Role.MANAGER).post("/api/v1/imports/", fields)

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense"])
def test_the_answer_is_json_whatever_is_accepted(accept: str) -> None:
    response = as_role(Role.MANAGER).get("/api/v1/me/", headers={"Accept": accept})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_the_session_of_the_pages_works_too_but_not_without_its_token_against_forgery() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person(Role.MANAGER))
    version = draft_version()

    read = get(strict, f"rubrics/{version.rubric.slug}/")
    forged = post(strict, f"rubrics/{version.rubric.slug}/versions/1/publish/")

    assert (read.status_code, forged.status_code, forged.json()["code"]) == (200, 403, "permission_denied")
