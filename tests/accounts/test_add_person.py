"""An installation without anybody gets its first people on the command line."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import RoleGrant, Team, User
from accounts.services import agents
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def add(email: str, monkeypatch: pytest.MonkeyPatch, *, typed: str = "a-long-enough-phrase", **options: Any) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(typed + "\n"))
    call_command("add_person", email, password_stdin=True, stdout=StringIO(), **options)


def test_the_first_admin_can_log_in(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    add("Ada@Example.com", monkeypatch, name="Ada Moor", role="admin")

    client.post("/account/login/", {"login": "ada@example.com", "password": "a-long-enough-phrase"})

    assert client.get("/people/").status_code == 200


def test_a_team_is_made_once_and_the_same_role_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for _time in range(2):
        add("lea@example.com", monkeypatch, name="Lea", role="supervisor", team="Retail")

    assert [str(grant) for grant in RoleGrant.objects.all()] == ["Supervisor, Retail"]
    assert list(Team.objects.values_list("slug", flat=True)) == ["retail"]


def test_an_agent_known_from_imports_gets_the_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = agents.create_agent("Leila", source="zendesk", external_id="a-7", by=None, now=NOW)

    add("leila@example.com", monkeypatch, name="Leila", role="agent", agent="zendesk:a-7")

    agent.refresh_from_db()
    assert agent.user == User.objects.get(email="leila@example.com")


@pytest.mark.parametrize(
    ("email", "typed", "options"),
    [
        ("not an address", "a-long-enough-phrase", {"name": "Ada"}),
        ("ada@example.com", "a-long-enough-phrase", {}),
        ("ada@example.com", "short", {"name": "Ada"}),
        ("ada@example.com", "a-long-enough-phrase", {"name": "Ada", "agent": "zendesk:nobody"}),
    ],
    ids=["no address", "no name", "a weak password", "an unknown agent"],
)
def test_what_cannot_be_is_refused_and_leaves_nobody(
    monkeypatch: pytest.MonkeyPatch, email: str, typed: str, options: dict[str, str]
) -> None:
    with pytest.raises(CommandError):
        add(email, monkeypatch, typed=typed, role="manager", **options)

    assert User.objects.count() == 0


def test_an_agent_of_somebody_else_keeps_their_log_in_and_the_reason_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agents.create_agent("Leila", source="zendesk", external_id="a-7", by=None, now=NOW)
    add("leila@example.com", monkeypatch, name="Leila", role="agent", agent="zendesk:a-7")

    with pytest.raises(CommandError, match=r"^This agent has another log-in\."):
        add("thief@example.com", monkeypatch, name="Thief", role="agent", agent="zendesk:a-7")

    assert User.objects.count() == 1
