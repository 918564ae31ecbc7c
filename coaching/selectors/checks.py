"""Read the knowledge checks: what the project ships, with what the workspace wrote or changed in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coaching.models import Action, Attempt, KnowledgeCheck, Plan
from coaching.questions import Catalogue, Question, QuestionSet, questions_of, shipped


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of an attempt, what was chosen and what is right; positions count from 1."""

    question: Question
    chosen: int

    @property
    def is_right(self) -> bool:
        """Say whether the right choice was taken."""
        return self.chosen == self.question.right

    @property
    def chosen_words(self) -> str:
        """Return the words that were chosen."""
        return self.question.choices[self.chosen - 1]

    @property
    def right_words(self) -> str:
        """Return the words that are right."""
        return self.question.choices[self.question.right - 1]


def catalogue() -> Catalogue:
    """Return every question set."""
    sets = {one.key: one for one in shipped()}
    for row in KnowledgeCheck.objects.select_related("skill"):
        sets[row.key] = _set_of(row)
    return Catalogue(sets)


def find(key: str) -> QuestionSet | None:
    """Return the set with a key; None when there is none any more."""
    return catalogue().sets.get(key) if key else None


def checks_for(plan: Plan) -> list[tuple[str, str]]:
    """Return key and title of the sets that an action of a plan can take: of its skill, and those it has."""
    known = catalogue()
    kept = set(plan.actions.exclude(check_key="").values_list("check_key", flat=True))
    found = [
        one for one in known.sets.values() if one.key in kept or (one.skill == plan.skill.slug and not one.is_retired)
    ]
    return [(one.key, one.title) for one in sorted(found, key=lambda one: one.title)]


def answered(attempt: Attempt) -> list[Answered]:
    """Return an attempt question by question, as it was asked then."""
    pairs = zip(questions_of(attempt.questions), attempt.answers, strict=True)
    return [Answered(question, int(chosen)) for question, chosen in pairs]


def with_checks(actions: Iterable[Action]) -> list[Action]:
    """Give each action its check's title and the agent's attempts at it: two more queries, whatever the number."""
    found = list(actions)
    if not any(action.check_key for action in found):
        return found
    sets = catalogue().sets
    attempts = list(Attempt.objects.filter(plan__in={action.plan_id for action in found}).order_by("-number"))
    for action in found:
        known = sets.get(action.check_key)
        action.check_title = known.title if known else ""  # type: ignore[attr-defined]
        own = [one for one in attempts if (one.plan_id, one.key) == (action.plan_id, action.check_key)]
        action.taken = own  # type: ignore[attr-defined]
        action.is_passed = any(one.is_passed for one in own)  # type: ignore[attr-defined]
    return found


def _set_of(row: KnowledgeCheck) -> QuestionSet:
    return QuestionSet(
        key=row.key,
        skill=row.skill.slug,
        title=row.title,
        about=row.about,
        pass_percent=row.pass_percent,
        questions=questions_of(row.questions),
        goes_with=tuple(row.goes_with),
        number=row.number,
        is_retired=row.is_retired,
    )
