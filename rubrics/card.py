"""Hold one version of a rubric as plain values: what a reviewer is asked and what each answer is worth.

A card knows no database. Scoring, checks, files and screens all read this one shape, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NOT_APPLICABLE = "n/a"
"""What a visibility rule writes for the answer N/A. The slash keeps it apart from every option key."""

# The keys of a reviewer: 1 to 9 and 0 by place. On a scale of figures 7 picks the 7, and = is the key beyond 9.
PLACE_KEYS = (*"123456789", "0")
FIGURE_KEYS = {**{figure: figure for figure in "0123456789"}, "10": "="}


class Mode(StrEnum):
    """Say how the answers become one number."""

    POOLED = "pooled"
    SECTIONED = "sectioned"


class Kind(StrEnum):
    """Say what a criterion is for."""

    SCORED = "scored"
    INFORMATION = "information"
    BONUS = "bonus"


class NotApplicablePolicy(StrEnum):
    """Say what N/A does to the score."""

    EXCLUDE = "exclude"
    FULL = "full"
    FORBID = "forbid"


class Dimension(StrEnum):
    """Say for whom an error on this criterion is critical."""

    NONE = ""
    CUSTOMER = "customer"
    BUSINESS = "business"
    COMPLIANCE = "compliance"


class FailScope(StrEnum):
    """Say how far choosing this option fails."""

    NONE = ""
    CRITERION = "criterion"
    SECTION = "section"
    CARD = "card"


class Rule(StrEnum):
    """Say which answers need a comment, or evidence.

    ``lowest`` means options worth 0 and options that fail; ``low`` means options worth at most 0.5 and options that
    fail; ``always`` means every answer but N/A.
    """

    NEVER = "never"
    LOWEST = "lowest"
    LOW = "low"
    ALWAYS = "always"


class Owner(StrEnum):
    """Say who can do something about a root cause."""

    AGENT = "agent"
    PROCESS = "process"
    PRODUCT = "product"
    KNOWLEDGE_BASE = "knowledge_base"


class Match(StrEnum):
    """Say how many conditions of a visibility rule must hold."""

    ALL = "all"
    ANY = "any"


class Comparison(StrEnum):
    """Say how a fact is compared."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


FactValue = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class AnswerCondition:
    """Hold when an earlier criterion was answered by one of these options (``n/a`` for N/A)."""

    criterion: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactCondition:
    """Hold when a fact of the conversation compares like this; never holds for an unknown fact."""

    fact: str
    comparison: Comparison
    values: tuple[FactValue, ...]


Condition = AnswerCondition | FactCondition


@dataclass(frozen=True, slots=True)
class Visibility:
    """Say when a criterion is asked at all."""

    conditions: tuple[Condition, ...]
    match: Match = Match.ALL


@dataclass(frozen=True, slots=True)
class RootCause:
    """Name one reason for a low answer, and who owns it."""

    key: str
    label: str = ""
    owner: Owner = Owner.AGENT


@dataclass(frozen=True, slots=True)
class Option:
    """Hold one possible answer. ``value`` is in [0, 1], or None for an answer that only informs."""

    key: str
    value: Decimal | None
    label: str = ""
    guidance: str = ""
    fail_scope: FailScope = FailScope.NONE
    comment_required: bool = False

    @property
    def is_error(self) -> bool:
        """Say whether choosing this option is an error: it is worth nothing, or it fails something."""
        return self.fail_scope != FailScope.NONE or (self.value is not None and self.value == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Hold one question of the card. ``lineage`` stays the same across versions; ``points`` count for bonuses only."""

    lineage: str
    name: str = ""
    guidance: str = ""
    kind: Kind = Kind.SCORED
    weight: Decimal = Decimal(0)
    points: Decimal = Decimal(0)
    skill: str = ""
    not_applicable: NotApplicablePolicy = NotApplicablePolicy.EXCLUDE
    dimension: Dimension = Dimension.NONE
    comment_rule: Rule = Rule.NEVER
    evidence_rule: Rule = Rule.NEVER
    visible_when: Visibility | None = None
    options: tuple[Option, ...] = ()
    root_causes: tuple[RootCause, ...] = ()

    def option(self, key: str) -> Option | None:
        """Find an option by its key."""
        return next((option for option in self.options if option.key == key), None)

    @property
    def keyed(self) -> tuple[tuple[str, Option], ...]:
        """Pair each option with the key that picks it: a figure picks its own figure, others go by their place.

        What no key is left for has an empty one.
        """
        if self.options and all(option.label in FIGURE_KEYS for option in self.options):
            return tuple((FIGURE_KEYS[option.label], option) for option in self.options)
        keys = PLACE_KEYS + ("",) * len(self.options)
        return tuple(zip(keys, self.options, strict=False))

    def root_cause(self, key: str) -> RootCause | None:
        """Find a root cause by its key."""
        return next((cause for cause in self.root_causes if cause.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Hold a group of criteria. ``weight`` counts in sectioned mode only."""

    lineage: str
    name: str = ""
    weight: Decimal = Decimal(0)
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Hold everything that decides a score: the settings of one version and its sections in order."""

    mode: Mode = Mode.POOLED
    pass_mark: Decimal | None = None
    card_fail_zeroes_score: bool = True
    failing_dimensions: frozenset[Dimension] = frozenset()
    excludes_foreign_causes: bool = False
    sections: tuple[Section, ...] = ()

    def criteria(self) -> Iterator[Criterion]:
        """Go through the criteria of all sections in order."""
        for section in self.sections:
            yield from section.criteria

    def criterion(self, lineage: str) -> Criterion | None:
        """Find a criterion by its lineage."""
        return next((criterion for criterion in self.criteria() if criterion.lineage == lineage), None)
