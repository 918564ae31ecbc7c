"""Score one conversation on one card, exactly as the rules of the product say, and list what a review still needs.

Plain Python: no database, no clock, no settings. The same card, answers and facts always give the same result.
"""

from __future__ import annotations

from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Comparison,
    Criterion,
    Dimension,
    FactCondition,
    FailScope,
    Kind,
    Match,
    Mode,
    NotApplicablePolicy,
    Option,
    Owner,
    RootCause,
    Rule,
    Section,
    Visibility,
)
from rubrics.scoring.answers import Answer, Facts, UnknownAnswer
from rubrics.scoring.asking import asked
from rubrics.scoring.compute import score
from rubrics.scoring.marks import State
from rubrics.scoring.missing import Problem, problems
from rubrics.scoring.result import Contribution, Failure, FailureReason, Outcome, Score, SectionScore, SkillScore

__all__ = [
    "NOT_APPLICABLE",
    "Answer",
    "AnswerCondition",
    "Card",
    "Comparison",
    "Contribution",
    "Criterion",
    "Dimension",
    "FactCondition",
    "Facts",
    "FailScope",
    "Failure",
    "FailureReason",
    "Kind",
    "Match",
    "Mode",
    "NotApplicablePolicy",
    "Option",
    "Outcome",
    "Owner",
    "Problem",
    "RootCause",
    "Rule",
    "Score",
    "Section",
    "SectionScore",
    "SkillScore",
    "State",
    "UnknownAnswer",
    "Visibility",
    "asked",
    "problems",
    "score",
]
