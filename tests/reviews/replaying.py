"""Stored reviews of a rubric, and the next version of it with other weights."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from reviews.models import Review
from rubrics import editing
from rubrics.models import RubricVersion
from rubrics.services import editing as drafts
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory
from tests.factories.reviews import GOOD, drawn_items, published, specialist

ALICE, BOB = {**GOOD, "solved": "partly"}, {**GOOD, "understood": "no"}


def reviewed(*answers: dict[str, str]) -> list[Review]:
    """Publish a review for each set of answers, all by one version, each of an agent of their own."""
    items = drawn_items(1, agent=AgentFactory(name="Agent 0"))
    version = items[0].rubric_version
    for number in range(1, len(answers)):
        items += drawn_items(1, agent=AgentFactory(name=f"Agent {number}"), plan=items[0].plan, version=version)
    by = specialist()
    return [published(item, by=by, answers=given) for item, given in zip(items, answers, strict=True)]


def draft_of(review: Review, **weights: int) -> RubricVersion:
    """Begin the next version of the review's rubric with other weights."""
    draft = drafts.start(review.rubric_version.rubric, source=review.rubric_version, by=None, now=NOW)
    for lineage, weight in weights.items():
        at = editing.at_criterion(lineage)

        def heavier(card: Any, at: str = at, weight: int = weight) -> Any:
            part = editing.part_of(card, at)
            return editing.with_part(card, at, replace(part, weight=Decimal(weight)))

        drafts.change(draft, heavier, by=None, now=NOW)
    return draft
