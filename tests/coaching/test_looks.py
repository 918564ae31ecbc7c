"""The weekly look: the numbers of the pure functions on the same sums, and a state that depends on nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching import weeks
from coaching.models import Look
from coaching.selectors import cells
from coaching.selectors.bounds import Span
from coaching.selectors.sides import by_week, sides
from coaching.services import looks
from reviews.models import Cell
from sampling.models import FrameStratum
from stats.moments import moments, pooled_var
from stats.pooling import hier_normal
from stats.triggers import decayed, trigger_probability
from tests.factories.accounts import AgentFactory, TeamFactory
from tests.factories.coaching import member, reviewer, sampling_plan, skill, sums

pytestmark = pytest.mark.django_db
WEEK = "2026-W08"  # ends on Monday 23 February, ten days before NOW
NOW = datetime(2026, 2, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def scored():
    """Put scores into the sums: scored(agent, "2026-W08", [50, 70])."""
    plan, by = sampling_plan(), reviewer()
    return lambda agent, week, scores, **fields: sums(agent, scores, week=week, plan=plan, by=by, **fields)


def history(place):
    """Three weeks of scores of one agent, oldest first, each a little different."""
    return {"2026-W01": [40 + place, 60 + place], WEEK: [55 + 3 * place, 95 - place, 20 + place]}


def expected(histories, *, week, target=70.0):
    """What stats says about one pool of agents: (mean, n_eff, level, sd, P, baseline) each."""
    ages = {name: weeks.apart(name, week) for one in histories for name in one}
    line = [sorted(one.items(), key=lambda item: -ages[item[0]]) for one in histories]
    faded = []
    for one in line:
        n, total = [0] * 26, [0.0] * 26
        for name, scores in one:
            n[25 - ages[name]], total[25 - ages[name]] = len(scores), sum(scores)
        faded.append(decayed(n, sum_y=total))
    every = [moments([score for _name, scores in one for score in scores]) for one in line]
    v = pooled_var([one.n for one in every], s2=[one.s2 for one in every]).v
    means, sizes = [one.mean for one in faded], [one.n_eff for one in faded]
    level = hier_normal(means, V=[v / size for size in sizes])
    chance = trigger_probability(means, n_eff=sizes, sigma2=v, target=target)
    base = hier_normal([one.mean for one in every], V=[v / one.n for one in every])
    return list(zip(means, sizes, level.mean, level.sd, chance, base.mean, base.sd, strict=True))


def stored(agents, *, week=WEEK):
    rows = {look.agent_id: look for look in Look.objects.filter(week=week)}
    names = ("mean", "n_effective", "level", "level_sd", "probability", "baseline", "baseline_sd")
    return [tuple(getattr(rows[agent.pk], name) for name in names) for agent in agents]


def close_to(values):
    return [pytest.approx(value, abs=1e-9) for value in values]


def test_a_look_is_what_the_pure_functions_say_about_the_same_sums(scored):
    team = TeamFactory()
    agents = [member(team) for _ in range(8)]
    for place, agent in enumerate(agents):
        for week, scores in history(place).items():
            scored(agent, week, scores)

    looks.run(skill(), week=WEEK, now=NOW)

    assert stored(agents) == close_to(expected([history(place) for place in range(8)], week=WEEK))


def test_a_small_team_borrows_from_the_workspace_and_a_large_one_from_itself(scored):
    large, small = TeamFactory(), TeamFactory()
    own = [member(large) for _ in range(8)]
    few = [member(small) for _ in range(2)]
    histories = [history(place) for place in range(10)]
    for agent, one in zip([*own, *few], histories, strict=True):
        for week, scores in one.items():
            scored(agent, week, scores)

    looks.run(skill(), week=WEEK, now=NOW)

    assert stored(own) == close_to(expected(histories[:8], week=WEEK))
    assert stored(few) == close_to(expected(histories, week=WEEK)[8:])


def test_only_people_and_the_random_pool_of_standing_draws_within_26_weeks_count(scored):
    agent, bot = member(), member(is_bot=True)
    scored(agent, WEEK, [50, 60])
    scored(agent, "2025-W34", [0])  # the 27th week back
    scored(agent, "2025-W35", [80])  # the 26th
    scored(agent, "2026-W09", [0])  # not over at the look
    scored(agent, "2026-W03", [0], pool="targeted")
    voided = scored(agent, "2026-W02", [0]).stratum.draw
    voided.voided_at, voided.void_reason = NOW, "drawn by mistake"
    voided.save()
    scored(bot, WEEK, [10])

    looks.run(skill(), week=WEEK, now=NOW)

    assert [(look.agent, look.n) for look in Look.objects.all()] == [(agent, 3)]


@pytest.mark.parametrize("time_zone", ["Pacific/Kiritimati", "Asia/Tokyo", "UTC", "America/Lima", "Pacific/Pago_Pago"])
def test_a_week_is_the_plans_own_week_wherever_it_lies(time_zone):
    agent, by = member(), reviewer()
    sums(agent, [50], week=WEEK, plan=sampling_plan(time_zone=time_zone), by=by)

    looks.run(skill(), week=weeks.shifted(WEEK, -1), now=NOW)
    looks.run(skill(), week=WEEK, now=NOW)

    assert [(look.week, look.n_effective) for look in Look.objects.all()] == [(WEEK, 1.0)]


def test_a_month_lies_in_the_week_in_which_it_ends(scored):
    cell = scored(member(), "2026-W05", [50])
    draw = cell.stratum.draw
    draw.starts_at, draw.ends_at = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    draw.save()

    found = cells.window("skill:empathy", week="2026-W06").agents

    assert [one.n[-3:] for one in found.values()] == [[0, 1, 0]]


@pytest.mark.parametrize(
    ("scores", "week", "agents", "reason"),
    [
        ([50] * 5, WEEK, 8, "too_few_reviews"),
        ([50] * 7, "2026-W04", 8, "no_recent_review"),
        ([50] * 6, WEEK, 7, "too_few_agents"),
        ([50] * 6, WEEK, 8, ""),
    ],
)
def test_the_data_flag_says_what_is_missing(scored, scores, week, agents, reason):
    for _ in range(agents):
        scored(member(), week, scores)

    looks.run(skill(), week=WEEK, now=NOW)

    assert {(look.reason, look.flag) for look in Look.objects.all()} == {(reason, reason == "")}


def low_and_good(scored, week, *, low=(10, 30, 20, 40) * 2, good=(85, 95, 90) * 2):
    """One agent far under the target among eight."""
    if not low_and_good.agents:
        low_and_good.agents = [AgentFactory() for _ in range(8)]
    for place, agent in enumerate(low_and_good.agents):
        scored(agent, week, low if place == 0 else good)
    return low_and_good.agents[0]


@pytest.fixture(autouse=True)
def nobody_yet():
    low_and_good.agents = []


def states(agent):
    return [(look.week, look.state, look.above, look.reason) for look in Look.objects.filter(agent=agent)]


def test_two_looks_running_open_and_running_them_again_changes_nothing(scored):
    for week in ("2026-W06", "2026-W07", WEEK):
        agent = low_and_good(scored, week)
    for week in ("2026-W06", "2026-W07"):
        looks.run(skill(), week=week, now=NOW)
    before = list(Look.objects.values())

    changed = [looks.run(skill(), week=week, now=NOW + timedelta(hours=1)).changed for week in ("2026-W06", "2026-W07")]

    assert changed == [0, 0]
    assert list(Look.objects.values()) == before
    assert states(agent) == [("2026-W06", "none", 1, ""), ("2026-W07", "opened", 0, "")]


def test_a_look_without_a_newer_review_is_no_data_and_breaks_the_run(scored):
    agent = low_and_good(scored, "2026-W06", low=[10] * 8, good=[90] * 8)

    for week in ("2026-W06", "2026-W07", WEEK):
        looks.run(skill(), week=week, now=NOW)

    assert states(agent) == [
        ("2026-W06", "none", 1, ""),
        ("2026-W07", "none", 0, "nothing_new"),
        (WEEK, "none", 0, "nothing_new"),
    ]


def test_reviews_that_come_within_the_week_are_seen_by_the_same_look(scored):
    for week in ("2026-W05", "2026-W06"):
        agent = low_and_good(scored, week)
        looks.run(skill(), week=week, now=NOW)
    looks.run(skill(), week="2026-W07", now=NOW)
    early = states(agent)[-1]

    low_and_good(scored, "2026-W07")
    looks.run(skill(), week="2026-W07", now=NOW)

    assert early == ("2026-W07", "none", 0, "nothing_new")
    assert states(agent)[-1] == ("2026-W07", "opened", 0, "")


def test_a_look_whose_reviews_were_taken_back_has_no_number_of_its_own(scored):
    agent = member()
    cell = scored(agent, WEEK, [50, 60])
    looks.run(skill(), week=WEEK, now=NOW)
    cell.n = cell.total = cell.squares = 0
    cell.save()

    looks.run(skill(), week=WEEK, now=NOW)

    assert list(Look.objects.values_list("n", "mean", "level", "reason")) == [(0, None, None, "too_few_reviews")]


def test_missed_weeks_are_due_in_order_and_each_skill_goes_on_from_its_own(scored):
    agent = member()
    for week in ("2026-W04", "2026-W05", "2026-W06", "2026-W07", WEEK):
        scored(agent, week, [50, 60])
        scored(agent, week, [50, 60], skill="adaptability")
    empathy, adaptability = skill(), skill("adaptability")
    looks.run(empathy, week="2026-W06", now=NOW)

    due = looks.due(now=NOW)

    assert due["2026-W08"] == due["2026-W07"] == due["2026-W06"] == [empathy, adaptability]
    assert due["2026-W05"] == due["2026-W04"] == [adaptability]
    assert list(due) == ["2026-W04", "2026-W05", "2026-W06", "2026-W07", "2026-W08"]


def test_nothing_is_due_before_the_first_review(scored):
    skill()

    assert looks.due(now=NOW) == {}


def test_the_number_of_queries_does_not_grow_with_agents(scored, django_assert_num_queries):
    for _ in range(2):
        scored(member(), WEEK, [50, 60])
    of = skill()
    with CaptureQueriesContext(connection) as few:
        looks.run(of, week=WEEK, now=NOW)
    for _ in range(30):
        scored(member(), WEEK, [40, 60])

    with CaptureQueriesContext(connection) as many:
        looks.run(of, week=WEEK, now=NOW)

    assert len(many) == len(few)


def test_a_draw_that_divided_an_agents_conversations_counts_them_by_their_number():
    """Three of 90 calm ones score 90, three of 10 risky ones 40: the truth is 85, and not 65."""
    agent = AgentFactory()
    plan, by = sampling_plan(), reviewer()
    sums(agent, [90, 90, 90], week=WEEK, plan=plan, by=by)
    calm = FrameStratum.objects.get(agent=agent)
    FrameStratum.objects.filter(pk=calm.pk).update(stratum="normal risk", frame_size=90)
    risky = FrameStratum.objects.create(
        draw=calm.draw, agent=agent, stratum="high risk", frame_size=10, quota=3, prefix=3, eligible=3, drawn=3
    )
    cell = Cell.objects.get(stratum=calm)
    cell.pk, cell.stratum, cell.total, cell.squares = None, risky, 3 * 400_000, 3 * 400_000**2
    cell.save(force_insert=True)

    found = cells.window("skill:empathy", week=WEEK).agents[agent.pk]
    span, rubrics = Span({calm.draw_id: WEEK}), [calm.draw.rubric_version.rubric_id]
    side = sides("empathy", rubrics=rubrics, spans={"all": span})[agent.pk]["all"]
    of_week = by_week("empathy", span, rubrics=rubrics)[agent.pk][WEEK]

    assert (found.n[-1], found.total[-1]) == (6, 3_900_000)
    assert found.effective_total[-1] / found.effective[-1] == pytest.approx(850_000)
    assert found.effective[-1] == pytest.approx(1 / (0.9**2 / 3 + 0.1**2 / 3))
    assert (side.n, side.mean) == (6, pytest.approx(85.0))
    assert side.n_eff == pytest.approx(found.effective[-1], abs=1e-4)
    assert of_week == side  # the charts say the same
