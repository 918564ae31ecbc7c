"""Strengths and declines: noticed once, answered by whoever coaches the agent, and never a plan by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching import weeks
from coaching.declines import declines
from coaching.models import Observation, Plan
from coaching.rules import SHIPPED
from coaching.selectors.rules import Held
from coaching.services import observations
from coaching.services.failures import Notebook
from coaching.windows import UNIT, AgentWeeks, pools_of
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import look, member, reviewer, sampling_plan, skill, sums

WEEK, BEFORE = "2026-W08", "2026-W07"


def agent_weeks(levels):
    """Four reviews a week around a level, newest week last."""
    one = AgentWeeks()
    for place, level in enumerate(levels):
        scores = [level - 8, level - 3, level + 3, level + 8]
        one.n[place], one.total[place] = 4, round(sum(scores) * UNIT)
        one.squares += sum(round(score * UNIT) ** 2 for score in scores)
    return one


def company(*histories):
    others = [agent_weeks([80 + place] * 26) for place in range(8)]
    agents = dict(enumerate([*map(agent_weeks, histories), *others]))
    return agents, pools_of(dict.fromkeys(agents, 1))


def test_a_drop_alarms_in_one_week_only_and_steady_agents_do_not():
    fell = [[80] * (26 - since) + [50] * since for since in range(1, 5)]
    agents, pools = company(*fell)

    found = declines(agents, pools=pools, limit=2.7)

    assert len(found) == 1
    one = found[0]
    assert (one.n_before, one.n_after) == (32, 16)
    assert 80 < one.before < 81.5  # borrowing a little from the others
    assert one.after == pytest.approx(80 - 30 * (one.agent_id + 1) / 4)
    assert declines(agents, pools=pools, limit=20.0) == []


def test_no_variation_and_too_short_a_history_give_no_alarm():
    same = {pk: AgentWeeks(n=[1] * 26, total=[80 * UNIT] * 26, squares=26 * (80 * UNIT) ** 2) for pk in range(8)}
    agents, pools = company([80] * 25 + [10])
    agents[0].n[5:13] = [0] * 8

    assert declines(same, pools=pools_of(dict.fromkeys(same, 1)), limit=2.7) == []
    assert declines(agents, pools=pools, limit=2.7) == []


def notice(week=WEEK, now=NOW, **changes):
    return observations.notice(week, now=now, held=Held(5, replace(SHIPPED, **changes)), notes=Notebook(now=now))


def clear(agent, slug, *, week=WEEK, **fields):
    return look(agent, skill(slug), week=week, **{"probability": 0.02, "level": 88.0, **fields})


@pytest.mark.django_db
def test_the_surest_of_an_agents_strengths_is_named_once():
    agent = member()
    for week in (BEFORE, WEEK):
        clear(agent, "empathy", week=week)
        clear(agent, "adaptability", week=week, probability=0.01)
        clear(member(), "empathy", week=week, probability=0.2)
        clear(member(), "empathy", week=week, reason="too_few_reviews", flag=False)
        clear(member(deactivated_at=NOW), "empathy", week=week)
    clear(member(), "empathy")  # one week only

    made = [notice(), notice(now=NOW + timedelta(hours=1)), notice(watches_strengths=False)]

    found = Observation.objects.get()
    assert made == [1, 0, 0]
    assert (found.agent, found.skill.slug, found.kind) == (agent, "adaptability", "strength")
    assert (found.numbers["n"], found.numbers["target"], found.numbers["rules"]) == (12, 70.0, 5)
    assert not Plan.objects.exists()


@pytest.mark.django_db
def test_a_strength_is_quiet_for_the_weeks_of_the_rule():
    agent = member()
    for back in range(6):
        clear(agent, "empathy", week=weeks.shifted(WEEK, -back))
    Observation.objects.create(
        agent=agent, skill=skill(), kind="strength", week=weeks.shifted(WEEK, -4), noticed_at=NOW,
        answer="praised", answered_at=NOW,
    )  # fmt: skip

    assert [notice(strength_weeks=5), notice(strength_weeks=4)] == [0, 1]


@pytest.mark.django_db
def test_a_decline_of_the_whole_score_is_noticed_once_and_answered_once():
    team, scoring, by = TeamFactory(), sampling_plan(), reviewer()
    fell, *others = [member(team) for _ in range(9)]
    for back in range(22):
        week = weeks.shifted(WEEK, -back)
        for place, agent in enumerate((fell, *others)):
            level = 50 if agent is fell and back < 1 else 78 + place
            cell = sums(agent, [level - 6, level + 6], week=week, plan=scoring, by=by)
            type(cell).objects.filter(pk=cell.pk).update(metric="total")
    lead, stranger = person("supervisor", team=team), person("supervisor", team=TeamFactory())

    made = [notice(), notice()]
    found = Observation.objects.get()
    with pytest.raises(Refused) as hidden:
        observations.answer(found, "looked", by=stranger, now=NOW)
    with pytest.raises(Refused) as strange:
        observations.answer(found, "praised", by=lead, now=NOW)
    observations.answer(found, "looked", by=lead, now=NOW)
    with pytest.raises(Refused) as twice:
        observations.answer(found, "nothing", by=lead, now=NOW)

    assert made == [1, 0]
    assert (found.agent, found.kind, found.skill) == (fell, "decline", None)
    assert (found.answer, found.answered_by) == ("looked", lead)
    assert found.numbers["after"] < found.numbers["before"] - 5
    assert [one.value.refusal.code for one in (hidden, strange, twice)] == [
        "not_your_team",
        "unknown_answer",
        "answered",
    ]
