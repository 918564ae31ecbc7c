"""Assemble the scoring workspace: the criteria with what is filled in, and the running score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import may
from accounts.models import User
from accounts.roles import Permission
from conversations.changes import Change, compare
from conversations.models import Transcript
from conversations.selectors import names, open_ones, participants_of
from conversations.transcripts import MessageRow, view_messages
from core import prepared
from core.figures import points
from core.prepared import Prepared
from reviews import drafts, facts
from reviews.cards import card_of
from reviews.models import CommentTemplate, QueueItem, Review
from reviews.words import need
from rubrics import card as cards
from rubrics import scoring

BLANK = drafts.AnswerDraft()


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

    @property
    def has_option_guidance(self) -> bool:
        """Say whether any answer says when to choose it."""
        return any(option.guidance for option in self.criterion.options)

    @property
    def is_blank(self) -> bool:
        """Say whether nothing is filled in, so that the row looks the same in every review by this version."""
        return self.given == BLANK and not self.needs


@dataclass(frozen=True)
class Running:
    """Where the review stands: the score so far, how much is done and what is missing."""

    score: str
    outcome: str
    pass_mark: str
    coverage: int
    done: int
    asked: int
    wanting: int
    rows: list[CriterionRow] = field(default_factory=list)


WHOLE = (
    "item__plan",
    "item__agent",
    "item__pick__draw",
    "conversation",
    "transcript",
    "agent",
    "team",
    "rubric_version__rubric",
)
# Asked by every page, save and submission of a reviewer.
OWN = Prepared(
    lambda: (
        Review.objects.filter(pk=prepared.number("review"), author=prepared.number("author"))
        .select_related(*WHOLE)
        .order_by()
    )
)


def own(pk: int, *, by: User) -> Review | None:
    """Return a person's own review with everything that scoring it needs; None when there is no such review."""
    return OWN.first(review=pk, author=by.pk)


def comment_templates(by: User) -> list[CommentTemplate]:
    """Return the texts that a reviewer may start a comment from, those who score alone."""
    return TEMPLATES.all(by=by.pk) if may(by, Permission.SCORE) else []


TEMPLATES = Prepared(lambda: CommentTemplate.objects.usable_by(prepared.number("by")).select_related("skill"))


def running(review: Review, draft: drafts.Draft, *, card: cards.Card | None = None) -> Running:
    """Score what is filled in so far, and list every criterion of the card with what it still needs.

    By another card than the review's own to see what it would come to there.
    """
    card, known = card or card_of(review), facts.of(review.conversation)
    answers = {
        lineage: answer
        for lineage, answer in drafts.answers_of(draft).items()
        if _is_known(card, lineage, answer)
    }  # fmt: skip
    asked = scoring.asked(card, answers, facts=known)
    result = scoring.score(card, answers, facts=known)
    rows = _rows(card, draft, problems=scoring.problems(card, answers, facts=known), asked=asked)
    counted = [row for row in rows if row.state != "not-asked" and row.criterion.kind != cards.Kind.INFORMATION]
    return Running(
        score="" if result.final_score is None else points(result.final_score),
        outcome=result.outcome.value,
        pass_mark="" if card.pass_mark is None else points(card.pass_mark),
        coverage=round(result.coverage * 100),
        done=sum(1 for row in counted if row.state != "untouched"),
        asked=len(counted),
        wanting=sum(1 for row in rows if row.needs),
        rows=rows,
    )


def _rows(
    card: cards.Card, draft: drafts.Draft, *, problems: tuple[scoring.Problem, ...], asked: frozenset[str]
) -> list[CriterionRow]:
    by_criterion: dict[str, list[scoring.Problem]] = {}
    for problem in problems:
        by_criterion.setdefault(problem.criterion, []).append(problem)
    places = [
        (section, place, criterion) for section in card.sections for place, criterion in enumerate(section.criteria)
    ]
    found = []
    for number, (section, place, criterion) in enumerate(places, start=1):
        given = draft.answers.get(criterion.lineage, drafts.AnswerDraft())
        wants = [problem for problem in by_criterion.get(criterion.lineage, []) if problem.code != "unanswered"]
        found.append(
            CriterionRow(
                number=number,
                criterion=criterion,
                section=section,
                given=given,
                state=state(criterion, given, {problem.code for problem in wants}, criterion.lineage in asked),
                answer_label=label(criterion, given),
                needs=[need(problem, label(criterion, given)) for problem in wants],
                fail_note=fail_note(criterion),
                opens_section=place == 0,
                pins_json=drafts.pins_json(given),
            )
        )
    return found


def state(criterion: cards.Criterion, given: drafts.AnswerDraft, codes: set[str], asked: bool) -> str:
    """Name the state that the criterion's frame shows."""
    if not asked:
        return "not-asked"
    if given.not_applicable:
        return "not-applicable"
    if "comment_required" in codes:
        return "needs-comment"
    if "evidence_required" in codes:
        return "needs-evidence"
    option = criterion.option(given.option) if given.option else None
    if option is None:
        return "answered" if given.text.strip() else "untouched"
    return "fails-card" if option.fail_scope == cards.FailScope.CARD else "answered"


def label(criterion: cards.Criterion, given: drafts.AnswerDraft) -> str:
    """Return what was answered, as the head of the criterion shows it; empty when nothing was."""
    if given.not_applicable:
        return _("N/A")
    option = criterion.option(given.option) if given.option else None
    return option.label if option else given.text.strip()[:40]


def fail_note(criterion: cards.Criterion) -> str:
    """Name the options of a criterion that fail the card; empty when none does."""
    failing = [option.label for option in criterion.options if option.fail_scope == cards.FailScope.CARD]
    return ", ".join(failing)


def template_values(review: Review, *, hide_agent: bool) -> dict[str, str]:
    """Return what the words in braces of a comment template stand for in this review, apart from the criterion's."""
    return {
        "agent": _("you") if hide_agent else review.agent.name,
        "customer": review.conversation.customer_name or _("the customer"),
        "conversation": review.conversation.external_id,
    }


def payload(review: Review, draft: drafts.Draft, *, hide_score: bool) -> dict[str, Any]:
    """Return what the page needs after a save: the state of each criterion and the running score."""
    now = running(review, draft)
    shown = {"score": now.score, "outcome": now.outcome} if not hide_score else {"score": "", "outcome": ""}
    return {
        **shown,
        "coverage": now.coverage,
        "done": now.done,
        "asked": now.asked,
        "progress": progress_words(now),
        "criteria": {
            row.criterion.lineage: {"state": row.state, "label": row.answer_label, "needs": row.needs}
            for row in now.rows
        },
    }


def progress_words(now: Running) -> str:
    """Say how much is done, and how much of it still needs something."""
    done = _("%(done)d of %(asked)d done") % {"done": now.done, "asked": now.asked}
    if not now.wanting:
        return done
    wanting = _("one needs something") if now.wanting == 1 else _("%(n)d need something") % {"n": now.wanting}
    return f"{done} · {wanting}"


def _is_known(card: cards.Card, lineage: str, answer: scoring.Answer) -> bool:
    criterion = card.criterion(lineage)
    if criterion is None or (answer.option and criterion.option(answer.option) is None):
        return False
    return not answer.root_cause or criterion.root_cause(answer.root_cause) is not None


def messages(review: Review) -> list[MessageRow]:
    """Return the transcript that is judged, with the agents' names covered when the plan hides them."""
    return _rows_of(review, review.transcript)


def newer_transcript(review: Review) -> Transcript | None:
    """Return the transcript that was imported after the one that is judged; None while that is the newest."""
    # By the key first: the text itself is read only when it is another one.
    if review.conversation.transcript_id == review.transcript_id:
        return None
    return review.conversation.transcript


def changes(review: Review) -> list[Change]:
    """Return how the newest transcript differs from the one that is judged; empty when it is the same."""
    newer = newer_transcript(review)
    return compare(messages(review), _rows_of(review, newer)) if newer else []


def _rows_of(review: Review, transcript: Transcript) -> list[MessageRow]:
    plan, conversation = review.item.plan, review.conversation
    return view_messages(
        transcript,
        names=names(conversation, participants_of(conversation.pk)),
        # Nobody is hidden from themselves.
        hide_agent=bool(plan and plan.hide_agent) and review.purpose != QueueItem.Purpose.SELF,
        open_ones=open_ones(conversation),
    )
