"""Quotas per agent, per team and by share; strata; fewer picks than strata. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from sampling.design import prn
from sampling.quotas import QuotaTerms, Size, quotas
from sampling.strata import HIGH, LONG, NORMAL, RISK_CLASSES, label, risk_class_of, tenure


def size(agent: str, n: int, *, team: str = "retail", label: str = "all", **more: Any) -> Size:
    numbers = sorted(prn("key", f"{agent}{label}", str(i)) for i in range(n))
    return Size(agent, team, label, numbers, **more)


def test_a_class_keeps_its_whole_name_and_with_it_its_risk() -> None:
    longest = ["channel not given", LONG, "language not given"]

    found = [label([*longest, risk]) for risk in RISK_CLASSES]

    assert [risk_class_of(one) for one in found] == list(RISK_CLASSES)
    # A help desk may call a language what it likes.
    assert risk_class_of(label(["chat", HIGH])) == HIGH
    assert risk_class_of(label(["chat", HIGH, NORMAL])) == NORMAL
    assert (risk_class_of("chat / de"), label([])) == (NORMAL, "all")


def test_a_number_for_each_agent_stands_even_where_the_frame_is_smaller() -> None:
    assert quotas([size("anna", 80), size("bert", 1, extra=2)], QuotaTerms(quota_per_agent=3)) == [3, 5]


@pytest.mark.parametrize(
    ("percent", "least", "held", "quota"),
    [(5.0, 1, 80, 4), (5.0, 1, 81, 5), (0.1, 1, 1000, 1), (5.0, 3, 20, 3), (100.0, 1, 7, 7), (2.5, 1, 1, 1)],
)
def test_a_share_is_rounded_up_and_has_a_minimum(percent: float, least: int, held: int, quota: int) -> None:
    terms = QuotaTerms("percentage", quota_percent=percent, quota_minimum=least)

    assert quotas([size("anna", held)], terms) == [quota]


def test_a_number_for_each_team_is_shared_by_conversations_with_one_for_everybody() -> None:
    strata = [size("anna", 60), size("bert", 39), size("carl", 1), size("dora", 5, team="travel", extra=1)]

    found = quotas(strata, QuotaTerms("per_team", quota_per_team=10))

    assert found == [5, 4, 1, 11]  # Dora: what her team lacks is recorded on her, with her boost


def test_a_team_with_more_agents_than_picks_is_drawn_as_a_whole() -> None:
    """No rule of sizes decides who is never seen: over many periods everybody gets the share of their conversations."""
    drawn: Counter[str] = Counter()
    for period in range(400):
        strata = [
            Size(agent, "retail", "all", sorted(prn("key", f"{period}{agent}", str(i)) for i in range(n)))
            for agent, n in (("anna", 10), ("bert", 5), ("carl", 5))
        ]
        drawn.update(
            dict(zip(("anna", "bert", "carl"), quotas(strata, QuotaTerms("per_team", quota_per_team=2)), strict=True))
        )

    assert sum(drawn.values()) == 800
    assert abs(drawn["anna"] - 400) < 60
    assert abs(drawn["carl"] - 200) < 50


def test_an_agents_quota_is_shared_among_the_classes_in_proportion() -> None:
    strata = [size("anna", 60, label="chat"), size("anna", 20, label="email"), size("anna", 1, label="voice")]

    assert quotas(strata, QuotaTerms(quota_per_agent=8)) == [5, 2, 1]


def test_neyman_gives_more_to_classes_whose_scores_differ_more() -> None:
    strata = [size("anna", 40, label="chat", spread=10.0), size("anna", 40, label="email", spread=30.0)]

    assert quotas(strata, QuotaTerms(quota_per_agent=8, allocation="neyman")) == [2, 6]


def test_neyman_without_any_known_spread_is_proportional_and_an_unknown_one_is_the_mean_of_the_others() -> None:
    unknown = [size("anna", 40, label="chat"), size("anna", 20, label="email")]
    partly = [size("anna", 40, label="chat", spread=20.0), size("anna", 40, label="email")]

    assert quotas(unknown, QuotaTerms(quota_per_agent=6, allocation="neyman")) == [4, 2]
    assert quotas(partly, QuotaTerms(quota_per_agent=6, allocation="neyman")) == [3, 3]


def test_risk_classes_share_by_three_two_and_one_whatever_they_hold() -> None:
    strata = [
        size("anna", 90, label="normal risk"),
        size("anna", 8, label="elevated risk"),
        size("anna", 2, label="high risk"),
    ]

    assert quotas(strata, QuotaTerms(quota_per_agent=6, allocation="risk")) == [3, 2, 1]
    assert quotas(strata, QuotaTerms(quota_per_agent=6, allocation="risk", risk_shares=(1, 1, 4))) == [2, 2, 2]


def test_the_share_of_a_risk_is_split_by_what_its_classes_hold() -> None:
    held = {"chat / normal risk": 60, "email / normal risk": 20, "chat / high risk": 20}
    strata = [size("anna", n, label=label) for label, n in held.items()]

    assert quotas(strata, QuotaTerms(quota_per_agent=16, allocation="risk")) == [9, 3, 4]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "new agents"), (89, "new agents"), (90, "settled agents"), (364, "settled agents"), (365, LONG),
     (None, "hiring day unknown")],
)  # fmt: skip
def test_how_long_somebody_is_there(days: int | None, expected: str) -> None:
    today = date(2026, 3, 1)

    assert tenure(None if days is None else today - timedelta(days=days), on=today) == expected


def test_a_class_that_holds_too_little_gives_its_share_to_the_others() -> None:
    strata = [size("anna", 50, label="normal risk"), size("anna", 1, label="elevated risk")]

    assert quotas(strata, QuotaTerms(quota_per_agent=5, allocation="risk")) == [4, 1]


def test_a_teams_classes_get_two_each_before_the_rest_is_shared() -> None:
    strata = [
        size("anna", 50, label="chat"), size("bert", 46, label="chat"), size("anna", 2, label="email"),
        size("bert", 2, label="email"),
    ]  # fmt: skip

    assert quotas(strata, QuotaTerms("per_team", quota_per_team=10)) == [4, 4, 1, 1]


def test_quotas_do_not_depend_on_the_order_of_agents() -> None:
    strata = [size("anna", 31), size("bert", 17), size("carl", 8), size("dora", 44)]
    terms = QuotaTerms("per_team", quota_per_team=9)

    forward = quotas(strata, terms)
    backward = quotas(strata[::-1], terms)

    assert forward == backward[::-1]
    assert sum(forward) == 9
