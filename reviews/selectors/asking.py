"""Which versions of scorecards ask for a criterion, a skill or a section: what a number of it can be of.

A version that does not ask says nothing of a conversation, whatever an earlier or a later one of its rubric does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews.models import Cell
from rubrics.models import Criterion
from sampling.models import FrameStratum

CRITERION = "criterion"
FIELDS = {CRITERION: "lineage", "skill": "skill__slug", "section": "section__lineage"}


def weighing(path: str = "") -> Q:
    """Say which criteria a mean by weight is made of; path: the way to a criterion."""
    return Q(**{f"{path}kind": Criterion.Kind.SCORED, f"{path}weight__gt": 0})


def asking(kind: str) -> QuerySet[Criterion]:
    """Return the criteria that a kind of metric is made of: what is only noted down, or adds points, measures nothing.

    kind: criterion, skill or section; those two are means by weight.
    """
    is_mean = kind != CRITERION
    return Criterion.objects.filter(weighing() if is_mean else Q(kind=Criterion.Kind.SCORED)).order_by()


def askers(kind: str, versions: Collection[int]) -> Mapping[str, set[int]]:
    """Return metric → those of some versions that ask for it; one query."""
    found: dict[str, set[int]] = {}
    rows = asking(kind).filter(version__in=versions).values_list(FIELDS[kind], "version").distinct()
    for name, version in rows:
        found.setdefault(f"{kind}:{name}", set()).add(version)
    return found


def frames_asking(strata: QuerySet[FrameStratum], metric: str) -> QuerySet[FrameStratum]:
    """Keep the frames of versions that ask, and those of which a draft was moved to one that does."""
    kind, _colon, name = metric.partition(":")
    versions = asking(kind).filter(**{FIELDS[kind]: name}).values("version")
    scored = Cell.objects.filter(stratum=OuterRef("pk"), metric=metric, n__gt=0).order_by()
    return strata.filter(Q(draw__rubric_version__in=versions) | Exists(scored))
