"""Find critical errors that came again: the same criterion failed several times within some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet

from reviews.models import Answer, Review
from rubrics.models import Option

FAILING = (Option.FailScope.SECTION, Option.FailScope.CARD)


@dataclass(frozen=True, slots=True)
class Repeated:
    """One criterion of one rubric that one agent failed several times, by lineage: it survives an edit of the rubric.

    newest_at: when the last of them was published.
    """

    agent_id: int
    skill_id: int
    rubric_id: int
    lineage: str
    times: int
    newest_at: datetime


def repeated(*, since: datetime, until: datetime, times: int) -> list[Repeated]:
    """Return what was failed so often in reviews published within a time, most often first."""
    rows = (
        errors(since=since, until=until)
        .order_by()
        .values_list(
            "revision__review__agent", "criterion__skill", "revision__review__rubric_version__rubric",
            "criterion__lineage",
        )
        .annotate(n=Count("revision__review", distinct=True), newest=Max("revision__review__published_at"))
        .filter(n__gte=times)
    )  # fmt: skip
    found = [Repeated(*row) for row in rows]
    return sorted(found, key=lambda one: (-one.times, one.agent_id, one.skill_id, one.lineage))


def errors(*, since: datetime, until: datetime) -> QuerySet[Answer]:
    """Return the critical errors of people in published reviews of any pool: a fact, not an average.

    Critical is an answer that fails its section or the card, or an error on a criterion with a critical dimension.
    What is disputed does not count until that is decided, and neither does what the agent did not cause.
    """
    is_error = Q(option__value=0) | ~Q(option__fail_scope="")
    return Answer.objects.filter(
        Q(option__fail_scope__in=FAILING) | ~Q(criterion__dimension="") & is_error,
        revision__review__current=F("revision"),
        revision__review__status=Review.Status.PUBLISHED,
        revision__review__purpose="primary",
        revision__review__published_at__gt=since,
        revision__review__published_at__lte=until,
        revision__review__agent__is_bot=False,
        revision__review__agent__deactivated_at=None,
        criterion__skill__isnull=False,
        state=Answer.State.SCORED,
    ).exclude(revision__review__in=Review.objects.in_dispute().values("pk"))
