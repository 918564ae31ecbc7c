"""Compute a score from marks (rules 4 to 8).

Rules, in this order: the weighted mean, pooled or sectioned; coverage; bonus and penalty; card fail; outcome.
Everything is a sum over *shares*: the share of a criterion is the part of the whole card that rests on it,
w ÷ Σw when pooled and W ÷ ΣW × w ÷ Σw of its section when sectioned. So the parts on the feedback page are the score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from rubrics.card import Card, Dimension, FailScope, Mode, Owner
from rubrics.scoring.answers import Answer, Facts
from rubrics.scoring.marks import ZERO, Mark, State, marks
from rubrics.scoring.result import Contribution, Failure, FailureReason, Outcome, Score, SectionScore, SkillScore

HUNDRED = Decimal(100)
STORED = Decimal("0.0001")
# 60 digits, then back to 40 decimals: a third that was cut off cannot turn a tie into something just below it.
PRECISE = Context(prec=60, rounding=ROUND_HALF_UP)
SETTLED = Decimal(1).scaleb(-40)


def score(card: Card, answers: Mapping[str, Answer], *, facts: Facts | None = None) -> Score:
    """Score the answers (by criterion lineage) on the card.

    Works on half-finished drafts too: what is not answered yet is asked but not scored.
    Raises UnknownAnswer when an answer names a criterion, option or root cause that the card does not have.
    """
    with localcontext(PRECISE):
        judged = marks(card, answers, facts)
        shares = _shares(card, (mark for mark in judged if mark.weighs and mark.value is not None))
        mean = _mean(judged, shares)
        bonus = sum((_bonus_points(mark) for mark in judged), ZERO)
        card_fails = [mark for mark in judged if mark.fails == FailScope.CARD]
        final = _final(card, mean, bonus, bool(card_fails))
        failed_by = _failed_by(card, judged, final)
        return Score(
            raw_score=_stored_or_none(mean),
            final_score=final,
            outcome=_outcome(card, final, failed_by),
            failed_by=failed_by,
            coverage=_coverage(card, judged),
            bonus=_stored(bonus),
            sections=_sections(card, judged),
            skills=_skills(judged),
            errors=_errors(judged),
            lost_elsewhere=_lost_elsewhere(card, judged),
            contributions=tuple(_contribution(mark, shares) for mark in judged),
        )


def _shares(card: Card, counted: Iterable[Mark]) -> dict[str, Decimal]:
    """Share out the whole card (1) among these marks; those without weight get 0. Empty when nothing has weight."""
    by_section: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in counted:
        by_section[mark.section.lineage if card.mode == Mode.SECTIONED else ""].append(mark)
    heavy = [group for group in by_section.values() if _weight(group) > 0]
    whole = sum((_group_weight(card, group) for group in heavy), ZERO)
    if not whole:
        return {}
    return {
        mark.criterion.lineage: _group_weight(card, group) / whole * mark.criterion.weight / _weight(group)
        for group in heavy
        for mark in group
    }


def _weight(group: Iterable[Mark]) -> Decimal:
    return sum((mark.criterion.weight for mark in group), ZERO)


def _group_weight(card: Card, group: list[Mark]) -> Decimal:
    return group[0].section.weight if card.mode == Mode.SECTIONED else _weight(group)


def _mean(judged: Iterable[Mark], shares: Mapping[str, Decimal]) -> Decimal | None:
    """Return the weighted mean × 100; None when no scored criterion was answered, even if an N/A counts in full."""
    counted = [mark for mark in judged if mark.weighs and mark.value is not None]
    if not shares or not any(mark.state == State.SCORED for mark in counted):
        return None
    return HUNDRED * sum((_value(mark) * shares.get(mark.criterion.lineage, ZERO) for mark in counted), ZERO)


def _value(mark: Mark) -> Decimal:
    return ZERO if mark.value is None else mark.value


def _bonus_points(mark: Mark) -> Decimal:
    return _value(mark) * mark.criterion.points if mark.state == State.BONUS else ZERO


def _final(card: Card, mean: Decimal | None, bonus: Decimal, card_failed: bool) -> Decimal | None:
    if card_failed and card.card_fail_zeroes_score:
        return _stored(ZERO)
    if mean is None:
        return None
    return _stored(min(max(mean + bonus, ZERO), HUNDRED))


def _failed_by(card: Card, judged: Iterable[Mark], final: Decimal | None) -> tuple[Failure, ...]:
    judged = list(judged)
    card_fails = [Failure(FailureReason.CARD, m.criterion.lineage) for m in judged if m.fails == FailScope.CARD]
    critical = [
        Failure(FailureReason.DIMENSION, mark.criterion.lineage, mark.criterion.dimension)
        for mark in judged
        if _is_error(mark) and mark.criterion.dimension in card.failing_dimensions
    ]
    below = final is not None and card.pass_mark is not None and final < card.pass_mark
    return (*card_fails, *critical, *([Failure(FailureReason.PASS_MARK)] if below else []))


def _outcome(card: Card, final: Decimal | None, failed_by: tuple[Failure, ...]) -> Outcome:
    """A fail needs no pass mark; a pass does."""
    if failed_by:
        return Outcome.FAIL
    return Outcome.NONE if final is None or card.pass_mark is None else Outcome.PASS


def _coverage(card: Card, judged: Iterable[Mark]) -> Decimal:
    """Return the part of what was asked that was scored. N/A is asked and not scored, also where it counts in full."""
    on_the_card = [mark for mark in judged if mark.weighs and mark.state != State.NOT_ASKED]
    shares = _shares(card, on_the_card)
    scored = (shares.get(mark.criterion.lineage, ZERO) for mark in on_the_card if mark.state == State.SCORED)
    return _stored(sum(scored, ZERO))


def _sections(card: Card, judged: Iterable[Mark]) -> tuple[SectionScore, ...]:
    by_section: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in judged:
        if mark.weighs and mark.value is not None:
            by_section[mark.section.lineage].append(mark)
    return tuple(
        SectionScore(section.lineage, _stored_or_none(_weighted_mean(by_section[section.lineage])))
        for section in card.sections
    )


def _weighted_mean(counted: list[Mark]) -> Decimal | None:
    weight = _weight(counted)
    if not weight:
        return None
    return HUNDRED * sum((_value(mark) * mark.criterion.weight for mark in counted), ZERO) / weight


def _skills(judged: Iterable[Mark]) -> tuple[SkillScore, ...]:
    """Return Σwv/Σw × 100 per skill over its scored answers, with the value chosen: fails and bonus do not count."""
    by_skill: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in judged:
        if mark.state == State.SCORED and mark.criterion.skill:
            by_skill[mark.criterion.skill].append(mark)
    return tuple(
        SkillScore(skill, _stored(HUNDRED * _chosen(group) / _weight(group)), len(group))
        for skill, group in sorted(by_skill.items())
        if _weight(group) > 0
    )


def _chosen(group: list[Mark]) -> Decimal:
    return sum((mark.criterion.weight * (mark.option.value or ZERO) for mark in group if mark.option), ZERO)


def _is_error(mark: Mark) -> bool:
    return mark.state == State.SCORED and mark.option is not None and mark.option.is_error


def _errors(judged: Iterable[Mark]) -> dict[Dimension, int]:
    counts: dict[Dimension, int] = {dimension: 0 for dimension in Dimension if dimension != Dimension.NONE}
    for mark in judged:
        if _is_error(mark) and mark.criterion.dimension != Dimension.NONE:
            counts[mark.criterion.dimension] += 1
    return counts


def _lost_elsewhere(card: Card, judged: Iterable[Mark]) -> dict[Owner, Decimal]:
    """Add up, per owner, share × (1 − worth) × 100 over answers with a cause the agent does not own, and penalties."""
    judged = list(judged)
    shares = _shares(card, (mark for mark in judged if mark.weighs and mark.worth is not None))
    lost: dict[Owner, Decimal] = {owner: ZERO for owner in Owner if owner != Owner.AGENT}
    for mark in judged:
        if mark.foreign_owner is None or mark.worth is None:
            continue
        if mark.weighs:
            lost[mark.foreign_owner] += HUNDRED * shares.get(mark.criterion.lineage, ZERO) * (1 - mark.worth)
        else:
            lost[mark.foreign_owner] += max(ZERO, -mark.worth * mark.criterion.points)
    return {owner: _stored(points) for owner, points in lost.items()}


def _contribution(mark: Mark, shares: Mapping[str, Decimal]) -> Contribution:
    share = HUNDRED * shares.get(mark.criterion.lineage, ZERO)
    points = _bonus_points(mark) if mark.state == State.BONUS else share * _value(mark)
    return Contribution(
        criterion=mark.criterion.lineage,
        section=mark.section.lineage,
        state=mark.state,
        option=mark.option.key if mark.option else "",
        given=mark.option.value if mark.option else None,
        value=mark.value,
        weight=mark.criterion.weight,
        share=_stored(share),
        points=_stored(points),
        zeroed_by=mark.zeroed_by,
        root_cause=mark.root_cause.key if mark.root_cause else "",
    )


def _stored(number: Decimal) -> Decimal:
    # Adding zero turns -0 into 0.
    return number.quantize(SETTLED).quantize(STORED) + ZERO


def _stored_or_none(number: Decimal | None) -> Decimal | None:
    return None if number is None else _stored(number)
