"""Do reviewers agree? Blind first scores of conversations that two people judged (statistics.md 2), by criterion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from reviews.models import Answer, Review, Revision
from rubrics.models import Criterion
from stats import (
    AlphaInterval,
    GwetAgreement,
    Level,
    agreement_shown,
    alpha_jackknife,
    gwet,
    pairwise_agreement,
    reliability,
)

WEEKS = 26
DOMINANT = 0.8
WITHIN = 5.0
TOTAL = "total"
JUDGED = (Review.Status.SUBMITTED, Review.Status.PUBLISHED)
# (pick, rater) → value
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


@dataclass(frozen=True, slots=True)
class Report:
    """The total first, then the criteria, least agreement first; `worst` is the criterion to talk about."""

    since: datetime
    total: Line
    criteria: list[Line]

    @property
    def worst(self) -> Line | None:
        """Return the criterion with the least agreement beyond chance, where there is enough to tell."""
        known = [line for line in self.criteria if line.alpha is not None]
        return min(known, key=lambda line: line.alpha or 0.0, default=None)


def load(*, now: datetime) -> Report:
    """Load the report in a fixed number of queries."""
    since = now - timedelta(weeks=WEEKS)
    first = _first_scores(since)
    totals = {(row.review.item.pick_id, row.review.author_id): float(row.final_score)
              for row in first if row.final_score is not None}  # fmt: skip
    criteria = _by_criterion(first)
    names = _names(criteria)
    lines = [
        _line(key, names[key][0], ratings, level="nominal" if names[key][1] <= 2 else "ordinal")
        for key, ratings in criteria.items()
    ]  # fmt: skip
    known = sorted(lines, key=lambda line: (line.alpha is None, line.alpha or 0.0, line.name))
    return Report(since, _line(TOTAL, _("Total score"), totals, level="interval"), known)


def _first_scores(since: datetime) -> list[Revision]:
    """Return the first revisions of the reviews of picks that were drawn for a second seat, and judged there."""
    second = Review.objects.filter(item__pick=OuterRef("review__item__pick"), purpose="calibration", status__in=JUDGED)
    rows = Revision.objects.filter(
        number=1, review__purpose__in=["primary", "calibration"], review__status__in=JUDGED,
        review__submitted_at__gte=since,
    )  # fmt: skip
    return list(rows.filter(Exists(second)).select_related("review__item").order_by("pk"))


def _by_criterion(first: Sequence[Revision]) -> dict[str, Ratings]:
    found: dict[str, Ratings] = {}
    seats = {row.pk: (row.review.item.pick_id, row.review.author_id) for row in first}
    answers = Answer.objects.filter(revision__in=seats, state=Answer.State.SCORED, value__isnull=False)
    for lineage, revision, value in answers.values_list("criterion__lineage", "revision", "value"):
        found.setdefault(lineage, {})[seats[revision]] = float(value or 0)
    return found


def _names(lineages: Iterable[str]) -> Mapping[str, tuple[str, int]]:
    """Return what criteria are called, and how many values they have, in their newest version."""
    found: dict[str, tuple[str, int]] = {}
    rows = Criterion.objects.filter(lineage__in=list(lineages)).prefetch_related("options")
    for one in rows.order_by("version__number", "pk"):
        found[one.lineage] = (one.name, len({option.value for option in one.options.all() if option.value is not None}))
    return found


def _line(key: str, name: str, ratings: Ratings, *, level: Level) -> Line:
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
