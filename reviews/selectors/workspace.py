"""Assemble the scoring workspace: the criteria with what is filled in, and the running score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conversations.models import Conversation
from conversations.transcripts import MessageRow, view_messages
from reviews import drafts, facts
from reviews.models import Review
from rubrics import card as cards
from rubrics import scoring
from rubrics.selectors import card_for


@dataclass(frozen=True)
class CriterionRow:
    """One criterion with what the draft says about it."""

    number: int
    criterion: cards.Criterion
    section: cards.Section
    given: drafts.AnswerDraft
    state: str
    answer_label: str
    needs: list[str]
    fail_note: str
    opens_section: bool
    pins_json: str


@dataclass(frozen=True)
class Running:
    """Where the review stands: the score so far, how much is done and what is missing."""

    score: str
    outcome: str
    pass_mark: str
    coverage: int
    done: int
    asked: int
    missing: list[dict[str, str]] = field(default_factory=list)


def running(review: Review, draft: drafts.Draft) -> tuple[Running, frozenset[str]]:
    """Score what is filled in so far; return it with the lineages that are asked."""
    card, answers, known = card_for(review.rubric_version), drafts.answers_of(draft), facts.of(review.conversation)
    answers = {lineage: answer for lineage, answer in answers.items() if _is_known(card, lineage, answer)}
    asked = scoring.asked(card, answers, facts=known)
    result = scoring.score(card, answers, facts=known)
    missing = scoring.problems(card, answers, facts=known)
    counted = [c for c in card.criteria() if c.lineage in asked and c.kind != cards.Kind.INFORMATION]
    return (
        Running(
            score="" if result.final_score is None else f"{result.final_score:.0f}",
            outcome=result.outcome.value,
            pass_mark="" if card.pass_mark is None else f"{card.pass_mark:.0f}",
            coverage=round(result.coverage * 100),
            done=sum(1 for c in counted if c.lineage in answers and answers[c.lineage].is_given),
            asked=len(counted),
            missing=[{"criterion": p.criterion, "code": p.code, "sentence": p.sentence} for p in missing],
        ),
        asked,
    )


def rows(review: Review, draft: drafts.Draft) -> list[CriterionRow]:
    """List every criterion of the card in order, with what is filled in and what it still needs."""
    now, asked = running(review, draft)
    return _rows(card_for(review.rubric_version), draft, now=now, asked=asked)


def _rows(card: cards.Card, draft: drafts.Draft, *, now: Running, asked: frozenset[str]) -> list[CriterionRow]:
    needs: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    for problem in now.missing:
        needs.setdefault(problem["criterion"], []).append(problem["sentence"])
        codes.setdefault(problem["criterion"], []).append(problem["code"])
    found, number = [], 0
    for section in card.sections:
        for place, criterion in enumerate(section.criteria):
            number += 1
            given = draft.answers.get(criterion.lineage, drafts.AnswerDraft())
            found.append(
                CriterionRow(
                    number=number,
                    criterion=criterion,
                    section=section,
                    given=given,
                    state=state(criterion, given, codes.get(criterion.lineage, []), criterion.lineage in asked),
                    answer_label=label(criterion, given),
                    needs=[s for s in needs.get(criterion.lineage, []) if given.option or given.not_applicable],
                    fail_note=fail_note(criterion),
                    opens_section=place == 0,
                    pins_json=drafts.pins_json(given),
                )
            )
    return found


def state(criterion: cards.Criterion, given: drafts.AnswerDraft, codes: list[str], asked: bool) -> str:
    """Name the state that the criterion's frame shows."""
    option = criterion.option(given.option) if given.option else None
    if not asked:
        return "not-asked"
    if given.not_applicable:
        return "not-applicable"
    if "comment_required" in codes:
        return "needs-comment"
    if "evidence_required" in codes:
        return "needs-evidence"
    if option is None:
        return "untouched"
    return "fails-card" if option.fail_scope == cards.FailScope.CARD else "answered"


def label(criterion: cards.Criterion, given: drafts.AnswerDraft) -> str:
    """Return what was answered, as the head of the criterion shows it; empty when nothing was."""
    if given.not_applicable:
        return "N/A"
    option = criterion.option(given.option) if given.option else None
    return option.label if option else given.text[:40]


def fail_note(criterion: cards.Criterion) -> str:
    """Name the options of a criterion that fail the card; empty when none does."""
    failing = [option.label for option in criterion.options if option.fail_scope == cards.FailScope.CARD]
    return ", ".join(failing)


def payload(review: Review, draft: drafts.Draft, *, hide_score: bool) -> dict[str, Any]:
    """Return what the page needs after a save: the state of each criterion and the running score."""
    now, asked = running(review, draft)
    shown = {"score": now.score, "outcome": now.outcome} if not hide_score else {"score": "", "outcome": ""}
    return {
        **shown,
        "coverage": now.coverage,
        "done": now.done,
        "asked": now.asked,
        "missing": len(now.missing),
        "criteria": {
            row.criterion.lineage: {"state": row.state, "label": row.answer_label, "needs": row.needs}
            for row in _rows(card_for(review.rubric_version), draft, now=now, asked=asked)
        },
    }


def _is_known(card: cards.Card, lineage: str, answer: scoring.Answer) -> bool:
    criterion = card.criterion(lineage)
    if criterion is None or (answer.option and criterion.option(answer.option) is None):
        return False
    return not answer.root_cause or criterion.root_cause(answer.root_cause) is not None


def messages(review: Review) -> list[MessageRow]:
    """Return the transcript that is judged, with the agents' names covered when the plan hides them."""
    plan = review.item.plan
    return view_messages(
        review.transcript, names=names_of(review.conversation), hide_agent=bool(plan and plan.hide_agent)
    )


def names_of(conversation: Conversation) -> dict[tuple[str, str], str]:
    """Return the names to show for the people in a conversation, by role and by what the source calls them."""
    return {(person.role, person.external_id): person.name for person in conversation.participants.all() if person.name}
