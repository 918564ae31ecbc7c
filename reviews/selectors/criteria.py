"""Find the rows that a review's answers point at, by the names that a card gives them."""

from __future__ import annotations

from dataclasses import dataclass, field

from core import prepared
from core.prepared import Prepared
from rubrics.models import Criterion, Option, RootCause

# Asked by every submission; a version that is published never changes, but its rows are few and quickly read.
CRITERIA = Prepared(lambda: Criterion.objects.filter(version=prepared.number("version")).values_list("lineage", "pk"))
OPTIONS = Prepared(
    lambda: (
        Option.objects.filter(criterion__version=prepared.number("version"))
        .order_by()
        .values_list("criterion_id", "key", "pk")
    )
)
CAUSES = Prepared(
    lambda: (
        RootCause.objects.filter(criterion__version=prepared.number("version"))
        .order_by()
        .values_list("criterion_id", "key", "pk")
    )
)


@dataclass(slots=True)
class CriterionIds:
    """The primary key of a criterion, and those of its options and root causes by key."""

    pk: int
    options: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)


def criterion_ids(version_id: int) -> dict[str, CriterionIds]:
    """Return the keys of a version's criteria by lineage, in three queries."""
    found = {lineage: CriterionIds(pk) for lineage, pk in CRITERIA.rows(version=version_id)}
    by_pk = {one.pk: one for one in found.values()}
    for criterion_id, key, pk in OPTIONS.rows(version=version_id):
        by_pk[criterion_id].options[key] = pk
    for criterion_id, key, pk in CAUSES.rows(version=version_id):
        by_pk[criterion_id].causes[key] = pk
    return found
