"""Whatever stands behind the question mark of an address, page or API: an answer in words, never a failure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import cycle

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.api.asking import asking, operations, schema
from tests.factories.accounts import RoleGrantFactory
from tests.project.test_access import ADDRESSES, OURS
from tests.project.test_teams_apart import OF_OPERATIONS, OF_PAGES
from tests.project.tree import python_files
from tests.project.two_teams import TwoTeams, founded
from tests.support.walking import undone

pytestmark = pytest.mark.django_db
# No column holds them, no calendar and no list knows them; as a text each of them is one like any other.
VALUES = ("a\0b", "9" * 30, "0001-01-01T00:00", "9999-12-31", "[" * 500)
READ_BY_A_VIEW = re.compile(r"""GET(?:\.get|\.getlist)?[(\[]["'](\w+)["']""")
ANSWERED = {200, 302, 400, 403, 404, 405, 409, 422}


def of_pages() -> list[str]:
    """Return every name that a page reads from a query, by itself or with the filters that the API has, too."""
    read = {name for path in python_files() for name in READ_BY_A_VIEW.findall(path.read_text(encoding="utf-8"))}
    return sorted(read | {name for operation in operations() for name in of_operation(operation)})


def of_operation(name: str) -> list[str]:
    """Return every name that an operation reads from a query."""
    method, path = operations()[name]
    given = schema()["paths"][path][method].get("parameters", [])
    return [one["name"] for one in given if one["in"] == "query"]


def people(company: TwoTeams) -> dict[str, User]:
    """Return an agent, and somebody of North who holds every other role."""
    every = company.people["specialist", True]
    for role in (Role.MANAGER, Role.ADMIN, Role.SUPERVISOR):
        RoleGrantFactory(user=every, role=role)
    return {"agent": company.people["agent", True], "everybody else": every}


def reads(company: TwoTeams) -> Iterator[tuple[str, str, list[str]]]:
    """Yield who asks for which page or operation, and with which names."""
    known = of_pages()
    for name in OURS:
        kind, reached_by = OF_PAGES.get(name, ("rubric", ""))
        path = reverse(
            name, kwargs={key: company.things[kind][key] for key in ADDRESSES[name].pattern.regex.groupindex}
        )
        yield "agent" if reached_by == "agent" else "everybody else", path, known
    for name, (method, path) in operations().items():
        asked_for = of_operation(name) if method == "get" else []
        kind, reached_by = OF_OPERATIONS.get(name, ("rubric", ""))
        for key, value in {"id": company.things[kind].get("pk"), **company.things[kind]}.items():
            path = path.replace(f"{{{key}}}", str(value))
        if asked_for:
            yield "agent" if reached_by == "agent" else "everybody else", path, asked_for


def test_any_query_is_answered() -> None:
    company = founded()
    asked_by: dict[tuple[str, bool], Client] = {}
    for who, user in people(company).items():
        asked_by[who, True], asked_by[who, False] = asking(user), Client()
        asked_by[who, False].force_login(user)
    found = Counter[int]()
    odd: list[tuple[str, str, int]] = []
    # Each name and value alone would be fifty thousand requests; forms and filters look at all names at once.
    for (who, path, known), value in zip(reads(company), cycle(VALUES), strict=False):
        client = asked_by[who, path.startswith("/api/")]
        status = undone(client, partial(client.get, path, dict.fromkeys(known, value))).status_code
        found[status] += 1
        odd += [(path, value, status)] if status not in ANSWERED else []

    assert odd == []
    assert (found[200] > 60, found[422] > 40) == (True, True), found
