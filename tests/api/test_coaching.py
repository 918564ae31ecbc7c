"""Coaching plans over the API: decide, edit, share, work on them; each side sees its own."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Agent, Team
from accounts.roles import Role
from coaching.models import Action, Plan
from tests.api.asking import as_role, asking, get, post, put, results
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import ActionFactory, agent_with_login, member, plan, skill

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def coached(status: str = "proposed", **fields: Any) -> tuple[Plan, Team]:
    team = TeamFactory()
    return plan(status, agent=member(team), team=team, **fields), team


def test_a_supervisor_decides_edits_shares_and_closes() -> None:
    made, team = coached()
    client, path = as_role(Role.SUPERVISOR, team=team), f"coaching-plans/{made.pk}"

    accepted = post(client, f"{path}/accept/")
    edited = put(
        client,
        f"{path}/",
        {"focus": "One\nTwo", "follow_up_on": "2026-05-01", "actions": [{"kind": "read", "text": "Read it."}]},
        **{"If-Match": accepted["ETag"]},
    )
    shared = post(client, f"{path}/share/")
    unexplained = post(client, f"{path}/close/")
    closed = post(client, f"{path}/close/", {"reason": "reached"})

    assert [answer.status_code for answer in (accepted, edited, shared, closed)] == [200] * 4
    assert (edited.json()["focus"], edited["ETag"]) == (["One", "Two"], '"1"')
    assert [action["text"] for action in edited.json()["actions"]] == ["Read it."]
    assert (closed.json()["status"], closed.json()["closed_because"]) == ("closed", "The target is reached")
    assert unexplained.status_code == 422


def test_a_plan_of_another_team_does_not_exist() -> None:
    made, _team = coached()
    client = as_role(Role.SUPERVISOR, team=TeamFactory())

    statuses = {get(client, f"coaching-plans/{made.pk}/").status_code}
    statuses |= {post(client, f"coaching-plans/{made.pk}/{verb}/").status_code for verb in ("accept", "share", "close")}
    statuses |= {post(client, f"coaching-plans/{made.pk}/decline/", {"reason": "other"}).status_code}

    assert statuses == {404}
    assert results(client, "coaching-plans/") == []


def test_a_decision_is_made_once() -> None:
    made, team = coached()
    client = as_role(Role.SUPERVISOR, team=team)

    declined = post(client, f"coaching-plans/{made.pk}/decline/", {"reason": "known_cause", "note": "The outage."})
    late = post(client, f"coaching-plans/{made.pk}/accept/")

    assert (declined.status_code, declined.json()["status"]) == (200, "declined")
    assert declined.json()["declined_because"] != ""
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


def test_a_reason_outside_the_list_is_refused() -> None:
    made, team = coached()

    response = post(as_role(Role.SUPERVISOR, team=team), f"coaching-plans/{made.pk}/decline/", {"reason": "mood"})

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (422, "reason")


def test_the_later_of_two_edits_is_told() -> None:
    made, team = coached("accepted")
    client, path = as_role(Role.SUPERVISOR, team=team), f"coaching-plans/{made.pk}/"
    body = {"focus": "Mine", "follow_up_on": None, "actions": []}
    put(client, path, body, **{"If-Match": '"0"'})

    late = put(client, path, {**body, "focus": "Theirs"}, **{"If-Match": '"0"'})
    blind = put(client, path, body)

    assert (late.status_code, late.json()["code"]) == (412, "stale_plan")
    assert (blind.status_code, blind.json()["code"]) == (428, "match_missing")
    assert Plan.objects.get().focus == "Mine"


def test_a_plan_is_started_by_hand_once() -> None:
    team = TeamFactory()
    agent, wanted = member(team), skill()
    client = as_role(Role.SUPERVISOR, team=team)
    body = {"agent": agent.pk, "skill": wanted.slug, "focus": "Say it back."}

    made = post(client, "coaching-plans/", body, **{"Idempotency-Key": "k"})
    replayed = post(client, "coaching-plans/", body, **{"Idempotency-Key": "k"})
    again = post(client, "coaching-plans/", body)

    assert (made.status_code, made.json()["status"], made.json()["focus"]) == (201, "accepted", ["Say it back."])
    assert replayed.json() == made.json()
    assert (again.status_code, again.json()["code"]) == (409, "plan_exists")


def test_a_plan_for_an_agent_out_of_reach_is_refused() -> None:
    stranger, wanted = member(), skill()

    response = post(
        as_role(Role.SUPERVISOR, team=TeamFactory()), "coaching-plans/", {"agent": stranger.pk, "skill": wanted.slug}
    )

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (422, "agent")


def own(status: str = "shared") -> tuple[Plan, Agent, Team]:
    team = TeamFactory()
    agent = agent_with_login(team)
    return plan(status, agent=agent, team=team), agent, team


def test_an_agent_sees_a_plan_once_it_is_shared_and_never_why_one_was_declined() -> None:
    shared, agent, team = own()
    plan("proposed", agent=agent, team=team, skill=skill("problem-solving"))
    assert agent.user is not None
    client = asking(agent.user)

    shown = get(client, f"coaching-plans/{shared.pk}/").json()

    assert [row["id"] for row in results(client, "coaching-plans/")] == [shared.pk]
    assert (shown["standing"], shown["declined_because"]) == ("", "")


def test_both_sides_confirm_an_action() -> None:
    shared, agent, team = own()
    action = ActionFactory(plan=shared)
    assert agent.user is not None
    mine, theirs = asking(agent.user), as_role(Role.SUPERVISOR, team=team)

    early = post(theirs, f"coaching-actions/{action.pk}/confirm/")
    ticked = post(mine, f"coaching-actions/{action.pk}/tick/", {"done": True})
    confirmed = post(theirs, f"coaching-actions/{action.pk}/confirm/")
    back = post(mine, f"coaching-actions/{action.pk}/tick/", {"done": False})

    assert (early.status_code, early.json()["code"]) == (409, "not_done")
    assert (ticked.status_code, confirmed.status_code) == (200, 200)
    assert (back.status_code, back.json()["code"]) == (409, "confirmed")
    assert Action.objects.get().confirmed_at is not None


def test_only_the_agent_ticks_and_only_those_who_coach_confirm() -> None:
    shared, _agent, _team = own()
    action = ActionFactory(plan=shared)

    other_agent = post(as_role(Role.AGENT), f"coaching-actions/{action.pk}/tick/", {"done": True})
    other_team = post(as_role(Role.SUPERVISOR, team=TeamFactory()), f"coaching-actions/{action.pk}/confirm/")

    assert (other_agent.status_code, other_team.status_code) == (404, 404)


def test_reading_is_noted_once() -> None:
    shared, agent, _team = own()
    assert agent.user is not None

    assert post(asking(agent.user), f"coaching-plans/{shared.pk}/read/").status_code == 204
    assert Plan.objects.get().read_at is not None


def test_plans_are_filtered_as_on_the_board() -> None:
    team = TeamFactory()
    waiting = plan("proposed", agent=member(team), team=team)
    plan("accepted", agent=member(team), team=team)

    assert [row["id"] for row in results(as_role(Role.MANAGER), "coaching-plans/", status="proposed")] == [waiting.pk]


def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = asking(person(Role.MANAGER))
    coached()
    get(client, "coaching-plans/")
    with django_assert_num_queries(3) as one:
        get(client, "coaching-plans/")
    for _ in range(2):
        coached()

    with django_assert_num_queries(len(one)):
        assert len(results(client, "coaching-plans/")) == 3
