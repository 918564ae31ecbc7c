"""Put a programme and its outcome into sentences: what each design can say, and what it cannot (statistics.md 4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.models import Programme, ProgrammeOutcome
from coaching.programme_effects import LEAST_FRESH, Part
from core.figures import signed_figure
from stats.outcome import LEAST_AFTER, LEAST_BEFORE, LEAST_PEERS

# What the dialog says of each design: what it can show, and what it cannot.
DESIGNS = {
    "peers": (
        gettext_lazy("As it comes: everybody starts at once."),
        gettext_lazy(
            "Can show that the group improved after the programme, beyond chance and beyond what changed for "
            "everybody. Cannot show that the programme is the reason."
        ),
    ),
    "has_fresh_baseline": (
        gettext_lazy("Fresh baseline: six or more new random reviews of each member before it starts."),
        gettext_lazy(
            "Takes the chance of having been picked when low out of the comparison: with no effect at all it claims "
            "one in about 2 of 100 programmes. It cannot tell the programme from what changed for everybody, and costs "
            "about three weeks."
        ),
    ),
    "has_waiting_list": (
        gettext_lazy("Waiting list: lots decide who starts now and who starts once the first group is measured."),
        gettext_lazy(
            "The only design whose result may say “caused”: chance and what changed for everybody are in both groups "
            "alike. With no effect it claims one in about 3 of 100 programmes. It needs four agents at least, and half "
            "of them wait."
        ),
    ),
}


def standing(programme: Programme, newest: ProgrammeOutcome | None) -> str:
    """Say in one sentence where a programme stands."""
    if newest is not None:
        return outcome(newest)
    if programme.status == Programme.Status.DRAFT:
        return _("A draft: nobody sees it and nothing is drawn until you start it.")
    if programme.status == Programme.Status.BASELINE:
        day = date_format(programme.baseline_from, "j M") if programme.baseline_from else ""
        return _("New random reviews of every member are collected from %(day)s; then it starts.") % {"day": day}
    if programme.status == Programme.Status.CLOSED:
        return _("Closed before it was measured.")
    day = date_format(programme.follow_up_on, "j M") if programme.follow_up_on else ""
    return _("Running. It is followed up on %(day)s and measured when the reviews are in.") % {"day": day}


def outcome(found: ProgrammeOutcome) -> str:
    """Say what was measured, no more than the design allows."""
    if found.effect is None:
        return _("Not enough data: %(why)s") % {"why": missing(found.reason)}
    improved = found.verdict == ProgrammeOutcome.Verdict.IMPROVED
    beyond = between(found.effect, found.low, found.high)
    if found.design == ProgrammeOutcome.Design.WAITING:
        if improved:
            return _(
                "Improved because of the programme: those who started moved %(points)s compared with those who were "
                "drawn to wait."
            ) % {"points": beyond}
        return _(
            "Those who started moved %(points)s compared with those who were drawn to wait: not "
            "distinguishable from chance."
        ) % {"points": beyond}
    if found.design == ProgrammeOutcome.Design.FRESH:
        if improved:
            return _(
                "Improved after the programme: %(points)s against the fresh baseline. What changed for everybody "
                "is still in it."
            ) % {"points": beyond}
        return _("Moved %(points)s against the fresh baseline: not distinguishable from chance.") % {"points": beyond}
    if improved:
        return _("Improved after the programme: %(points)s beyond chance and what changed for everybody.") % {
            "points": beyond
        }
    return _("Moved %(points)s beyond chance and what changed for everybody: not distinguishable from chance.") % {
        "points": beyond
    }


def may_start_now() -> str:
    """Say that the wait is over."""
    return _("The first group is measured: those who were drawn to wait may start now.")


def may_start(earliest: datetime, latest: datetime) -> str:
    """Say between which days the first group is measured, which ends the wait."""
    days = {"first": date_format(earliest, "j M"), "last": date_format(latest, "j M Y")}
    return _("Those who were drawn to wait may start once the first group is measured: %(first)s to %(last)s.") % days


def settling(found: ProgrammeOutcome) -> str:
    """Say how many more reviews would settle it, or that none can; empty when it is settled or there is no number."""
    newest = found.estimates[-1] if found.estimates else {}
    if found.effect is None or found.low is None or found.high is None or "further" not in newest:
        return ""
    if found.low > 0 or found.high < 0:
        return ""
    if newest["further"] is None:
        return _("More follow-up reviews cannot settle this: it takes more members, in another programme.")
    return ngettext(
        "If the effect is what was measured, one more follow-up review of each member would settle it.",
        "If the effect is what was measured, %(n)d more follow-up reviews of each member would settle it.",
        newest["further"],
    ) % {"n": newest["further"]}


def estimates(found: ProgrammeOutcome) -> list[str]:
    """Say what each comparison gives, the strongest last."""
    return [_estimate(one) for one in found.estimates]


def between(effect: float | None, low: float | None, high: float | None) -> str:
    """Say an effect with its limits."""
    return _("%(effect)s points (95 %% %(low)s to %(high)s)") % {
        "effect": signed_figure(effect), "low": signed_figure(low), "high": signed_figure(high),
    }  # fmt: skip


def missing(reason: str) -> str:
    """Say what is missing for a number."""
    few = {"before": LEAST_BEFORE, "after": LEAST_AFTER, "fresh": LEAST_FRESH, "peers": LEAST_PEERS}
    return {
        "too_few_started": _("fewer than two members have %(before)d reviews before and %(after)d after.") % few,
        "too_few_peers": _("fewer than %(peers)d colleagues have two reviews on each side.") % few,
        "too_few_fresh": _("fewer than two members have %(fresh)d fresh reviews and %(after)d after.") % few,
        "too_few_in_a_group": _(
            "one of the groups has fewer than two members with %(before)d reviews before and %(after)d after."
        )
        % few,
        "no_variance": _("all scores are the same, so nobody can say how much chance would move them."),
    }.get(reason, _("too few reviews."))


def side_of(part: Part, side: str) -> str:
    """Say whose reviews before or after the start stand beside."""
    if side == "after":
        return _("After:")
    return {
        Part.STARTED: _("Those who started, before:"), Part.WAITING: _("Those who waited, before:"),
        Part.OTHER: _("Everybody else, before:"),
    }[part]  # fmt: skip


def _estimate(one: dict[str, Any]) -> str:
    name = str(ProgrammeOutcome.Design(one["design"]).label)
    if one["effect"] is None:
        return _("%(design)s: no number, because %(why)s") % {"design": name, "why": missing(one["reason"])}
    return _("%(design)s: %(points)s, %(n)d agents.") % {
        "design": name, "points": between(one["effect"], one["low"], one["high"]), "n": one["agents"],
    }  # fmt: skip
