"""The admin's pages: who is here, one of them, a new one, and what is refused beside its field."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant, Team, User
from accounts.roles import Role
from core.models import AuditEvent
from tests.factories.accounts import AgentFactory, TeamFactory, UserFactory, person

pytestmark = pytest.mark.django_db
NEW = {"email": "New.One@Example.com", "name": "New One", "time_zone": "Europe/Berlin"}


@pytest.fixture
def admin(client: Client) -> User:
    user = person(Role.ADMIN, name="Zoe Admin")
    client.force_login(user)
    return user


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    return len(caught)


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"/people/?{query}").content.decode()
    return re.findall(r'href="/people/\d+/">([^<]+)</a>', page)


def test_each_person_is_shown_with_role_and_team(client: Client, admin: User) -> None:
    person(Role.SUPERVISOR, team=TeamFactory(name="Retail"), name="Marta Silva", email="marta@example.com")

    page = client.get("/people/").content.decode()

    assert [word in page for word in ("Marta Silva", "marta@example.com", "Supervisor, Retail")] == [True] * 3


def test_people_are_found_by_words_role_team_and_state(client: Client, admin: User) -> None:
    team = TeamFactory()
    person(Role.SUPERVISOR, team=team, name="Marta", email="m@north.example")
    person(Role.SPECIALIST, name="Bo", is_active=False)
    UserFactory(name="Nobody Yet")

    assert names(client, "q=NORTH") == ["Marta"]
    assert names(client, "role=specialist") == ["Bo"]
    assert names(client, "role=none") == ["Nobody Yet"]
    assert names(client, f"team={team.pk}") == ["Marta"]
    assert names(client, "status=deactivated") == ["Bo"]


@pytest.mark.parametrize("path", ["/people/", "/people/teams/", "/people/agents/"])
def test_the_lists_cost_the_same_for_one_and_for_three(client: Client, admin: User, path: str) -> None:
    def add() -> None:
        team = TeamFactory()
        user = person(Role.SUPERVISOR, team=team)
        agent = AgentFactory(user=user)
        agent.memberships.create(team=team, starts_at=user.joined_at)
        agent.identities.create(source="desk", external_id=str(agent.pk))

    add()
    queries(client, path)
    one = queries(client, path)
    add()
    add()

    assert queries(client, path) == one


def test_a_new_person_sets_the_password_by_a_link_and_nobody_else_sees_one(client: Client, admin: User) -> None:
    made = client.post("/people/new/", NEW)

    user = User.objects.get(email="new.one@example.com")
    assert (made.status_code, made["Location"]) == (302, f"/people/{user.pk}/grant/")
    assert (user.has_usable_password(), user.time_zone) == (False, "Europe/Berlin")
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    stranger = Client()
    form = stranger.get(link.group(1), follow=True)
    stranger.post(form.redirect_chain[-1][0], {"password1": "a-brand-new-pole", "password2": "a-brand-new-pole"})
    user.refresh_from_db()
    assert user.check_password("a-brand-new-pole") is True
    assert AuditEvent.objects.filter(verb="user.link_sent", actor_id=admin.pk).count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [({"email": "zoe@EXAMPLE.com"}, 409, "Somebody here has this address already."),
     ({"email": "no address"}, 422, "Enter a valid email address."),
     ({"name": " "}, 422, "Fill this in."),
     ({"time_zone": "Mars/Base"}, 422, "Choose a time zone of the list, such as Europe/London.")],
)  # fmt: skip
def test_a_mistake_is_said_beside_the_field_and_nothing_is_lost(
    client: Client, admin: User, changed: dict[str, str], status: int, sentence: str
) -> None:
    UserFactory(email="zoe@example.com")

    response = client.post("/people/new/", NEW | changed)

    page = response.content.decode()
    assert response.status_code == status
    assert f"<span>{sentence}</span>" in page
    assert User.objects.filter(email="new.one@example.com").exists() is False


def test_a_mail_server_that_is_away_costs_the_mail_and_not_the_person(
    client: Client, admin: User, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # type: ignore[attr-defined]

    page = client.post("/people/new/", NEW, follow=True).content.decode()

    assert User.objects.filter(email="new.one@example.com").exists() is True
    assert "The mail server did not take the link for new.one@example.com." in page


def test_the_later_of_two_edits_is_told(client: Client, admin: User) -> None:
    user = UserFactory(name="Old")
    sent = {"email": user.email, "time_zone": "UTC", "number": "0"}

    first = client.post(f"/people/{user.pk}/edit/", sent | {"name": "First"})
    second = client.post(f"/people/{user.pk}/edit/", sent | {"name": "Second"})

    user.refresh_from_db()
    assert (first.status_code, second.status_code, user.name) == (302, 409, "First")
    assert "Somebody else changed this meanwhile." in second.content.decode()


def test_a_former_address_leads_nowhere(client: Client, admin: User) -> None:
    user = UserFactory(email="old@example.com")
    Client().post("/account/password/reset/", {"email": "old@example.com"})

    client.post(f"/people/{user.pk}/edit/", {"email": "new@example.com", "name": user.name, "time_zone": "UTC"})
    Client().post("/account/password/reset/", {"email": "old@example.com"})

    assert [letter.subject.split("] ")[-1] for letter in mail.outbox] == [
        "Set a new password for QA Portal",
        "No QA Portal account for this address",
    ]


def test_a_role_is_given_and_ended_on_pages(client: Client, admin: User) -> None:
    user, team = UserFactory(), TeamFactory(name="Retail")

    given = client.post(
        f"/people/{user.pk}/grant/",
        {"role": "supervisor", "team": team.pk, "starts_on": "2026-03-04", "ends_on": "2026-03-31"},
    )
    again = client.post(f"/people/{user.pk}/grant/", {"role": "supervisor", "team": team.pk, "starts_on": "2026-03-10"})
    grant = RoleGrant.objects.get(user=user)
    ended = client.post(f"/people/grants/{grant.pk}/end/", {"ends_on": ""})

    assert (given.status_code, again.status_code, ended.status_code) == (302, 409, 302)
    assert grant.ends_at is not None
    assert f"{grant.ends_at:%Y-%m-%d %H:%M}" == "2026-04-01 00:00"
    assert "from 2026-03-04 until 2026-04-01" in again.content.decode()
    assert RoleGrant.objects.filter(user=user).exists() is False  # it began this very moment, so it is taken back


def test_a_team_is_made_renamed_archived_when_empty_and_restored(client: Client, admin: User) -> None:
    client.post("/people/teams/new/", {"name": "Retail", "time_zone": "UTC"})
    supervisor = person(Role.SUPERVISOR, team=None)
    team = Team.objects.get(slug="retail")
    supervisor.grants.update(team=team)
    twice = client.post("/people/teams/new/", {"name": "RETAIL", "time_zone": "UTC"})
    client.post(f"/people/teams/{team.pk}/", {"name": "Shops", "time_zone": "Europe/Paris"})
    refused = client.post(f"/people/teams/{team.pk}/archive/")
    supervisor.grants.all().delete()
    client.post(f"/people/teams/{team.pk}/archive/")

    team.refresh_from_db()
    assert (twice.status_code, refused.status_code) == (409, 409)
    assert "Still in this team: 0 agents, 1 roles. Move the agents and end the roles first." in refused.content.decode()
    assert (team.name, team.slug, team.archived_at is not None) == ("Shops", "retail", True)
    client.post(f"/people/teams/{team.pk}/restore/")
    team.refresh_from_db()
    assert team.archived_at is None


def test_an_admin_of_one_team_does_not_look_after_the_house(client: Client) -> None:
    client.force_login(person(Role.ADMIN, team=TeamFactory()))

    response = client.get("/people/")

    assert response.status_code == 403
    assert "Your role is limited to a team, and this concerns the whole installation." in response.content.decode()


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    answers = {"email": "new@example.com", "password1": "a-long-word-9", "password2": "a-long-word-9"}

    client.post("/account/signup/", answers)

    assert User.objects.filter(email="new@example.com").exists() is False
