"""The agenda of a 1:1 session, drawn up from its plan: what was seen, what to work on, what comes next."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.models import Plan

MOST_CRITERIA = 3


def agenda_for(plan: Plan, *, today: date) -> str:
    """Return an agenda, one point a line. A first session begins with the evidence, a later one with what was done."""
    points = [_("How are you, and what has gone well since we last spoke?")]
    points += _later(plan) if plan.sessions.filter(status="held").exists() else _first(plan)
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


def _first(plan: Plan) -> list[str]:
    rows = plan.evidence.select_related("answer__criterion")
    names = list(dict.fromkeys(row.answer.criterion.name for row in rows))[:MOST_CRITERIA]
    return [_("What was seen: “%(criterion)s”. How do you see it?") % {"criterion": name} for name in names]


def _later(plan: Plan) -> list[str]:
    return [_("Done since then: %(action)s") % {"action": one.text} for one in plan.actions.all() if one.done_at]
