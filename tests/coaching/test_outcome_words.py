"""The sentence of an outcome, word by word (statistics.md 4.5)."""

from __future__ import annotations

from datetime import date

import pytest

from coaching import outcome_words
from coaching.models import Outcome

FULL = {
    "shown": "full", "verdict": "cannot_tell_yet", "pre_n": 6, "post_n": 8, "peers": 11, "observed": 18.2,
    "expected_by_chance": 10.1, "shift": 0.9, "effect": 7.2, "low": -1.9, "high": 16.3, "further": 14,
}  # fmt: skip


def outcome(**fields):
    return Outcome(**{**FULL, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Rose 18.2 points. 10.1 expected by chance (it was picked when low), 0.9 team-wide. "
             "Beyond that +7.2 (95 % −1.9 to +16.3): not distinguishable from chance."),
        ({"verdict": "improved", "low": 0.4, "high": 14.0},
         "Improved after coaching. Rose 18.2 points. 10.1 expected by chance (it was picked when low), 0.9 team-wide. "
         "Beyond that +7.2 (95 % +0.4 to +14.0): more than chance alone would bring."),
        ({"observed": -4.0, "expected_by_chance": -2.5, "shift": -1.0, "effect": -0.5, "low": -9.0, "high": 8.0},
         "Fell 4.0 points. −2.5 expected by chance (it was picked when high), −1.0 team-wide. "
         "Beyond that −0.5 (95 % −9.0 to +8.0): not distinguishable from chance."),
        ({"observed": 0.04}, "Did not move. 10.1 expected by chance (it was picked when low), 0.9 team-wide. "
                             "Beyond that +7.2 (95 % −1.9 to +16.3): not distinguishable from chance."),
        ({"effect": -14.0, "low": -25.0, "high": -3.0, "observed": -3.0},
         "Fell 3.0 points. 10.1 expected by chance (it was picked when low), 0.9 team-wide. "
         "Beyond that −14.0 (95 % −25.0 to −3.0)."),
        ({"shown": "observed_only", "verdict": "not_enough_data", "reason": "too_few_peers", "peers": 7},
         "Rose 18.2 points. This includes chance: only 7 of the 10 colleagues needed have two reviews on each side."),
        ({"shown": "observed_only", "verdict": "not_enough_data", "reason": "baseline_not_whole"},
         "Rose 18.2 points. This includes chance: the baseline does not hold all that the plan was begun for."),
        ({"shown": "none", "verdict": "not_enough_data", "reason": "too_few_before", "pre_n": 2},
         "Not enough data: only 2 of the 3 reviews needed before coaching."),
        ({"shown": "none", "verdict": "not_enough_data", "reason": "too_few_after", "post_n": 4},
         "Not enough data: only 4 of the 5 follow-up reviews needed."),
    ],
)  # fmt: skip
def test_the_sentence_has_its_three_parts_or_says_what_is_missing(fields, words):
    assert outcome_words.sentence(outcome(**fields)) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "14 more follow-up reviews would settle it, if everything else stays as it is."),
        ({"further": 1}, "One more follow-up review would settle it, if everything else stays as it is."),
        ({"further": None, "further_reason": "baseline_too_small"},
         "More follow-up reviews cannot settle this: the baseline rests on only 6 reviews."),
        ({"verdict": "improved"}, ""),
        ({"verdict": "not_enough_data"}, ""),
        ({"further": 0, "effect": -14.0, "low": -25.0, "high": -3.0},
         "A fall like this comes about by chance in 3 to 5 plans of 100, so it is no verdict. Read the reviews."),
    ],
)  # fmt: skip
def test_it_says_how_many_more_reviews_would_settle_it_or_that_none_can(fields, words):
    assert outcome_words.settling(outcome(**fields)) == words


@pytest.mark.parametrize("fields", [{}, {"verdict": "improved", "low": 1.0}, {"low": -25.0, "high": -3.0}])
def test_nothing_is_ever_because_of_coaching_or_worse(fields):
    words = outcome_words.sentence(outcome(**fields)) + outcome_words.settling(outcome(**fields))

    assert [bad for bad in ("because of", "caused", "worse", "thanks to") if bad in words.lower()] == []


def test_what_it_rests_on_is_counted():
    assert outcome_words.counts(outcome()) == "6 reviews before, 8 after, 11 colleagues to compare with"
    assert (
        outcome_words.counts(outcome(pre_n=1, peers=1)) == "One review before, 8 after, one colleague to compare with"
    )


def test_a_plan_that_is_due_says_what_it_waits_for():
    day = date(2026, 5, 4)

    assert outcome_words.waiting(reviewed=5, drawn=8, latest=day) == (
        "Due for follow-up: 5 of 8 drawn conversations are reviewed. The outcome is measured when all are, at the "
        "latest on 4 May."
    )
    assert outcome_words.waiting(reviewed=8, drawn=8, latest=day) == (
        "Due for follow-up: all 8 drawn conversations are reviewed. The outcome is measured within the hour."
    )
    assert outcome_words.waiting(reviewed=0, drawn=0, latest=day) == (
        "Due for follow-up. Nothing is drawn yet; the outcome is measured at the latest on 4 May."
    )
