"""Ask the API as a script does: with a token, in JSON."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from accounts.roles import Role
from accounts.scopes import Scope
from accounts.services import tokens
from core.api import description
from tests.conftest import NOW
from tests.factories.accounts import person

METHODS = ("get", "post", "put", "patch", "delete")


def asking(user: User, *, scopes: Collection[str] = tuple(Scope)) -> Client:
    """Return a client that sends a token of this person."""
    _token, text = tokens.create(user, name="Test", scopes=scopes, by=user, now=NOW)
    return Client(headers={"Authorization": f"Bearer {text}"})


def as_role(role: Role, **fields: Any) -> Client:
    """Return a client of a person with this role, everywhere."""
    return asking(person(role, **fields))


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    """Send JSON."""
    return client.post(
        f"/api/v1/{path}", {} if body is None else body, content_type="application/json", headers=headers
    )


def put(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    """Send JSON in place of what is there."""
    return client.put(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)


def get(client: Client, path: str, **query: Any) -> Any:
    """Read."""
    return client.get(f"/api/v1/{path}", query)


def results(client: Client, path: str, **query: Any) -> list[Any]:
    """Return the rows of a list."""
    found: list[Any] = get(client, path, **query).json()["results"]
    return found


def schema() -> Any:
    """Return the whole schema."""
    get_resolver()  # the addresses are loaded before the schema is drawn up
    return description.whole()


@cache
def operations() -> dict[str, tuple[str, str]]:
    """Return every operation by its id: method and path, as the schema names them."""
    return {
        operation["operationId"]: (method, path)
        for path, methods in schema()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }
