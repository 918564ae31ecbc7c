"""Two people, two tabs and two sweeps at one programme, check, feed and reminder, with real transactions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Notification
from coaching.models import Attempt, CalendarFeed, LibraryWords, Plan, Programme
from coaching.selectors.checks import find
from coaching.services import checks, feeds, library, programmes, reminders
from coaching.services.programmes import CommonAction, ProgrammeEdit
from core.models import AuditEvent
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import CHECK, ActionFactory, agent_with_login, plan, skill
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_start_a_programme_one_does_and_everything_is_there_once():
    team = TeamFactory()
    coach, agents = person("supervisor", team=team), [agent_with_login(team) for _ in range(4)]
    actions = [CommonAction("practise", "Name it.", 7)]
    edited = ProgrammeEdit(0, "May", skill(), agents, actions=actions, has_waiting_list=True)
    made = programmes.draft(edited, by=coach, now=NOW)

    results = at_once(*[lambda: programmes.begin(Programme.objects.get(pk=made.pk), by=coach, now=NOW)] * 2)

    assert codes(results) == ["Programme", "wrong_state"]
    assert (Plan.objects.count(), made.members.filter(group="second").count()) == (2, 2)


def test_two_tabs_with_the_same_check_are_two_attempts_and_two_feeds_leave_one():
    team = TeamFactory()
    agent = agent_with_login(team)
    action = ActionFactory(plan=plan("shared", agent=agent, team=team, skill=skill()), check_key=CHECK)
    asked = find(CHECK)
    answers = [one.right for one in asked.questions]

    taken = at_once(
        *[lambda: checks.take(action, answers=answers, fingerprint=asked.fingerprint, by=agent.user, now=NOW)] * 2
    )
    opened = at_once(*[lambda: feeds.open_feed(agent.user, by=agent.user, now=NOW)] * 2)

    assert codes(taken) == ["Attempt", "Attempt"]
    assert sorted(Attempt.objects.values_list("number", flat=True)) == [1, 2]
    assert set(codes(opened)) <= {"tuple", "raced"}
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1


def test_two_sweeps_remind_once():
    team = TeamFactory()
    agent = agent_with_login(team)
    made = plan("active", agent=agent, team=team)
    ActionFactory(plan=made, due_on=NOW.date() + timedelta(days=1))

    at_once(*[lambda: reminders.remind(now=NOW)] * 2)

    assert Notification.objects.filter(kind="reminder.actions_due").count() == 1


def test_of_two_who_change_the_words_of_a_skill_one_is_told():
    empathy, manager = skill("empathy"), person("manager")

    for number in (0, 1):
        results = at_once(
            *[
                lambda said=said, number=number: library.say(
                    empathy, cost=said, focus="One thing.", number=number, by=manager, now=NOW
                )
                for said in ("Trust.", "Time.")
            ]
        )
        assert codes(results) == ["LibraryWords", "stale_library"]

    assert LibraryWords.objects.get().number == 2
    assert AuditEvent.objects.filter(verb="library.words_written").count() == 2
