"""Say what changed from one revision of a review to the next: the score, and each answer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviews.models import Answer, Review, Revision


@dataclass(frozen=True)
class Changed:
    """One criterion whose answer is another one now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One revision after the first, with what it changed."""

    revision: Revision
    before: Revision
    answers: list[Changed]


def history(review: Review) -> list[Step]:
    """Return the revisions after the first, newest first; a review that never changed costs no query."""
    if review.current is None or review.current.number == 1:
        return []
    revisions = list(
        review.revisions.select_related("author")
        .prefetch_related("answers__criterion__section", "answers__option", "answers__root_cause")
        .order_by("number")
    )
    pairs = itertools.pairwise(revisions)
    return [Step(after, before, _answers(before, after)) for before, after in pairs][::-1]


def differences(before: Revision, after: Revision) -> list[Changed]:
    """Return each criterion that two revisions of one rubric version answer differently. Four queries."""
    rows = Revision.objects.filter(pk__in=[before.pk, after.pk]).prefetch_related(
        "answers__criterion__section", "answers__option", "answers__root_cause"
    )
    found = {row.pk: row for row in rows}
    return _answers(found[before.pk], found[after.pk])


def _answers(before: Revision, after: Revision) -> list[Changed]:
    was = {row.criterion_id: row for row in before.answers.all()}
    rows = sorted(after.answers.all(), key=lambda row: (row.criterion.section.position, row.criterion.position))
    return [
        Changed(row.criterion.name, _label(was.get(row.criterion_id)), _label(row))
        for row in rows
        if _label(was.get(row.criterion_id)) != _label(row)
    ]


def _label(row: Answer | None) -> str:
    if row is None or row.state == Answer.State.NOT_ASKED:
        return _("Not asked")
    if row.state == Answer.State.NOT_APPLICABLE:
        return _("N/A")
    answer = row.option.label if row.option else "–"
    cause = f" ({row.root_cause.label})" if row.root_cause else ""
    return f"{answer}{cause}"
