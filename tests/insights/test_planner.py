"""The planner: its arithmetic against the estimators of the pages, its evidence, the two pages and their API twins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stats
from accounts.roles import Role
from insights.planning import evidence, planner
from insights.planning.precision import Answer
from insights.planning.yields import Yield, other_quota, quota_for, team_half_widths
from sampling.models import Plan
from sampling.selectors.chances import chances
from sampling.selectors.sizes import sizes
from sampling.terms import Terms
from stats.quantiles import t_quantile
from tests.api.asking import as_role, get, post
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.sampling import WEEK, PlanFactory, agent, week_of
from tests.insights.cells import reviewed
from tests.sampling.pages import words

DAY = timedelta(days=1)
database = pytest.mark.django_db


# ---- arithmetic


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_the_half_width_is_that_of_the_interval_on_the_agents_page(n: int) -> None:
    shown = stats.score_interval(n, ybar=50.0, s2=4.0, v_team=4.0, N=80)

    assert shown.hi is not None
    assert stats.mean_half_width(n, S=2.0, N=80, d0=stats.D0) == pytest.approx(shown.hi - 50.0)


def test_the_half_width_of_one_stratum_is_that_of_its_mean() -> None:
    assert stats.stratified_half_width([5], N=[80], S=21, d0=8) == pytest.approx(
        stats.mean_half_width(5, S=21, N=80, d0=8)
    )


def test_a_team_weighs_its_people_by_their_conversations() -> None:
    n, sizes_of = [5.0, 4.0], [200.0, 20.0]
    parts = [(200 / 220) ** 2 * (1 - 5 / 200) * 441 / 5, (20 / 220) ** 2 * (1 - 4 / 20) * 441 / 4]
    df = sum(parts) ** 2 / (parts[0] ** 2 / 12 + parts[1] ** 2 / 11)

    found = stats.stratified_half_width(n, N=sizes_of, S=21, d0=8)

    assert found == pytest.approx(t_quantile(0.975, df=df) * sum(parts) ** 0.5)


@pytest.mark.parametrize(
    ("n", "N", "expected"),
    [([0, 3], [10, 10], None), ([], [], None), ([10, 3], [10, 3], 0.0), ([3], [0], None)],
)
def test_a_team_with_an_unknown_part_has_no_precision(n: list[int], N: list[int], expected: float | None) -> None:
    assert stats.stratified_half_width(n, N=N, S=21, d0=8) == expected


@pytest.mark.parametrize("wish", [3, 7.5, 10, 15, 20, 30])
@pytest.mark.parametrize("size", [8, 80, 900])
def test_what_is_needed_is_the_smallest_quota_that_gives_it(wish: float, size: int) -> None:
    needed = stats.n_for_mean(wish, S=21, N=size, d0=stats.D0).n

    assert needed is not None
    widths = [Yield(quota, rate=1.0, sd=21, four=4).half_widths(size)[0] for quota in (needed, needed - 1)]
    assert widths[0] is not None and widths[0] <= wish  # noqa: PT018
    assert widths[1] is None or widths[1] > wish


def test_the_cases_of_the_design_need_about_what_it_says() -> None:
    """Statistics.md 1.9 works with the reviews' own variance; the team's saves a review where there are few."""
    found = [stats.n_for_mean(E, S=21, N=80, d0=stats.D0).n for E in (15, 10, 8, 5)]

    assert found == [9, 16, 22, 38]


# ---- evidence


def plan_of(quota: int = 5) -> Plan:
    made: Plan = PlanFactory(quota_per_agent=quota)
    return made


@database
def test_sizes_are_those_of_a_usual_period_of_the_last_four() -> None:
    ada, ben = agent("Ada"), agent("Ben")
    for week in range(3):
        week_of(ada, 6, monday=WEEK - week * 7 * DAY)
    week_of(ben, 2)

    found = sizes(Terms(rubric_id=0), now=NOW)

    assert (found.periods, found.is_last) == (3, True)
    assert [(one.name, one.per_period(found.periods)) for one in found.agents] == [("Ada", 6), ("Ben", 1)]
    rule = {"name": "", "weight": 1, "certain": False, "when": [{"fact": "messages_at_most", "value": "1", "key": ""}]}
    terms = Terms(rubric_id=0, quota_per_agent=2, targeted_per_period=2, risk_rules=[rule])
    # Two in each of three weeks, of all twenty.
    both = chances(terms, found, now=NOW)
    assert [both[one.pk] for one in (ada, ben)] == [((1.0, pytest.approx(0.3)),)] * 2


@database
def test_a_population_that_ended_long_ago_is_still_counted() -> None:
    week_of(agent("Ada"), 4, monday=WEEK - 140 * DAY)

    found = sizes(Terms(rubric_id=0), now=NOW)

    assert (found.is_last, found.periods, found.agents[0].per_period(found.periods)) == (False, 1, 4)


@database
def test_the_spread_is_pooled_over_people_and_presumed_while_reviews_are_few() -> None:
    ada, ben, other = agent("Ada"), agent("Ben"), agent("Other")
    plan, by = plan_of(), person(Role.SPECIALIST)
    reviewed(ada, [60, 80] * 10, plan=plan, monday=WEEK, by=by)
    few = evidence.spread({ada.pk, ben.pk}, now=NOW)
    reviewed(ben, [90, 94] * 10, plan=plan, monday=WEEK, by=by)
    reviewed(other, [0, 100] * 20, plan=plan, monday=WEEK, by=by)

    enough = evidence.spread({ada.pk, ben.pk}, now=NOW)

    assert (few.sd, few.n, few.is_presumed) == (21.0, 20, True)
    expected = stats.pooled_var([20, 20], s2=[2000 / 19, 80 / 19]).v
    assert expected is not None
    assert (enough.n, enough.is_presumed) == (40, False)
    assert enough.sd == pytest.approx(expected**0.5)
    limits = stats.sd_interval(stats.PooledVariance(expected, 38))
    assert (few.low, enough.low, enough.high) == (None, pytest.approx(limits.lo), pytest.approx(limits.hi))


def test_the_pace_has_the_limits_of_its_mean_and_is_presumed_while_reviews_are_few() -> None:
    few, enough = evidence.pace_of([300] * 19), evidence.pace_of([300, 420] * 10)

    assert (few.seconds, few.n, few.is_presumed, few.low) == (360.0, 19, True, None)
    margin = 2.093 * (10 * 2 * 60**2 / 19 / 20) ** 0.5  # t of 19 degrees of freedom
    assert (enough.seconds, enough.n, enough.is_presumed) == (360.0, 20, False)
    assert (enough.low, enough.high) == (pytest.approx(360 - margin, abs=0.1), pytest.approx(360 + margin, abs=0.1))


@database
def test_the_response_counts_only_draws_that_are_over() -> None:
    ada, plan, by = agent("Ada"), plan_of(), person(Role.SPECIALIST)
    over = reviewed(ada, [80] * 15, plan=plan, monday=WEEK - 14 * DAY, by=by)
    running = reviewed(ada, [80], plan=plan, monday=WEEK, by=by)
    for stratum, drawn, due in ((over, 20, NOW - DAY), (running, 20, NOW + DAY)):
        stratum.drawn, stratum.prefix = drawn, drawn
        stratum.save()
        stratum.draw.due_at = due
        stratum.draw.save()

    found = evidence.response({ada.pk}, now=NOW)

    assert (found.rate, found.drawn, found.is_presumed) == (0.75, 20, False)
    assert evidence.response(set(), now=NOW) == evidence.Response(1.0, 0, is_presumed=True)


# ---- answers


def sent(**changes: Any) -> dict[str, Any]:
    fields = {
        "reviewee_rule": "assignee", "quota_per_agent": 5, "cycle": "weekly", "time_zone": "UTC",
        "precision": 10, "difference": 10,
    }  # fmt: skip
    return {**fields, **changes}


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(person(Role.MANAGER))
    return client


@database
def test_a_quota_is_answered_with_precision_need_and_hours(browser: Client) -> None:
    week_of(agent("Ada"), 80)
    week_of(agent("Ben"), 80)

    page = words(browser.get(reverse("insights:planner"), sent()))

    week, four = (stats.mean_half_width(n, S=21, N=N, d0=8) for n, N in ((5, 80), (20, 320)))
    assert f"One person, one period ±{week:.1f}" in page
    assert f"One person, four weeks ±{four:.1f}" in page
    assert "Reviewer hours a week 1.0" in page  # 2 × 5 × 6 minutes
    assert "For ±10 in one period 16 per agent, 3.2 hours a week" in page
    assert "To tell two people 10 points apart 70 reviews each" in page
    assert "Spread of scores presumed as 21 points" in page


@database
def test_a_higher_quota_and_a_narrower_population_change_the_answer(browser: Client) -> None:
    retail = TeamFactory(name="Retail")
    week_of(agent("Ada"), 80, team=retail)
    week_of(agent("Ben"), 80)

    page = words(browser.get(reverse("insights:planner"), sent(quota_per_agent=10, **{"population-team": [retail.pk]})))

    assert "Reviewer hours a week 1.0" in page  # one person, 10 reviews
    assert "Ben" not in page


@database
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"precision": "x"}, "Enter a number."),
        ({"precision": "-1"}, "Not less than 0.5"),
        ({"precision": "nan"}, "Enter a number."),
        ({"quota_per_agent": ""}, "as soon as the form can be read"),
        ({"time_zone": "Moon"}, "as soon as the form can be read"),
        ({"rubric": "9" * 40}, "No completed conversation fits"),
    ],
)
def test_what_is_half_typed_gets_a_sentence(browser: Client, changes: dict[str, str], sentence: str) -> None:
    response = browser.get(reverse("insights:planner"), sent(**changes))

    assert response.status_code == 200
    assert sentence in words(response)


@database
def test_a_plan_is_answered_as_it_stands_and_for_another_quota(browser: Client) -> None:
    week_of(agent("Ada"), 80)
    plan = plan_of(5)
    url = reverse("insights:plan_planner", args=[plan.pk])

    own, other = words(browser.get(url)), words(browser.get(url, {"quota_per_agent": 20}))
    wrong = browser.get(url, {"quota_per_agent": "many"})

    assert f"±{stats.mean_half_width(5, S=21, N=80, d0=8):.1f}" in own
    assert f"±{stats.mean_half_width(20, S=21, N=80, d0=8):.1f}" in other
    assert (wrong.status_code, "Enter a whole number." in words(wrong)) == (422, True)
    assert Plan.objects.get().quota_per_agent == 5


@database
def test_the_plan_page_and_its_form_ask_for_the_planner(browser: Client) -> None:
    plan = plan_of()

    shown = browser.get(reverse("sampling:plan", args=[plan.pk])).content.decode()
    form = browser.get(reverse("sampling:new")).content.decode()

    assert f'hx-get="{reverse("insights:plan_planner", args=[plan.pk])}"' in shown
    assert f'hx-post="{reverse("insights:planner")}"' in form


@database
def test_the_api_gives_the_numbers_of_the_page() -> None:
    week_of(agent("Ada"), 80)
    plan = plan_of(5)
    client = as_role(Role.MANAGER)

    of_plan = get(client, f"sampling-plans/{plan.pk}/planner/?precision=8").json()
    of_terms = post(client, "sampling-plans/planner/", {"quota_per_agent": 5, "precision": 8}).json()

    assert of_plan == of_terms
    assert of_plan["typical"]["period"] == pytest.approx(stats.mean_half_width(5, S=21, N=80, d0=8))
    assert (of_plan["for_period"]["n"], of_plan["for_period"]["draw"]) == (22, 22)
    assert (of_plan["people"], of_plan["spread"]) == (1, {
        "sd": 21.0, "low": None, "high": None, "n": 0, "is_presumed": True,
    })  # fmt: skip


@database
def test_the_api_refuses_in_sentences() -> None:
    client = as_role(Role.MANAGER)

    empty = post(client, "sampling-plans/planner/", {})
    wrong = post(client, "sampling-plans/planner/", {"time_zone": "Moon"})

    assert (empty.status_code, empty.json()["code"]) == (409, "population_empty")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"].split(".0")[0]) == (422, "time_zone")
    assert get(client, "sampling-plans/999/planner/").status_code == 404


@database
def test_queries_do_not_follow_the_number_of_people(django_assert_max_num_queries: Any) -> None:
    for name in ("Ada", "Ben", "Cem"):
        week_of(agent(name), 3)

    with django_assert_max_num_queries(8):
        found = planner.ask(Terms(rubric_id=0), precision=10, difference=10, now=NOW)

    assert found is not None
    assert len(found.agents) == 3


@database
def test_a_quota_by_share_or_team_and_more_by_risk_are_answered_for(browser: Client) -> None:
    week_of(agent("Ada"), 20)
    week_of(agent("Ben"), 5)
    rule = {"name": "", "weight": 1, "certain": False, "when": [{"fact": "messages_at_most", "value": "1", "key": ""}]}

    def asked(**terms: Any) -> Answer:
        found = planner.ask(Terms(rubric_id=0, **terms), precision=10, difference=10, now=NOW)
        assert found is not None
        return found

    share = asked(quota_kind="percentage", quota_percent=20.0, quota_minimum=2)
    team = asked(quota_kind="per_team", quota_per_team=10)
    risk = asked(quota_per_agent=2, targeted_per_period=3, risk_rules=[rule])

    assert [line.drawn for line in share.agents] == [4, 2]
    assert [line.drawn for line in team.agents] == [8, 2]
    # c takes 3 of 25, and some of them the random pool has taken already.
    assert [line.targeted for line in risk.agents] == pytest.approx([18 * 0.12, 3 * 0.12])
    assert (risk.picks, risk.targeted, risk.hours) == (7, 3, pytest.approx(7 * 6 / 60))
    (ada, ben), share = risk.agents, [1 - 0.9 * 0.88, 1 - 0.6 * 0.88]
    # All of a person's conversations have one chance, so the weighted mean is as sure as a plain one of as many.
    assert [ada.period, ben.period] == [None, pytest.approx(stats.mean_half_width(5 * share[1], S=21, N=5, d0=8))]
    assert (ada.lacks_floor, ben.lacks_floor, risk.without_average) == (True, False, 1)
    assert risk.teams[0].period == pytest.approx(stats.hajek_half_width(share, N=[20, 5], S=21))
    # One quota for all that gives ±10: of Ada, of the team, of the person in the middle.
    assert [line.needed for line in (ada, *risk.teams)] == [9, 7]
    at = [stats.hajek_half_width([1 - (1 - quota / 20) * 0.88, 1.0], N=[20, 5], S=21) or 0.0 for quota in (7, 6)]
    assert at[0] <= 10 < at[1]
    assert (risk.for_period.draw, risk.for_period.hours) == (4, pytest.approx((8 + 16 * 0.12 + 0.12) * 6 / 60))
    typed = {"rules-0-fact_1": "messages_at_most", "rules-0-value_1": "1", "rules-0-weight": "1"}
    page = words(browser.post(reverse("insights:planner"), sent(quota_per_agent=2, targeted_per_period=3, **typed)))
    assert "3 by risk" in page
    assert "one person gets no average" in page


def test_both_pools_together_are_as_sure_as_the_weighted_mean_of_the_pages_will_be() -> None:
    """Of 100 conversations 40 have a chance of .5 over both pools and 60 one of .2: 20 and 12 are drawn."""
    brings = Yield(20, rate=1.0, sd=21.0, four=4, by_risk=((0.4, 0.375),), together=21.0)
    pi = [0.5] * 20 + [0.2] * 12
    y = [50 + (-1) ** place * 21.0 * (31 / 32) ** 0.5 for place in range(32)]

    shown = stats.hajek_score_interval(y, pi=pi, v_team=21.0**2, N=100)
    of_team = stats.hajek([50 + (-1) ** place * 21.0 for place in range(64)], pi=pi + pi)

    assert (shown.hi, shown.mean, of_team.hi, of_team.mean) != (None, None, None, None)
    assert brings.expected(100) == pytest.approx(32)
    assert brings.half_widths(100)[0] == pytest.approx((shown.hi or 0) - (shown.mean or 0))
    assert team_half_widths([(brings, 100), (brings, 100)])[0] == pytest.approx((of_team.hi or 0) - (of_team.mean or 0))
    # What is asked for is the smallest quota that gives it, beside the targeted pool.
    wish = brings.half_widths(100)[0] or 0.0
    assert quota_for(wish, most=100, half_width=lambda n: other_quota(brings, n).half_widths(100)[0]) == 20
    assert quota_for(0.0, most=100, half_width=lambda n: other_quota(brings, n).half_widths(100)[0]) == 100
