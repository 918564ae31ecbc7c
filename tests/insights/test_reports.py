"""Averages weigh by conversations, levels are pooled, and nobody is ranked on noise."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import Team, User
from accounts.roles import Role
from core.prepared import Prepared
from insights.reports import agent as agent_report
from insights.reports import averages, classes, numbers, programme, sums
from insights.reports import team as team_report
from insights.reports.strata import AgentSums
from reviews.models import QueueItem
from reviews.services import skipping
from sampling.models import Plan
from tests.api.asking import as_role, get
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, person
from tests.factories.reviews import claimed, drawn_items, published, submitted
from tests.factories.sampling import WEEK, PlanFactory
from tests.insights.cells import reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return PlanFactory()


@pytest.fixture
def reviewer() -> User:
    return person(Role.SPECIALIST)


@pytest.fixture
def team() -> Team:
    return TeamFactory(name="Retail")


def load(team: Team, *, now: datetime = NOW) -> team_report.Report:
    return team_report.load(team_report.Params(team_ids=frozenset({team.pk}), now=now))


def test_agents_weigh_by_their_conversations_not_by_their_reviews(plan: Plan, reviewer: User, team: Team) -> None:
    common = {"plan": plan, "monday": WEEK, "by": reviewer, "team": team}
    reviewed(AgentFactory(), [60, 60, 60, 60, 60], frame_size=200, **common)
    reviewed(AgentFactory(), [90, 90, 90, 90, 90], frame_size=20, **common)

    found = load(team)

    assert found.average.mean is not None
    assert round(found.average.mean, 1) == 62.7
    assert (found.average.n, found.average.frame_size) == (10, 220)


def test_fewer_than_three_reviews_give_no_average_and_no_level(plan: Plan, reviewer: User, team: Team) -> None:
    reviewed(AgentFactory(name="Ada"), [80, 60], plan=plan, monday=WEEK, by=reviewer, team=team)

    found = load(team)

    assert (found.average.mean, found.average.why) == (None, "fewer than 3 reviews")
    assert [(one.level, one.reason) for one in found.groups[0].people] == [(None, "fewer than 3 reviews")]
    assert found.groups[0].people[0].own.scores == (60.0, 80.0)


def test_people_far_apart_stand_in_groups_of_their_own(plan: Plan, reviewer: User, team: Team) -> None:
    high, low = AgentFactory(name="High"), AgentFactory(name="Low")
    for back in range(4):
        monday = WEEK - timedelta(weeks=back)
        reviewed(high, [95, 93, 97, 94, 96], plan=plan, monday=monday, by=reviewer, team=team)
        reviewed(low, [42, 40, 38, 41, 39], plan=plan, monday=monday, by=reviewer, team=team)

    found = load(team)

    assert [[one.agent.name for one in group.people] for group in found.groups] == [["High"], ["Low"]]


def test_people_close_together_stand_in_one_group(plan: Plan, reviewer: User, team: Team) -> None:
    for name, scores in (("Ada", [70, 90, 80]), ("Ben", [72, 88, 82])):
        reviewed(AgentFactory(name=name), scores, plan=plan, monday=WEEK, by=reviewer, team=team)

    found = load(team)

    assert [len(group.people) for group in found.groups] == [2]


def test_a_level_lies_between_the_own_mean_and_the_group(plan: Plan, reviewer: User, team: Team) -> None:
    low = AgentFactory(name="Low")
    reviewed(low, [40, 60, 50], plan=plan, monday=WEEK, by=reviewer, team=team)
    for place in range(5):
        reviewed(AgentFactory(), [80, 90, 85 + place], plan=plan, monday=WEEK, by=reviewer, team=team)

    levels = {one.agent.name: one.level for group in load(team).groups for one in group.people}

    assert levels["Low"] is not None
    assert 50 < levels["Low"] < 85


def test_the_interval_stays_within_the_scale(plan: Plan, reviewer: User, team: Team) -> None:
    for _place in range(3):
        reviewed(AgentFactory(), [100, 100, 40], plan=plan, monday=WEEK, by=reviewer, team=team)

    people = [one for group in load(team).groups for one in group.people]

    assert all(one.low is not None and one.high is not None and 0 <= one.low <= one.high <= 100 for one in people)


def test_an_agents_average_has_the_same_interval_on_every_page(plan: Plan, reviewer: User, team: Team) -> None:
    agents = [AgentFactory() for _place in range(3)]
    for place, one in enumerate(agents):
        TeamMembershipFactory(agent=one, team=team)
        reviewed(one, [70, 90, 80 + place], plan=plan, monday=WEEK, by=reviewer, team=team)
    reviewed(AgentFactory(), [10, 60, 100], plan=plan, monday=WEEK, by=reviewer, team=TeamFactory())
    user = person(Role.SUPERVISOR, team=team)

    listed = numbers.load(numbers.Params(kind="agent", team_ids=frozenset({team.pk}), now=NOW)).lines
    own = [agent_report.load(agent_report.Params(agent=one, user=user, now=NOW)).average for one in agents]

    assert {(one.rolling.mean, one.rolling.low, one.rolling.high) for one in listed} == {
        (one.mean, one.low, one.high) for one in own
    }
    assert None not in {one.low for one in own}


def test_answers_that_are_all_the_same_do_not_make_a_skill_sure(plan: Plan, reviewer: User, team: Team) -> None:
    agents = [AgentFactory() for _place in range(8)]
    common = {"plan": plan, "monday": WEEK, "by": reviewer, "team": team}
    for place, one in enumerate(agents):
        TeamMembershipFactory(agent=one, team=team)
        reviewed(one, [80, 80, 80], **common)
        reviewed(one, [100, 100, 100] if place == 0 else [40, 100, 90], metric="skill:empathy", **common)
    own = numbers.Params(kind="skill", team_ids=frozenset({team.pk}), now=NOW, agent=agents[0].pk)

    (line,) = numbers.load(own).lines

    assert (line.rolling.mean, line.rolling.high) == (100.0, 100.0)
    assert line.rolling.low is not None
    assert line.rolling.low < 90
    everybody = agent_report.metric_variances("skill:", agent=agents[0].pk, now=NOW)
    assert everybody == {"skill:empathy": pytest.approx(averages.variance(_of(team, "skill:empathy")))}


def _of(team: Team, metric: str) -> list[AgentSums]:
    return sums.read(weeks=8, until=NOW, metric=metric, teams=[team.pk])


def test_a_voided_draw_is_in_no_number(plan: Plan, reviewer: User, team: Team) -> None:
    stratum = reviewed(AgentFactory(), [80, 80, 80], plan=plan, monday=WEEK, by=reviewer, team=team)
    draw = stratum.draw
    draw.voided_at, draw.void_reason = NOW, "Wrong population"
    draw.save()

    assert load(team).average.n == 0


def test_the_programme_lists_teams_and_weeks_with_their_numbers(plan: Plan, reviewer: User, team: Team) -> None:
    agent = AgentFactory()
    for back in range(3):
        reviewed(agent, [70, 80, 90], plan=plan, monday=WEEK - timedelta(weeks=back), by=reviewer, team=team)

    found = programme.load(now=NOW)

    assert [(one.label, one.average.n, one.average.frame_size) for one in found.teams] == [("Retail", 9, 150)]
    assert [(one.average.n, round(one.average.mean or 0)) for one in found.weeks] == [(3, 80)] * 3
    assert found.overall.average.response_rate == 1.0


@pytest.mark.parametrize("drawn_ago", [1, 2], ids=["the newest week is drawn", "the newest week waits for its draw"])
def test_eight_weeks_are_the_newest_eight_that_were_drawn(
    plan: Plan, reviewer: User, team: Team, drawn_ago: int
) -> None:
    agent = AgentFactory()
    for back in range(drawn_ago - 1, 12):
        reviewed(agent, [70, 80, 90], plan=plan, monday=WEEK - timedelta(weeks=back), by=reviewer, team=team)

    found = load(team)

    assert (found.average.weeks_covered, found.average.n) == (8, 24)


def test_a_week_without_reviews_is_not_said_to_have_some(plan: Plan, reviewer: User, team: Team) -> None:
    stratum = reviewed(AgentFactory(), [80], plan=plan, monday=WEEK, by=reviewer, team=team)
    stratum.cells.all().delete()

    found = programme.load(now=NOW)

    assert [(one.average.n, one.average.why) for one in found.weeks] == [(0, "no reviews")]


def test_the_newest_period_is_the_newest_with_reviews_unless_another_is_asked_for(
    plan: Plan, reviewer: User, team: Team, client: Client
) -> None:
    """A draw of this morning holds nothing yet, and would leave every line without an average."""
    ada = AgentFactory(name="Ada")
    for back, scores in ((2, [60, 62, 64]), (1, [80, 82, 84]), (0, [])):
        monday = WEEK - timedelta(weeks=back)
        reviewed(ada, scores, plan=plan, monday=monday, by=reviewer, team=team, drawn=3)

    shown, drawn = (
        numbers.load(numbers.Params("agent", frozenset({team.pk}), NOW, running=running)) for running in (False, True)
    )

    assert (shown.newest_on, shown.newer) == ((WEEK - timedelta(weeks=1)).date(), 1)
    assert (drawn.newest_on, drawn.newer) == (WEEK.date(), 0)
    assert (shown.lines[0].newest.mean, shown.lines[0].change.difference) == (82, 20)
    assert (drawn.lines[0].newest.mean, drawn.lines[0].change.difference) == (None, None)
    assert shown.lines[0].rolling == drawn.lines[0].rolling
    client.force_login(person(Role.MANAGER))
    page = client.get("/team/numbers/?by=agent").content.decode()
    assert "The newest period with reviews began on 16 February. One that was drawn later waits to be reviewed." in page
    assert "no reviews" in client.get("/team/numbers/?by=agent&period=drawn").content.decode()
    asked = [get(as_role(Role.MANAGER), f"reports/numbers/?by=agent&period={name}") for name in ("drawn", "now")]
    assert (asked[0].json()["newest_on"], asked[1].status_code) == ("2026-02-23", 422)


def test_the_seat_and_the_draft_of_somebody_who_lost_the_item_are_not_counted_beside_the_review() -> None:
    items = drawn_items(3)
    claimed(items[0])
    review = published(items[0], now=NOW + timedelta(minutes=21))
    submitted(items[1])
    handed_on = claimed(items[2])
    skipping.skip(handed_on.item, reason="language", by=handed_on.author, now=NOW)

    (row,) = Prepared(lambda: classes.counted(QueueItem.objects.all())).rows(until=NOW)

    _stratum, _channel, _targeted, pending, due, reviewed_ones, scored, points = row
    assert review.current is not None
    assert (pending, due, reviewed_ones, scored, points) == (2, 1, 1, 1, review.current.final_score)
    assert dict(classes.pending([row])) == {items[0].pick.stratum_id: 2}
