"""The starter rubrics are complete: a new reviewer can score by them."""

from __future__ import annotations

import pytest

from rubrics.advice import advice
from rubrics.card import FailScope, Kind, NotApplicablePolicy, Owner
from rubrics.document import parse, to_json, to_yaml
from rubrics.library import starters
from rubrics.scoring import Answer, Outcome, problems, score
from rubrics.skills import STARTER_SKILLS

every_starter = pytest.mark.parametrize("starter", starters(), ids=lambda starter: starter.slug)


def scored(starter):
    return [criterion for criterion in starter.card.criteria() if criterion.kind == Kind.SCORED]


def answered(starter, choose):
    return {
        criterion.lineage: Answer(option=choose(criterion.options).key, commented=True, pins=1)
        for criterion in starter.card.criteria()
        if criterion.kind != Kind.INFORMATION
    }


@every_starter
def test_a_starter_asks_eight_to_twelve_scored_questions(starter):
    assert 8 <= len(scored(starter)) <= 12


@every_starter
def test_every_criterion_and_every_scored_option_has_guidance(starter):
    silent = [criterion.lineage for criterion in starter.card.criteria() if len(criterion.guidance) < 40]
    silent += [
        f"{criterion.lineage}/{option.key}"
        for criterion in scored(starter)
        for option in criterion.options
        if not option.guidance
    ]

    assert silent == []


@every_starter
def test_where_not_applicable_may_be_chosen_the_guidance_says_when(starter):
    silent = [
        criterion.lineage
        for criterion in scored(starter)
        if (criterion.not_applicable != NotApplicablePolicy.FORBID) != ("N/A" in criterion.guidance)
    ]

    assert silent == []


@every_starter
def test_every_scored_criterion_trains_a_skill_and_covers_the_whole_scale(starter):
    lacking = [
        criterion.lineage
        for criterion in scored(starter)
        if not criterion.skill or not {0, 1} <= {option.value for option in criterion.options}
    ]

    assert lacking == []


@every_starter
def test_options_go_from_worst_to_best(starter):
    for criterion in scored(starter):
        values = [option.value for option in criterion.options]
        assert values == sorted(set(values))


@every_starter
def test_something_fails_the_card_and_asks_for_comment_and_evidence(starter):
    gates = [
        (criterion, option)
        for criterion in scored(starter)
        for option in criterion.options
        if option.fail_scope == FailScope.CARD
    ]
    answers = {criterion.lineage: Answer(option=option.key) for criterion, option in gates}

    codes = {(one.criterion, one.code) for one in problems(starter.card, answers) if one.criterion in answers}

    assert gates != []
    assert codes == {
        (criterion.lineage, code) for criterion, _ in gates for code in ("comment_required", "evidence_required")
    }


@every_starter
def test_every_owner_of_a_root_cause_occurs(starter):
    owners = {cause.owner for criterion in starter.card.criteria() for cause in criterion.root_causes}

    assert owners == set(Owner)


@every_starter
def test_the_best_answers_pass_and_the_worst_fail(starter):
    best = score(starter.card, answered(starter, lambda options: options[-1]))
    worst = score(starter.card, answered(starter, lambda options: options[0]))

    assert (best.final_score, best.outcome) == (100, Outcome.PASS)
    assert (worst.final_score, worst.outcome) == (0, Outcome.FAIL)


@every_starter
def test_a_starter_survives_a_round_trip(starter):
    assert [parse(to_yaml(starter)), parse(to_json(starter))] == [starter, starter]


def test_the_starters_together_train_every_starter_skill():
    trained = {criterion.skill for starter in starters() for criterion in scored(starter)}

    assert trained == {skill.slug for skill in STARTER_SKILLS}


@every_starter
def test_the_editor_has_nothing_to_point_out_about_a_starter(starter):
    assert advice(starter.card) == ()
