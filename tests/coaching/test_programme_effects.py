"""What a programme's outcome says, from sums alone: the strongest design, its words, and the weeks behind it."""

from __future__ import annotations

import pytest

from coaching import effects
from coaching.effects import Side, Sums, inputs_of
from coaching.models import ProgrammeOutcome
from coaching.programme_charts import groups_chart, weekly_means
from coaching.programme_effects import Part, Row, measure
from coaching.programme_words import outcome as said
from coaching.selectors.programme_bases import Held
from coaching.spans import Weeks
from stats import hier_normal


def side(*scores):
    units = [round(score * 10_000) for score in scores]
    return Side(len(units), sum(units), sum(unit * unit for unit in units))


def rows(*, started=3, waiting=3, peers=10, fresh=6, after=5):
    """Started: from about 60 to 90; waiting: from about 60 to 70; peers stay where they are."""

    def row(part, place, moved):
        base = 60 + place
        return Row(
            part, side(base - 10, base, base + 10), side(*[base + moved + step for step in range(-2, after - 2)]),
            side(*[base + step for step in range(-3, fresh - 3)]) if part is not Part.OTHER else Side(),
        )  # fmt: skip

    groups = [(Part.STARTED, started, 30), (Part.WAITING, waiting, 10), (Part.OTHER, peers, 10)]
    return [row(part, place * 3, moved + place) for part, n, moved in groups for place in range(n)]


def of(found, *designs):
    return measure({"designs": list(designs), "agents": [row.stored() for row in found]})


def test_the_verdict_rests_on_the_strongest_design_and_all_are_told():
    found = of(rows(), "fresh_baseline", "waiting_list")

    assert [one["design"] for one in found.estimates] == ["peers", "fresh_baseline", "waiting_list"]
    assert (found.design, found.verdict, found.started, found.waiting, found.peers) == (
        "waiting_list", "improved", 3, 3, 13
    )  # fmt: skip
    assert found.effect == pytest.approx(20.0, abs=1.5)  # 30 less 10, and a little shrinkage
    assert found.estimates[1]["effect"] == pytest.approx(31.5, abs=1.0)  # what changed for everybody is in it
    assert found.estimates[0]["effect"] == pytest.approx(20.0, abs=4.0)


def test_reviews_of_unequal_chances_are_worth_less_than_their_number_and_equal_ones_are_kept_as_before():
    plain = Side.once(4, 60.0, n_eff=4.0, spread=300.0)
    weighed = Side.once(4, 60.0, n_eff=2.5, spread=240.0)
    others = [Sums(side(*[base, base + 20] * 3), side(*[base + 5, base + 25] * 3)) for base in range(40, 64, 2)]

    kept = [
        inputs_of(Sums(one, side(70, 80, 90, 80, 90), is_coached=True), others, covers=True) for one in (plain, weighed)
    ]
    equal, unequal = (effects.measure(inputs) for inputs in kept)

    assert plain == Side(4, 2_400_000, 14_700 * 10**8)
    assert [len(inputs["agents"][0]) for inputs in kept] == [7, 9]  # digests of what weighs the same stay
    assert effects.effective_numbers(kept[1]) == (2.5, 5)
    # 4 (1 − 1/2.5) σ² on average, so 240 says a variance of 100; it counts by 2.5 − 1.
    assert effects.variance_of([weighed]) == pytest.approx(100.0)
    assert effects.variance_of([weighed, side(0, 20)]) == pytest.approx((1.5 * 100 + 200) / 2.5)
    assert (unequal.pre_n, unequal.shown) == (equal.pre_n, "full")
    assert unequal.baseline_variance > equal.baseline_variance
    assert unequal.baseline_variance == pytest.approx(hier_normal(
        [60.0, *[one.before.mean for one in others]],
        V=[unequal.sigma2 / 2.5, *[unequal.sigma2 / 6 for _one in others]],
    ).sd[0] ** 2)  # fmt: skip
    row = Row(Part.STARTED, weighed, side(70, 80), Side())
    assert effects.sides_of(row.stored()[1:], 3) == [weighed, side(70, 80), Side()]


@pytest.mark.parametrize(
    ("terms", "designs", "reason"),
    [
        ({"started": 1}, (), "too_few_started"), ({"after": 4}, (), "too_few_started"),
        ({"peers": 6, "waiting": 3}, (), "too_few_peers"), ({"fresh": 5}, ("fresh_baseline",), "too_few_fresh"),
        ({"waiting": 1}, ("waiting_list",), "too_few_in_a_group"),
    ],
)  # fmt: skip
def test_without_enough_there_is_no_number_and_a_reason_in_words(terms, designs, reason):
    found = of(rows(**terms), *designs)

    assert (found.verdict, found.effect, found.reason) == ("not_enough_data", None, reason)
    assert said(ProgrammeOutcome(reason=reason)).startswith("Not enough data: ")


@pytest.mark.parametrize(
    ("design", "verdict", "words"),
    [
        ("waiting_list", "improved", "Improved because of the programme"),
        ("waiting_list", "cannot_tell_yet", "not distinguishable from chance"),
        ("fresh_baseline", "improved", "Improved after the programme"),
        ("peers", "improved", "Improved after the programme"),
    ],
)
def test_only_a_waiting_list_says_because(design, verdict, words):
    sentence = said(ProgrammeOutcome(design=design, verdict=verdict, effect=5.0, low=1.0, high=9.0))

    assert words in sentence
    assert ("because" in sentence) == (design == "waiting_list" and verdict == "improved")


def test_a_week_whose_limits_nobody_can_know_says_so():
    compared = Weeks("2026-W02", "2026-W09", "2026-W12", "2026-W15")
    seen = {Part.STARTED: {"2026-W12": [side(50), side(60), side(70)], "2026-W13": [side(50)]}}

    means = weekly_means({"designs": [], "agents": []}, seen, compared, held=Held())
    shown = groups_chart(means, compared, title="Empathy")

    assert shown is not None
    assert [row.cells[0] for row in shown.rows] == [
        "60 (no band: nobody has two reviews on one side)", "fewer than three reviews", "no reviews", "no reviews",
    ]  # fmt: skip
