"""Averages of what was drawn at random and by risk together: each review counts for what it stands for."""

from __future__ import annotations

from typing import Any

import pytest

import stats
from accounts.models import Agent
from insights.reports import averages, classes, numbers, sums
from insights.reports.strata import AgentSums, Week
from reviews.models import QueueItem, Review
from reviews.selectors.mixes import Score
from sampling.design import dual_pi
from sampling.models import Draw, FrameStratum
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory
from tests.factories.reviews import by_hand, published, specialist
from tests.factories.sampling import WEEK, PlanFactory, agent
from tests.insights.cells import draw_of, reviewed
from tests.reviews.test_pools import mixed_draw

pytestmark = pytest.mark.django_db
LOW = {"understood": "no", "solved": "partly", "data-protected": "yes"}
HIGH = {"understood": "yes", "solved": "yes", "data-protected": "yes"}


def all_reviewed(draw: Draw) -> None:
    """Review everything; unhappy customers had poor answers, and not all others had perfect ones."""
    by = specialist()
    for place, item in enumerate(QueueItem.objects.filter(pick__draw=draw).order_by("u")):
        unhappy = item.conversation.csat == 1
        published(item, by=by, answers=LOW if unhappy else {**HIGH, "solved": ("yes", "partly")[place % 2]})


def expected(draw: Draw) -> Any:
    """Work the weighted mean out from picks and reviews alone."""
    stratum = draw.strata.get()
    y, pi = [], []
    for review in Review.objects.filter(status="published", item__pick__draw=draw).order_by("pk"):
        assert review.current is not None
        assert review.current.final_score is not None
        y.append(float(review.current.final_score))
        pi += dual_pi(stratum.drawn, stratum.frame_size, [review.item.pick.pi_targeted])
    return stats.hajek(y, pi=pi)


def test_a_team_is_averaged_over_both_pools_with_the_chances_and_an_agent_by_the_moderated_form() -> None:
    team = TeamFactory()
    draw = mixed_draw(4, team=team)
    all_reviewed(draw)
    by_hand(agent=Agent.objects.get(name="Anna"), team=team)

    (found,) = sums.read(weeks=4, until=NOW)
    of_team, of_agent = averages.of_agents([found]), averages.of_agent(found, v_team=400.0)

    plain = expected(draw)
    assert (of_team.mean, of_team.low) == (pytest.approx(plain.mean), pytest.approx(max(plain.lo, 0.0)))
    assert (of_team.pool, of_team.n, of_team.frame_size) == ("weighted", draw.picked, 12)
    assert (of_team.drawn, of_team.reviewed) == (draw.picked, draw.picked)
    assert of_agent.mean == pytest.approx(plain.mean)
    scores = [(score.y, score.pi) for score in found.mix]
    assert of_agent.se == pytest.approx(
        stats.hajek_score_interval([y for y, _ in scores], pi=[pi for _, pi in scores], v_team=400.0, N=12).se
    )
    lines = numbers.load(numbers.Params("skill", None, NOW)).lines
    assert {line.rolling.pool for line in lines} == {"weighted"}


def test_below_the_random_floor_a_team_has_an_average_and_an_agent_has_none() -> None:
    draw = mixed_draw(2)
    all_reviewed(draw)

    (found,) = sums.read(weeks=4, until=NOW)

    of_agent, of_team = averages.of_agent(found, v_team=400.0), averages.of_agents([found])
    assert (of_agent.mean, of_agent.why) == (None, "too little was drawn at random for an average of one person")
    assert of_team.mean == pytest.approx(expected(draw).mean)


def test_strata_of_one_draw_count_by_their_conversations_everywhere() -> None:
    """Three of 90 calm ones score 90, three of 10 risky ones 40: the truth is 85, and not 65."""
    plan, by, one = PlanFactory(), specialist(), agent("Anna")
    monday = draw_of(plan, monday=WEEK).starts_at
    calm = reviewed(one, [90, 90, 90], plan=plan, monday=monday, by=by, frame_size=90)
    FrameStratum.objects.filter(pk=calm.pk).update(stratum="normal risk")
    risky = FrameStratum.objects.create(
        draw=calm.draw, agent=one, stratum="high risk", frame_size=10, quota=3, prefix=3, eligible=3, drawn=3
    )
    cell = calm.cells.get()
    cell.pk, cell.stratum, cell.total, cell.squares = None, risky, 3 * 400_000, 3 * 400_000**2
    cell.save(force_insert=True)

    (found,) = sums.read(weeks=4, until=NOW)

    ((_reviews, n, total),) = found.weighed()
    size = {week.frame_size: week.size for week in found.weeks}
    truth = (size[90] * 90 + size[10] * 40) / (size[90] + size[10])
    assert total / n / 10_000 == pytest.approx(truth)
    assert averages.of_agents([found]).mean == pytest.approx(truth)
    assert averages.of_agent(found, v_team=300.0).mean == pytest.approx(truth)
    assert truth > 80


def test_a_list_half_done_weighs_like_one_that_is_done_whichever_pool_drew_it() -> None:
    """Of sixty one pool drew four, the other two: all six score 90. Of another sixty half, at 60: 75 is right."""
    people = []
    for agent_id, (y, done) in enumerate([(90.0, 1.0), (60.0, 0.5)]):
        at_random, by_risk = round(4 * done), round(2 * done)
        reviewed = at_random + by_risk
        week = Week(
            WEEK.date(), 60, 4, size=60, rubric_id=1, stratum_id=agent_id, share=4 / 60, is_mixed=True, quota=4,
            mix=tuple(Score(y, 0.0, 1, unit, 0.2 if unit < by_risk else 0.0) for unit in range(reviewed)),
            at_random=at_random, reviewed=reviewed, pending=6 - reviewed, targeted=2, expected=2.0,
        )  # fmt: skip
        for targeted, n in ((0.0, at_random), (0.2, by_risk)):
            classes.take(week.classes, ("chat", targeted, 0, n, n, n, y * n), label="all", chance=week.due_chance)
        people.append(AgentSums(agent_id, 1, [week]))

    assert averages.of_agents(people).mean == pytest.approx(75)
    parts = [part for one in people for by_class in one.by_class for part in by_class.values()]
    assert sum(part.total for part in parts) / sum(part.scored for part in parts) == pytest.approx(75)
    # All of both pools: 1 − (1 − m/N)(1 − π). Half of each: half of that.
    whole, half = (one.weeks[0].reviewed_chance(0.5) for one in people)
    assert (whole, half) == (pytest.approx(1 - (1 - 4 / 60) * 0.5), pytest.approx(whole / 2))
