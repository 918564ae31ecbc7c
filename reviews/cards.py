"""The card that a review is judged by: the whole version, or the part of it that its item asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reviews.models import Review
from rubrics.card import Card
from rubrics.selectors import card_for


def card_of(review: Review) -> Card:
    """Return what is asked in a review; needs its item and its version."""
    return part(card_for(review.rubric_version), review.item.criteria)


def is_partial(review: Review) -> bool:
    """Say whether only some criteria are judged, so that the answers make no score of the whole."""
    return bool(review.item.criteria)


def part(card: Card, lineages: Collection[str]) -> Card:
    """Return only these criteria, each asked in any case; the whole card when none are named."""
    if not lineages:
        return card
    sections = (
        replace(
            section,
            criteria=tuple(replace(one, visible_when=None) for one in section.criteria if one.lineage in lineages),
        )
        for section in card.sections
    )
    return replace(card, sections=tuple(section for section in sections if section.criteria))
