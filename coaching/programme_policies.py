"""Who may do what to a programme, and the words when not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import reach
from accounts.models import Agent, User
from accounts.roles import Permission
from coaching.models import Plan, Programme
from coaching.programme_effects import LEAST_FRESH
from coaching.waiting import LEAST
from core.refusals import Refusal
from rubrics.models import Skill

MOST_MEMBERS = 60
LEAST_MEMBERS = 2
LONGEST_BASELINE = timedelta(weeks=6)
"""After that a programme starts with the fresh reviews there are."""


def why_not_run(user: User, programme: Programme) -> Refusal | None:
    """Explain why a person may not change a programme: it is for those who coach its team."""
    if Programme.objects.visible_to(user).filter(pk=programme.pk).exists():
        return None
    return Refusal("not_your_programme", 404, _("There is no such programme in a team that you coach."))


def why_not_move_programme(programme: Programme, status: str) -> Refusal | None:
    """Explain why a programme cannot go to a status from where it is."""
    if status in Programme.TRANSITIONS[programme.status]:
        return None
    words = _("This programme is in the state “%(now)s”, so that is not possible.")
    return Refusal("wrong_state", 409, words % {"now": programme.get_status_display()})


def why_not_edit_programme(programme: Programme) -> Refusal | None:
    """Explain why a programme cannot be changed: what began stays as it was promised."""
    if programme.status == Programme.Status.DRAFT:
        return None
    return Refusal("begun", 409, _("This programme has begun, so its members and its design stay as they are."))


def why_not_many(number: int, *, has_waiting_list: bool) -> Refusal | None:
    """Explain why so few members make no programme."""
    if number < LEAST_MEMBERS:
        return Refusal("too_few_members", 422, _("Choose two agents at least: a programme is for several."))
    if has_waiting_list and number < LEAST:
        words = _("A waiting list needs %(n)d agents at least: two who start and two who wait.")
        return Refusal("too_few_for_waiting", 422, words % {"n": LEAST})
    return None


def why_not_with(
    user: User, agents: Collection[Agent], *, teams: Collection[int | None], has_waiting_list: bool
) -> Refusal | None:
    """Explain why a programme cannot have these members. teams: those that the members are in."""
    refusal = why_not_many(len(agents), has_waiting_list=has_waiting_list)
    if refusal is not None:
        return refusal
    if len(agents) > MOST_MEMBERS:
        words = _("Choose %(n)d agents at most, and make another programme for the others.")
        return Refusal("too_many_members", 422, words % {"n": MOST_MEMBERS})
    if len(teams) > 1 and not reach(user, Permission.COACH).everywhere:
        return Refusal("several_teams", 422, _("Choose agents of one team: only those who coach everywhere mix teams."))
    if any(agent.user_id == user.pk for agent in agents):
        return Refusal("own_programme", 422, _("You cannot run a programme that you are coached in."))
    return None


def why_not_begin_with(agents: Collection[Agent], skill: Skill) -> Refusal | None:
    """Explain why a programme cannot begin: some members have a plan on the skill, or two plans already."""
    held = Plan.objects.open().filter(agent__in=agents)
    busy = set(held.filter(skill=skill).values_list("agent", flat=True))
    counted: dict[int, int] = {}
    for agent in held.values_list("agent", flat=True):
        counted[agent] = counted.get(agent, 0) + 1
    names = sorted(agent.name for agent in agents if agent.pk in busy or counted.get(agent.pk, 0) >= 2)
    if not names:
        return None
    words = _(
        "These members have an open plan on this skill, or two plans already: %(names)s. Close one or take them out."
    )
    return Refusal("members_have_plans", 409, words % {"names": ", ".join(names)}, {"names": names})


def why_not_start_yet(programme: Programme, fresh: Mapping[int, int], *, now: datetime) -> Refusal | None:
    """Explain why a programme with a fresh baseline waits. fresh: agent id → new reviews so far."""
    if programme.status != Programme.Status.BASELINE or programme.baseline_from is None:
        return None
    begun = datetime.combine(programme.baseline_from, datetime.min.time(), now.tzinfo)
    lacking = sum(1 for n in fresh.values() if n < LEAST_FRESH)
    if not lacking or now >= begun + LONGEST_BASELINE:
        return None
    words = ngettext(
        "One member has fewer than %(least)d new reviews so far.",
        "%(n)d members have fewer than %(least)d new reviews so far.", lacking,
    ) % {"n": lacking, "least": LEAST_FRESH}  # fmt: skip
    until = _("It can start when all have them, or six weeks after the collecting began.")
    return Refusal("baseline_not_complete", 409, f"{words} {until}")


def why_not_start_second(programme: Programme) -> Refusal | None:
    """Explain why those who wait cannot start: what they are compared with is not measured yet."""
    if not programme.has_waiting_list or programme.second_started_at is not None:
        return Refusal("nobody_waits", 409, _("Nobody waits in this programme."))
    if programme.status != Programme.Status.MEASURED:
        return Refusal("not_measured", 409, _("Those who wait start once the first group is measured."))
    return None
