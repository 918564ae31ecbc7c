"""Say truly why a queue holds nothing for somebody, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import User
from accounts.roles import Permission
from reviews.models import QueueItem
from reviews.models.queue import QueueItemQuerySet
from sampling.models import Plan
from sampling.selectors.due import drawn_periods, next_draw

CODES = (
    "no_plan", "all_paused", "nothing_drawn", "all_done", "held_by_you", "held_by_others", "given_to_others",
    "other_teams", "other_reviewers", "not_for_you",
)  # fmt: skip
DRAWS = frozenset({"nothing_drawn", "all_done", "other_teams", "other_reviewers", "not_for_you"})


@dataclass(frozen=True, slots=True)
class WhyEmpty:
    """Why nothing is offered: a code of CODES, and in words what is so and what to do."""

    code: str
    title: str
    sentence: str


def why_empty(user: User, *, now: datetime) -> WhyEmpty:
    """Explain an empty queue; ask only when it is empty."""
    code = _code(user, now=now)
    title, sentence = _words(code)
    onward = _next_draw(user, now=now) if code in DRAWS else ""
    return WhyEmpty(code, title, f"{sentence} {onward}".strip())


def _code(user: User, *, now: datetime) -> str:
    waiting = QueueItem.objects.open().drawn()
    if not waiting.exists():
        return _nothing_waits()
    if waiting.filter(claimed_by=user, claimed_until__gte=now).exists():
        return "held_by_you"
    if QueueItem.objects.open().offered_to(user).exists():
        return "held_by_others"
    return _not_theirs(user, waiting)


def _nothing_waits() -> str:
    if not Plan.objects.exists():
        return "no_plan"
    if not Plan.objects.active().exists():
        return "all_paused"
    return "all_done" if QueueItem.objects.drawn().exists() else "nothing_drawn"


def _not_theirs(user: User, waiting: QueueItemQuerySet) -> str:
    """Tell apart why nothing of what waits is for this person."""
    scope = reach(user, Permission.SCORE)
    here = waiting if scope.everywhere else waiting.filter(team__in=scope.team_ids)
    if not here.exists():
        return "other_teams"
    given = here.filter(assigned_to__isnull=False)
    if given.exists():
        # What is given by name where nothing else is nobody else is to know of.
        return "given_to_others" if given.given_by_name().exists() else "held_by_others"
    named = Q(plan__reviewers=None) | Q(plan__reviewers__user=user) | Q(plan=None)
    return "not_for_you" if here.filter(named).exists() else "other_reviewers"


def _next_draw(user: User, *, now: datetime) -> str:
    """Name the draw that is next to bring something to this person; say when none will."""
    plans = Plan.objects.active().filter(Q(reviewers=None) | Q(reviewers__user=user)).distinct()
    found = list(plans.prefetch_related("past_terms", "pauses").order_by("name"))
    drawn = drawn_periods(found)
    coming = [(plan, one) for plan in found if (one := next_draw(plan, drawn, now)) is not None]
    if not coming:
        return str(_("No active plan draws for you, so nothing more comes by itself: ask a QA manager."))
    plan, soonest = min(coming, key=lambda pair: pair[1].at)
    if soonest.is_due:
        return _("The plan “%(plan)s” is about to draw.") % {"plan": plan.name}
    when = date_format(timezone.localtime(soonest.at), "l j F, H:i")
    return _("The plan “%(plan)s” draws next on %(when)s.") % {"plan": plan.name, "when": when}


def _words(code: str) -> tuple[str, str]:
    words: dict[str, tuple[Any, Any]] = {
        "no_plan": (
            _("There is no sampling plan yet"),
            _("A sampling plan draws conversations into this queue. A QA manager makes one under Sampling."),
        ),
        "all_paused": (
            _("No sampling plan is active"),
            _("What was drawn is done, and every plan is paused or archived. A QA manager resumes one under Sampling."),
        ),
        "nothing_drawn": (
            _("Nothing has been drawn yet"),
            _("A plan draws when its period is over. A QA manager can draw the last complete period at once."),
        ),
        "all_done": (_("Everything is done"), _("Every conversation that was drawn is reviewed.")),
        "held_by_you": (
            _("The rest is in your hands"),
            _("Nothing else waits for you: finish what you have begun, or give it back."),
        ),
        "held_by_others": (
            _("Colleagues hold the rest"),
            _("What is left is being reviewed by others right now. A hold that runs out comes back here."),
        ),
        "given_to_others": (
            _("The rest was given to colleagues"),
            _(
                "What is left was given to others by name, by lot. When somebody is away until it is due, it"
                " goes to the next in line, perhaps to you."
            ),
        ),
        "other_teams": (
            _("Your teams are done"),
            _("What is left belongs to teams that you do not score. An admin can give you more teams."),
        ),
        "other_reviewers": (
            _("The rest is for the reviewers of its plans"),
            _("What is left belongs to plans that name other reviewers. A QA manager can add you to them."),
        ),
        "not_for_you": (
            _("The rest is for others"),
            _(
                "What is left are conversations that you handled yourself or have looked at already, of agents with"
                " whom a conflict of interest is noted, or of a team that you supervise."
            ),
        ),
    }
    return words[code]
