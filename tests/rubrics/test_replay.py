"""The fast replay says what scoring says, for every card and every set of answers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings

from rubrics.card import Kind
from rubrics.scoring import State, score
from rubrics.scoring.replay import NOT_GIVEN, Replay
from tests.rubrics.strategies import scored_cards


def rows(replay, answers):
    """Write answers as the replay takes them."""
    for lineage, answer in answers.items():
        rule = replay.rules[lineage]
        choice = rule.not_applicable if answer.not_applicable else rule.options.get(answer.option, NOT_GIVEN)
        yield rule, choice, answer.root_cause in rule.foreign_causes


@settings(max_examples=100)
@given(scored_cards())
def test_a_replay_gives_the_stored_score_and_outcome(case):
    card, answers, known = case
    replay = Replay(card)

    replayed = replay.score(rows(replay, answers), known)

    expected = score(card, answers, facts=known)
    final = None if replayed.final is None else Decimal(replayed.final) / 10_000
    missing = [part for part in expected.contributions if part.state == State.UNANSWERED]
    kinds = {criterion.lineage: criterion.kind for criterion in card.criteria()}
    assert (final, replayed.outcome) == (expected.final_score, expected.outcome)
    assert replayed.unanswered == sum(1 for part in missing if kinds[part.criterion] != Kind.INFORMATION)


@given(scored_cards())
def test_other_weights_of_the_same_card_are_replayed_as_they_would_be_scored(case):
    card, answers, known = case
    heavier = replace(
        card,
        sections=tuple(
            replace(
                section,
                weight=section.weight + 3,
                criteria=tuple(
                    replace(one, weight=one.weight * 2 + 1) if one.kind == Kind.SCORED else one
                    for one in section.criteria
                ),
            )
            for section in card.sections
        ),
    )
    replay = Replay(heavier)

    replayed = replay.score(rows(replay, answers), known)

    expected = score(heavier, answers, facts=known).final_score
    assert replayed.final == (None if expected is None else int(expected * 10_000))


def test_the_facts_a_card_asks_about_are_named():
    from rubrics.card import Comparison, FactCondition, Visibility
    from tests.rubrics.cards import criterion, pooled

    rule = Visibility((FactCondition("channel", Comparison.IS, ("chat",)),))

    assert Replay(pooled(criterion("one", visible_when=rule))).facts == {"channel"}
