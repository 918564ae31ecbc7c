"""Who reads a plan, what was said about it, and what a coach keeps: by role and by when somebody had the team.

One company, asked on pages and through the API by everybody; the table below is the whole rule.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RoleGrant, TeamMembership, User
from accounts.roles import Role
from coaching.models import PrivateNote, Remark
from coaching.views.earlier import ROWS
from tests.api.asking import asking
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, TeamMembershipFactory, UserFactory, person
from tests.factories.coaching import agent_with_login, member, plan, session_of, skill

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
YESTERDAY, LAST_YEAR = NOW - timedelta(days=1), NOW - timedelta(days=300)
REFLECTION, AGREED = "I rush when the queue is long.", "We agreed on two chats at once."
PRIVATE = "Kept beside the session that was held."
NOTES = {"before": "Kept by the one before.", "now": "Kept by the one now.", "manager": "Kept by the manager."}

IN_TIME, LATER = "in time", "later"
PLANS = ("open", "unshared", "moved", IN_TIME, LATER)

# plans read on the coach's page · on the agent's own page · in the API · the reflection · private notes, page and API ·
# what ended, was held or was said, on the pages of earlier teams and in their API
ALL, OWN, NONE, TEAM = PLANS, ("open",), (), ("open", "unshared", IN_TIME, LATER)
TABLE: dict[str, tuple[Any, ...]] = {
    "the agent": (NONE, OWN, OWN, True, NONE, NONE),
    "a colleague": (NONE, NONE, NONE, False, NONE, NONE),
    "the supervisor since yesterday": (TEAM, NONE, TEAM, True, ("now",), NONE),
    # Left the team yesterday: of what was theirs they read what was completed by then, own private notes not included.
    "the supervisor until yesterday": (NONE, NONE, NONE, False, NONE, (IN_TIME,)),
    # Has another team now, and the agent who moved there yesterday with an open plan; of the old team's as above.
    "the supervisor who changed teams": (("moved",), NONE, ("moved",), False, NONE, (IN_TIME,)),
    "the supervisor from tomorrow": (NONE, NONE, NONE, False, NONE, NONE),
    "a supervisor of a third team": (NONE, NONE, NONE, False, NONE, NONE),
    "a specialist of the team": (NONE, NONE, NONE, False, NONE, NONE),
    "a QA manager": (ALL, NONE, ALL, True, ("before", "manager", "now"), NONE),
    "the QA manager until yesterday": (NONE, NONE, NONE, False, NONE, NONE),
    "an admin": (NONE, NONE, NONE, False, NONE, NONE),
    "somebody without a role": (NONE, NONE, NONE, False, NONE, NONE),
}


def led(user: User, team: Any, *, since: Any, until: Any = None, role: str = Role.SUPERVISOR) -> User:
    RoleGrant.objects.create(user=user, role=role, team=team, starts_at=since, ends_at=until)
    return user


def founded() -> tuple[dict[str, User], dict[str, Any]]:
    retail, travel = TeamFactory(name="Retail"), TeamFactory(name="Travel")
    agent, colleague = agent_with_login(retail, name="Kim Berg"), agent_with_login(retail)
    gone, moved_on = UserFactory(), UserFactory()
    led(gone, retail, since=LAST_YEAR, until=YESTERDAY)
    led(moved_on, retail, since=LAST_YEAR, until=YESTERDAY)
    led(moved_on, travel, since=YESTERDAY)
    people = {
        "the agent": agent.user,
        "a colleague": colleague.user,
        "the supervisor since yesterday": led(UserFactory(), retail, since=YESTERDAY),
        "the supervisor until yesterday": gone,
        "the supervisor who changed teams": moved_on,
        "the supervisor from tomorrow": led(UserFactory(), retail, since=NOW + timedelta(days=1)),
        "a supervisor of a third team": person(Role.SUPERVISOR, team=TeamFactory()),
        "a specialist of the team": person(Role.SPECIALIST, team=retail),
        "a QA manager": person(Role.MANAGER),
        "the QA manager until yesterday": led(UserFactory(), None, since=LAST_YEAR, until=YESTERDAY, role=Role.MANAGER),
        "an admin": person(Role.ADMIN),
        "somebody without a role": UserFactory(),
    }
    traveller = member(retail)
    TeamMembership.objects.filter(agent=traveller).update(starts_at=LAST_YEAR, ends_at=YESTERDAY)
    TeamMembershipFactory(agent=traveller, team=travel, starts_at=YESTERDAY)
    plans = {
        "open": plan("shared", agent=agent, team=retail, owner=gone),
        "unshared": plan("accepted", agent=agent, team=retail, skill=skill("adaptability")),
        "moved": plan("active", agent=traveller, team=travel),  # the sweep has handed it over
    }
    Remark.objects.create(plan=plans["open"], kind="reflection", text=REFLECTION, author=agent.user, created_at=NOW)
    for name, at in ((IN_TIME, YESTERDAY - timedelta(hours=1)), (LATER, NOW)):
        ended = {"agent": agent, "team": retail, "skill": skill("adaptability"), "focus": f"Worked on {name}."}
        plans[name] = plan("closed", closed_at=at, **ended)
        of = plans["open"]
        Remark.objects.create(plan=of, kind="reflection", text=f"Said {name}.", author=agent.user, created_at=at)
        both = {"agent_confirmed_at": at, "coach_confirmed_at": at, "starts_at": at, "updated_at": at}
        held = session_of(of, status="held", notes=f"Noted {name}.", **both)
        PrivateNote.objects.create(session=held, author=gone, text=PRIVATE, created_at=at)
    session = session_of(plans["open"], notes=AGREED)
    authors = {"before": gone, "now": people["the supervisor since yesterday"], "manager": people["a QA manager"]}
    for name, text in NOTES.items():
        PrivateNote.objects.create(session=session, author=authors[name], text=text, created_at=NOW)
    return people, {**plans, "session": session}


def seen(user: User, things: dict[str, Any]) -> tuple[Any, ...]:
    """Return what somebody meets, in the order of the table; pages and API have to agree on the notes."""
    client, scripts = Client(), asking(user)
    client.force_login(user)
    plans = {name: things[name] for name in PLANS}
    pages = {name: client.get(reverse("coaching:plan", args=[one.pk])) for name, one in plans.items()}
    own = {name: client.get(reverse("coaching:own_plan", args=[one.pk])) for name, one in plans.items()}
    api = {name: scripts.get(f"/api/v1/coaching-plans/{one.pk}/") for name, one in plans.items()}
    listed = scripts.get("/api/v1/coaching-plans/")
    ids = {one["id"] for one in listed.json()["results"]} if listed.status_code == 200 else set()
    assert ids == {plans[name].pk for name, answer in api.items() if answer.status_code == 200}
    words = "".join(answer.content.decode() for answer in (*pages.values(), *own.values()) if answer.status_code == 200)
    assert (REFLECTION in words) == (REFLECTION in "".join(answer.content.decode() for answer in api.values()))
    session = things["session"]
    page = client.get(reverse("coaching:session", args=[session.pk])).content.decode()
    page += client.get(reverse("coaching:own_session", args=[session.pk])).content.decode()
    kept = scripts.get(f"/api/v1/coaching-sessions/{session.pk}/private-notes/").content.decode()
    notes = tuple(sorted(name for name, text in NOTES.items() if text in page))
    assert notes == tuple(sorted(name for name, text in NOTES.items() if text in kept))
    nowhere = words + scripts.get("/api/v1/coaching-sessions/").content.decode()
    for address in ("sheet", "calendar", "own_calendar"):
        nowhere += client.get(reverse(f"coaching:{address}", args=[session.pk])).content.decode()
    assert not [text for text in NOTES.values() if text in nowhere]
    assert (AGREED in page) == bool(pages["open"].status_code == 200 or own["open"].status_code == 200)
    return (
        tuple(name for name, answer in pages.items() if answer.status_code == 200),
        tuple(name for name, answer in own.items() if answer.status_code == 200),
        tuple(name for name, answer in api.items() if answer.status_code == 200),
        REFLECTION in words,
        notes,
        earlier(client, scripts),
    )


def earlier(client: Client, scripts: Client) -> tuple[str, ...]:
    """Return what of the team's past somebody reads whose time with it has ended: the same on pages and in the API."""
    pages, api = client.get(reverse("coaching:earlier_teams")).content.decode(), ""
    for one in scripts.get("/api/v1/earlier-teams/").json()["results"]:
        address = reverse("coaching:earlier_team", args=[one["id"]])
        pages += "".join(client.get(address, {"show": tab}).content.decode() for tab in ROWS)
        rows = {tab: scripts.get(f"/api/v1/earlier-teams/{one['id']}/{tab}/") for tab in ROWS}
        api += "".join(answer.content.decode() for answer in rows.values())
        for ended in rows["plans"].json()["results"]:
            page = reverse("coaching:earlier_plan", args=[one["id"], ended["id"]])
            pages += client.get(page).content.decode()
    words = {name: (f"Worked on {name}.", f"Said {name}.", f"Noted {name}.") for name in (IN_TIME, LATER)}
    found = tuple(name for name, texts in words.items() if all(text in pages for text in texts))
    assert found == tuple(name for name, texts in words.items() if any(text in pages for text in texts))
    assert found == tuple(name for name, texts in words.items() if any(text in api for text in texts))
    assert not [text for text in (PRIVATE, REFLECTION, AGREED, *NOTES.values()) if text in pages + api]
    return found


def test_everybody_reads_what_the_table_says_and_nothing_else() -> None:
    people, things = founded()

    assert {who: seen(user, things) for who, user in people.items()} == TABLE
