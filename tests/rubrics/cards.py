"""Small cards and answers that the truth table of scoring is written with."""

from __future__ import annotations

from decimal import Decimal

from rubrics.card import (
    NOT_APPLICABLE,
    Card,
    Criterion,
    Kind,
    Mode,
    Option,
    Owner,
    RootCause,
    Section,
)
from rubrics.scoring import Answer

YES = Option("yes", Decimal(1))
PARTLY = Option("partly", Decimal("0.5"))
NO = Option("no", Decimal(0))
CAUSES = (
    RootCause("habit", "Habit", Owner.AGENT),
    RootCause("policy", "Policy", Owner.PROCESS),
    RootCause("bug", "Bug", Owner.PRODUCT),
    RootCause("article", "Wrong article", Owner.KNOWLEDGE_BASE),
)


def criterion(lineage, weight=10, *, options=(NO, PARTLY, YES), **fields):
    fields.setdefault("root_causes", CAUSES)
    return Criterion(lineage=lineage, weight=Decimal(weight), options=options, **fields)


def bonus(lineage, points, **fields):
    return Criterion(lineage=lineage, kind=Kind.BONUS, points=Decimal(points), options=(NO, PARTLY, YES), **fields)


def failing(scope, value="0.5"):
    return (Option("breach", Decimal(value), fail_scope=scope), NO, PARTLY, YES)


def pooled(*criteria, **settings):
    return Card(sections=(Section(lineage="all", weight=Decimal(1), criteria=criteria),), **settings)


def sectioned(*sections, **settings):
    made = tuple(
        Section(lineage=f"s{number}", weight=Decimal(weight), criteria=tuple(criteria))
        for number, (weight, *criteria) in enumerate(sections, start=1)
    )
    return Card(mode=Mode.SECTIONED, sections=made, **settings)


def given(**options):
    """Write answers short: an option key, or "n/a"."""
    return {
        lineage: Answer(not_applicable=True) if option == NOT_APPLICABLE else Answer(option=option)
        for lineage, option in options.items()
    }


def contribution(result, lineage):
    return next(part for part in result.contributions if part.criterion == lineage)
