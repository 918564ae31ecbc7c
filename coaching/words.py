"""Put a plan's trigger and decision into sentences when a page is shown. Stored are codes and numbers only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.models import Look, Plan
from stats.plan_states import OPEN_ABOVE, RUNNING


def why(plan: Plan) -> str:
    """Say to those who coach why the plan was proposed."""
    numbers = plan.trigger
    if numbers.get("code") == "repeated_critical":
        return _(
            "“%(criterion)s” was failed in %(reviews)s within %(days)d days. That is critical, whatever the average."
        ) % {"criterion": numbers["criterion"], "reviews": reviews_of(numbers["times"]), "days": numbers["days"]}
    if numbers.get("code") == "programme":
        return _("Part of a programme: several agents work on this skill together.")
    if numbers.get("code") != "likely_under_target" or numbers.get("probability") is None:
        return _("Started by hand: somebody saw a reason that the numbers do not have to show.")
    return _(
        "In %(reviews)s drawn at random, the level on %(skill)s is likely under %(target).0f: the probability is "
        "%(probability)s, above %(above).0f %% %(running)s."
    ) % {
        "above": 100 * numbers.get("above", OPEN_ABOVE),
        "running": _running(numbers.get("running", RUNNING)),
        "reviews": reviews_of(numbers.get("n", 0)),
        "skill": plan.skill.name.lower(),
        "target": plan.target,
        "probability": per_cent(numbers["probability"]),
    }


def looks_note(plan: Plan) -> str:
    """Say what the weekly looks at a plan's skill mean, by the rule that it was proposed by."""
    return _(
        "The probability that the true level lies under the target. A plan is proposed above %(above).0f %% "
        "%(running)s, closing is suggested below 50 %% in two. Reviews count less the older they are: half after six "
        "weeks."
    ) % {
        "above": 100 * plan.trigger.get("above", OPEN_ABOVE),
        "running": _running(plan.trigger.get("running", RUNNING)),
    }


def _running(looks: int) -> str:
    """Say in how many looks."""
    if looks == RUNNING:
        return _("in two weekly looks running")
    return ngettext("in one weekly look", "in %(n)d weekly looks running", looks) % {"n": looks}


def why_to_agent(plan: Plan) -> str:
    """Say to the agent why the plan was made."""
    if plan.trigger.get("code") == "repeated_critical":
        return _(
            "“%(criterion)s” was failed in %(reviews)s within %(days)d days. One such answer weighs on a customer more "
            "than many good ones, so let us look at these together; say where you see it otherwise."
        ) % {
            "criterion": plan.trigger["criterion"],
            "reviews": reviews_of(plan.trigger["times"]),
            "days": plan.trigger["days"],
        }
    if plan.trigger.get("code") == "programme":
        return _("You work on this together with colleagues: everybody in the programme does the same.")
    if plan.trigger.get("code") != "likely_under_target":
        return _("Your supervisor would like to work on this with you.")
    return _(
        "In %(reviews)s drawn at random, more was left open on %(skill)s than we aim for. It is an estimate, not a "
        "verdict: talk about it, and say where it is wrong."
    ) % {"reviews": reviews_of(plan.trigger.get("n", 0)), "skill": plan.skill.name.lower()}


def reviews_of(n: int) -> str:
    """Say how many reviews."""
    return ngettext("one review", "%(n)d reviews", n) % {"n": n}


def per_cent(chance: float) -> str:
    """Say a probability; nothing that was estimated is certain."""
    if chance > 0.99:
        return _("over 99 %")
    return _("%(chance).0f %%") % {"chance": 100 * chance}


def expected_wrong(plans: Iterable[Plan]) -> str:
    """Say how many of the proposals shown are expected to be wrong; empty when none carries a probability."""
    chances = [plan.trigger["probability"] for plan in plans if plan.trigger.get("probability") is not None]
    return wrong_of(chances)


def wrong_of(chances: Sequence[float]) -> str:
    """Say how many proposals of these probabilities are expected to be wrong; empty for none."""
    if not chances:
        return ""
    wrong = sum(1 - chance for chance in chances)
    count = ngettext("One proposal", "%(n)d proposals", len(chances)) % {"n": len(chances)}
    if wrong < 0.05:
        return _("%(count)s, hardly likely to be wrong.") % {"count": count}
    return _("%(count)s, about %(wrong).1f expected to be wrong.") % {"count": count, "wrong": wrong}


def standing(plan: Plan) -> str:
    """Say in one sentence what the plan waits for."""
    name = {"name": plan.agent.name}
    return {
        Plan.Status.PROPOSED: _proposed(plan),
        Plan.Status.ACCEPTED: _("Accepted. %(name)s sees nothing until you share it.") % name,
        Plan.Status.SHARED: _("Shared with %(name)s. It becomes active with the first action done.") % name,
        Plan.Status.ACTIVE: _("%(name)s is working on it.") % name,
        Plan.Status.DUE: _("The follow-up day has come, with no whole week after sharing to measure. Extend the plan."),
        Plan.Status.EVALUATED: _("Measured. Close the plan, or extend it to go on."),
        Plan.Status.DECLINED: _("Declined. The skill rests for four weekly looks."),
        Plan.Status.CLOSED: _("Closed. The skill rests for four weekly looks."),
    }[Plan.Status(plan.status)]


def _proposed(plan: Plan) -> str:
    """Say how often such proposals are right; a level is estimated, a repeated error is there to read."""
    if plan.trigger.get("probability") is None:
        return _("Waits for your decision.")
    if (plan.trigger.get("above", OPEN_ABOVE), plan.trigger.get("running", RUNNING)) != (OPEN_ABOVE, RUNNING):
        # What was measured holds for the rules as shipped.
        return _("Waits for your decision. The coaching report says how often such proposals were right.")
    return _("Waits for your decision. Newly opened proposals are right about six times in seven.")


NEEDS = {
    "proposed": gettext_lazy("Decide"),
    "accepted": gettext_lazy("Share it"),
    "evaluated": gettext_lazy("Close or extend"),
}


REASONS = {
    "too_few_reviews": gettext_lazy("fewer than six effective reviews"),
    "no_recent_review": gettext_lazy("no review in the last four weeks"),
    "too_few_agents": gettext_lazy("fewer than eight agents to compare with"),
    "nothing_new": gettext_lazy("no new review since the look before"),
}


def no_number(look: Look) -> str:
    """Say why a look does not count, or has no number; empty when it counts."""
    return str(REASONS.get(look.reason, _("no reviews") if look.level is None else ""))


DECLINED_BECAUSE = {
    "known_cause": gettext_lazy("The cause is known and not the agent’s"),
    "already_coached": gettext_lazy("Already being worked on"),
    "not_enough": gettext_lazy("The evidence does not convince me"),
    "wrong_skill": gettext_lazy("Something else matters more now"),
    "other": gettext_lazy("Another reason"),
}


CLOSED_BECAUSE = {
    "reached": gettext_lazy("The target is reached"),
    "enough": gettext_lazy("Enough was done for now"),
    "other_matters": gettext_lazy("Something else matters more now"),
    "not_helpful": gettext_lazy("It did not help"),
    "left": gettext_lazy("The agent has left or does other work"),
    "other": gettext_lazy("Another reason"),
}

NOT_HELPFUL_BECAUSE = {
    "too_general": gettext_lazy("It is too general to act on"),
    "too_much": gettext_lazy("It is too much at once"),
    "known_already": gettext_lazy("I know and do this already"),
    "other_cause": gettext_lazy("The cause lies elsewhere"),
    "evidence": gettext_lazy("What was seen is wrong or unfair"),
    "other": gettext_lazy("Another reason"),
}


def paused() -> str:
    """Say why a plan pauses."""
    return _("A review behind this plan is disputed, so the plan pauses until that is decided.")


def closed_because(plan: Plan) -> str:
    """Say why a plan was closed; empty when it was not, or nobody said."""
    return str(CLOSED_BECAUSE.get(plan.close_reason, ""))


def not_helpful_because(reason: str) -> str:
    """Say why a plan does not help; empty for a remark without a reason."""
    return str(NOT_HELPFUL_BECAUSE.get(reason, ""))


def need(plan: Plan) -> str:
    """Say in a few words what a plan needs from those who coach; empty when nothing. Takes a row of the board."""
    unconfirmed, overdue = getattr(plan, "unconfirmed", 0), getattr(plan, "overdue", 0)
    if plan.status in NEEDS and not getattr(plan, "is_paused", False):
        return str(NEEDS[plan.status])
    if plan.status in Plan.ENDED:
        return ""
    if getattr(plan, "is_paused", False):
        return ""
    if plan.close_suggested_at is not None:
        return _("May be closed")
    if unconfirmed:
        return ngettext("Confirm one action", "Confirm %(n)d actions", unconfirmed) % {"n": unconfirmed}
    if overdue:
        return ngettext("One action is late", "%(n)d actions are late", overdue) % {"n": overdue}
    return _("Nobody owns it") if plan.owner_id is None else ""


def declined_because(plan: Plan) -> str:
    """Say why a plan was declined; empty when it was not."""
    return str(DECLINED_BECAUSE.get(plan.decision_reason, ""))
