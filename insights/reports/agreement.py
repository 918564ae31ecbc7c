"""Do reviewers agree? Blind first scores of conversations that two people judged (statistics.md 2), by criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from insights.reports.ambiguity import Ambiguity, ranked
from reviews.agreements import Line, Ratings, level_of, line
from reviews.models import Answer, CalibrationSession, Review, Revision
from rubrics.models import Criterion

WEEKS = 26
TOTAL = "total"
JUDGED = (Review.Status.SUBMITTED, Review.Status.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Report:
    """The total first, then the criteria, least agreement first; `worst` is the criterion to talk about."""

    since: datetime
    total: Line
    criteria: list[Line]
    ambiguous: list[Ambiguity]

    @property
    def worst(self) -> Line | None:
        """Return the criterion with the least agreement beyond chance, where there is enough to tell."""
        known = [one for one in self.criteria if one.alpha is not None]
        return min(known, key=lambda one: one.alpha or 0.0, default=None)


def load(*, now: datetime) -> Report:
    """Load the report in a fixed number of queries."""
    since = now - timedelta(weeks=WEEKS)
    first = _first_scores(since)
    totals = {(row.review.item.pick_id, row.review.author_id): float(row.final_score)
              for row in first if row.final_score is not None}  # fmt: skip
    criteria = _by_criterion(first)
    names = _names(criteria)
    lines = [
        line(key, names[key][0], ratings, level=level_of(names[key][1]))
        for key, ratings in criteria.items()
    ]  # fmt: skip
    known = sorted(lines, key=lambda one: (one.alpha is None, one.alpha or 0.0, one.name))
    total = line(TOTAL, _("Total score"), totals, level="interval")
    return Report(since, total, known, ranked(known, first, since=since))


def _first_scores(since: datetime) -> list[Revision]:
    """Return the first revisions of the reviews of picks that were drawn for a second seat, and judged there.

    Those of a calibration session too, once it is revealed: before, nobody reads anything of them.
    """
    second = Review.objects.filter(item__pick=OuterRef("review__item__pick"), purpose="calibration", status__in=JUDGED)
    rows = Revision.objects.filter(
        number=1, review__purpose__in=["primary", "calibration"], review__status__in=JUDGED,
        review__submitted_at__gte=since,
    )  # fmt: skip
    hidden = CalibrationSession.objects.hidden().filter(units__pick=OuterRef("review__item__pick"))
    return list(rows.filter(Exists(second), ~Exists(hidden)).select_related("review__item").order_by("pk"))


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
