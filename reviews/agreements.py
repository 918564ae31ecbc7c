"""How far reviewers agree on one thing, as far as so many conversations can tell (statistics.md 2)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stats import (
    AlphaInterval,
    BenchmarkDeviation,
    GwetAgreement,
    Level,
    RateInterval,
    agreement_shown,
    alpha_jackknife,
    gwet,
    pairwise_agreement,
    reliability,
    wilson,
)

DOMINANT = 0.8
WITHIN = 5.0
LEAST_FOR_BIAS = 5
LEAST_FOR_LIMITS = 8
# (conversation, rater) → value
Ratings = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Line:
    """How far reviewers agree on one criterion, or on the total score.

    n: conversations with two blind scores; exact: share of agreeing pairs; within: share within five points, for the
    total; alpha and its limits as far as so many conversations allow, else the reason; gwet where one answer dominates.
    """

    key: str
    name: str
    n: int
    exact: float | None
    within: float | None
    alpha: float | None
    low: float | None
    high: float | None
    is_rough: bool
    word: str
    gwet: GwetAgreement | None
    reason: str

    @property
    def exact_limits(self) -> RateInterval:
        """Return Wilson's limits by n: rather too wide where a conversation has more than two scores."""
        return _limits(self.exact, self.n)

    @property
    def within_limits(self) -> RateInterval:
        """Return the same of the share within five points."""
        return _limits(self.within, self.n)


def _limits(share: float | None, n: int) -> RateInterval:
    return wilson((share or 0.0) * n, n=0 if share is None else n)


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far one person's totals lie from the agreed ones; bias in points, + = lenient; None with the reason."""

    n: int
    bias: float | None
    low: float | None
    high: float | None
    mad: float | None
    reason: str


def level_of(values: int) -> Level:
    """Return the level of a criterion with so many different values: two are categories, more are ordered."""
    return "nominal" if values <= 2 else "ordinal"


def line(key: str, name: str, ratings: Ratings, *, level: Level) -> Line:
    """Return what may be said about these ratings, and why not more."""
    matrix = _matrix(ratings)
    exact = pairwise_agreement(matrix)
    alpha = alpha_jackknife(matrix, level=level)
    shown = agreement_shown(alpha.n, binary=level == "nominal")
    point = None if shown == "exact_only" else alpha.alpha
    is_full = shown == "full"
    return Line(
        key=key,
        name=name,
        n=alpha.n,
        exact=exact,
        within=pairwise_agreement(matrix, tol=WITHIN) if level == "interval" else None,
        alpha=point,
        low=alpha.lo if is_full else None,
        high=alpha.hi if is_full else None,
        is_rough=point is not None and not is_full,
        word=_word(alpha) if is_full else "",
        gwet=_gwet(matrix, ratings, level=level) if shown != "exact_only" else None,
        reason=_why(alpha, shown),
    )


def deviation(found: BenchmarkDeviation) -> Deviation:
    """Return what may be said about somebody's distance from the agreed scores: from 5 of them on, limits from 8."""
    if found.n < LEAST_FOR_BIAS:
        words = {"n": found.n, "least": LEAST_FOR_BIAS}
        why = _("not enough to tell: %(n)d of %(least)d conversations with an agreed score") % words
        return Deviation(found.n, None, None, None, None, why)
    if found.n < LEAST_FOR_LIMITS:
        why = _("rough: an interval needs %(least)d conversations") % {"least": LEAST_FOR_LIMITS}
        return Deviation(found.n, found.bias, None, None, found.mad, why)
    return Deviation(found.n, found.bias, found.bias_lo, found.bias_hi, found.mad, "")


def _matrix(ratings: Ratings) -> list[list[float | None]]:
    """Return a row per rater and a column per conversation that two people judged."""
    picks = sorted(pick for pick, n in Counter(pick for pick, _rater in ratings).items() if n > 1)
    raters = sorted({rater for _pick, rater in ratings})
    return [[ratings.get((pick, rater)) for pick in picks] for rater in raters]


def _gwet(matrix: list[list[float | None]], ratings: Ratings, *, level: Level) -> GwetAgreement | None:
    """Return AC1 or AC2 where one answer holds more than four fifths of the ratings; alpha says little there."""
    counts = Counter(ratings.values())
    if level == "interval" or not counts or max(counts.values()) <= DOMINANT * len(ratings):
        return None
    return gwet(matrix, weights="identity" if level == "nominal" else "ordinal")


def _word(alpha: AlphaInterval) -> str:
    words = {"reliable": _("reliable"), "tentative": _("tentative conclusions only"), "not_reliable": _("not reliable")}
    return words.get(reliability(alpha.lo) or "", "")


def _why(alpha: AlphaInterval, shown: str) -> str:
    """Say why there is no alpha, or no interval."""
    if alpha.reason == "no_pairs":
        return _("not enough pairs: no conversation was judged by two people yet")
    if shown == "exact_only":
        return _("not enough pairs: fewer than 10 conversations were judged by two people")
    if alpha.reason == "no_variation":
        return _("alpha needs at least one disagreement or one different rating")
    if shown == "rough":
        return _("rough: an interval needs more conversations")
    return _("the interval rests on one conversation") if alpha.reason else ""
