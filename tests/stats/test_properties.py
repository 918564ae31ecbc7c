"""Every property that ../shared/reference lists is a test, and the test of each is named here (statistics.md 9)."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
REFERENCE = TESTS.parents[1] / "shared" / "reference"

# How the property begins → the tests that hold it, by file.
SHOWN_BY: dict[str, dict[str, list[tuple[str, str]]]] = {
    "sampling": {
        "order independence": [
            ("sampling/test_design", "any_order_of_the_frame_gives_the_same_sample"),
            ("sampling/test_draws", "the_same_conversations_in_another_order_give_the_same_picks_and_digest"),
        ],
        "incrementality": [
            ("sampling/test_design", "releasing_hour_by_hour_ends_with_the_same_sample_as_one_run"),
            ("sampling/test_skips", "skipping_all_that_is_not_eligible_ends_where_the_design_would"),
        ],
        "prefix": [("sampling/test_design", "a_larger_quota_only_ever_adds_units")],
        "agents, weeks and pools": [("sampling/test_design", "agents_weeks_and_pools_draw_independently")],
        "uniformity": [("sampling/test_design", "every_place_in_the_frame_has_the_same_chance")],
        "given m, all subsets": [
            ("sampling/test_design", "every_subset_of_a_frame_is_equally_likely"),
            ("sampling/test_design", "given_its_size_every_subset_of_the_eligible_units_is_equally_likely"),
        ],
        "changing a review result": [("sampling/test_draws", "a_score_never_changes_what_is_drawn")],
    },
    "estimates": {
        "Hajek with equal pi": [("stats/test_estimates", "hajek_with_equal_pi_equals_the_plain_mean")],
        "all scores equal": [
            ("stats/test_estimates", "equal_scores_have_no_own_error_but_keep_a_positive_moderated_width")
        ],
        "n=0": [
            ("stats/test_estimates", "no_review_gives_no_number_and_says_so"),
            ("stats/test_estimates", "one_review_gives_a_mean_without_an_own_interval"),
        ],
        "adding a constant": [
            ("stats/test_estimates", "adding_a_constant_moves_mean_and_limits_by_it"),
            ("stats/test_estimates", "adding_a_constant_moves_the_moderated_limits_while_they_are_inside_the_scale"),
        ],
        "bias of the dual-pool": [
            ("stats/test_simulations", "the_mean_over_both_pools_is_unbiased_and_its_interval_covers")
        ],
        "hierarchical means": [
            ("stats/test_pooling", "means_of_equally_reviewed_agents_lie_between_the_raw_mean_and_the_group"),
            ("stats/test_pooling", "means_of_unequally_reviewed_agents_lie_between_the_raw_mean_and_the_group"),
            ("stats/test_pooling", "shrinkage_grows_as_reviews_become_fewer"),
        ],
    },
    "agreement": {
        "invariant": [
            ("stats/test_agreement", "alpha_ignores_the_order_of_raters_and_units"),
            ("stats/test_agreement", "nominal_alpha_ignores_what_the_categories_are_called"),
            ("stats/test_agreement", "interval_alpha_ignores_the_unit_of_the_scale"),
        ],
        "units with one rating": [("stats/test_agreement", "units_with_one_rating_change_nothing")],
        "alpha is null": [("stats/test_agreement", "alpha_is_never_a_number_when_all_pairable_values_are_equal")],
    },
    "severity": {
        "adding c": [
            ("stats/test_severity", "a_constant_added_to_one_reviewer_moves_adjusted_scores_by_less_than_the_raw_ones"),
            ("stats/test_severity", "at_given_variances_the_severity_moves_by_no_more_than_the_constant"),
        ],
        "no reviewer differences": [
            ("stats/test_severity", "without_differences_severity_shrinks_to_nearly_nothing")
        ],
        "components": [
            (
                "stats/test_severity_groups",
                "components_are_fitted_separately_so_that_a_better_team_is_not_blamed_on_its_reviewers",
            )
        ],
    },
    "coaching_effect": {
        "null simulation": [("stats/test_effect", "chance_alone_is_hardly_ever_called_an_improvement")],
        "observed =": [("stats/test_effect", "the_three_parts_add_up_to_what_was_observed")],
        "equal pre and post": [("stats/test_effect", "nothing_changed_gives_minus_the_shift")],
        "no peers": [("stats/test_effect", "without_peers_only_the_change_is_reported")],
    },
    "triggers": {
        "static-quality year": [
            ("stats/test_simulations", "a_year_of_weekly_looks_is_mostly_right_and_spares_good_agents"),
            ("stats/test_simulations", "the_naive_rule_flags_most_good_agents"),
        ],
        "a plan never opens": [("stats/test_triggers", "a_plan_opens_only_on_the_second_week_running_above")],
        "no data for a week": [("stats/test_triggers", "a_week_without_data_keeps_the_state")],
    },
}  # fmt: skip


def test_every_listed_property_has_its_tests_and_each_of_these_exists():
    named = {(file, f"test_{name}") for area in SHOWN_BY.values() for held in area.values() for file, name in held}
    there = {(file, function.name) for file in {file for file, _ in named} for function in functions(file)}

    assert named - there == set()


def functions(file):
    body = ast.parse((TESTS / f"{file}.py").read_text()).body
    found = [one for one in body if isinstance(one, ast.FunctionDef)]
    return [one for one in found if not any("skip" in ast.unparse(mark) for mark in one.decorator_list)]


def test_every_property_of_the_reference_is_listed():
    if not REFERENCE.exists():
        pytest.skip("no reference vectors in ../shared")
    unlisted = []
    for path in sorted(REFERENCE.glob("*.json")):
        begins = SHOWN_BY.get(path.stem, {})
        asked = json.loads(path.read_text())["properties"]
        unlisted += [one for one in asked if sum(one.startswith(begin) for begin in begins) != 1]
        unlisted += [begin for begin in begins if sum(one.startswith(begin) for one in asked) != 1]

    assert unlisted == []
