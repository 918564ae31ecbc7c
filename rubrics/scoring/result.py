"""What scoring gives back: the stored numbers, and the parts that explain them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rubrics.card import Dimension, Owner
from rubrics.scoring.marks import State


class Outcome(StrEnum):
    """Say whether the conversation passed."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NONE = "none"


class FailureReason(StrEnum):
    """Say what made the outcome a fail."""

    CARD = "card"
    DIMENSION = "dimension"
    PASS_MARK = "pass_mark"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Failure:
    """Name one reason of a fail: the criterion that failed the card or had a critical error; none for the pass mark."""

    reason: FailureReason
    criterion: str = ""
    dimension: Dimension = Dimension.NONE


@dataclass(frozen=True, slots=True)
class SectionScore:
    """Hold the pooled mean of a section as it entered the score, 0–100; None when nothing in it was scored."""

    lineage: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class SkillScore:
    """Hold Σwv/Σw × 100 over the scored answers of a skill, and how many answers that were."""

    skill: str
    score: Decimal
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Explain one criterion's part in the score.

    ``given`` is the value of the chosen option, ``value`` what counted after fail scopes and the N/A policy; ``share``
    are the points out of 100 that rested on the criterion and ``points`` those it earned, so the points of a card add
    up to its raw score. For a bonus ``points`` are added to the score and may be negative. ``zeroed_by`` is the
    criterion whose failing option made the value 0: this one, or another of its section.
    """

    criterion: str
    section: str
    state: State
    option: str = ""
    given: Decimal | None = None
    value: Decimal | None = None
    weight: Decimal = Decimal(0)
    share: Decimal = Decimal(0)
    points: Decimal = Decimal(0)
    zeroed_by: str = ""
    root_cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Hold the score of one set of answers. Every Decimal is rounded once, half up, to 4 decimals.

    ``raw_score`` is the weighted mean before bonus and card fail, ``final_score`` what is reported; both 0–100, or None
    when no scored criterion was answered. ``coverage`` is the share (0–1) of the asked weight that was scored.
    ``bonus`` are the points added (or, negative, taken off) before the score was kept within 0–100. ``errors`` counts
    the answers that are errors per dimension. ``lost_elsewhere`` are points out of 100 lost to causes that the agent
    does not own, per owner, counted as if nothing had been excluded.
    """

    raw_score: Decimal | None
    final_score: Decimal | None
    outcome: Outcome
    failed_by: tuple[Failure, ...]
    coverage: Decimal
    bonus: Decimal
    sections: tuple[SectionScore, ...]
    skills: tuple[SkillScore, ...]
    errors: Mapping[Dimension, int]
    lost_elsewhere: Mapping[Owner, Decimal]
    contributions: tuple[Contribution, ...]
