"""Sessions on the pages and over the API; private notes: who reads them, and where they never are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import RoleGrant, User
from accounts.roles import Role
from coaching.calendars import Appointment, calendar_file
from coaching.models import PrivateNote, Session
from coaching.services import sessions
from core.models import AuditEvent
from core.refusals import Refused
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login, plan

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SECRET = "He may leave in spring."


@pytest.fixture
def session(coached, team, coach):
    made = plan("active", agent=coached, team=team, owner=coach)
    return sessions.arrange(made, starts_at=NOW - timedelta(hours=1), by=coach, now=NOW, agenda="The agenda")


@pytest.fixture
def noted(session, coach):
    sessions.note(session, text=SECRET, by=coach, now=NOW)
    return session


def test_a_session_is_arranged_changed_and_confirmed_on_pages(client, coached, team, coach):
    made = plan("active", agent=coached, team=team, owner=coach)
    page = as_(client, coach)
    offered = page.get(reverse("coaching:arrange", args=[made.pk]))
    terms = {"starts_at": "2026-03-04T09:00", "minutes": "30", "place": "Room 2", "agenda": "One"}

    made_at = page.post(reverse("coaching:arrange", args=[made.pk]), terms)
    session = Session.objects.get()
    page.post(reverse("coaching:change_session", args=[session.pk]), {**terms, "number": "0", "notes": "Agreed."})
    page.post(reverse("coaching:confirm_session", args=[session.pk]))
    own = as_(client, coached.user)
    shown = own.get(reverse("coaching:own_session", args=[session.pk]))
    own.post(reverse("coaching:own_confirm", args=[session.pk]))

    session.refresh_from_db()
    assert says(offered, "How are you, and what has gone well since we last spoke?")
    assert made_at.url == reverse("coaching:session", args=[session.pk])
    assert (session.notes, session.status) == ("Agreed.", "held")
    assert says(shown, "Agreed.")
    assert says(own.get(reverse("coaching:own_plan", args=[made.pk])), "Held")


@pytest.mark.parametrize("wrong", [{"starts_at": "soon"}, {"minutes": "0"}, {"minutes": "9999"}, {"starts_at": ""}])
def test_wrong_times_stay_in_the_form(client, coached, team, coach, wrong):
    made = plan("active", agent=coached, team=team)
    terms = {"starts_at": "2026-03-04T09:00", "minutes": "30", "agenda": "Mine", **wrong}

    response = as_(client, coach).post(reverse("coaching:arrange", args=[made.pk]), terms)

    assert (response.status_code, Session.objects.count()) == (422, 0)
    assert says(response, "Mine")


WHO = {
    "author": lambda session: session.plan.owner,
    "manager": lambda session: person(Role.MANAGER),
    "agent": lambda session: session.plan.agent.user,
    "successor": lambda session: person(Role.SUPERVISOR, team=session.plan.team),
    "elsewhere": lambda session: person(Role.SUPERVISOR, team=TeamFactory()),
    "colleague": lambda session: agent_with_login(session.plan.team).user,
    "specialist": lambda session: person(Role.SPECIALIST, team=session.plan.team),
    "admin": lambda session: person(Role.ADMIN),
}


@pytest.mark.parametrize(
    ("who", "reads", "keeps", "page", "api"),
    [
        ("author", True, None, 200, 200), ("manager", True, None, 200, 200), ("successor", False, None, 200, 200),
        ("agent", False, "wrong_role", 403, 403), ("elsewhere", False, "not_your_team", 404, 404),
        ("colleague", False, "wrong_role", 403, 403), ("specialist", False, "wrong_role", 403, 403),
        ("admin", False, "wrong_role", 403, 403),
    ],
)  # fmt: skip
def test_private_notes_are_read_and_kept_by_those_who_hold_the_permission(client, noted, who, reads, keeps, page, api):
    user = WHO[who](noted)
    asked = as_(client, user)
    shown = asked.get(reverse("coaching:session", args=[noted.pk]))
    listed = asked.get(f"/api/v1/coaching-sessions/{noted.pk}/private-notes/")
    try:
        sessions.note(noted, text="More", by=user, now=NOW)
        code = None
    except Refused as refused:
        code = refused.refusal.code

    assert PrivateNote.objects.visible_to(user).filter(text=SECRET).exists() is reads
    assert (shown.status_code, listed.status_code, code) == (page, api, keeps)
    assert (SECRET in shown.content.decode(), SECRET in listed.content.decode()) == (reads, reads)


def test_who_loses_the_role_reads_the_own_notes_no_longer(noted, coach):
    RoleGrant.objects.filter(user=coach).update(starts_at=NOW - timedelta(days=9), ends_at=NOW - timedelta(days=1))

    assert not PrivateNote.objects.visible_to(User.objects.get(pk=coach.pk)).exists()


def test_a_coach_who_is_coached_reads_no_note_about_themselves(noted, team):
    RoleGrant.objects.create(user=noted.plan.agent.user, role=Role.MANAGER, starts_at=NOW - timedelta(days=1))

    assert not PrivateNote.objects.visible_to(User.objects.get(pk=noted.plan.agent.user_id)).exists()


def test_a_private_note_is_nowhere_else(client, noted, coach):
    plan_pk, pk = noted.plan_id, noted.pk
    page = as_(client, coach)
    answers = [
        page.get(reverse("coaching:sheet", args=[pk])), page.get(reverse("coaching:calendar", args=[pk])),
        page.get(reverse("coaching:plan", args=[plan_pk])), page.get(f"/api/v1/coaching-sessions/{pk}/"),
        page.get("/api/v1/coaching-sessions/"), page.get(f"/api/v1/coaching-plans/{plan_pk}/"),
        page.get(f"/api/v1/coaching-sessions/{pk}/calendar/"),
    ]  # fmt: skip
    own = as_(client, noted.plan.agent.user)
    answers += [
        own.get(reverse("coaching:own_session", args=[pk])), own.get(reverse("coaching:own_plan", args=[plan_pk])),
        own.get(f"/api/v1/coaching-sessions/{pk}/"), own.get(reverse("coaching:own_calendar", args=[pk])),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert [answer.request["PATH_INFO"] for answer in answers if SECRET in answer.content.decode()] == []
    assert SECRET not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("who", ["elsewhere", "colleague", "specialist", "admin"])
def test_nobody_else_opens_a_session(client, session, who):
    asked = as_(client, WHO[who](session))
    names = ("session", "sheet", "calendar", "own_session", "own_calendar")

    statuses = {asked.get(reverse(f"coaching:{name}", args=[session.pk])).status_code for name in names}
    statuses.add(asked.get(f"/api/v1/coaching-sessions/{session.pk}/").status_code)

    assert statuses <= {403, 404}


def test_the_agent_sees_no_session_of_a_plan_that_is_not_shared(client, coached, team, coach):
    made = plan("accepted", agent=coached, team=team)
    session = sessions.arrange(made, starts_at=NOW, by=coach, now=NOW)

    assert as_(client, coached.user).get(reverse("coaching:own_session", args=[session.pk])).status_code == 404


def test_the_api_arranges_changes_and_confirms(client, coached, team, coach):
    made = plan("active", agent=coached, team=team, owner=coach)
    page = as_(client, coach)
    send = {"content_type": "application/json"}
    start = (NOW - timedelta(hours=1)).isoformat()

    arranged = page.post("/api/v1/coaching-sessions/", {"plan": made.pk, "starts_at": start}, **send)
    path = f"/api/v1/coaching-sessions/{arranged.json()['id']}/"
    body = {"starts_at": start, "minutes": 30, "notes": "Agreed."}
    changed = page.put(path, body, headers={"If-Match": arranged["ETag"]}, **send)
    stale = page.put(path, body, headers={"If-Match": arranged["ETag"]}, **send)
    page.post(f"{path}confirm/", **send)
    held = as_(client, coached.user).post(f"{path}confirm/", **send)

    assert (arranged.status_code, changed.json()["notes"], stale.status_code) == (201, "Agreed.", 412)
    assert held.json()["status"] == "held"


def test_a_calendar_file_says_when_and_where_in_the_format_of_calendars():
    start = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    one = Appointment(
        uid="u@qa", sequence=2, changed_at=NOW, starts_at=start, minutes=45, summary="1:1 with Kim; empathy, first",
        description="https://qa.example.com/x", place="Raum 2\r\nÜbergabe: " + "ü" * 60, is_cancelled=True,
    )  # fmt: skip

    content = calendar_file(one)
    unfolded = content.decode().replace("\r\n ", "")

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    for line in (
        "UID:u@qa", "SEQUENCE:2", "DTSTAMP:20260304T100000Z", "DTSTART:20260305T093000Z", "DTEND:20260305T101500Z",
        "SUMMARY:1:1 with Kim\\; empathy\\, first", "LOCATION:Raum 2\\nÜbergabe: " + "ü" * 60, "STATUS:CANCELLED",
    ):  # fmt: skip
        assert f"\r\n{line}\r\n" in unfolded, line
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
