"""How many more reviews would settle a programme's outcome, or that none can."""

from __future__ import annotations

import pytest

from coaching.effects import Side
from coaching.models import ProgrammeOutcome
from coaching.programme_effects import Part, Row, measure
from coaching.programme_settling import Moved, by_design
from coaching.programme_words import settling
from stats import coaching_effect, moments_from_sums, pooled_var
from stats.designs import fresh_baseline_effect


def side(*scores):
    units = [round(score * 10_000) for score in scores]
    return Side(len(units), sum(units), sum(unit * unit for unit in units))


def test_how_many_more_reviews_settle_it_is_what_measuring_with_so_many_more_would_say():
    def again(more):
        sides = [(row.before, row.after, row.part) for row in found]
        return coaching_effect(
            [before.mean for before, _after, _part in sides], pre_n=[before.n for before, _after, _part in sides],
            post_mean=[after.mean for _before, after, _part in sides],
            post_n=[after.n + (more if part is Part.STARTED else 0) for _before, after, part in sides],
            coached=[part is Part.STARTED for _before, _after, part in sides], sigma2=sigma2,
        ).group  # fmt: skip

    found = [
        Row(Part.STARTED if place < 4 else Part.OTHER, side(*[base - 25, base, base + 25] * 2),
            side(*[base + moved + step for step in (-30, -15, 0, 15, 30)]), Side())
        for place, base in enumerate([60.0] * 4 + [66.0, 70.0, 74.0] * 8)
        for moved in ([16.0] if place < 4 else [0.0])
    ]  # fmt: skip
    sides = [one for row in found for one in (row.before, row.after)]
    spread = [moments_from_sums(one.n, total=one.total, squares=one.squares).s2 for one in sides]
    sigma2 = pooled_var([one.n for one in sides], s2=spread).v

    measured = measure({"designs": [], "agents": [row.stored() for row in found]})
    further = measured.estimates[0]["further"]

    assert (further, again(0).effect) == (35, pytest.approx(measured.effect))
    assert again(further - 1).lo <= 0 < again(further).lo


@pytest.mark.parametrize(
    ("points", "reviews", "further"),
    [
        ([30.0, 31.0, 29.0], 5, 0),  # settled
        ([20.0, -10.0, 24.0], 5, None),  # the members differ too much from each other
        ([9.0, 21.0, 12.0, 25.0], 5, 0),
        ([2.0, 22.0, 4.0, 24.0], 5, 29),
    ],
)  # fmt: skip
def test_a_design_is_settled_by_more_reviews_only_as_far_as_reviews_explain_it(points, reviews, further):
    effect = fresh_baseline_effect([0.0] * len(points), post_mean=points)

    assert by_design(effect, groups=[Moved(points, [reviews] * len(points))], sigma2=400.0) == further


def test_the_words_say_how_many_more_or_that_none_can():
    def words(**fields):
        usual = {"effect": 5.0, "low": -1.0, "high": 11.0, "estimates": [{"further": None}]}
        return settling(ProgrammeOutcome(**{**usual, **fields}))

    assert words() == "More follow-up reviews cannot settle this: it takes more members, in another programme."
    assert words(estimates=[{"further": 3}]) == (
        "If the effect is what was measured, 3 more follow-up reviews of each member would settle it."
    )
    assert (words(low=1.0), words(effect=None), words(estimates=[{}])) == ("", "", "")
