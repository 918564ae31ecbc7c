"""Log-ins, roles, teams and agents by script: the same rules as the pages, once per key, and told when late."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Agent, RoleGrant, User
from accounts.roles import Role
from tests.api.asking import as_role, get, post, put, results
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, AgentIdentityFactory, TeamFactory, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_a_person_is_made_once_per_key_and_mailed_once() -> None:
    client = as_role(Role.ADMIN)
    body = {"email": "new@example.com", "name": "New"}

    first = post(client, "users/", body, **{"Idempotency-Key": "k"})
    again = post(client, "users/", body, **{"Idempotency-Key": "k"})

    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json() == {
        "id": User.objects.get(email="new@example.com").pk, "email": "new@example.com", "name": "New",
        "time_zone": "UTC", "is_active": True, "joined_at": "2026-03-04T10:00:00Z", "last_login": None, "grants": [],
    }  # fmt: skip
    assert re.findall(r"/account/password/reset/key/", mail.outbox[0].body) != []
    assert len(mail.outbox) == 1


def test_a_stale_edit_of_a_person_or_an_agent_is_told() -> None:
    client, user, agent = as_role(Role.ADMIN), UserFactory(), AgentFactory()
    of_user = {"email": user.email, "name": "Next", "time_zone": "UTC"}
    of_agent = {
        "name": "Next", "level": "lead", "hired_on": None, "time_zone": "UTC", "languages": ["en"], "is_bot": False,
    }  # fmt: skip

    for path, body in ((f"users/{user.pk}/", of_user), (f"agents/{agent.pk}/", of_agent)):
        tag = get(client, path)["ETag"]
        done = put(client, path, body, **{"If-Match": tag})
        late = put(client, path, body, **{"If-Match": tag})
        without = put(client, path, body)
        assert (done.status_code, done.json()["name"], done["ETag"]) == (200, "Next", '"1"')
        assert (late.status_code, late.json()["code"]) == (412, "stale")
        assert without.status_code == 428


def test_roles_are_given_listed_and_ended() -> None:
    client, user, team = as_role(Role.ADMIN), UserFactory(), TeamFactory()
    body = {"user": user.pk, "role": "specialist", "team": team.pk, "ends_at": "2026-04-01T00:00:00Z"}

    given = post(client, "grants/", body)
    twice = post(client, "grants/", body)
    ended = post(client, f"grants/{given.json()['id']}/end/", {"at": "2026-03-10T00:00:00Z"})

    assert (given.status_code, given.json()["team"]) == (201, {"id": team.pk, "name": team.name})
    assert (twice.status_code, twice.json()["code"]) == (409, "overlapping_grant")
    assert ended.status_code == 204
    assert [row["ends_at"] for row in results(client, "grants/", user=user.pk, holds_now=True)] == [
        "2026-03-10T00:00:00Z"
    ]


def test_teams_are_made_renamed_and_archived() -> None:
    client = as_role(Role.ADMIN)

    made = post(client, "teams/", {"name": "Retail"}).json()
    renamed = put(client, f"teams/{made['id']}/", {"name": "Shops", "time_zone": "Europe/Paris"}).json()
    archived = post(client, f"teams/{made['id']}/archive/").json()

    assert (made["slug"], renamed["name"], renamed["slug"]) == ("retail", "Shops", "retail")
    assert archived["archived_at"] is not None
    assert [row["id"] for row in results(client, "teams/", is_archived=True)] == [made["id"]]


def test_an_agent_is_made_moved_linked_and_noted_as_gone() -> None:
    client, team, user = as_role(Role.ADMIN), TeamFactory(), UserFactory()

    made = post(client, "agents/", {"source": "desk", "external_id": "7", "name": "Ada"}).json()
    path = f"agents/{made['id']}"
    at = (NOW - timedelta(days=3)).isoformat()
    moved = post(client, f"{path}/move/", {"team": team.pk, "at": at}).json()
    linked = post(client, f"{path}/link/", {"user": user.pk}).json()
    known = post(client, f"{path}/identify/", {"source": "phone", "external_id": "9"}).json()
    gone = post(client, f"{path}/deactivate/").json()

    assert moved["team"] == {"id": team.pk, "name": team.name}
    assert linked["user"] == {"id": user.pk, "name": user.name}
    assert [one["external_id"] for one in known["identities"]] == ["7", "9"]
    assert gone["deactivated_at"] is not None
    assert post(client, f"{path}/unlink/").json()["user"] is None


def test_a_file_of_agents_comes_back_with_every_row_accounted_for() -> None:
    client = as_role(Role.ADMIN)
    AgentIdentityFactory(source="desk", external_id="1", agent=AgentFactory(name="Ada"))
    raw = b"source,external_id,name\ndesk,1,Ada\ndesk,2,Bo\ndesk,3,\n"

    answer = client.post("/api/v1/agents/upload/", {"file": SimpleUploadedFile("a.csv", raw)})
    bad = client.post("/api/v1/agents/upload/", {"file": SimpleUploadedFile("a.csv", b"\xff\xff")})

    body = answer.json()
    assert [body[name] for name in ("created", "updated", "unchanged", "rejected")] == [1, 0, 1, 1]
    assert [(line["line"], line["result"]) for line in body["lines"]] == [
        (2, "unchanged"), (3, "created"), (4, "rejected"),
    ]  # fmt: skip
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_encoding")
    assert b"Bo" in b"".join(client.get("/api/v1/agents/export/", {"q": "bo"}).streaming_content)


def test_an_admin_lists_every_agent_and_a_supervisor_the_own_team() -> None:
    AgentFactory(name="Ada")
    team = TeamFactory()
    mine = AgentFactory(name="Bo")
    mine.memberships.create(team=team, starts_at=NOW)

    assert len(results(as_role(Role.ADMIN), "agents/")) == 2
    assert [row["name"] for row in results(as_role(Role.SUPERVISOR, team=team), "agents/")] == ["Bo"]


def test_an_admin_of_one_team_manages_nobody() -> None:
    client = as_role(Role.ADMIN, team=TeamFactory())
    agent = AgentFactory()

    answers = [
        get(client, "users/"), get(client, "grants/"), post(client, "teams/", {"name": "X"}),
        post(client, f"agents/{agent.pk}/deactivate/"),
    ]  # fmt: skip

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "one_team_only")] * 4


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [("users/", {"email": "x", "name": "X"}, "invalid"),
     ("users/", {"email": "x@example.com", "name": "X", "time_zone": "Mars"}, "unknown_time_zone"),
     ("grants/", {"user": 10**30, "role": "agent"}, "invalid"),
     ("grants/", {"user": True, "role": "king"}, "invalid"),
     ("teams/", {"name": "…"}, "unusable_name"),
     ("agents/", {"source": "desk", "external_id": "1", "name": "A", "languages": ["not a code"]}, "invalid"),
     ("agents/", {"source": "desk", "external_id": "1", "name": "A", "hired_on": "0001-01-01"}, "invalid")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_code(path: str, body: dict[str, object], code: str) -> None:
    answer = post(as_role(Role.ADMIN), path, body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (RoleGrant.objects.filter(role="agent").count(), Agent.objects.count()) == (0, 0)


def test_a_deactivated_person_is_refused_by_the_api_at_once() -> None:
    admin, user = as_role(Role.ADMIN), person(Role.MANAGER)

    closed = post(admin, f"users/{user.pk}/deactivate/").json()
    opened = post(admin, f"users/{user.pk}/reactivate/").json()

    assert (closed["is_active"], opened["is_active"]) == (False, True)
    assert post(admin, f"users/{user.pk}/send-link/").status_code == 204
