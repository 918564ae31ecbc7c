"""Put an outcome into sentences (statistics.md 4.5). Never "because of": without a waiting list nobody can know that.

Nor is a plan ever said to have made somebody worse: by chance alone that would be said of 3 to 5.5 plans in 100.
"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.models import Outcome
from core.figures import figure, signed_figure
from stats.outcome import LEAST_AFTER, LEAST_BEFORE, LEAST_PEERS


def sentence(outcome: Outcome) -> str:
    """Say what was measured, in the three parts where all are known."""
    if outcome.shown == Outcome.Shown.NONE:
        return _("Not enough data: %(why)s") % {"why": missing(outcome)}
    if outcome.shown == Outcome.Shown.OBSERVED:
        return _("%(rose)s This includes chance: %(why)s") % {"rose": _moved(outcome), "why": missing(outcome)}
    return " ".join([_opening(outcome), _parts(outcome), _beyond(outcome)])


def settling(outcome: Outcome) -> str:
    """Say how many more reviews would settle it, or that none can; empty where it is settled or unknown."""
    if outcome.verdict != Outcome.Verdict.CANNOT_TELL:
        return ""
    if outcome.further:
        count = ngettext("One more follow-up review", "%(n)d more follow-up reviews", outcome.further)
        return _("%(count)s would settle it, if everything else stays as it is.") % {
            "count": count % {"n": outcome.further}
        }
    if outcome.further_reason:
        rests = ngettext(
            "More follow-up reviews cannot settle this: the baseline rests on only one review.",
            "More follow-up reviews cannot settle this: the baseline rests on only %(n)d reviews.",
            outcome.pre_n,
        )
        return rests % {"n": outcome.pre_n}
    return _("A fall like this comes about by chance in 3 to 5 plans of 100, so it is no verdict. Read the reviews.")


def missing(outcome: Outcome) -> str:
    """Say what is missing for the whole answer; empty when nothing is."""
    return {
        "too_few_before": _("only %(n)d of the %(least)d reviews needed before coaching.")
        % {"n": outcome.pre_n, "least": LEAST_BEFORE},
        "too_few_after": _("only %(n)d of the %(least)d follow-up reviews needed.")
        % {"n": outcome.post_n, "least": LEAST_AFTER},
        "too_few_peers": _("only %(n)d of the %(least)d colleagues needed have two reviews on each side.")
        % {"n": outcome.peers, "least": LEAST_PEERS},
        "baseline_not_whole": _("the baseline does not hold all that the plan was begun for."),
        "no_variance": _("all scores are the same, so nobody can say how much chance would move them."),
    }.get(outcome.reason, "")


def waiting(*, reviewed: int, drawn: int, latest: date) -> str:
    """Say what a plan that is due waits for."""
    if not drawn:
        return _("Due for follow-up. Nothing is drawn yet; the outcome is measured at the latest on %(day)s.") % {
            "day": date_format(latest, "j M")
        }
    if reviewed >= drawn:
        return ngettext(
            "Due for follow-up: the one drawn conversation is reviewed. The outcome is measured within the hour.",
            "Due for follow-up: all %(n)d drawn conversations are reviewed. The outcome is measured within the hour.",
            drawn,
        ) % {"n": drawn}
    return _(
        "Due for follow-up: %(reviewed)d of %(drawn)d drawn conversations are reviewed. The outcome is measured when "
        "all are, at the latest on %(day)s."
    ) % {"reviewed": reviewed, "drawn": drawn, "day": date_format(latest, "j M")}


def counts(outcome: Outcome) -> str:
    """Say what the outcome rests on: 6 reviews before, 8 after, 11 peers."""
    before = ngettext("One review before", "%(n)d reviews before", outcome.pre_n) % {"n": outcome.pre_n}
    peers = ngettext("one colleague to compare with", "%(n)d colleagues to compare with", outcome.peers)
    return _("%(before)s, %(after)d after, %(peers)s") % {
        "before": before, "after": outcome.post_n, "peers": peers % {"n": outcome.peers},
    }  # fmt: skip


def left_out(n: int) -> str:
    """Say what draws held that is in none of the numbers, and why; empty where there is nothing."""
    if not n:
        return ""
    return ngettext(
        "One conversation of these draws is left out: it ended after coaching began or before the follow-up.",
        "%(n)d conversations of these draws are left out: they ended after coaching began or before the follow-up.",
        n,
    ) % {"n": n}


def weighed(*, n: int, worth: float) -> str:
    """Say why the reviews after are worth less than their number; empty where they are not."""
    if worth >= n:
        return ""
    return _("Some conversations had better chances to be drawn, so the %(n)d reviews after are worth %(worth)s.") % {
        "n": n, "worth": figure(worth, places=1),
    }  # fmt: skip


def _opening(outcome: Outcome) -> str:
    if outcome.verdict == Outcome.Verdict.IMPROVED:
        return _("Improved after coaching. %(rose)s") % {"rose": _moved(outcome)}
    return _moved(outcome)


def _moved(outcome: Outcome) -> str:
    change = outcome.observed or 0.0
    words = figure(abs(change), places=1)
    if words == figure(0, places=1):
        return _("Did not move.")
    if change > 0:
        return _("Rose %(points)s points.") % {"points": words}
    return _("Fell %(points)s points.") % {"points": words}


def _parts(outcome: Outcome) -> str:
    chance, shift = outcome.expected_by_chance or 0.0, outcome.shift or 0.0
    why = _("it was picked when low") if chance >= 0 else _("it was picked when high")
    return _("%(chance)s expected by chance (%(why)s), %(shift)s team-wide.") % {
        "chance": figure(chance, places=1), "why": why, "shift": figure(shift, places=1),
    }  # fmt: skip


def _beyond(outcome: Outcome) -> str:
    numbers = {
        "effect": signed_figure(outcome.effect),
        "low": signed_figure(outcome.low),
        "high": signed_figure(outcome.high),
    }
    if outcome.verdict == Outcome.Verdict.IMPROVED:
        return _("Beyond that %(effect)s (95 %% %(low)s to %(high)s): more than chance alone would bring.") % numbers
    if outcome.high is not None and outcome.high < 0:
        return _("Beyond that %(effect)s (95 %% %(low)s to %(high)s).") % numbers
    return _("Beyond that %(effect)s (95 %% %(low)s to %(high)s): not distinguishable from chance.") % numbers
