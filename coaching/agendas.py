"""The agenda of a 1:1 session, drawn up from its plan: what was seen, what to work on, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.models import Action, Plan

MOST_CRITERIA = 3
MOST_DAYS = 3
MOST_STRENGTHS = 2


def agenda_for(plan: Plan, *, today: date, strengths: Iterable[str] = ()) -> str:
    """Return an agenda, one point a line. A first session begins with the evidence, a later one with what was done.

    strengths: the skills in which the agent is clearly above the target.
    """
    is_first = not plan.sessions.filter(status="held").exists()
    focus = [_("Focus: %(point)s") % {"point": line} for line in plan.focus.splitlines() if line.strip()]
    points = [_("How are you, and what has gone well since we last spoke?")]
    points += [*_first(plan, strengths), *focus, *_to_come(plan)] if is_first else [*_later(plan), *focus, *_open(plan)]
    points.append(_("What would help you, and what gets in your way?"))
    if plan.follow_up_on and plan.follow_up_on > today:
        points.append(
            _("What we agree until %(day)s, when the follow-up is due.")
            % {"day": date_format(plan.follow_up_on, "j M")}
        )
    else:
        points.append(_("What we agree until next time."))
    return "\n".join(points)


def _first(plan: Plan, strengths: Iterable[str]) -> list[str]:
    """Name what goes well, and what was seen by criterion, with the days by which the plan shows the reviews.

    No subject and no words of a customer: what is agreed on stays when a customer is erased.
    """
    seen: dict[str, list[date]] = {}
    for row in plan.evidence.select_related("answer__criterion", "review"):
        days = seen.setdefault(row.answer.criterion.name, [])
        day = timezone.localdate(row.review.published_at) if row.review.published_at else None
        if day and day not in days and len(days) < MOST_DAYS:
            days.append(day)
    good = ", ".join(list(strengths)[:MOST_STRENGTHS])
    praise = [_("What goes well: %(skills)s. Where could it help with this?") % {"skills": good}] if good else []
    return praise + [_seen(criterion, days) for criterion, days in list(seen.items())[:MOST_CRITERIA]]


def _to_come(plan: Plan) -> list[str]:
    """Ask about the actions together: the plan lists them, and a first talk settles which of them come first."""
    actions = len(_undone(plan))
    if not actions:
        return []
    text = ngettext(
        "Go through the action of the plan: does it fit, and by when is it done?",
        "Go through the %(n)d actions of the plan: which comes first, and does anything not fit?",
        actions,
    )
    return [text % {"n": actions}]


def _open(plan: Plan) -> list[str]:
    return [_("Still open: %(action)s") % {"action": one.text} for one in _undone(plan)]


def _undone(plan: Plan) -> list[Action]:
    return [one for one in plan.actions.all() if not one.done_at]


def _seen(criterion: str, days: list[date]) -> str:
    if not days:
        return _("What was seen: “%(criterion)s”. How do you see it?") % {"criterion": criterion}
    return ngettext(
        "What was seen: “%(criterion)s”, in the review of %(days)s. How do you see it?",
        "What was seen: “%(criterion)s”, in the reviews of %(days)s. How do you see it?",
        len(days),
    ) % {"criterion": criterion, "days": ", ".join(date_format(day, "j M") for day in sorted(days))}


def _later(plan: Plan) -> list[str]:
    return [_("Done since then: %(action)s") % {"action": one.text} for one in plan.actions.all() if one.done_at]
