"""The calendar feed: a secret address that opens one person's sessions, without a word of what was said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RoleGrant
from accounts.roles import Role
from coaching.models import CalendarFeed
from coaching.services import feeds, sessions
from core.refusals import Refused
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.coaching import agent_with_login, plan, session_of, skill

pytestmark = pytest.mark.django_db
WORDS = {"agenda": "AGENDA", "notes": "NOTES"}


@pytest.fixture
def session(coached, team, coach):
    made = session_of(plan("active", agent=coached, team=team, owner=coach), place="Room 2", **WORDS)
    sessions.note(made, text="PRIVATE", by=coach, now=NOW)
    return made


def address_of(user):
    _feed, secret = feeds.open_feed(user, by=user, now=NOW)
    return reverse("coaching:feed", args=[secret])


def test_each_side_finds_the_own_sessions_and_nothing_that_was_said(session, coached, coach, team):
    colleague = agent_with_login(team)
    session_of(plan("active", agent=colleague, team=team, owner=person(Role.SUPERVISOR, team=team)))
    session_of(plan("accepted", agent=coached, team=team, skill=skill("other")))
    session_of(session.plan, starts_at=NOW - timedelta(days=90))

    bodies = [Client().get(address_of(user)) for user in (coached.user, coach)]

    for body, path in zip(
        bodies, (f"/my-coaching/sessions/{session.pk}/", f"/coaching/sessions/{session.pk}/"), strict=True
    ):
        text = body.content.decode().replace("\r\n ", "")
        assert (body.status_code, body["Content-Type"], body["Cache-Control"]) == (
            200, "text/calendar; charset=utf-8", "private, no-store"
        )  # fmt: skip
        assert (text.count("BEGIN:VEVENT"), text.count(path), text.count("LOCATION:Room 2")) == (1, 1, 1)
        assert [words for words in ("AGENDA", "NOTES", "PRIVATE") if words in text] == []
        assert all(len(line.encode()) <= 75 for line in body.content.decode().split("\r\n"))


def test_a_secret_is_kept_as_a_fingerprint_and_opens_nothing_once_it_is_taken_back(session, coach):
    first = address_of(coach)
    second = address_of(coach)
    row = CalendarFeed.objects.get(revoked_at=None)
    stranger = Client()

    read = [stranger.get(address).status_code for address in (first, second)]
    feeds.revoke(coach, by=coach, now=NOW)

    assert (read, stranger.get(second).status_code) == ([404, 200], 404)
    assert row.digest not in second
    assert CalendarFeed.objects.get(pk=row.pk).last_read_at == NOW
    with pytest.raises(Refused):
        feeds.revoke(coach, by=coach, now=NOW)


@pytest.mark.parametrize("wrong", ["x", "0" * 43, "ü" * 20, "y" * 500, "%00"])
def test_a_wrong_secret_is_not_found(session, wrong):
    assert Client().get(f"/calendar/{wrong}.ics").status_code == 404


def test_who_lost_the_role_or_left_finds_nothing(session, coach, coached):
    lost, left = address_of(coach), address_of(coached.user)
    RoleGrant.objects.filter(user=coach).update(starts_at=NOW - timedelta(9), ends_at=NOW - timedelta(1))
    coached.user.is_active = False
    coached.user.save()

    assert [Client().get(address).status_code for address in (lost, left)] == [404, 404]


def test_a_specialist_gets_none():
    user = person(Role.SPECIALIST)

    with pytest.raises(Refused) as refused:
        feeds.open_feed(user, by=user, now=NOW)

    assert refused.value.refusal.code == "wrong_role"


def test_the_page_shows_the_address_once_and_takes_it_back(client, session, coach):
    page = as_(client, coach)
    made = page.post(reverse("coaching:open_feed"))
    shown = page.get(reverse("coaching:feed_page"))
    page.post(reverse("coaching:revoke_feed"))
    after = page.get(reverse("coaching:feed_page"))

    assert "http://testserver/calendar/" in made.content.decode()
    assert (".ics" in made.content.decode(), ".ics" in shown.content.decode()) == (True, False)
    assert (says(shown, "No calendar has read it yet."), says(after, "No address yet")) == (True, True)


def test_the_api_makes_reads_and_takes_back(client, session, coached):
    own = as_(client, coached.user)
    none = own.get("/api/v1/calendar-feed/").json()
    made = own.post("/api/v1/calendar-feed/")
    read = Client().get(made.json()["address"].removeprefix("http://testserver"))
    known = own.get("/api/v1/calendar-feed/").json()
    gone = own.post("/api/v1/calendar-feed/revoke/")
    again = own.post("/api/v1/calendar-feed/revoke/")

    assert (none["created_at"], made.status_code, read.status_code, set(known)) == (
        None, 201, 200, {"created_at", "last_read_at"}
    )  # fmt: skip
    assert (gone.status_code, again.status_code) == (204, 409)
