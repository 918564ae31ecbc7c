"""Reminders: who is told what and when, once each, and not when they do not want it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Notification, User
from accounts.notification_words import REMINDERS
from accounts.services import notifications
from coaching.models import Reminder
from coaching.services import reminders
from core.refusals import Refused
from tests.coaching.reading import as_
from tests.conftest import NOW
from tests.factories.coaching import ActionFactory, plan, session_of, skill

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()


def told(user):
    rows = Notification.objects.filter(user=user, kind__startswith="reminder.").order_by("pk")
    return [(row.kind.removeprefix("reminder."), row.path) for row in rows]


def an_action(made, days):
    return ActionFactory(plan=made, due_on=TODAY + days * DAY)


@pytest.fixture
def active(coached, team, coach):
    return plan("active", agent=coached, team=team, owner=coach)


@pytest.mark.parametrize(
    ("days", "agents", "coaches"),
    [
        (3, [], []), (2, ["actions_due"], []), (0, ["actions_due"], []), (-1, ["actions_late"], ["actions_late"]),
        (-14, ["actions_late"], ["actions_late"]), (-15, [], []),
    ],
)  # fmt: skip
def test_actions_are_reminded_of_before_and_after_their_day(active, coached, coach, days, agents, coaches):
    an_action(active, days)
    an_action(active, days)  # two of one day are one reminder

    reminders.remind(now=NOW)

    assert told(coached.user) == [(kind, f"/my-coaching/{active.pk}/") for kind in agents]
    assert told(coach) == [(kind, f"/coaching/plans/{active.pk}/") for kind in coaches]


def test_everything_is_said_once_and_again_only_when_the_day_moves(active, coached):
    action = an_action(active, 1)

    numbers = [reminders.remind(now=NOW + hours * timedelta(hours=1)) for hours in (0, 1, 5)]
    action.due_on = TODAY + 2 * DAY
    action.save()
    numbers.append(reminders.remind(now=NOW + timedelta(hours=6)))

    assert (numbers, len(told(coached.user))) == ([1, 0, 0, 1], 2)


def test_a_day_is_the_persons_own(active, coached):
    an_action(active, -1)  # the 3rd of March
    User.objects.filter(pk=coached.user_id).update(time_zone="America/Los_Angeles")

    reminders.remind(now=NOW.replace(hour=6))  # late evening of the 3rd in Los Angeles

    assert [kind for kind, _path in told(coached.user)] == ["actions_due"]


def test_nobody_is_reminded_of_what_is_done_paused_ended_or_not_shared(coached, team, coach):
    ActionFactory(plan=plan("active", agent=coached, team=team, owner=coach), due_on=TODAY, done_at=NOW)
    an_action(plan("accepted", agent=coached, team=team, owner=coach, skill=skill("other")), 0)
    an_action(plan("closed", agent=coached, team=team, owner=coach), 0)

    assert reminders.remind(now=NOW) == 0


def test_both_sides_are_reminded_of_a_session_the_day_before(active, coached, coach):
    tomorrow = session_of(active, starts_at=NOW + DAY)
    session_of(active, starts_at=NOW + timedelta(hours=2))
    session_of(active, starts_at=NOW + DAY, status="cancelled")

    reminders.remind(now=NOW)

    assert told(coached.user) == [("session", f"/my-coaching/sessions/{tomorrow.pk}/")]
    assert told(coach) == [("session", f"/coaching/sessions/{tomorrow.pk}/")]


def test_a_follow_up_day_and_waiting_proposals_are_said_to_the_owner(coached, team, coach):
    due = plan("due", agent=coached, team=team, owner=coach, follow_up_on=date(2026, 3, 2))
    for days in (1, 4, 9):
        plan("proposed", team=team, owner=coach, proposed_at=NOW - days * DAY)

    numbers = [reminders.remind(now=NOW), reminders.remind(now=NOW + DAY), reminders.remind(now=NOW + 7 * DAY)]

    assert told(coach) == [
        ("follow_up", f"/coaching/plans/{due.pk}/"), ("proposals", "/coaching/?stage=proposed"),
        ("proposals", "/coaching/?stage=proposed"),
    ]  # fmt: skip
    assert numbers == [2, 0, 1]


def test_what_is_switched_off_does_not_come_and_comes_when_it_is_switched_on_again(client, active, coached):
    an_action(active, 1)
    page = as_(client, coached.user)
    kinds = ["reminder.actions_due", "reminder.actions_late", "reminder.self_review", "reminder.session"]
    shown = page.get("/notifications/")

    page.post("/notifications/reminders/", {"offered": kinds, "wanted": kinds[1:]})
    off = reminders.remind(now=NOW)
    listed = page.get("/api/v1/notifications/reminders/").json()
    page.post("/api/v1/notifications/reminders/", {"off": []}, content_type="application/json")
    on = reminders.remind(now=NOW)

    assert [kind for kind, _words, _wanted in shown.context["reminders"]] == kinds
    assert [one["kind"] for one in listed if not one["is_wanted"]] == ["reminder.actions_due"]
    assert (off, on, len(told(coached.user))) == (0, 1, 1)


def test_a_kind_that_does_not_exist_cannot_be_switched_off(coached):
    with pytest.raises(Refused) as refused:
        notifications.choose_reminders(coached.user, off=["plan.shared"], now=NOW)

    assert refused.value.refusal.code == "unknown_reminder"
    assert "plan.shared" not in REMINDERS


def test_what_was_said_half_a_year_ago_is_forgotten(coached):
    Reminder.objects.create(user=coached.user, key="old", sent_at=NOW - 200 * DAY)

    reminders.remind(now=NOW)

    assert not Reminder.objects.exists()


def test_reminding_takes_the_same_number_of_queries_for_one_and_for_many(
    active, team, coach, django_assert_max_num_queries
):
    for _number in range(4):
        an_action(plan("active", team=team, owner=coach), -1)

    with django_assert_max_num_queries(11):
        reminders.remind(now=NOW)
