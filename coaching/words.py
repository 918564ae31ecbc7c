"""Put a plan's trigger and decision into sentences when a page is shown. Stored are codes and numbers only."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.models import Look, Plan


def why(plan: Plan) -> str:
    """Say in one or two sentences why the plan was proposed."""
    numbers = plan.trigger
    if numbers.get("code") != "likely_under_target" or numbers.get("probability") is None:
        return _("Started by hand, without a trigger.")
    reviews = ngettext("one review", "%(n)d reviews", numbers["n"]) % {"n": numbers["n"]}
    return _(
        "The true level is likely under %(target).0f: probability %(probability).0f %%, above 90 %% in two weekly "
        "looks running, from %(reviews)s drawn at random."
    ) % {"target": plan.target, "probability": 100 * numbers["probability"], "reviews": reviews}


def expected_wrong(plans: Iterable[Plan]) -> str:
    """Say how many of the proposals shown are expected to be wrong; empty when none carries a probability."""
    chances = [plan.trigger["probability"] for plan in plans if plan.trigger.get("probability") is not None]
    if not chances:
        return ""
    wrong = sum(1 - chance for chance in chances)
    count = ngettext("One proposal", "%(n)d proposals", len(chances)) % {"n": len(chances)}
    return _("%(count)s, about %(wrong).1f expected to be wrong.") % {"count": count, "wrong": wrong}


def standing(plan: Plan) -> str:
    """Say in one sentence what the plan waits for."""
    return {
        Plan.Status.PROPOSED: _("Waits for your decision. Newly opened proposals are right about six times in seven."),
        Plan.Status.ACCEPTED: _("Accepted. The agent sees nothing until you share it."),
        Plan.Status.SHARED: _("Shared. It becomes active with the first action done."),
        Plan.Status.ACTIVE: _("Being worked on."),
        Plan.Status.DUE: _("Due for follow-up."),
        Plan.Status.EVALUATED: _("Evaluated."),
        Plan.Status.DECLINED: _("Declined."),
        Plan.Status.CLOSED: _("Closed."),
    }[Plan.Status(plan.status)]


REASONS = {
    "too_few_reviews": gettext_lazy("Fewer than six effective reviews so far."),
    "no_recent_review": gettext_lazy("No review in the last four weeks."),
    "too_few_agents": gettext_lazy("Fewer than eight agents to compare with."),
    "nothing_new": gettext_lazy("No new review since the last look."),
}


def look_words(look: Look) -> str:
    """Say what a look found, or why it has no number."""
    if look.level is None:
        return _("No reviews.")
    return str(REASONS.get(look.reason, ""))
