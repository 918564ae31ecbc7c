"""How a reviewer of the demo scores a conversation: from what it shows, their own strictness, and chance."""

from __future__ import annotations

from random import Random

from qa_portal.demo.comments import Judgement, Wording
from qa_portal.demo.people import ReviewerProfile
from qa_portal.demo.stories import Truth
from reviews.drafts import AnswerDraft, Draft, NoteDraft, PinDraft
from rubrics.card import Card, Criterion, Kind, NotApplicablePolicy, Option, Owner
from rubrics.scoring import Answer
from rubrics.scoring.asking import asked
from rubrics.scoring.missing import needs_comment, needs_evidence

# What a criterion looks at, by its lineage; a criterion that is not listed is judged by its skill as a whole.
ASPECTS = {
    "greeting-and-tone": "tone",
    "clear-writing": "clear",
    "right-level": "clear",
    "empathy": "empathy",
    "took-it-seriously": "empathy",
    "understood-the-problem": "understood",
    "gathered-facts": "understood",
    "found-the-cause": "solved",
    "solved-or-next-step": "solved",
    "working-at-the-end": "solved",
    "facts-are-right": "facts",
    "technical-facts": "facts",
    "kept-informed": "pace",
    "pace": "pace",
    "changed-approach": "adapted",
    "other-way-tried": "adapted",
    "customer-data-protected": "identity",
    "account-verified": "identity",
    "safe-steps": "safety",
    "notes-and-tags": "notes",
    "case-record": "notes",
}
SKILL_ASPECTS = {
    "written-communication": "clear",
    "empathy": "empathy",
    "problem-solving": "solved",
    "product-knowledge": "facts",
    "time-management": "pace",
    "adaptability": "adapted",
    "attention-to-detail": "notes",
    "process-compliance": "identity",
}
# Without a moment to look at, these leave the criterion not applicable.
NEEDS_A_MOMENT = {"empathy", "pace", "identity", "safety"}
# Which tags an option of an information-only criterion stands for, by its key.
TOPICS = {
    "order": {"delivery", "stock", "return", "cancel", "preorder", "parts", "exchange", "warehouse", "collect"},
    "billing": {"billing", "refund", "fee", "price", "voucher", "invoice", "transfer", "debit", "dispute", "tax"},
    "account": {"account", "login", "portal", "app", "data", "card", "privacy", "registration", "2fa"},
    "product-question": {"advice", "savings", "loan", "insurance", "preparation", "limit", "warranty"},
    "complaint": {"complaint"},
    "outage": {"outage"},
    "defect": {"crash", "performance", "export", "update", "notification"},
    "settings": {"settings", "sso", "network", "rights", "webhook", "storage", "sync", "login", "2fa", "plan"},
    "other-product": {"integration", "api"},
    "how-to": {"sharing", "privacy", "restore", "import", "billing"},
}
JITTER = 0.10
PRAISED = 0.22
FOREIGN_CAUSE = 0.07
NOTED = 0.06


def score(truth: Truth, card: Card, *, reviewer: ReviewerProfile, agent: str, seed: int) -> Draft:
    """Return the complete draft of one review; the same for the same seed, conversation and reviewer."""
    random = Random(f"{seed}|review|{truth.external_id}|{reviewer.email}")
    words = Wording(random, truth, agent=agent)
    answers: dict[str, AnswerDraft] = {}
    judged: list[Judgement] = []
    for criterion in card.criteria():
        answer, judgement = _answer(random, criterion, truth, reviewer, words)
        answers[criterion.lineage] = answer
        judged += [judgement] if judgement else []
    shown = asked(card, {lineage: _as_scored(answer) for lineage, answer in answers.items()})
    answers = {lineage: answer for lineage, answer in answers.items() if lineage in shown}
    return Draft(answers=answers, notes=_notes(random, judged, words), summary=_summary(judged, words))


def _answer(
    random: Random, criterion: Criterion, truth: Truth, reviewer: ReviewerProfile, words: Wording
) -> tuple[AnswerDraft, Judgement | None]:
    if criterion.kind == Kind.INFORMATION:
        return AnswerDraft(option=_topic(criterion, truth)), None
    if criterion.kind == Kind.BONUS:
        return _extra(random, criterion, truth, words), None
    aspect = ASPECTS.get(criterion.lineage) or SKILL_ASPECTS.get(criterion.skill, "solved")
    value = _true_value(truth, aspect, criterion.skill)
    if value is None and criterion.not_applicable != NotApplicablePolicy.FORBID:
        return AnswerDraft(not_applicable=True), None
    felt = (1.0 if value is None else value) + reviewer.leniency + random.gauss(0, reviewer.noise + JITTER)
    option = _nearest(criterion, felt)
    judgement = Judgement(aspect, float(option.value or 0), truth.moment(aspect))
    return _draft(random, criterion, option, judgement, words), judgement


def _topic(criterion: Criterion, truth: Truth) -> str:
    """Return the option that the conversation's tags stand for, or the last one."""
    tags = set(truth.tags)
    found = (option.key for option in criterion.options if tags & TOPICS.get(option.key, set()))
    return next(found, criterion.options[-1].key if criterion.options else "")


def _extra(random: Random, criterion: Criterion, truth: Truth, words: Wording) -> AnswerDraft:
    """Give a bonus now and then, for a conversation in which everything is right."""
    deserved = min(truth.skills.values()) > 0.4 and random.random() < 0.10
    ranked = sorted(criterion.options, key=lambda option: option.value or 0)
    if not ranked:
        return AnswerDraft(not_applicable=True)
    option = ranked[-1 if deserved else 0]
    commented = deserved or needs_comment(criterion, option)
    solved = truth.moment("solved")
    comment = words.comment(Judgement("solved", 1.0, solved)) if commented else ""
    pins = [PinDraft(message=solved.message)] if commented and solved else []
    return AnswerDraft(option=option.key, comment=comment, pins=pins)


def _true_value(truth: Truth, aspect: str, skill: str) -> float | None:
    if aspect in truth.aspects:
        lowest = truth.moment(aspect)
        return lowest.value if lowest else truth.aspects[aspect]
    if aspect in NEEDS_A_MOMENT:
        return None
    return truth.skills.get(skill)


def _nearest(criterion: Criterion, felt: float) -> Option:
    """Return the option whose value is nearest to what the reviewer felt; of two equal ones the first."""
    scored = [option for option in criterion.options if option.value is not None]
    return min(scored or list(criterion.options), key=lambda option: abs(float(option.value or 0) - felt))


def _draft(random: Random, criterion: Criterion, option: Option, judgement: Judgement, words: Wording) -> AnswerDraft:
    low = float(option.value or 0) < 0.7
    pins = _pins(random, judgement, words, wanted=low or needs_evidence(criterion, option))
    comment = ""
    if low or needs_comment(criterion, option) or random.random() < PRAISED:
        comment = words.comment(judgement)
    return AnswerDraft(
        option=option.key,
        comment=comment,
        pins=pins if comment or needs_evidence(criterion, option) else [],
        root_cause=_root_cause(random, criterion) if low else "",
    )


def _pins(random: Random, judgement: Judgement, words: Wording, *, wanted: bool) -> list[PinDraft]:
    seen = judgement.seen
    if seen is None or seen.kind == "no_note":
        return [PinDraft(message=words.last_message)] if wanted else []
    pins = [PinDraft(message=seen.message)]
    if seen.value < 0.5 and seen.message < words.last_message and random.random() < 0.3:
        pins.append(PinDraft(message=seen.message + 1))
    return pins


def _root_cause(random: Random, criterion: Criterion) -> str:
    own = [cause.key for cause in criterion.root_causes if cause.owner == Owner.AGENT]
    foreign = [cause.key for cause in criterion.root_causes if cause.owner != Owner.AGENT]
    if foreign and random.random() < FOREIGN_CAUSE:
        return random.choice(foreign)
    return random.choice(own) if own else ""


def _notes(random: Random, judged: list[Judgement], words: Wording) -> list[NoteDraft]:
    low = [one for one in judged if one.seen is not None and one.value < 0.5 and one.seen.kind != "no_note"]
    if not low or random.random() > NOTED:
        return []
    return [NoteDraft(message=low[0].seen.message, text=words.note())]  # type: ignore[union-attr]


def _summary(judged: list[Judgement], words: Wording) -> str:
    ranked = sorted((one for one in judged if one.seen is not None), key=lambda one: one.value)
    mean = sum(one.value for one in judged) / len(judged) if judged else 1.0
    worst = next((one for one in ranked if one.value < 0.6), None)
    best = next((one for one in reversed(ranked) if one.value > 0.8), None)
    return words.summary(mean, best=best, worst=worst)


def _as_scored(answer: AnswerDraft) -> Answer:
    return Answer(option=answer.option, not_applicable=answer.not_applicable)
