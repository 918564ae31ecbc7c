"""The pure design: properties that statistics.md asks for, and the edges of each formula."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc

from sampling import design

ASSUMED_FRAME = st.lists(
    st.tuples(st.floats(0.000001, 0.999999), st.booleans()), max_size=40, unique_by=lambda unit: unit[0]
)


def chi_square_p(observed: list[int], expected: float) -> float:
    statistic = sum((count - expected) ** 2 / expected for count in observed)
    return float(chdtrc(len(observed) - 1, statistic))


# ---- numbers


def test_the_number_is_the_top_53_bits_of_the_keyed_hash() -> None:
    digest = hmac.new(b"secret", b"random|p|2026-W10\x1fzen\x1f1\x1f1", hashlib.sha256).digest()
    top = int.from_bytes(digest[:8], "big") >> 11

    assert design.prn(b"secret", "random|p|2026-W10", "zen\x1f1\x1f1") == (top + 0.5) / 2**53


def test_a_text_key_is_its_utf_8_bytes() -> None:
    assert design.prn("clé", "d", "u") == design.prn("clé".encode(), "d", "u")


@given(st.binary(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_every_number_lies_strictly_between_0_and_1(key: bytes, name: str, unit: str) -> None:
    assert 0 < design.prn(key, name, unit) < 1


def test_the_same_text_split_elsewhere_is_another_unit() -> None:
    assert design.unit_name("a", "b1", 1) != design.unit_name("a", "b", 11)


def test_the_key_of_a_period_follows_from_the_master_key_the_plan_and_the_period() -> None:
    expected = hmac.new(b"m" * 32, b"plan2026-W10", hashlib.sha256).digest()

    assert design.period_key(b"m" * 32, "plan", "2026-W10") == expected
    assert design.fingerprint(expected) == hashlib.sha256(expected).hexdigest()


def test_agents_weeks_and_pools_draw_independently() -> None:
    names = ["random|p|2026-W10", "random|p|2026-W11", "targeted|p|2026-W10", "random|q|2026-W10"]
    units = [f"unit-{i}" for i in range(4000)]
    columns = [[design.prn("key", name, unit) for unit in units] for name in names]

    correlations = [correlation(one, other) for one, other in itertools.combinations(columns, 2)]

    assert max(abs(value) for value in correlations) < 4 / math.sqrt(len(units))


def correlation(one: list[float], other: list[float]) -> float:
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    products = sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True))
    spread_one = sum((x - mean_one) ** 2 for x in one)
    spread_other = sum((y - mean_other) ** 2 for y in other)
    return products / math.sqrt(spread_one * spread_other)


# ---- the prefix rule


@given(ASSUMED_FRAME, st.integers(0, 12), st.floats(0, 1), st.randoms(use_true_random=False))
def test_any_order_of_the_frame_gives_the_same_sample(
    frame: list[tuple[float, bool]], n: int, tau: float, shuffle: random.Random
) -> None:
    mixed = shuffle.sample(frame, len(frame))

    first, second = close(frame, n, tau), close(mixed, n, tau)

    assert first == second


@given(ASSUMED_FRAME, st.integers(0, 12), st.floats(0, 1))
def test_a_larger_quota_only_ever_adds_units(frame: list[tuple[float, bool]], n: int, tau: float) -> None:
    assert close(frame, n, tau)[0] <= close(frame, n + 1, tau)[0]


@given(ASSUMED_FRAME, st.integers(1, 8), st.floats(0, 0.5), st.integers(1, 7))
def test_releasing_hour_by_hour_ends_with_the_same_sample_as_one_run(
    frame: list[tuple[float, bool]], n: int, tau: float, hour: int
) -> None:
    released: set[float] = set()
    for arrived in range(0, len(frame) + hour, hour):
        released |= {u for u, eligible in frame[:arrived] if eligible and u < tau}
    at_close = close(frame, n, tau)[0]

    assert released | at_close == at_close


def close(frame: list[tuple[float, bool]], n: int, tau: float) -> tuple[set[float], int]:
    made = design.close_sample(u=[u for u, _ in frame], eligible=[yes for _, yes in frame], n=n, tau=tau)
    return {frame[i][0] for i in made.sample}, made.k


def test_too_few_eligible_units_use_up_the_whole_frame() -> None:
    made = design.close_sample(u=[0.3, 0.1, 0.2], eligible=[False, True, False], n=2, tau=0.0)

    assert made == design.ClosedSample(sample=[1], k=3)


def test_a_quota_of_nothing_looks_at_nothing() -> None:
    assert design.close_sample(u=[0.3, 0.1], eligible=[True, True], n=0, tau=0.0) == design.ClosedSample([], 0)


def test_an_empty_frame_gives_an_empty_sample() -> None:
    assert design.close_sample(u=[], eligible=[], n=3, tau=0.0) == design.ClosedSample([], 0)


@pytest.mark.slow
def test_every_place_in_the_frame_has_the_same_chance() -> None:
    frames, size, quota = 20_000, 80, 5
    hits = [0] * size
    for frame in range(frames):
        u = [design.prn("uniformity", f"random|p|{frame}", str(unit)) for unit in range(size)]
        for place in design.close_sample(u=u, eligible=[True] * size, n=quota, tau=0.0).sample:
            hits[place] += 1

    # Without replacement the counts vary less than multinomial ones; scaling makes the statistic chi-square again.
    share = quota / size
    expected = frames * share
    statistic = sum((count - expected) ** 2 / expected for count in hits) * (size - 1) / (size * (1 - share))
    assert float(chdtrc(size - 1, statistic)) > 1e-4


@pytest.mark.slow
def test_every_subset_of_a_frame_is_equally_likely() -> None:
    keys, size, quota = 100_000, 6, 2
    counts = dict.fromkeys(itertools.combinations(range(size), quota), 0)
    for key in range(keys):
        u = [design.prn(f"subset-{key}", "random|p|2026-W10", str(unit)) for unit in range(size)]
        made = design.close_sample(u=u, eligible=[True] * size, n=quota, tau=0.0)
        counts[tuple(sorted(made.sample))] += 1

    assert chi_square_p(list(counts.values()), keys / len(counts)) > 1e-4


@pytest.mark.slow
def test_given_its_size_every_subset_of_the_eligible_units_is_equally_likely() -> None:
    keys, eligible = 60_000, [True, False, True, True, True, False, True]
    units = [i for i, yes in enumerate(eligible) if yes]
    counts = dict.fromkeys(itertools.combinations(units, 2), 0)
    for key in range(keys):
        u = [design.prn(f"skips-{key}", "random|p|2026-W10", str(unit)) for unit in range(len(eligible))]
        made = design.close_sample(u=u, eligible=eligible, n=2, tau=0.15)
        if len(made.sample) == 2:
            counts[tuple(sorted(made.sample))] += 1

    assert chi_square_p(list(counts.values()), sum(counts.values()) / len(counts)) > 1e-4


# ---- release within the week, and the eligible count


@pytest.mark.parametrize("forecast", [0, 3, 5])
def test_everything_is_released_when_the_forecast_is_within_the_quota(forecast: float) -> None:
    assert design.release_threshold(n=5, N_forecast=forecast, overshoot=0.1) == 1.0


@pytest.mark.slow
def test_the_threshold_overshoots_the_quota_as_often_as_it_promises() -> None:
    weeks, size, quota = 20_000, 80, 5
    tau = design.release_threshold(n=quota, N_forecast=size, overshoot=0.10)
    draw = random.Random(20260302)

    over = sum(sum(draw.random() < tau for _ in range(size)) > quota for _ in range(weeks)) / weeks

    assert abs(over - 0.10) < 4 * math.sqrt(0.1 * 0.9 / weeks)


@pytest.mark.parametrize(("N", "quota"), [(20, 1), (20, 3), (47, 5)])
def test_the_limits_of_what_is_eligible_hold_it_in_95_of_100_frames(N, quota):
    for eligible in range(quota, N + 1):
        held = whole = 0.0
        for k in range(quota, N - eligible + quota + 1):
            # The k-th unit is the quota-th eligible one: so many orders of eligible and other units end there.
            chance = math.comb(k - 1, quota - 1) * math.comb(N - k, eligible - quota) / math.comb(N, eligible)
            low, high = design.eligible_limits(N, k, quota)
            held, whole = held + chance * (low <= eligible <= high), whole + chance
            assert quota <= low <= high <= N - (k - quota)
        assert whole == pytest.approx(1.0)
        assert held >= 0.95


@pytest.mark.parametrize(
    ("seen", "limits"),
    [
        ((10, 10, 4), (4, 4)), ((10, 10, 0), (0, 0)), ((0, 0, 0), (0, 0)), ((7, 0, 0), (0, 7)),
        ((10, 4, 0), (0, 4)),  # were five of ten eligible, four that are not came first in 1 of 42 frames
        ((80, 5, 5), (40, 80)), ((3000, 200, 200), (2948, 3000)),  # C(K, k) / C(N, k) by whole numbers
    ],
)  # fmt: skip
def test_the_limits_of_what_is_eligible_at_the_ends(seen, limits):
    assert design.eligible_limits(*seen) == limits


@pytest.mark.parametrize(
    ("N", "k", "n_elig", "stopped", "expected"),
    [
        (80, 6, 5, True, 64.0),
        (80, 5, 5, True, 80.0),
        (80, 6, 5, False, 80 * 5 / 6),
        (80, 4, 1, True, 20.0),  # one eligible unit: rough
        (80, 1, 1, True, 80.0),
        (10, 10, 4, True, 4.0),
        (10, 10, 0, True, 0.0),
        (10, 4, 0, False, 0.0),
        (0, 0, 0, True, 0.0),
        (7, 0, 0, True, 7.0),  # nobody looked, so nothing is ruled out
    ],
)
def test_the_eligible_count(N: int, k: int, n_elig: int, stopped: bool, expected: float) -> None:
    assert design.eligible_N(N=N, k=k, n_elig=n_elig, stopped_at_quota=stopped) == expected


@pytest.mark.slow
def test_the_eligible_count_is_unbiased_when_the_prefix_stops_at_the_quota() -> None:
    frames, size, eligible_units, quota = 20_000, 40, 30, 4
    eligible = [place < eligible_units for place in range(size)]
    draw = random.Random(7)
    estimates = []
    for _ in range(frames):
        made = design.close_sample(u=[draw.random() for _ in range(size)], eligible=eligible, n=quota, tau=0.0)
        estimates.append(design.eligible_N(N=size, k=made.k, n_elig=len(made.sample), stopped_at_quota=True))

    mean = sum(estimates) / frames
    error = math.sqrt(sum((value - mean) ** 2 for value in estimates) / frames / frames)
    assert abs(mean - eligible_units) < 4 * error


# ---- probabilities


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.floats(0, 12), st.sampled_from([1.0, 0.8]))
def test_rates_follow_size_up_to_the_cap_and_add_up(x: list[int], n: float, pi_max: float) -> None:
    rates = design.pps_rates(x=x, n=n, pi_max=pi_max)

    reachable = pi_max * sum(1 for size in x if size)
    assert math.isclose(sum(rates), min(n, reachable), abs_tol=1e-9)
    assert [rate for rate, size in zip(rates, x, strict=True) if not 0 <= rate <= pi_max or (rate and not size)] == []
    scales = [rate / size for rate, size in zip(rates, x, strict=True) if size and rate < pi_max - 1e-9]
    assert not scales or math.isclose(min(scales), max(scales), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("x", "n", "pi_max", "expected"),
    [([], 2, 1, []), ([0, 0], 2, 1, [0.0, 0.0]), ([1, 2], 5, 1, [1.0, 1.0]), ([1, 1], 1, 0, [0.0, 0.0])],
)
def test_rates_at_the_edges(x: list[float], n: float, pi_max: float, expected: list[float]) -> None:
    assert design.pps_rates(x=x, n=n, pi_max=pi_max) == expected


@pytest.mark.parametrize(
    ("m", "N", "pi", "expected"),
    [(0, 0, [0.5], [0.5]), (3, 2, [0.0], [1.0]), (0, 10, [0.0, 1.0], [0.0, 1.0]), (1, 4, [], [])],
)
def test_the_combined_chance_at_the_edges(m: int, N: float, pi: list[float], expected: list[float]) -> None:
    assert design.dual_pi(m_R=m, N=N, pi_T=pi) == expected


def test_certain_units_come_first_in_pareto_order_and_impossible_ones_last() -> None:
    assert design.pareto_order(u=[0.9, 0.01, 0.5, 0.2], lam=[1.0, 0.0, 0.5, 1.0]) == [3, 0, 2, 1]


# ---- allocation


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12),
    st.integers(0, 80),
    st.integers(0, 4),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_allocation_keeps_the_total_the_floor_and_the_cap(
    N_h: list[int], n: int, n_min: int, neyman: bool, draw: random.Random
) -> None:
    S_h = [draw.choice([0.0, 5.0, 12.5, 30.0]) for _ in N_h] if neyman else None

    quotas = design.allocate(N_h=N_h, n=n, S_h=S_h, n_min=n_min)

    assert sum(quotas) == min(n, sum(N_h))
    assert [i for i, quota in enumerate(quotas) if not 0 <= quota <= N_h[i]] == []
    if sum(min(n_min, size) for size in N_h) <= n:
        assert [i for i, quota in enumerate(quotas) if quota < min(n_min, N_h[i])] == []


@pytest.mark.parametrize(
    ("N_h", "n", "S_h", "n_min", "expected"),
    [
        ([10, 10, 10], 4, None, 1, [2, 1, 1]),  # tie: the lower index
        ([10, 20, 10], 6, None, 0, [2, 3, 1]),  # 1.5, 3, 1.5: tie among equals, the lower index
        ([30, 10], 2, None, 0, [2, 0]),  # 1.5 and 0.5: tie, the larger stratum
        ([10, 30], 2, None, 0, [0, 2]),  # and the larger one also where it comes last
        ([30, 10], 8, [1, 3], 0, [4, 4]),  # by N · S, not by S alone
        ([5, 5, 5], 4, [100, 1, 1], 2, [2, 1, 1]),  # a floor is lowered no further than it has to be
        ([100, 1], 1, None, 0, [1, 0]),
        ([5, 5], 20, None, 1, [5, 5]),  # more than there is
        ([50, 50, 50, 50], 2, None, 1, [1, 1, 0, 0]),  # a floor that cannot hold is lowered for all
        ([3, 100, 100], 60, [90, 1, 1], 2, [3, 29, 28]),  # the cap gives back what it takes
        ([40, 40], 6, [0, 0], 1, [3, 3]),  # no spread anywhere: by size
        ([4, 40, 40], 10, [10, 0, 0], 0, [4, 3, 3]),  # spread in a full stratum only: the rest by size
        ([], 5, None, 1, []),
        ([0, 0], 5, None, 1, [0, 0]),
    ],
)
def test_allocation_worked_by_hand(
    N_h: list[int], n: int, S_h: list[float] | None, n_min: int, expected: list[int]
) -> None:
    assert design.allocate(N_h=N_h, n=n, S_h=S_h, n_min=n_min) == expected


# ---- reviewers


def test_reviewers_share_the_work_by_capacity() -> None:
    capacity = {"ana": 3.0, "ben": 1.0}
    units = 4000

    mine = sum(design.assign_reviewer("k", "2026-W10", str(i), capacity) == "ana" for i in range(units))

    assert abs(mine / units - 0.75) < 4 * math.sqrt(0.75 * 0.25 / units)


def test_only_the_work_of_somebody_who_leaves_moves() -> None:
    before = {"ana": 1.0, "ben": 1.0, "chi": 1.0}
    after = {"ana": 1.0, "chi": 1.0}
    units = [str(i) for i in range(500)]

    moved = [
        unit
        for unit in units
        if design.assign_reviewer("k", "w", unit, before) != design.assign_reviewer("k", "w", unit, after)
        and design.assign_reviewer("k", "w", unit, before) != "ben"
    ]

    assert moved == []


@pytest.mark.parametrize("capacity", [{}, {"ana": 0}, {"ana": -1.0}])
def test_nobody_is_assigned_when_nobody_has_capacity(capacity: dict[str, float]) -> None:
    assert design.assign_reviewer("k", "w", "unit", capacity) is None
