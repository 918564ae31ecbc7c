"""What people do with a plan: decide, edit, share, work, confirm, close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Notification
from coaching.models import Plan
from coaching.services import plans
from coaching.services.plans import ActionEdit, PlanEdit
from core.models import AuditEvent
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.coaching import (
    ActionFactory,
    agent_with_login,
    look,
    member,
    plan,
    reviewed,
    reviewer,
    sampling_plan,
    skill,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def verbs(target):
    return list(
        AuditEvent.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
        .order_by("pk")
        .values_list("verb", flat=True)
    )


def code_of(work):
    with pytest.raises(Refused) as refused:
        work()
    return refused.value.refusal.code, refused.value.refusal.status


def test_accepting_makes_one_the_owner_and_shows_the_agent_nothing(team, coach):
    made = plan(agent=agent_with_login(team), team=team)

    plans.accept(made, by=coach, now=NOW)

    assert (made.status, made.owner, made.decided_by, made.decided_at) == ("accepted", coach, coach, NOW)
    assert list(Plan.objects.shared_with(made.agent.user)) == []
    assert Notification.objects.count() == 0
    assert verbs(made) == ["plan.accepted"]


@pytest.mark.parametrize(("edits", "days"), [(0, 5), (1, 0)])
def test_the_suggested_days_count_from_the_decision_unless_somebody_has_set_them(team, coach, edits, days):
    made = plan(team=team, edit_number=edits)
    follow_up_on = made.follow_up_on
    action = ActionFactory(plan=made, due_on=NOW.date())

    plans.accept(made, by=coach, now=NOW + timedelta(days=5))

    action.refresh_from_db()
    assert action.due_on - NOW.date() == made.follow_up_on - follow_up_on == timedelta(days=days)


def test_declining_keeps_the_reason_and_the_note(team, coach):
    made = plan(team=team)

    plans.decline(made, reason="known_cause", note=" A broken tool. ", by=coach, now=NOW)

    assert (made.status, made.decision_reason, made.decision_note) == ("declined", "known_cause", "A broken tool.")
    assert verbs(made) == ["plan.declined"]


@pytest.mark.parametrize("reason", ["", "because"])
def test_declining_without_a_reason_of_the_list_is_refused(team, coach, reason):
    made = plan(team=team)

    assert code_of(lambda: plans.decline(made, reason=reason, by=coach, now=NOW)) == ("unknown_reason", 422)
    assert Plan.objects.get(pk=made.pk).status == "proposed"


def test_sharing_tells_the_agent_once(team, coach):
    made = plan("accepted", agent=agent_with_login(team), team=team)

    plans.share(made, by=coach, now=NOW)

    assert code_of(lambda: plans.share(made, by=coach, now=NOW)) == ("wrong_state", 409)
    assert list(Notification.objects.values_list("user", "kind", "path")) == [
        (made.agent.user_id, "plan.shared", f"/my-coaching/{made.pk}/")
    ]


def test_reading_is_remembered_for_the_agent_only(team, coach):
    made = plan("accepted", agent=agent_with_login(team), team=team)
    plans.share(made, by=coach, now=NOW)

    answers = [plans.read(made, by=user, now=LATER) for user in (coach, made.agent.user, made.agent.user)]

    made.refresh_from_db()
    assert answers == [False, True, False]
    assert made.read_at == LATER
    assert Notification.objects.get().read_at == LATER


def edited(made, *actions, number=None, **fields):
    usual = {"number": made.edit_number if number is None else number, "focus": made.focus,
             "follow_up_on": made.follow_up_on}  # fmt: skip
    return PlanEdit(**{**usual, **fields}, actions=actions)


def kept(action, **changes):
    usual = {"pk": action.pk, "kind": action.kind, "text": action.text, "due_on": action.due_on}
    return ActionEdit(**{**usual, **changes})


def test_editing_changes_adds_removes_and_reorders_actions_but_not_what_is_done(team, coach):
    made = plan("active", team=team)
    first, gone = ActionFactory(plan=made, text="First"), ActionFactory(plan=made, text="Gone")
    done = ActionFactory(plan=made, text="Done", done_at=NOW)
    new = ActionEdit(pk=None, kind="read", text=" New ", due_on=NOW.date())

    plans.edit(made, edited(made, new, kept(done, text="Never said"), kept(first, text="Better")), by=coach, now=NOW)

    assert [(a.kind, a.text, a.position) for a in made.actions.all()] == [
        ("read", "New", 0), ("practise", "Done", 1), ("practise", "Better", 2),
    ]  # fmt: skip
    assert not made.actions.filter(pk=gone.pk).exists()
    assert (made.edit_number, verbs(made)) == (1, ["plan.edited"])


def test_what_is_done_stays_even_when_the_form_leaves_it_out(team, coach):
    made = plan("active", team=team)
    done = ActionFactory(plan=made, done_at=NOW)

    plans.edit(made, edited(made), by=coach, now=NOW)

    assert list(made.actions.all()) == [done]


def test_an_action_of_another_plan_cannot_be_taken(team, coach):
    made, other = plan("active", team=team), ActionFactory(text="Theirs")

    plans.edit(made, edited(made, kept(other, text="Mine")), by=coach, now=NOW)

    other.refresh_from_db()
    assert (other.text, [a.text for a in made.actions.all()]) == ("Theirs", ["Mine"])


def test_the_later_of_two_edits_is_told(team, coach):
    made = plan(team=team)
    plans.edit(made, edited(made, focus="First"), by=coach, now=NOW)

    assert code_of(lambda: plans.edit(made, edited(made, number=0, focus="Late"), by=coach, now=NOW)) == (
        "stale_plan",
        409,
    )
    assert Plan.objects.get(pk=made.pk).focus == "First"


@pytest.mark.parametrize("status", ["declined", "closed"])
def test_an_ended_plan_is_not_edited(team, coach, status):
    made = plan(status, team=team)

    assert code_of(lambda: plans.edit(made, edited(made), by=coach, now=NOW)) == ("plan_ended", 409)


@pytest.mark.parametrize(("days", "status"), [(7, "active"), (0, "due")])
def test_a_due_plan_goes_on_when_its_follow_up_is_set_later(team, coach, days, status):
    made = plan("due", team=team, follow_up_on=NOW.date())

    plans.edit(made, edited(made, follow_up_on=NOW.date() + timedelta(days=days)), by=coach, now=NOW)

    assert made.status == status


def test_the_first_tick_starts_the_plan_and_both_sides_confirm(team, coach):
    coached = agent_with_login(team)
    action = ActionFactory(plan=plan("shared", agent=coached, team=team))

    plans.tick(action, done=True, by=coached.user, now=NOW)
    plans.tick(action, done=True, by=coached.user, now=LATER)
    plans.confirm(action, by=coach, now=LATER)

    assert (action.done_at, action.confirmed_at, action.confirmed_by) == (NOW, LATER, coach)
    assert Plan.objects.get().status == "active"
    assert verbs(action) == ["action.done", "action.confirmed"]
    assert code_of(lambda: plans.tick(action, done=False, by=coached.user, now=LATER)) == ("confirmed", 409)
    assert code_of(lambda: plans.confirm(action, by=coach, now=LATER)) == ("not_done", 409)


def test_a_tick_is_taken_back_until_it_is_confirmed(team, coach):
    coached = agent_with_login(team)
    action = ActionFactory(plan=plan("active", agent=coached, team=team), done_at=NOW)

    plans.tick(action, done=False, by=coached.user, now=LATER)

    assert action.done_at is None
    assert code_of(lambda: plans.confirm(action, by=coach, now=LATER)) == ("not_done", 409)


def test_two_ticks_from_two_windows_start_the_plan_once(team):
    coached = agent_with_login(team)
    shared = plan("shared", agent=coached, team=team)
    first, second = ActionFactory(plan=shared), ActionFactory(plan=Plan.objects.get(pk=shared.pk))

    plans.tick(first, done=True, by=coached.user, now=NOW)
    plans.tick(second, done=True, by=coached.user, now=NOW)  # its plan was loaded while it was shared

    assert verbs(shared) == ["plan.active"]
    assert second.done_at == NOW


LOW = {
    "understood": {"option": "no", "comment": "Never asked back.", "pins": [{"message": 1, "start": 0, "end": 10}]},
    "solved": {"option": "partly"},
    "data-protected": {"option": "yes"},
}


def test_a_plan_started_by_hand_is_filled_from_reviews_looks_and_library(team, coach):
    kim = member(team, level="senior")
    review = reviewed(kim, LOW, week="2026-W07", plan=sampling_plan(), by=reviewer(), team=team)
    solving = skill("problem-solving")
    look(kim, solving, week="2026-W08", baseline=61.0, baseline_sd=4.0, n=9)

    made = plans.start(kim, solving, by=coach, now=NOW)

    assert (made.status, made.origin, made.owner, made.team, made.decided_by) == (
        "accepted",
        "hand",
        coach,
        team,
        coach,
    )
    assert (made.baseline_mean, made.baseline_n, made.target) == (61.0, 9, 70.0)
    assert [(row.review, row.answer.criterion.lineage, row.lost_points) for row in made.evidence.all()] == [
        (review, "understood", 100.0), (review, "solved", 50.0),
    ]  # fmt: skip
    assert {row.answer.revision for row in made.evidence.all()} == {review.current}
    assert [action.library_key.split("/")[0] for action in made.actions.all()] == ["problem-solving"] * 4
    assert len(made.focus.splitlines()) == 3
    assert verbs(made) == ["plan.started"]


def test_a_plan_by_hand_keeps_the_focus_that_was_written(team, coach):
    made = plans.start(member(team), skill(), by=coach, now=NOW, focus="Say sorry once.\nThen act.")

    assert (made.focus, made.baseline_mean, made.evidence.count()) == ("Say sorry once.\nThen act.", None, 0)


def test_a_plan_by_hand_is_refused_in_other_teams_and_as_a_second_for_the_skill(team, coach):
    kim = member(team)
    plans.start(kim, skill(), by=coach, now=NOW)

    assert code_of(lambda: plans.start(kim, skill(), by=coach, now=NOW)) == ("plan_exists", 409)
    assert code_of(lambda: plans.start(member(), skill(), by=coach, now=NOW)) == ("not_your_team", 404)
