"""Knowledge checks: short sets of questions that go with a resource, and how answers are marked. Pure.

The sets of the project lie in question_sets/; what a workspace wrote itself or changed lies in the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SETS = Path(__file__).resolve().parent / "question_sets"
MOST_QUESTIONS = 30
MOST_CHOICES = 8
PASS_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `right` is the position of the right choice, from 1; `because` is told after the answer."""

    text: str
    choices: tuple[str, ...]
    right: int
    because: str = ""

    def stored(self) -> dict[str, Any]:
        """Return the question as it is kept."""
        return {"text": self.text, "choices": list(self.choices), "right": self.right, "because": self.because}


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A knowledge check of one skill. `number` is 0 as shipped and counts what a workspace changed since."""

    key: str
    skill: str
    title: str
    about: str
    pass_percent: int
    questions: tuple[Question, ...]
    goes_with: tuple[str, ...] = ()
    number: int = 0
    is_retired: bool = False

    @property
    def fingerprint(self) -> str:
        """Name the content: answers to other questions than these are answers to nothing."""
        stored = [one.stored() for one in self.questions]
        text = json.dumps([self.title, self.pass_percent, stored], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Marked:
    """How many answers were right, and whether that is enough."""

    right: int
    total: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every question set by its key."""

    sets: Mapping[str, QuestionSet] = field(default_factory=dict)

    def going_with(self, resource: str) -> str:
        """Return the key of the set that goes with a resource of the library; empty when none does."""
        for one in sorted(self.sets.values(), key=lambda one: one.key):
            if resource in one.goes_with and not one.is_retired:
                return one.key
        return ""


@cache
def shipped() -> tuple[QuestionSet, ...]:
    """Return the sets of the project."""
    found: list[QuestionSet] = []
    for file in sorted(SETS.glob("*.yaml")):
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        found += [_read(file.stem, entry) for entry in entries]
    return tuple(found)


def questions_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Return questions from how they are kept."""
    return tuple(
        Question(one["text"], tuple(one["choices"]), int(one["right"]), one.get("because", "")) for one in stored
    )


def mark(asked: QuestionSet, answers: Sequence[int]) -> Marked:
    """Mark answers, one position from 1 for each question. Raises ValueError when one is missing or impossible."""
    if len(answers) != len(asked.questions):
        raise ValueError("one answer for each question")
    pairs = list(zip(asked.questions, answers, strict=True))
    if any(not 1 <= answer <= len(question.choices) for question, answer in pairs):
        raise ValueError("no such choice")
    right = sum(answer == question.right for question, answer in pairs)
    return Marked(right, len(pairs), passed=100 * right >= asked.pass_percent * len(pairs))


def _read(skill: str, entry: Mapping[str, Any]) -> QuestionSet:
    return QuestionSet(
        key=entry["key"],
        skill=skill,
        title=entry["title"],
        about=entry["about"],
        pass_percent=entry["pass_percent"],
        questions=questions_of(entry["questions"]),
        goes_with=tuple(entry["goes_with"]),
    )
