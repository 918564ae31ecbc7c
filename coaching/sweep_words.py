"""What the sweep did and could not do, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.models import Observation, SweepFailure, SweepRun
from core.figures import figure, signed_figure, span

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FAILED: dict[str, StrOrPromise] = {
    "look": gettext_lazy("The weekly look could not be made"),
    "proposal": gettext_lazy("What the look asked for could not be done"),
    "observation": gettext_lazy("Strengths and declines could not be noticed"),
    "outcome": gettext_lazy("The outcome could not be worked out"),
    "upkeep": gettext_lazy("The evidence could not follow its reviews"),
}

# Of what was noticed before limits were kept beside the numbers.
NO_BAND = gettext_lazy("no band was kept")


def failed(failure: SweepFailure) -> str:
    """Say what failed, how often, and for whom."""
    about = ", ".join(str(one) for one in (failure.agent, failure.skill, failure.week) if one)
    what = f"{FAILED[failure.part]}: {about}." if about else f"{FAILED[failure.part]}."
    times = ngettext("Tried once", "Tried %(n)d times", failure.times) % {"n": failure.times}
    return f"{what} {times}, {failure.error}."


def standing(runs: Sequence[SweepRun], *, failures: int) -> str:
    """Say in one sentence how the sweep is doing."""
    if not runs:
        return _("It has not run yet. It runs every hour by itself.")
    if failures:
        return ngettext(
            "One piece of work failed. It is tried again with every sweep, and stops no other.",
            "%(n)d pieces of work failed. They are tried again with every sweep, and stop no other.",
            failures,
        ) % {"n": failures}
    return _("It runs every hour by itself, and nothing waits to be tried again.")


def seen(observation: Observation) -> str:
    """Say what an observation rests on."""
    numbers = observation.numbers
    if observation.kind == Observation.Kind.STRENGTH:
        words = _("%(skill)s: level %(level)s; the chance that it is truly above %(target)s is over %(above).0f %%.")
        return words % {
            "skill": observation.skill, "level": _with_band(numbers, "level"), "target": figure(numbers["target"]),
            "above": 100 * numbers["above"],
        }  # fmt: skip
    words = _("%(after)s in the last four weeks, after a level of %(before)s: %(change)s.")
    return words % {
        "after": _with_band(numbers, "after"), "before": _with_band(numbers, "before"), "change": _change(numbers),
    }  # fmt: skip


def _with_band(numbers: Mapping[str, Any], name: str) -> str:
    """Say a level with its 95 % band."""
    own = "" if name == "level" else f"{name}_"
    low, high = numbers.get(f"{own}low"), numbers.get(f"{own}high")
    band = span(low, high) or NO_BAND
    return _("%(level)s (%(band)s)") % {"level": figure(numbers[name]), "band": band}


def _change(numbers: Mapping[str, Any]) -> str:
    difference = signed_figure(numbers["after"] - numbers["before"], places=0)
    limits = span(numbers.get("change_low"), numbers.get("change_high")) or NO_BAND
    return _("%(change)s points (%(limits)s)") % {"change": difference, "limits": limits}
