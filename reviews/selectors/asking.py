"""Which versions of scorecards ask for a criterion, a skill or a section: what a number of it can be of.

A version that does not ask says nothing of a conversation, whatever an earlier or a later one of its rubric does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from rubrics.models import Criterion

CRITERION = "criterion"
FIELDS = {CRITERION: "lineage", "skill": "skill__slug", "section": "section__lineage"}


def asking(kind: str) -> QuerySet[Criterion]:
    """Return the criteria that a kind of metric is made of: what is only noted down, or adds points, measures nothing.

    kind: criterion, skill or section; those two are means by weight.
    """
    scored = Criterion.objects.filter(kind=Criterion.Kind.SCORED).order_by()
    return scored if kind == CRITERION else scored.filter(weight__gt=0)


def askers(kind: str, versions: Collection[int]) -> Mapping[str, set[int]]:
    """Return metric → those of some versions that ask for it; one query."""
    found: dict[str, set[int]] = {}
    rows = asking(kind).filter(version__in=versions).values_list(FIELDS[kind], "version").distinct()
    for name, version in rows:
        found.setdefault(f"{kind}:{name}", set()).add(version)
    return found
