"""Who may do what to a coaching plan, and the words when not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import RoleGrant, TeamMembership
from accounts.roles import Role
from coaching import policies
from coaching.models import Plan
from coaching.services import plans, sessions
from tests.conftest import NOW
from tests.factories.accounts import RoleGrantFactory, TeamFactory, UserFactory, person
from tests.factories.coaching import ActionFactory, agent_with_login, member, plan, session_of, skill

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOT_YOURS = "There is no such plan in a team that you coach."


def former_supervisor(team):
    user = UserFactory()
    RoleGrantFactory(user=user, role=Role.SUPERVISOR, team=team, ends_at=NOW - timedelta(days=1))
    return user


def people(team, coached):
    """Everybody who might ask, by name."""
    return {
        "supervisor": person(Role.SUPERVISOR, team=team),
        "manager": person(Role.MANAGER),
        "other team's supervisor": person(Role.SUPERVISOR, team=TeamFactory()),
        "former supervisor": former_supervisor(team),
        "specialist": person(Role.SPECIALIST, team=team),
        "admin": person(Role.ADMIN),
        "colleague": agent_with_login(team).user,
        "the agent": coached.user,
    }


@pytest.mark.parametrize("status", ["proposed", "accepted", "declined", "shared", "active", "due", "closed"])
def test_a_plan_is_seen_by_those_who_coach_and_by_its_agent_once_shared(team, status):
    coached = agent_with_login(team)
    made = plan(status, agent=coached, team=team)

    seen = {name for name, user in people(team, coached).items() if made in Plan.objects.visible_to(user)}

    shared = {"the agent"} if status in ("shared", "active", "due") else set()
    assert seen == {"supervisor", "manager"} | shared


def test_only_those_who_coach_the_team_may_change_a_plan(team):
    coached = agent_with_login(team)
    made = plan("shared", agent=coached, team=team)

    answers = {name: policies.why_not_coach(user, made) for name, user in people(team, coached).items()}

    allowed = {name for name, refusal in answers.items() if refusal is None}
    refused = {(refusal.status, refusal.sentence) for refusal in answers.values() if refusal}
    assert allowed == {"supervisor", "manager"}
    assert refused == {(404, NOT_YOURS)}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR])
def test_nobody_coaches_themself_or_sees_an_own_plan_before_it_is_shared(team, role):
    both = person(role, team=team if role == Role.SUPERVISOR else None)
    RoleGrant.objects.create(user=both, role=Role.AGENT, starts_at=NOW - timedelta(days=9))
    made = plan("accepted", agent=member(team, user=both), team=team)

    assert list(Plan.objects.visible_to(both)) == []
    assert policies.why_not_coach(both, made).sentence == NOT_YOURS
    assert policies.why_not_start(both, made.agent, team_id=team.pk).status == 404

    Plan.objects.filter(pk=made.pk).update(status="shared", shared_at=NOW)
    assert list(Plan.objects.visible_to(both)) == [made]
    assert list(Plan.objects.coached_by(both)) == []


def test_a_plan_follows_its_agent_to_a_new_team(team):
    new_team, coached = TeamFactory(), agent_with_login(team)
    made = plan("active", agent=coached, team=team)
    TeamMembership.objects.filter(agent=coached).update(ends_at=NOW)
    TeamMembership.objects.create(agent=coached, team=new_team, starts_at=NOW)

    assert policies.why_not_coach(person(Role.SUPERVISOR, team=new_team), made) is None


def allowed_moves():
    return [(now, then) for now, targets in Plan.TRANSITIONS.items() for then in Plan.Status.values]


@pytest.mark.parametrize(("now", "then"), allowed_moves())
def test_a_plan_moves_only_along_its_table(team, now, then):
    made = plan(now, team=team)

    refusal = policies.why_not_move(made, then)

    words = f"This plan is {made.get_status_display().lower()} already, so that is not possible any more."
    assert (refusal.status, refusal.sentence) == (409, words) if refusal else then in Plan.TRANSITIONS[now]
    assert (refusal is None) == (then in Plan.TRANSITIONS[now])


@pytest.mark.parametrize(
    ("fields", "code", "sentence"),
    [
        ({}, None, None),
        ({"is_bot": True}, "is_a_bot", "A bot is not coached. Tell those who build it what you saw."),
        ({"deactivated_at": NOW, "name": "Kim"}, "deactivated", "Kim does not work here any more."),
    ],
)
def test_a_plan_is_started_for_people_who_work_here(team, fields, code, sentence):
    refusal = policies.why_not_start(person(Role.SUPERVISOR, team=team), member(team, **fields), team_id=team.pk)

    assert (refusal and (refusal.code, refusal.sentence)) == (code and (code, sentence))


def test_a_plan_is_started_in_own_teams_only(team):
    refusal = policies.why_not_start(person(Role.SUPERVISOR, team=TeamFactory()), member(team), team_id=team.pk)

    assert (refusal.status, refusal.sentence) == (404, "There is no such agent in a team that you coach.")


def test_one_more_plan_is_refused_for_the_same_skill_and_as_the_third(team):
    kim = member(team, name="Kim")
    plan("declined", agent=kim, skill=skill("d"))
    assert policies.why_not_one_more(kim, skill("a")) is None

    plan("active", agent=kim, skill=skill("a"))
    assert policies.why_not_one_more(kim, skill("a")).sentence == "There is an open plan for this skill already."
    assert policies.why_not_one_more(kim, skill("b")) is None

    plan("proposed", agent=kim, skill=skill("b"))
    words = "Kim has two open plans already. Close one first: more than two help nobody."
    assert policies.why_not_one_more(kim, skill("c")).sentence == words


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("proposed", "not_your_plan"),
        ("accepted", "not_your_plan"),
        ("shared", None),
        ("active", None),
        ("due", None),
    ],
)
def test_the_agent_ticks_actions_of_a_shared_plan(team, status, code):
    coached = agent_with_login(team)
    action = ActionFactory(plan=plan(status, agent=coached, team=team))

    refusal = policies.why_not_tick(coached.user, action)

    assert (refusal and refusal.code) == code


def test_nobody_else_ticks_and_an_ended_plan_stays(team):
    coached = agent_with_login(team)
    ended = plan("closed", agent=coached, team=team, shared_at=NOW)
    action = ActionFactory(plan=ended)

    assert policies.why_not_tick(person(Role.SUPERVISOR, team=TeamFactory()), action).status == 404
    assert policies.why_not_tick(person(Role.MANAGER), action).code == "agent_ticks"
    assert policies.why_not_tick(coached.user, action).sentence == (
        "This plan has ended, so its actions stay as they are."
    )


@pytest.mark.parametrize(
    ("done_at", "confirmed_at", "may"), [(None, None, False), (NOW, None, True), (NOW, NOW, False)]
)
def test_an_action_is_confirmed_once_after_it_was_ticked(done_at, confirmed_at, may):
    action = ActionFactory(done_at=done_at, confirmed_at=confirmed_at)

    refusal = policies.why_not_confirm(action)

    assert (refusal is None) == may
    assert refusal is None or refusal.sentence == ("Only an action that the agent has ticked can be confirmed, once.")


def test_for_an_agent_without_a_log_in_those_who_coach_tick_and_confirm(team, coach):
    made = plan("shared", agent=member(team), team=team, owner=coach)
    action = ActionFactory(plan=made, check_key="empathy-being-heard")
    hidden = ActionFactory(plan=plan("accepted", agent=member(team), team=team))

    plans.tick(action, done=True, by=coach, now=NOW)
    plans.confirm(action, by=coach, now=NOW)
    session = sessions.confirm(session_of(made), by=coach, now=NOW)

    assert (action.done_at, action.confirmed_at, Plan.objects.get(pk=made.pk).status) == (NOW, NOW, "active")
    assert (session.status, session.agent_confirmed_at) == ("held", NOW)
    assert policies.why_not_tick(coach, hidden).code == "not_shared"
    assert policies.why_not_tick(person(Role.SUPERVISOR, team=TeamFactory()), action).status == 404
