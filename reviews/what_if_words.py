"""Say what a replay found: one sentence first, then the figures with how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.figures import figure, signed_figure

FEW = 30
WHY_NOT = {
    "": "",
    "too_few": gettext_lazy("fewer than 3 reviews"),
    "no_reviews": gettext_lazy("no reviews"),
    "one_review": gettext_lazy("too few reviews for an interval"),
    "no_variance": gettext_lazy("too few reviews for an interval"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure before and after, with its interval and how many reviews it rests on."""

    label: str
    after: str
    note: str
    before: str
    note_before: str

    @property
    def is_known(self) -> bool:
        """Say whether there was anything to compare with."""
        return self.before != figure(None)


def sentence(result: Mapping[str, Any]) -> str:
    """Say what would change, the average first."""
    if not result["reviews"]:
        return _("No review was made by this rubric in these days, so there is nothing to replay.")
    if not result["moved"] and not result["flips"]:
        return _("Nothing moves: every review keeps its score and its outcome.")
    return f"{_average(result['difference'])} {_flips(result)}"


def _average(difference: Mapping[str, Any]) -> str:
    mean, low, high = difference["mean"], difference["low"], difference["high"]
    if mean is None:
        return _("None of these reviews was drawn at random, so no average is given.")
    places = _places(difference["n"])
    numbers = {
        "points": figure(abs(mean), places=places),
        "low": signed_figure(low, places=places),
        "high": signed_figure(high, places=places),
        "mean": signed_figure(mean, places=places),
    }
    if low is None:
        return _("One review was drawn at random; it moves by %(mean)s points.") % numbers
    if low > 0:
        return _("The average rises by %(points)s points (%(low)s to %(high)s).") % numbers
    if high < 0:
        return _("The average falls by %(points)s points (%(low)s to %(high)s).") % numbers
    return _("The average stays about the same: %(mean)s points, between %(low)s and %(high)s.") % numbers


def _flips(result: Mapping[str, Any]) -> str:
    flips, reviews = result["flips"], result["reviews"]
    if not flips:
        return _("No review changes its outcome.")
    words = ngettext(
        "%(flips)s of %(reviews)s reviews changes its outcome.",
        "%(flips)s of %(reviews)s reviews change their outcome.",
        flips,
    )
    return words % {"flips": f"{flips:,}", "reviews": f"{reviews:,}"}


def figures(result: Mapping[str, Any]) -> list[Figure]:
    """Return the average and the pass rate, each before and after."""
    before, after = result["before"], result["after"]
    rate, was = result["passed_after"], result["passed_before"]
    mean, former = (figure(value, places=_places(after["n"])) for value in (after["mean"], before["mean"]))
    return [
        Figure(_("Average score"), mean, _resting(after, _points), former, _between(before, _points)),
        Figure(
            _("Pass rate"), _share(rate["share"]), _resting(rate, _percent),
            _share(was["share"]), _between(was, _percent),
        ),
    ]  # fmt: skip


def why_none(reason: str) -> str:
    """Word why there is no average, or no interval."""
    return str(WHY_NOT.get(reason, reason.replace("_", " ")))


def movers(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the people whose mean moves by as much as is written, each with the decimals that are known.

    A replay that is older than these limits put all pools into one mean, so none of its means is shown.
    """
    known = [row for row in result["agents"] if "low" in row and row["difference"] is not None]
    return [row | {"places": _places(row["reviews"])} for row in known if round(row["difference"], 1)]


def _points(value: float | None, n: int) -> str:
    return figure(value, places=_places(n))


def _percent(value: float | None, n: int) -> str:
    return _share(value)


def _places(n: int) -> int:
    """Below thirty reviews tenths would claim more than is known."""
    return 1 if n >= FEW else 0


def _between(side: Mapping[str, Any], write: Callable[[float | None, int], str]) -> str:
    ends = {name: write(side[name], side["n"]) for name in ("low", "high")}
    return _("%(low)s to %(high)s") % ends


def _resting(side: Mapping[str, Any], write: Callable[[float | None, int], str]) -> str:
    """Write an interval with how many reviews it rests on."""
    if not side["n"]:
        return _("No review drawn at random")
    return _("%(interval)s, n = %(n)s") % {"interval": _between(side, write), "n": f"{side['n']:,}"}


def _share(value: float | None) -> str:
    """Write a share in per cent."""
    return figure(None) if value is None else _("%(number)s %%") % {"number": figure(100 * value)}


def population(result: Mapping[str, Any]) -> str:
    """Say of how many conversations the averages speak, and how much of what was drawn of them is reviewed."""
    rests_on = result.get("rests_on") or {}
    if not rests_on.get("drawn"):
        return ""  # none was drawn at random, or the replay is older than this sentence
    said = {"frame": f"{rests_on['frame_size']:,}", "rate": _share(rests_on["response_rate"])}
    words = (
        _("Both are about %(frame)s conversations; %(rate)s of what was drawn of them at random is reviewed.") % said
    )
    once = _("Plans overlap: a conversation of several counts once.") if rests_on.get("repeated") else ""
    return f"{words} {once}".rstrip()


def caution(result: Mapping[str, Any]) -> str:
    """Say how much of the stored answers the proposed version could use; empty when it could use everything."""
    partly = result["reviews"] - result["whole"]
    if not partly:
        return ""
    words = ngettext(
        "%(partly)s review could be replayed only in part: the proposed version asks or offers something that it has "
        "no answer for. What has no answer is left out of its score, as in a review that is not finished.",
        "%(partly)s reviews could be replayed only in part: the proposed version asks or offers something that they "
        "have no answer for. What has no answer is left out of their scores, as in a review that is not finished.",
        partly,
    )
    return words % {"partly": f"{partly:,}"}
