"""Score stored answers by another card, hundreds of thousands of times: what `compute.score` says, in whole numbers.

Weights, values and points have at most four decimals, so everything is a fraction of whole numbers and rounds to
exactly the stored value. A property test holds it to `score`, which stays the one that explains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.card import (
    NOT_APPLICABLE,
    AnswerCondition,
    Card,
    Condition,
    Criterion,
    FactCondition,
    FailScope,
    Kind,
    Match,
    Mode,
    NotApplicablePolicy,
    Option,
    Owner,
)
from rubrics.scoring.answers import Facts
from rubrics.scoring.asking import fact_holds
from rubrics.scoring.result import Outcome

SCALE = 10_000
HUNDRED = 100 * SCALE


# What an answer is to the arithmetic: nothing at all; answered, but worth nothing; part of the mean; points on top.
SKIPPED, VALUELESS, WEIGHED, ADDED = range(4)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer as arithmetic sees it: what it adds to a sum (weight × value after its fails, or points × value)."""

    key: str
    state: int = SKIPPED
    worth: int = 0
    is_scored: bool = True
    is_grave: bool = False
    fails: FailScope = FailScope.NONE
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion as arithmetic sees it."""

    lineage: str
    section: int
    weight: int
    not_applicable: Choice
    options: Mapping[str, Choice]
    foreign_causes: frozenset[str]


NOT_GIVEN = Choice("")
ZEROING = (FailScope.CRITERION, FailScope.SECTION)

Given = tuple[Rule, Choice, bool]
"""A criterion, the answer to it, and whether its root cause belongs to somebody other than the agent."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Hold the score in 1/10000 points (None without one), the outcome, and how many questions lack an answer."""

    final: int | None
    outcome: Outcome
    unanswered: int


class Replay:
    """Score many sets of answers by one card."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.rules = {
            criterion.lineage: _rule(card, place, criterion)
            for place, section in enumerate(card.sections)
            for criterion in section.criteria
        }
        self._pooled = card.mode == Mode.POOLED
        self._weights = [_whole(section.weight) for section in card.sections]
        self._pass_mark = None if card.pass_mark is None else _whole(card.pass_mark)
        self._excludes = card.excludes_foreign_causes
        self._wanted = {one.lineage for one in card.criteria() if one.kind != Kind.INFORMATION}
        self._hidden = {one.lineage: one for one in card.criteria() if one.visible_when is not None}

    @property
    def facts(self) -> frozenset[str]:
        """Name the facts that the card's rules ask about."""
        return frozenset(
            condition.fact
            for criterion in self._hidden.values()
            for condition in (criterion.visible_when.conditions if criterion.visible_when else ())
            if isinstance(condition, FactCondition)
        )

    def score(self, given: Iterable[Given], facts: Facts | None = None) -> Replayed:
        """Score one set of answers, one for each criterion at most."""
        if self._hidden:
            return self._score_asked(list(given), facts or {})
        return self._score(given, len(self._wanted))

    def _score_asked(self, given: list[Given], facts: Facts) -> Replayed:
        is_asked = _Asked(self._hidden, {rule.lineage: choice for rule, choice, _foreign in given}, facts)
        unasked = {lineage for lineage in self._hidden if not is_asked(lineage)}
        shown = [one for one in given if one[0].lineage not in unasked] if unasked else given
        return self._score(shown, len(self._wanted - unasked) if unasked else len(self._wanted))

    def _score(self, given: Iterable[Given], wanted: int) -> Replayed:
        sections = len(self._weights)
        weights, sums = [0] * sections, [0] * sections
        bonus, scored, card_failed, critical = 0, False, False, False
        failed: set[int] = set()
        for rule, choice, is_foreign in given:
            state = choice.state
            if state == SKIPPED:
                continue
            wanted -= 1
            if state == VALUELESS or (is_foreign and self._excludes):
                continue
            if state == ADDED:
                bonus += choice.worth
                continue
            weights[rule.section] += rule.weight
            sums[rule.section] += choice.worth
            scored = scored or choice.is_scored
            if choice.is_grave:
                critical = critical or choice.is_critical
                card_failed = card_failed or choice.fails is FailScope.CARD
                if choice.fails is FailScope.SECTION:
                    failed.add(rule.section)
        for section in failed:
            sums[section] = 0
        final = self._final(self._mean(weights, sums) if scored else None, bonus, card_failed)
        return Replayed(final, self._outcome(final, card_failed or critical), max(wanted, 0))

    def _mean(self, weights: list[int], sums: list[int]) -> tuple[int, int] | None:
        """Return the weighted mean × 100 as a fraction of 1/10000 points; None when nothing has weight."""
        if self._pooled:
            whole = sum(weights)
            return (100 * sum(sums), whole) if whole else None
        heavy = [place for place, weight in enumerate(weights) if weight]
        whole = sum(self._weights[place] for place in heavy)
        if not whole:
            return None
        top, bottom = 0, 1
        for place in heavy:
            top, bottom = top * weights[place] + self._weights[place] * sums[place] * bottom, bottom * weights[place]
        return 100 * top, bottom * whole

    def _final(self, mean: tuple[int, int] | None, bonus: int, card_failed: bool) -> int | None:
        if card_failed and self.card.card_fail_zeroes_score:
            return 0
        if mean is None:
            return None
        top, bottom = mean[0] * SCALE + bonus * mean[1], mean[1] * SCALE
        # Rounded half up, once, after the score is kept within 0 to 100.
        return min(max((2 * top + bottom) // (2 * bottom), 0), HUNDRED)

    def _outcome(self, final: int | None, failed: bool) -> Outcome:
        if failed or (final is not None and self._pass_mark is not None and final < self._pass_mark):
            return Outcome.FAIL
        return Outcome.NONE if final is None or self._pass_mark is None else Outcome.PASS


def _rule(card: Card, place: int, criterion: Criterion) -> Rule:
    in_full = criterion.kind == Kind.SCORED and criterion.not_applicable == NotApplicablePolicy.FULL
    weight = _whole(criterion.weight)
    left_out = Choice(NOT_APPLICABLE, SKIPPED if criterion.kind == Kind.INFORMATION else VALUELESS)
    return Rule(
        lineage=criterion.lineage,
        section=place,
        weight=weight,
        not_applicable=Choice(NOT_APPLICABLE, WEIGHED, weight * SCALE, is_scored=False) if in_full else left_out,
        options={option.key: _choice(card, criterion, option) for option in criterion.options},
        foreign_causes=frozenset(cause.key for cause in criterion.root_causes if cause.owner != Owner.AGENT),
    )


def _choice(card: Card, criterion: Criterion, option: Option) -> Choice:
    if criterion.kind == Kind.INFORMATION:
        return Choice(option.key)
    if option.value is None:
        return Choice(option.key, VALUELESS)
    if criterion.kind == Kind.BONUS:
        return Choice(option.key, ADDED, _whole(option.value) * _whole(criterion.points))
    is_critical = option.is_error and criterion.dimension in card.failing_dimensions
    return Choice(
        option.key,
        WEIGHED,
        0 if option.fail_scope in ZEROING else _whole(option.value) * _whole(criterion.weight),
        is_grave=is_critical or option.fail_scope != FailScope.NONE,
        fails=option.fail_scope,
        is_critical=is_critical,
    )


def _whole(number: Decimal) -> int:
    return int(number * SCALE)


class _Asked:
    """Decide which criteria are asked, each once; the same rules as `asking.asked`, on what was given."""

    def __init__(self, hidden: Mapping[str, Criterion], given: Mapping[str, Choice], facts: Facts) -> None:
        self._hidden, self._given, self._facts = hidden, given, facts
        self._decided: dict[str, bool] = {}

    def __call__(self, lineage: str) -> bool:
        criterion = self._hidden.get(lineage)
        if criterion is None or criterion.visible_when is None:
            return True
        if lineage not in self._decided:
            self._decided[lineage] = False
            rule = criterion.visible_when
            join: Callable[[Iterable[bool]], bool] = all if rule.match == Match.ALL else any
            self._decided[lineage] = join(self._holds(condition) for condition in rule.conditions)
        return self._decided[lineage]

    def _holds(self, condition: Condition) -> bool:
        if isinstance(condition, AnswerCondition):
            given = self._given.get(condition.criterion)
            return given is not None and given.key in condition.options and self(condition.criterion)
        return fact_holds(condition, self._facts)
