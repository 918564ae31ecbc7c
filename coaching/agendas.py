"""The agenda of a 1:1 session, drawn up from its plan: what was seen, what to work on, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.models import Plan

MOST_CRITERIA = 3
MOST_DAYS = 3
MOST_STRENGTHS = 2


def agenda_for(plan: Plan, *, today: date, strengths: Iterable[str] = ()) -> str:
    """Return an agenda, one point a line. A first session begins with the evidence, a later one with what was done.

    strengths: the skills in which the agent is clearly above the target.
    """
    points = [_("How are you, and what has gone well since we last spoke?")]
    points += _later(plan) if plan.sessions.filter(status="held").exists() else _first(plan, strengths)
    points += [_("Focus: %(point)s") % {"point": line} for line in plan.focus.splitlines() if line.strip()]
    points += [_("Still open: %(action)s") % {"action": one.text} for one in plan.actions.all() if not one.done_at]
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
    seen: dict[str, list[str]] = {}
    for row in plan.evidence.select_related("answer__criterion", "review"):
        days = seen.setdefault(row.answer.criterion.name, [])
        day = date_format(row.review.published_at, "j M") if row.review.published_at else ""
        if day and day not in days and len(days) < MOST_DAYS:
            days.append(day)
    good = [_("What goes well: %(skill)s. Where could it help with this?") % {"skill": one} for one in strengths]
    return good[:MOST_STRENGTHS] + [_seen(criterion, days) for criterion, days in list(seen.items())[:MOST_CRITERIA]]


def _seen(criterion: str, days: list[str]) -> str:
    if not days:
        return _("What was seen: “%(criterion)s”. How do you see it?") % {"criterion": criterion}
    return ngettext(
        "What was seen: “%(criterion)s”, in the review of %(days)s. How do you see it?",
        "What was seen: “%(criterion)s”, in the reviews of %(days)s. How do you see it?",
        len(days),
    ) % {"criterion": criterion, "days": ", ".join(days)}


def _later(plan: Plan) -> list[str]:
    return [_("Done since then: %(action)s") % {"action": one.text} for one in plan.actions.all() if one.done_at]
