"""Who may do what to a coaching plan, and the words when not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.access import may, reach, why_not
from accounts.models import Agent, User
from accounts.roles import Permission
from coaching import words
from coaching.models import Action, Attempt, Member, Observation, Plan, Remark, Session
from coaching.questions import QuestionSet
from core.refusals import Refusal
from rubrics.models import Skill

OPEN_PER_AGENT = 2
A_YEAR = timedelta(days=365)


def why_not_coach(user: User, plan: Plan) -> Refusal | None:
    """Explain why a person may not change a plan: it is for those who coach the agent's team, never for the agent."""
    if plan.agent.user_id != user.pk and Plan.objects.coached_by(user).filter(pk=plan.pk).exists():
        return None
    return Refusal("not_your_team", 404, _("There is no such plan in a team that you coach."))


def why_not_answer(user: User, observation: Observation) -> Refusal | None:
    """Explain why a person may not say what came of an observation: once, by those who coach the agent."""
    if not Observation.objects.visible_to(user).filter(pk=observation.pk).exists():
        return Refusal("not_your_team", 404, _("There is no such observation in a team that you coach."))
    if observation.answered_at is not None:
        return Refusal("answered", 409, _("Somebody has said already what came of it."))
    return None


def why_not_write_library(user: User) -> Refusal | None:
    """Explain why a person may not change the library of suggestions."""
    if reach(user, Permission.MANAGE_COACHING).everywhere:
        return None
    return Refusal("wrong_role", 403, _("The library is changed by QA managers."))


def why_not_set_rules(user: User) -> Refusal | None:
    """Explain why a person may not set the trigger rules."""
    if reach(user, Permission.MANAGE_COACHING).everywhere:
        return None
    return Refusal("wrong_role", 403, _("The trigger rules are set by QA managers."))


def why_not_move(plan: Plan, status: str) -> Refusal | None:
    """Explain why a plan cannot go to a status from where it is."""
    if status in Plan.TRANSITIONS[plan.status]:
        return None
    words = _("This plan is %(now)s already, so that is not possible any more.")
    return Refusal("wrong_state", 409, words % {"now": plan.get_status_display().lower()})


def why_not_edit(plan: Plan) -> Refusal | None:
    """Explain why a plan cannot be changed any more."""
    if plan.status in Plan.ENDED:
        return Refusal("plan_ended", 409, _("This plan has ended and cannot be changed."))
    return None


def why_not_follow_up_on(plan: Plan, day: date | None, *, today: date) -> Refusal | None:
    """Explain why a plan cannot be followed up on a day; the day it has already may stay, even when it has passed."""
    if day is None or day == plan.follow_up_on or today - A_YEAR <= day <= today + 2 * A_YEAR:
        return None
    return Refusal("day_out_of_reach", 422, _("Choose a follow-up day within the next two years."))


def why_not_while_disputed(plan: Plan) -> Refusal | None:
    """Explain why a plan pauses: nobody is coached on a score that may not stand."""
    if Plan.objects.filter(pk=plan.pk).paused().exists():
        return Refusal("paused_by_dispute", 409, words.paused())
    return None


def why_not_extend(plan: Plan) -> Refusal | None:
    """Explain why a plan's follow-up cannot be put off."""
    if plan.status in Plan.ENDED:
        return Refusal("plan_ended", 409, _("This plan has ended and cannot be extended."))
    if plan.shared_at is None:
        return Refusal("not_shared", 409, _("Share the plan first: only a plan that runs can be extended."))
    return None


def why_not_start(user: User, agent: Agent, *, team_id: int | None) -> Refusal | None:
    """Explain why a person may not start a plan for an agent."""
    if agent.user_id == user.pk or not reach(user, Permission.COACH).covers(team_id):
        return Refusal("not_your_team", 404, _("There is no such agent in a team that you coach."))
    if agent.is_bot:
        return Refusal("is_a_bot", 409, _("A bot is not coached. Tell those who build it what you saw."))
    if agent.deactivated_at is not None:
        return Refusal("deactivated", 409, _("%(name)s does not work here any more.") % {"name": agent.name})
    return None


def waits_in_a_programme(agent: Agent, skill: Skill) -> bool:
    """Say whether an agent was drawn to start later: coached meanwhile, there would be nobody to compare with."""
    return (agent.pk, skill.pk) in waiting_in_programmes([agent.pk])


def waiting_in_programmes(agents: Iterable[int]) -> set[tuple[int, int]]:
    """Return who of some agents was drawn to start later, and on which skill."""
    waiting = Member.objects.filter(agent__in=agents, group=Member.Group.SECOND, plan=None)
    running = waiting.filter(programme__status__in=("running", "measured"))
    return set(running.order_by().values_list("agent_id", "programme__skill_id"))


def why_not_one_more(agent: Agent, skill: Skill, *, by_programme: bool = False) -> Refusal | None:
    """Explain why an agent gets no further plan now. by_programme: its turn in a programme has come."""
    plans = Plan.objects.open().filter(agent=agent)
    if not by_programme and waits_in_a_programme(agent, skill):
        sentence = _("%(name)s was drawn to wait in a programme on this skill, and starts with its second group.")
        return Refusal("waits_in_a_programme", 409, sentence % {"name": agent.name})
    if plans.filter(skill=skill).exists():
        return Refusal("plan_exists", 409, _("There is an open plan for this skill already."))
    if plans.count() >= OPEN_PER_AGENT:
        sentence = _("%(name)s has two open plans already. Close one first: more than two help nobody.")
        return Refusal("too_many_plans", 409, sentence % {"name": agent.name})
    return None


def why_not_remark(user: User, plan: Plan, *, kind: str) -> Refusal | None:
    """Explain why a person may not say something about a plan: its coaches comment, its agent once it is shared."""
    is_agent = plan.agent.user_id == user.pk
    if is_agent and plan.shared_at is None:
        return Refusal("not_your_plan", 404, _("There is no such plan of yours."))
    if not is_agent:
        refusal = why_not_coach(user, plan)
        if refusal is not None:
            return refusal
        if kind != Remark.Kind.COMMENT:
            return Refusal("agents_only", 403, _("Only the agent reflects on a plan or says that it does not help."))
    if plan.status in Plan.ENDED:
        return Refusal("plan_ended", 409, _("This plan has ended, so what was said stays as it is."))
    return None


def why_not_tick(user: User, action: Action) -> Refusal | None:
    """Explain why a person may not tick an action as done: the agent says so, once the plan is shared.

    For an agent without a log-in, those who coach say it, after going through it together.
    """
    agent = action.plan.agent
    if agent.user_id != user.pk and why_not_coach(user, action.plan) is not None:
        return Refusal("not_your_plan", 404, _("There is no such action in a plan of yours."))
    if agent.user_id not in (user.pk, None):
        return Refusal("agent_ticks", 409, _("%(name)s has a log-in and ticks it there.") % {"name": agent.name})
    if action.plan.shared_at is None:
        if agent.user_id == user.pk:
            return Refusal("not_your_plan", 404, _("There is no such action in a plan of yours."))
        return Refusal("not_shared", 409, _("Share the plan first, then go through it together."))
    if action.plan.status in Plan.ENDED:
        return Refusal("plan_ended", 409, _("This plan has ended, so its actions stay as they are."))
    return None


def why_not_done(action: Action) -> Refusal | None:
    """Explain why an action cannot be ticked yet: a knowledge check is done when it was passed."""
    if action.plan.agent.user_id is None:
        return None  # nobody who could take it: both go through it together
    passed = Attempt.objects.passed().filter(plan=action.plan_id, key=action.check_key)
    if not action.check_key or passed.exists():
        return None
    return Refusal("check_first", 409, _("Take the knowledge check: this is ticked when enough answers are right."))


def why_not_take(user: User, action: Action, asked: QuestionSet | None) -> Refusal | None:
    """Explain why a person may not take the knowledge check of an action."""
    if action.plan.agent.user_id != user.pk:
        return Refusal("not_your_plan", 404, _("There is no such action in a plan of yours."))
    refusal = why_not_tick(user, action)
    if refusal is None and asked is None:
        return Refusal("no_check", 404, _("No knowledge check goes with this action."))
    return refusal


def why_not_check_with(keys: Collection[str], *, known: Collection[str]) -> Refusal | None:
    """Explain why knowledge checks cannot go with actions: there are none with these keys."""
    unknown = sorted(set(keys) - {""} - set(known))
    if not unknown:
        return None
    return Refusal("no_check", 422, _("There is no knowledge check “%(key)s”.") % {"key": unknown[0]})


def why_not_write_checks(user: User) -> Refusal | None:
    """Explain why a person may not write questions or expectations: they are everybody's, like the rubrics."""
    return None if may(user, Permission.MANAGE_RUBRICS) else why_not(user, Permission.MANAGE_RUBRICS)


def why_not_confirm(action: Action) -> Refusal | None:
    """Explain why an action cannot be confirmed: both sides say so once, the agent first."""
    if action.done_at is None or action.confirmed_at is not None:
        return Refusal("not_done", 409, _("Only an action that the agent has ticked can be confirmed, once."))
    return None


def why_not_subscribe(user: User) -> Refusal | None:
    """Explain why a person gets no calendar feed: it is for those who have sessions."""
    if user.is_active and (may(user, Permission.COACH) or may(user, Permission.WORK_ON_OWN_PLAN)):
        return None
    return Refusal("wrong_role", 403, _("Your role has no 1:1 sessions."))


def why_not_meet(plan: Plan) -> Refusal | None:
    """Explain why no session can be arranged about a plan."""
    if plan.status == Plan.Status.PROPOSED:
        return Refusal("not_decided", 409, _("Accept the plan first, then arrange a session about it."))
    return why_not_edit(plan)


def why_not_meet_at(starts_at: datetime, *, now: datetime) -> Refusal | None:
    """Explain why a session cannot be at a time: one that took place may be entered afterwards, but not years later."""
    if now - A_YEAR <= starts_at <= now + A_YEAR:
        return None
    return Refusal("time_out_of_reach", 422, _("Choose a time within a year from today."))


def why_not_change_session(session: Session) -> Refusal | None:
    """Explain why a session cannot be changed: what did not take place has no notes."""
    if session.status in (Session.Status.PLANNED, Session.Status.HELD):
        return None
    return Refusal("session_ended", 409, _("This session did not take place, so it stays as it is."))


def why_not_end_session(session: Session) -> Refusal | None:
    """Explain why a session can be neither moved nor cancelled nor missed any more."""
    if session.status == Session.Status.PLANNED:
        return None
    words = _("This session is over (%(now)s), so its time and state stay as they are.")
    return Refusal("wrong_state", 409, words % {"now": session.get_status_display().lower()})


def why_not_confirm_session(user: User, session: Session, *, now: datetime) -> Refusal | None:
    """Explain why a person may not say that a session took place: each side does so once, after it began."""
    is_agent = session.plan.agent.user_id == user.pk
    if is_agent and session.plan.shared_at is None:
        return Refusal("not_your_plan", 404, _("There is no such session of yours."))
    refusal = None if is_agent else why_not_coach(user, session.plan)
    if refusal is None:
        refusal = why_not_end_session(session)
    if refusal is not None:
        return refusal
    if now < session.starts_at:
        return Refusal("too_early", 409, _("It has not begun yet."))
    said = session.agent_confirmed_at if is_agent else session.coach_confirmed_at
    if said is not None:
        return Refusal("confirmed", 409, _("Your side has confirmed it already; the other side has not yet."))
    return None


def why_not_keep_note(user: User, session: Session) -> Refusal | None:
    """Explain why a person may not keep a private note about a session."""
    if not reach(user, Permission.KEEP_PRIVATE_NOTES):
        return Refusal("wrong_role", 403, _("Private notes are for those who hold the permission to keep them."))
    return why_not_coach(user, session.plan)
