"""What people do with a plan: decide, edit, share, start one by hand, work on it, close it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agent, Notification, User
from coaching import weeks
from coaching.models import Action, Look, Plan
from coaching.policies import (
    why_not_check_with,
    why_not_coach,
    why_not_confirm,
    why_not_done,
    why_not_edit,
    why_not_extend,
    why_not_follow_up_on,
    why_not_move,
    why_not_one_more,
    why_not_start,
    why_not_tick,
    why_not_while_disputed,
)
from coaching.selectors import rules
from coaching.selectors.checks import catalogue, find
from coaching.services import contents, follow_up
from coaching.windows import WEEKS
from coaching.words import CLOSED_BECAUSE, DECLINED_BECAUSE
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.models import Skill

DECLINE_REASONS: dict[str, Any] = DECLINED_BECAUSE


@dataclass(frozen=True, slots=True)
class ActionEdit:
    """One line of the plan's form: an action to keep (with its id), or a new one."""

    pk: int | None
    kind: str
    text: str
    due_on: date | None
    link: str = ""
    check_key: str = ""
    # Of a new action: the suggestion of the library that it is.
    library_key: str = ""


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """What the plan's form holds; `number` is the state that was edited."""

    number: int
    focus: str
    follow_up_on: date | None
    actions: Sequence[ActionEdit]
    follow_up_quota: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan starts with, where a person or a programme says so; without actions: the library's."""

    focus: str = ""
    programme: str = ""
    follow_up_on: date | None = None
    follow_up_quota: int = contents.FOLLOW_UP_REVIEWS
    actions: Sequence[ActionEdit] = ()


@transaction.atomic
def accept(plan: Plan, *, by: User, now: datetime) -> Plan:
    """Accept a proposed plan; the person who does becomes its owner, and the days count from now."""
    refuse(why_not_coach(by, plan))
    refuse(why_not_while_disputed(plan))
    if plan.edit_number == 0:
        _postpone(plan, by=now - plan.proposed_at)
    _move(plan, Plan.Status.ACCEPTED, by=by, now=now, decided_at=now, decided_by=by, owner=by)
    follow_up.begin(plan, now=now)
    return plan


def accept_chosen(chosen: Iterable[Plan], *, by: User, now: datetime) -> list[tuple[Plan, Refusal | None]]:
    """Accept several proposed plans, each for itself: one that cannot be accepted stops no other."""
    answers: list[tuple[Plan, Refusal | None]] = []
    for plan in chosen:
        try:
            answers.append((accept(plan, by=by, now=now), None))
        except Refused as refused:
            answers.append((plan, refused.refusal))
    return answers


@transaction.atomic
def decline(plan: Plan, *, reason: str, by: User, now: datetime, note: str = "") -> Plan:
    """Decline a proposed plan with a reason of the closed list."""
    refuse(why_not_coach(by, plan))
    if reason not in DECLINE_REASONS:
        raise Refused(Refusal("unknown_reason", 422, _("Choose why the plan is declined.")))
    _move(
        plan, Plan.Status.DECLINED, by=by, now=now,
        decided_at=now, decided_by=by, decision_reason=reason, decision_note=note.strip(),
    )  # fmt: skip
    return plan


@transaction.atomic
def share(plan: Plan, *, by: User, now: datetime) -> Plan:
    """Show an accepted plan to its agent; nothing is ever shared by itself."""
    refuse(why_not_coach(by, plan))
    refuse(why_not_while_disputed(plan))
    _move(plan, Plan.Status.SHARED, by=by, now=now, shared_at=now)
    follow_up.postpone(plan, now=now)
    if plan.agent.user_id is not None:
        Notification.objects.create(
            user_id=plan.agent.user_id, kind="plan.shared", path=f"/my-coaching/{plan.pk}/", created_at=now
        )
    return plan


@transaction.atomic
def close(plan: Plan, *, reason: str, by: User, now: datetime, note: str = "") -> Plan:
    """Close a plan with a reason of the closed list; the trigger rests for four weeks afterwards."""
    refuse(why_not_coach(by, plan))
    if reason not in CLOSED_BECAUSE:
        raise Refused(Refusal("unknown_reason", 422, _("Choose why the plan is closed.")))
    _move(plan, Plan.Status.CLOSED, by=by, now=now, closed_at=now, close_reason=reason, close_note=note.strip())
    follow_up.end(plan, now=now)
    return plan


@transaction.atomic
def edit(plan: Plan, edited: PlanEdit, *, by: User, now: datetime) -> Plan:
    """Change a plan's focus, follow-up day and actions; the later of two edits is told.

    A plan that is due goes on when its follow-up day is set later.
    """
    refuse(why_not_coach(by, plan))
    refuse(why_not_edit(plan))
    refuse(why_not_follow_up_on(plan, edited.follow_up_on, today=now.date()))
    refuse(why_not_check_with({one.check_key for one in edited.actions}, known=catalogue().sets))
    quota = plan.follow_up_quota if edited.follow_up_quota is None else edited.follow_up_quota
    is_moved = (edited.follow_up_on, quota) != (plan.follow_up_on, plan.follow_up_quota)
    rows = Plan.objects.filter(pk=plan.pk, edit_number=edited.number, status=plan.status)
    changed = rows.update(
        focus=edited.focus.strip(), follow_up_on=edited.follow_up_on, follow_up_quota=quota,
        edit_number=edited.number + 1, updated_at=now,
    )  # fmt: skip
    if not changed:
        raise Refused(Refusal("stale_plan", 409, _("Someone else changed this plan meanwhile. Load it again.")))
    _rewrite(plan, edited.actions)
    record("plan.edited", target=plan, by=by, at=now, fields=["focus", "follow_up_on", "actions"])
    plan.refresh_from_db()
    if is_moved and plan.status != Plan.Status.PROPOSED:
        follow_up.move(plan, edited.follow_up_on, now=now)
    if edited.follow_up_on and edited.follow_up_on > now.date():
        _go_on(plan, by=by, now=now)
    return plan


@transaction.atomic
def extend(plan: Plan, *, weeks: int, by: User, now: datetime) -> Plan:
    """Follow a plan up some weeks later than planned, or from today when that day has passed; it goes on until then."""
    refuse(why_not_coach(by, plan))
    refuse(why_not_extend(plan))
    # The plan's row is the lock: of two people at once, the second extends what the first one left.
    row = Plan.objects.select_for_update(of=("self",)).select_related("agent", "skill").get(pk=plan.pk)
    refuse(why_not_extend(row))
    on = max(row.follow_up_on or now.date(), now.date()) + timedelta(weeks=weeks)
    refuse(why_not_follow_up_on(row, on, today=now.date()))
    Plan.objects.filter(pk=row.pk).update(edit_number=row.edit_number + 1, updated_at=now)
    follow_up.move(row, on, now=now)
    record("plan.extended", target=row, by=by, at=now, params={"weeks": weeks, "until": on.isoformat()})
    _go_on(row, by=by, now=now)
    plan.refresh_from_db()
    return plan


@transaction.atomic
def tick(action: Action, *, done: bool, by: User, now: datetime) -> Action:
    """Say (or take back) that an action is done; the first tick starts a shared plan."""
    refuse(why_not_tick(by, action))
    if done and find(action.check_key) is not None:
        refuse(why_not_done(action))
    rows = Action.objects.filter(pk=action.pk, confirmed_at=None, done_at__isnull=done)
    changed = rows.update(done_at=now if done else None)
    action.refresh_from_db()
    if action.confirmed_at is not None and not done:
        raise Refused(Refusal("confirmed", 409, _("Your supervisor has confirmed this, so it stays done.")))
    if changed:
        record("action.done" if done else "action.reopened", target=action, by=by, at=now)
    if done and Plan.objects.filter(pk=action.plan_id, status=Plan.Status.SHARED).exists():
        _move(action.plan, Plan.Status.ACTIVE, by=by, now=now)
    return action


@transaction.atomic
def confirm(action: Action, *, by: User, now: datetime) -> Action:
    """Confirm an action that the agent says is done."""
    refuse(why_not_coach(by, action.plan))
    refuse(why_not_confirm(action))
    done = Action.objects.filter(pk=action.pk, done_at__isnull=False, confirmed_at=None)
    changed = done.update(confirmed_at=now, confirmed_by=by)
    action.refresh_from_db()
    if not changed:
        refuse(why_not_confirm(action))
    record("action.confirmed", target=action, by=by, at=now)
    return action


@transaction.atomic
def read(plan: Plan, *, by: User, now: datetime) -> bool:
    """Remember that the agent has opened the shared plan."""
    if plan.agent.user_id != by.pk:
        return False
    first = Plan.objects.filter(pk=plan.pk, read_at=None).exclude(shared_at=None).update(read_at=now)
    Notification.objects.filter(user=by, path=f"/my-coaching/{plan.pk}/", read_at=None).update(read_at=now)
    if first:
        record("plan.read", target=plan, by=by, at=now)
    return bool(first)


def start(agent: Agent, skill: Skill, *, by: User, now: datetime, focus: str = "") -> Plan:
    """Start a plan by hand, accepted from the start, with what the last look knew and the library's suggestions."""
    team_id = contents.team_of(agent.pk, now=now)
    refuse(why_not_start(by, agent, team_id=team_id))
    with transaction.atomic():
        # The agent's row is the lock: two people (or the sweep) at once count the same open plans.
        Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
        refuse(why_not_one_more(agent, skill))
        return _started(agent, skill, team_id=team_id, by=by, now=now, terms=Terms(focus=focus))


@transaction.atomic
def start_for_programme(agent: Agent, skill: Skill, *, terms: Terms, by: User, now: datetime) -> Plan:
    """Start a member's plan of a programme, with the programme's own terms; it is not shared yet."""
    team_id = contents.team_of(agent.pk, now=now)
    refuse(why_not_start(by, agent, team_id=team_id))
    Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    refuse(why_not_one_more(agent, skill, by_programme=True))
    return _started(agent, skill, team_id=team_id, by=by, now=now, terms=terms)


def fall_due(*, now: datetime) -> int:
    """Let plans whose follow-up day has come wait for their outcome, unless they pause; the number of them."""
    plans = Plan.objects.filter(status__in=[Plan.Status.SHARED, Plan.Status.ACTIVE], follow_up_on__lte=now.date())
    return sum(_fall_due(plan, now=now) for plan in plans.not_paused())


@transaction.atomic
def _fall_due(plan: Plan, *, now: datetime) -> bool:
    rows = Plan.objects.filter(pk=plan.pk, status=plan.status)
    if not rows.update(status=Plan.Status.DUE, updated_at=now):
        return False  # somebody closed it, or the agent began, a moment ago
    record("plan.due", target=plan, by=None, at=now, params={"from": plan.status})
    return True


def _move(plan: Plan, status: str, *, by: User, now: datetime, **values: Any) -> None:
    """Bring a plan to a status; exactly one of two callers wins, and the other is told what it is now."""
    refuse(why_not_move(plan, status))
    before = plan.status
    moved = Plan.objects.filter(pk=plan.pk, status=before).update(status=status, updated_at=now, **values)
    plan.refresh_from_db()
    if not moved:
        raise Refused(why_not_move(plan, status) or Refusal("raced", 409, _("Someone else was a moment faster.")))
    record(f"plan.{status}", target=plan, by=by, at=now, params={"from": before})


def _go_on(plan: Plan, *, by: User, now: datetime) -> None:
    """Let a plan that was due or evaluated be worked on again."""
    if plan.status in (Plan.Status.DUE, Plan.Status.EVALUATED):
        _move(plan, Plan.Status.ACTIVE, by=by, now=now)


def _postpone(plan: Plan, *, by: timedelta) -> None:
    """Move the days that the library suggested; days that a person has set stay."""
    for action in plan.actions.all():
        if action.due_on is not None:
            plan.actions.filter(pk=action.pk).update(due_on=action.due_on + by)
    if plan.follow_up_on is not None:
        Plan.objects.filter(pk=plan.pk).update(follow_up_on=plan.follow_up_on + by)


def _rewrite(plan: Plan, actions: Sequence[ActionEdit]) -> None:
    """Make the plan's actions those of the form; what the agent has already done stays in the record as it was."""
    kept = set(plan.actions.values_list("pk", flat=True))
    wanted = kept & {edited.pk for edited in actions}
    plan.actions.filter(done_at=None).exclude(pk__in=wanted).delete()
    for position, edited in enumerate(actions):
        values = {
            "kind": edited.kind, "text": edited.text.strip(), "due_on": edited.due_on, "link": edited.link,
            "check_key": edited.check_key,
        }  # fmt: skip
        if edited.pk in kept:
            plan.actions.filter(pk=edited.pk).update(position=position)
            plan.actions.filter(pk=edited.pk, done_at=None).update(**values)
        else:
            Action.objects.create(plan=plan, position=position, library_key=edited.library_key, **values)


def _started(agent: Agent, skill: Skill, *, team_id: int | None, by: User, now: datetime, terms: Terms) -> Plan:
    look = Look.objects.filter(agent=agent, skill=skill).order_by("-week").first()
    plan = Plan.objects.create(
        agent=agent,
        team_id=team_id,
        skill=skill,
        origin=Plan.Origin.PROGRAMME if terms.programme else Plan.Origin.HAND,
        status=Plan.Status.ACCEPTED,
        owner=by,
        trigger={"code": "programme" if terms.programme else "by_hand", "n": look.n if look else 0},
        focus=terms.focus.strip() or contents.focus_of(skill.slug),
        target=rules.current().rules.target_of(skill.slug, agent.level),
        **contents.baseline_of(look),
        baseline_since=weeks.start_of(weeks.shifted(weeks.last_complete(now), 1 - WEEKS)),
        follow_up_on=terms.follow_up_on or contents.follow_up_on(now),
        follow_up_quota=terms.follow_up_quota,
        proposed_at=now,
        decided_at=now,
        decided_by=by,
        updated_at=now,
    )
    contents.fill(plan, now=now, with_actions=not terms.actions)
    Action.objects.bulk_create(
        Action(
            plan=plan, position=position, kind=one.kind, text=one.text, due_on=one.due_on, link=one.link,
            check_key=one.check_key,
        )
        for position, one in enumerate(terms.actions)
    )  # fmt: skip
    follow_up.begin(plan, now=now)
    record("plan.started", target=plan, by=by, at=now)
    return plan
