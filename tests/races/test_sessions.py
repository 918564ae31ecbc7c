"""Both sides of a session at once, and two coaches at one form, with real transactions on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from coaching.models import Session
from coaching.services import sessions
from coaching.services.sessions import SessionEdit
from core.models import AuditEvent
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login, plan, session_of

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*work):
    start = Barrier(len(work))

    def run(piece):
        try:
            start.wait(timeout=20)
            return piece()
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def fresh(pk):
    return Session.objects.select_related("plan__agent").get(pk=pk)


def test_both_sides_that_confirm_at_once_make_it_held():
    team = TeamFactory()
    coach, agent = person("supervisor", team=team), agent_with_login(team)
    session = session_of(plan("active", agent=agent, team=team, owner=coach), starts_at=NOW - timedelta(hours=1))

    at_once(*[lambda by=by: sessions.confirm(fresh(session.pk), by=by, now=NOW) for by in (coach, agent.user) * 2])

    session.refresh_from_db()
    assert session.status == "held"
    assert sorted(AuditEvent.objects.values_list("verb", flat=True)) == ["session.confirmed", "session.held"]


def test_of_two_who_save_the_same_session_one_is_told():
    team = TeamFactory()
    coach = person("supervisor", team=team)
    session = session_of(plan("active", agent=agent_with_login(team), team=team, owner=coach))

    def save(notes):
        edit = SessionEdit(number=0, starts_at=session.starts_at, minutes=30, place="", agenda="", notes=notes)
        return sessions.change(fresh(session.pk), edit, by=coach, now=NOW).notes

    answers = at_once(*[lambda n=n: save(f"note {n}") for n in range(4)])

    session.refresh_from_db()
    assert answers.count("stale_session") == 3
    assert session.notes in answers
