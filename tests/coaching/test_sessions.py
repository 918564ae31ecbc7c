"""1:1 sessions: arranging, changing, confirming on both sides, and what the agenda begins with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Notification
from accounts.roles import Role
from coaching.agendas import agenda_for
from coaching.models import Session
from coaching.services import sessions
from coaching.services.sessions import SessionEdit
from core.models import AuditEvent
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import ActionFactory, agent_with_login, plan
from tests.factories.reviews import drawn_items, submitted
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def made(coached, team, coach):
    return plan("active", agent=coached, team=team, owner=coach, follow_up_on=(NOW + timedelta(weeks=3)).date())


def arranged(made, *, starts_at=TOMORROW, **fields):
    return sessions.arrange(made, starts_at=starts_at, by=made.owner, now=NOW, **fields)


def code_of(work, *args, **fields):
    try:
        work(*args, **fields)
    except Refused as refused:
        return refused.refusal.code
    return None


def test_a_session_takes_its_agenda_from_the_plan(made):
    ActionFactory(plan=made, text="Shadow Mei.")
    ActionFactory(plan=made, text="Read it.", done_at=NOW)

    agenda = arranged(made).agenda.splitlines()

    assert agenda == [
        "How are you, and what has gone well since we last spoke?",
        "Focus: Name what this means for the customer before solving it.",
        "Go through the action of the plan: does it fit, and by when is it done?",
        "What would help you, and what gets in your way?",
        "What we agree until 25 Mar, when the follow-up is due.",
    ]


def test_an_agenda_looks_ahead_to_no_day_that_has_passed(made):
    assert agenda_for(made, today=made.follow_up_on).splitlines()[-1] == "What we agree until next time."


def test_a_later_session_asks_for_what_was_done(made):
    ActionFactory(plan=made, text="Read it.", done_at=NOW)
    Session.objects.create(
        plan=made, status="held", starts_at=NOW, agent_confirmed_at=NOW, coach_confirmed_at=NOW, created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip

    assert "Done since then: Read it." in arranged(made).agenda.splitlines()


def test_an_agenda_of_ones_own_stays_and_the_agent_is_told(made):
    session = arranged(made, agenda="One thing", place="Room 2", minutes=45)

    assert (session.agenda, session.place, session.minutes, session.status) == ("One thing", "Room 2", 45, "planned")
    assert [(note.user, note.kind, note.path) for note in Notification.objects.all()] == [
        (made.agent.user, "session.planned", f"/my-coaching/sessions/{session.pk}/")
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [("proposed", "not_decided"), ("accepted", None), ("shared", None), ("due", None), ("closed", "plan_ended"),
     ("declined", "plan_ended")],
)  # fmt: skip
def test_a_session_is_about_a_plan_that_somebody_accepted(coached, team, coach, status, code):
    made = plan(status, agent=coached, team=team)

    assert code_of(sessions.arrange, made, starts_at=TOMORROW, by=coach, now=NOW) == code


@pytest.mark.parametrize("days", [-800, 800])
def test_a_time_out_of_reach_is_refused(made, days):
    when = NOW + timedelta(days=days)

    assert code_of(sessions.arrange, made, starts_at=when, by=made.owner, now=NOW) == "time_out_of_reach"


def edit_of(session, **fields):
    usual = {name: getattr(session, name) for name in ("starts_at", "minutes", "place", "agenda", "notes")}
    return SessionEdit(number=session.edit_number, **{**usual, **fields})


def test_notes_are_saved_and_only_a_move_is_told_and_counted(made):
    session = arranged(made)
    Notification.objects.all().delete()

    sessions.change(session, edit_of(session, notes="We agreed."), by=made.owner, now=NOW)
    quiet = (session.notes, session.sequence, Notification.objects.count())
    sessions.change(session, edit_of(session, starts_at=TOMORROW + timedelta(hours=1)), by=made.owner, now=NOW)

    assert quiet == ("We agreed.", 0, 0)
    assert (session.sequence, [note.kind for note in Notification.objects.all()]) == (1, ["session.moved"])


def test_the_later_of_two_edits_is_told(made):
    session = arranged(made)
    mine, theirs = edit_of(session, notes="Mine"), edit_of(session, notes="Theirs")
    sessions.change(Session.objects.get(pk=session.pk), theirs, by=made.owner, now=NOW)

    assert code_of(sessions.change, session, mine, by=made.owner, now=NOW) == "stale_session"
    assert Session.objects.get().notes == "Theirs"


AFTER = TOMORROW + timedelta(hours=1)


def test_it_is_held_when_both_sides_have_said_so(made):
    session = arranged(made)

    first = sessions.confirm(session, by=made.agent.user, now=AFTER).status
    second = sessions.confirm(session, by=made.owner, now=AFTER)

    assert (first, second.status, second.coach_confirmed_by) == ("planned", "held", made.owner)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "session.planned", "session.confirmed", "session.held",
    ]  # fmt: skip


WHO = {
    "coach": lambda made: made.owner,
    "manager": lambda made: person(Role.MANAGER),
    "agent": lambda made: made.agent.user,
    "colleague": lambda made: agent_with_login(made.team).user,
    "elsewhere": lambda made: person(Role.SUPERVISOR, team=TeamFactory()),
    "specialist": lambda made: person(Role.SPECIALIST, team=made.team),
    "admin": lambda made: person(Role.ADMIN),
}
COACHES, AGENT, OTHERS = ("coach", "manager"), ("agent",), ("colleague", "elsewhere", "specialist", "admin")


@pytest.mark.parametrize("who", [*COACHES, *AGENT, *OTHERS])
def test_who_may_do_what_to_a_session(made, who):
    session, user = arranged(made), WHO[who](made)
    refused_to_agent = "not_your_team"

    answers = {
        "arrange": code_of(sessions.arrange, made, starts_at=TOMORROW, by=user, now=NOW),
        "change": code_of(sessions.change, session, edit_of(session), by=user, now=NOW),
        "confirm": code_of(sessions.confirm, session, by=user, now=AFTER),
        "miss": code_of(sessions.miss, session, by=user, now=AFTER),
    }

    changes = None if who in COACHES else refused_to_agent
    assert answers == {
        "arrange": changes, "change": changes, "miss": changes,
        "confirm": None if who in (*COACHES, *AGENT) else "not_your_team",
    }  # fmt: skip


def test_an_agent_confirms_nothing_of_a_plan_that_is_not_shared(coached, team, coach):
    session = sessions.arrange(plan("accepted", agent=coached, team=team), starts_at=TOMORROW, by=coach, now=NOW)

    assert code_of(sessions.confirm, session, by=coached.user, now=AFTER) == "not_your_plan"
    assert not Session.objects.of_agent(coached.user).exists()
    assert Notification.objects.count() == 0


@pytest.mark.parametrize("work", [sessions.confirm, sessions.miss])
def test_what_has_not_begun_can_only_be_cancelled(made, work):
    session = arranged(made)

    assert code_of(work, session, by=made.owner, now=NOW) == "too_early"
    assert sessions.cancel(session, by=made.owner, now=NOW).status == "cancelled"


def test_a_side_confirms_once(made):
    session = arranged(made)
    sessions.confirm(session, by=made.owner, now=AFTER)

    assert code_of(sessions.confirm, session, by=made.owner, now=AFTER) == "confirmed"


@pytest.mark.parametrize("end", [sessions.miss, sessions.cancel])
def test_what_is_over_stays_as_it_is(made, end):
    session = end(arranged(made), by=made.owner, now=AFTER)

    assert code_of(sessions.confirm, session, by=made.owner, now=AFTER) == "wrong_state"
    assert code_of(sessions.cancel, session, by=made.owner, now=AFTER) == "wrong_state"
    assert code_of(sessions.change, session, edit_of(session), by=made.owner, now=AFTER) == "session_ended"
    assert session.sequence == 1


def test_a_held_session_takes_notes_but_no_other_time(made):
    session = arranged(made, starts_at=TOMORROW + timedelta(seconds=7))
    for by in (made.owner, made.agent.user):
        session = sessions.confirm(session, by=by, now=AFTER)

    kept = edit_of(session, notes="Agreed.", starts_at=TOMORROW)  # a form knows no seconds
    assert code_of(sessions.change, session, kept, by=made.owner, now=AFTER) is None
    moved = edit_of(session, starts_at=TOMORROW + timedelta(hours=5))
    assert code_of(sessions.change, session, moved, by=made.owner, now=AFTER) == "wrong_state"


def test_what_is_kept_back_for_the_1_1_follows_the_session(made):
    agent, day = made.agent, timedelta(days=1)
    review = submitted(drawn_items(agent=agent, plan=PlanFactory(release_rule="before_meeting"))[0])

    def goes_out():
        review.refresh_from_db()
        return review.release_at

    without = goes_out()
    session = arranged(made, starts_at=NOW + 4 * day)
    planned = goes_out()
    sessions.change(
        session, SessionEdit(0, NOW + 6 * day, 30, "", session.agenda, ""), by=made.owner, now=NOW
    )  # fmt: skip
    moved = goes_out()
    sessions.cancel(session, by=made.owner, now=NOW)

    assert (without, planned, moved, goes_out()) == (NOW + 14 * day, NOW + 3 * day, NOW + 5 * day, NOW + 14 * day)
