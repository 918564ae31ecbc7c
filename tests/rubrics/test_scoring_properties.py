"""What must hold for every rubric and every set of answers."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Context, Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from rubrics.card import FailScope, Kind, Mode, NotApplicablePolicy
from rubrics.scoring import Answer, FailureReason, Outcome, State, problems, score
from tests.rubrics.strategies import answers_to, facts, plain_cards, scored_cards

HUNDRED = Decimal(100)


def best_answers(card):
    """Answer everything with its best option."""
    return {
        criterion.lineage: Answer(option=max(criterion.options, key=lambda option: option.value).key)
        for criterion in card.criteria()
        if criterion.kind == Kind.SCORED
    }


def test_the_cards_that_are_drawn_bring_up_everything_that_is_claimed_here():
    seen = set()
    claimed = {
        *State, *Outcome, *Mode, "no score", "a third", "clamped to 0", "clamped to 100", "zeroed by a card fail",
        "failed with its score", "critical error", "zeroed by its section", "lost elsewhere", "in part",
    }  # fmt: skip

    @settings(max_examples=300)
    @given(scored_cards())
    def look(case):
        card, answers, known = case
        seen.update(_sights(card, score(card, answers, facts=known)))

    look()

    assert seen == claimed


def _sights(card, result):
    yield card.mode
    yield result.outcome
    yield from {part.state for part in result.contributions}
    if result.raw_score is None:
        yield "no score"
    else:
        total = result.raw_score + result.bonus
        yield from ["clamped to 0"] * (total < 0) + ["clamped to 100"] * (total > HUNDRED)
        yield from ["a third"] * (result.raw_score % 1 != 0)
    reasons = {one.reason for one in result.failed_by}
    if FailureReason.CARD in reasons:
        yield "zeroed by a card fail" if card.card_fail_zeroes_score else "failed with its score"
    yield from ["critical error"] * (FailureReason.DIMENSION in reasons)
    zeroed = [part for part in result.contributions if part.zeroed_by not in ("", part.criterion)]
    yield from ["zeroed by its section"] * bool(zeroed) + ["in part"] * (0 < result.coverage < 1)
    yield from ["lost elsewhere"] * any(result.lost_elsewhere.values())


@given(scored_cards())
def test_every_number_stays_within_its_bounds(case):
    card, answers, known = case

    result = score(card, answers, facts=known)

    scores = [result.raw_score, result.final_score, *(part.score for part in (*result.sections, *result.skills))]
    assert all(number is None or 0 <= number <= 100 for number in scores)
    assert 0 <= result.coverage <= 1
    assert all(points >= 0 for points in result.lost_elsewhere.values())
    assert all(number is None or number.as_tuple().exponent == -4 for number in scores)


@given(scored_cards())
def test_the_parts_add_up_to_the_raw_score(case):
    card, answers, known = case

    result = score(card, answers, facts=known)

    earned = sum(part.points for part in result.contributions if part.state != State.BONUS)
    if result.raw_score is not None:
        assert abs(earned - result.raw_score) <= Decimal("0.0001") * (len(result.contributions) + 1)


@given(scored_cards())
def test_there_is_no_score_exactly_when_nothing_with_weight_was_scored(case):
    card, answers, known = case

    result = score(card, answers, facts=known)

    scored_weight = [part.share for part in result.contributions if part.state == State.SCORED]
    if not scored_weight:
        assert (result.raw_score, result.outcome) == (None, Outcome.NONE)
    if any(scored_weight):
        assert result.raw_score is not None


@given(st.data())
def test_leaving_out_what_does_not_apply_never_lowers_a_perfect_card(data):
    card = data.draw(plain_cards())
    answers = best_answers(card)
    known = data.draw(facts)
    skippable = [
        criterion.lineage for criterion in card.criteria() if criterion.not_applicable == NotApplicablePolicy.EXCLUDE
    ]
    skipped = data.draw(st.sets(st.sampled_from(skippable))) if skippable else set()

    result = score(card, answers | {lineage: Answer(not_applicable=True) for lineage in skipped}, facts=known)

    perfect = score(card, answers, facts=known)
    assert (perfect.raw_score, perfect.final_score) == (HUNDRED, HUNDRED)  # the core is always asked and has weight
    left = [part for part in result.contributions if part.state == State.SCORED and part.share]
    assert result.raw_score == (HUNDRED if left else None)


@given(scored_cards(), st.randoms(use_true_random=False))
def test_order_never_matters(case, shuffler: random.Random):
    card, answers, known = case
    sections = [
        replace(section, criteria=tuple(shuffler.sample(section.criteria, len(section.criteria))))
        for section in shuffler.sample(card.sections, len(card.sections))
    ]
    shuffled_answers = dict(shuffler.sample(list(answers.items()), len(answers)))

    before = score(card, answers, facts=known)
    after = score(replace(card, sections=tuple(sections)), shuffled_answers, facts=known)

    assert (after.raw_score, after.final_score, after.outcome) == (before.raw_score, before.final_score, before.outcome)
    assert (after.coverage, after.bonus, after.errors) == (before.coverage, before.bonus, before.errors)
    assert (after.skills, after.lost_elsewhere) == (before.skills, before.lost_elsewhere)
    assert set(after.failed_by) == set(before.failed_by)


@given(scored_cards(), st.integers(4, 80))
def test_recomputing_gives_the_stored_value_whatever_the_callers_precision(case, precision):
    card, answers, known = case
    stored = score(card, answers, facts=known)

    with localcontext(Context(prec=precision)):
        again = score(card, answers, facts=known)

    assert again == stored


@given(scored_cards())
def test_weights_count_only_in_proportion(case):
    card, answers, known = case
    sections = [
        replace(
            section,
            weight=section.weight * 3,
            criteria=tuple(replace(criterion, weight=criterion.weight * 3) for criterion in section.criteria),
        )
        for section in card.sections
    ]

    tripled = score(replace(card, sections=tuple(sections)), answers, facts=known)

    original = score(card, answers, facts=known)
    assert (tripled.raw_score, tripled.coverage) == (original.raw_score, original.coverage)


@given(st.data())
def test_a_better_answer_never_lowers_the_score(data):
    card = data.draw(plain_cards())
    answers = data.draw(answers_to(card)) | {"core": Answer(option="option-0")}
    core = card.criterion("core")
    better = data.draw(st.sampled_from(core.options[1:]))
    if better.fail_scope != FailScope.NONE:
        better = core.options[-1]

    before = score(card, answers)
    after = score(card, answers | {"core": Answer(option=better.key)})

    if before.final_score is not None:
        assert after.final_score >= before.final_score


@given(scored_cards())
def test_a_review_without_problems_has_answered_all_that_was_asked(case):
    card, answers, known = case

    found = problems(card, answers, facts=known)

    states = {part.criterion: part.state for part in score(card, answers, facts=known).contributions}
    open_ones = {
        criterion.lineage
        for criterion in card.criteria()
        if criterion.kind != Kind.INFORMATION and states[criterion.lineage] == State.UNANSWERED
    }
    assert {problem.criterion for problem in found if problem.code == "unanswered"} == open_ones
