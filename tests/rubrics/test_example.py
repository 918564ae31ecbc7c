"""The worked example of the rubric page."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rubrics.card import NOT_APPLICABLE, Criterion, Kind, Mode, Section
from rubrics.example import example, mixed, plain
from rubrics.library import starters
from rubrics.scoring import State
from tests.factories.rubrics import NO, PARTLY, YES, small_card

CARD = small_card()


def lines(made):
    return {line.criterion.lineage: line for part in made.parts for line in part.lines}


def test_the_first_example_mixes_a_middle_answer_a_best_one_and_one_left_out():
    assert mixed(CARD) == {"understood": "yes", "solved": "partly", "data-protected": NOT_APPLICABLE}


def test_pooled_sums_are_value_times_weight_divided_by_the_weights_that_count():
    made = example(CARD, {"understood": "yes", "solved": "partly", "data-protected": NOT_APPLICABLE})

    assert [line.product for line in lines(made).values()] == ["1 × 20", "0.5 × 20", ""]
    assert (made.earned, made.weight, made.score.final_score) == (30, 40, Decimal("75.0000"))


def test_sectioned_sums_are_kept_per_section():
    made = example(replace(CARD, mode=Mode.SECTIONED), {"understood": "yes", "solved": "no", "data-protected": "yes"})

    assert [(part.section.name, part.earned, part.weight, part.mean) for part in made.sections_that_count] == [
        ("Talk", 20, 40, Decimal("50.0000")),
        ("Rules", 10, 10, Decimal("100.0000")),
    ]
    assert (made.section_weight, made.score.final_score) == (100, Decimal("70.0000"))


def test_a_bonus_adds_its_points_and_a_penalty_takes_them():
    late = Criterion(lineage="late", kind=Kind.BONUS, points=Decimal(-5), options=(NO, PARTLY, YES))
    card = replace(CARD, sections=(*CARD.sections, Section(lineage="more", criteria=(late,))))

    made = example(card, {"understood": "yes", "late": "partly"})

    assert (lines(made)["late"].product, lines(made)["late"].earned) == ("0.5 × -5", Decimal("-2.5"))
    assert made.score.final_score == Decimal("97.5000")


def test_a_zeroed_answer_says_so():
    breaking = example(CARD, {"understood": "yes", "data-protected": "breach"})

    assert (breaking.score.final_score, breaking.score.failed_by[0].criterion) == (0, "data-protected")


def test_unknown_choices_are_left_out():
    made = example(CARD, {"understood": "nonsense", "stranger": "yes", "solved": "yes"})

    assert {lineage: line.chosen for lineage, line in lines(made).items()} == {
        "understood": "",
        "solved": "yes",
        "data-protected": "",
    }


def test_choices_offer_not_applicable_only_where_it_is_allowed():
    made = lines(example(CARD))

    assert made["understood"].choices == [("", "–"), ("no", "No"), ("partly", "Partly"), ("yes", "Yes"), ("n/a", "N/A")]
    assert made["solved"].choices == [("", "–"), ("no", "No"), ("partly", "Partly"), ("yes", "Yes")]


def test_criteria_that_wait_for_an_answer_are_shown_as_not_asked():
    (chat,) = [starter.card for starter in starters() if starter.slug == "general-chat"]

    solved = lines(example(chat, {"solved-or-next-step": "solved"}))["changed-approach"]
    unsolved = lines(example(chat, {"solved-or-next-step": "open"}))["changed-approach"]

    assert (solved.part.state == State.NOT_ASKED, unsolved.part.state == State.NOT_ASKED) == (True, False)


def test_numbers_are_written_without_needless_zeros():
    assert [plain(Decimal(text)) for text in ("10.0000", "0.5000", "100", "0")] == ["10", "0.5", "100", "0"]
