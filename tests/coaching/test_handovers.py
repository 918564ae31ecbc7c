"""Who owns a plan when people and teams change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notification, RoleGrant, TeamMembership
from accounts.roles import Role
from coaching.models import Plan
from coaching.services import handovers
from core.models import AuditEvent
from core.refusals import Refused
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import plan

pytestmark = pytest.mark.django_db


def leave(user, *, at=NOW - timedelta(hours=1)):
    RoleGrant.objects.filter(user=user).update(starts_at=at - timedelta(days=90), ends_at=at)


def move(agent, team):
    TeamMembership.objects.filter(agent=agent).update(ends_at=NOW - timedelta(hours=1))
    TeamMembership.objects.create(agent=agent, team=team, starts_at=NOW - timedelta(hours=1))


def test_a_plan_of_a_supervisor_who_left_goes_to_the_new_one(coached, team, coach):
    made = plan("active", agent=coached, team=team, owner=coach)
    leave(coach)
    successor = person(Role.SUPERVISOR, team=team)

    assert [handovers.sweep(now=NOW), handovers.sweep(now=NOW)] == [1, 0]

    made.refresh_from_db()
    assert made.owner == successor
    assert list(AuditEvent.objects.values_list("verb", "params")) == [
        ("plan.handed_over", {"from": coach.pk, "to": successor.pk})
    ]
    assert [(note.user, note.kind) for note in Notification.objects.all()] == [(successor, "plan.handed_over")]
    assert not Plan.objects.visible_to(coach).exists()


def test_an_open_plan_follows_its_agent_and_the_old_supervisor_sees_it_no_longer(coached, team, coach):
    open_plan = plan("active", agent=coached, team=team, owner=coach)
    ended = plan("closed", agent=coached, team=team, owner=coach)
    there = TeamFactory()
    lead = person(Role.SUPERVISOR, team=there)
    move(coached, there)

    handovers.sweep(now=NOW)

    open_plan.refresh_from_db()
    assert (open_plan.team, open_plan.owner) == (there, lead)
    assert list(Plan.objects.coached_by(coach)) == [ended]
    assert set(Plan.objects.coached_by(lead)) == {open_plan, ended}


def test_a_manager_keeps_a_plan_wherever_the_agent_goes(coached, team):
    manager, there = person(Role.MANAGER), TeamFactory()
    made = plan("active", agent=coached, team=team, owner=manager)
    person(Role.SUPERVISOR, team=there)
    move(coached, there)

    handovers.sweep(now=NOW)

    made.refresh_from_db()
    assert (made.team, made.owner) == (there, manager)


def test_without_a_supervisor_nobody_owns_it(coached, team, coach):
    made = plan("active", agent=coached, team=team, owner=coach)
    leave(coach)

    assert [handovers.sweep(now=NOW), handovers.sweep(now=NOW)] == [1, 0]

    made.refresh_from_db()
    assert made.owner is None


def test_a_deactivated_owner_owns_nothing(coached, team, coach):
    made = plan("active", agent=coached, team=team, owner=coach)
    coach.is_active = False
    coach.save()

    handovers.sweep(now=NOW)

    made.refresh_from_db()
    assert made.owner is None


def test_an_agent_who_became_supervisor_does_not_own_their_own_plan(coached, team):
    made = plan("active", agent=coached, team=team)
    RoleGrant.objects.create(user=coached.user, role=Role.SUPERVISOR, team=team, starts_at=NOW - timedelta(days=1))

    assert handovers.sweep(now=NOW) == 0

    made.refresh_from_db()
    assert made.owner is None


def test_a_person_hands_a_plan_to_somebody_who_coaches_the_team(client, coached, team, coach):
    made, other = plan("active", agent=coached, team=team, owner=coach), person(Role.SUPERVISOR, team=team)

    response = as_(client, coach).post(reverse("coaching:hand_over", args=[made.pk]), {"to": other.pk}, follow=True)

    made.refresh_from_db()
    assert made.owner == other
    assert says(response, f"Handed over to {other}.")
    assert Notification.objects.get().user == other


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.ADMIN, Role.AGENT])
def test_nobody_else_can_be_given_a_plan(client, coached, team, coach, role):
    made = plan("active", agent=coached, team=team, owner=coach)
    other = person(role, team=team) if role == Role.SPECIALIST else person(role)

    page = as_(client, coach).post(reverse("coaching:hand_over", args=[made.pk]), {"to": other.pk})
    answer = as_(client, coach).post(
        f"/api/v1/coaching-plans/{made.pk}/hand-over/", {"to": other.pk}, content_type="application/json"
    )
    with pytest.raises(Refused) as refused:
        handovers.hand_over(made, to=other, by=coach, now=NOW)

    assert (page.status_code, answer.status_code, refused.value.refusal.code) == (422, 422, "not_a_coach")


def test_an_ended_plan_is_not_handed_over(coached, team, coach):
    made = plan("closed", agent=coached, team=team, owner=coach)

    with pytest.raises(Refused) as refused:
        handovers.hand_over(made, to=person(Role.MANAGER), by=coach, now=NOW)

    assert refused.value.refusal.code == "plan_ended"
