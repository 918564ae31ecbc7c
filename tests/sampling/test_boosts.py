"""Extra random picks for one agent: how many fall into each period, and which draws honour them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.boosting import extra_within
from sampling.models import QuotaBoost
from sampling.services import boosts
from tests.conftest import NOW
from tests.factories.rubrics import SkillFactory
from tests.factories.sampling import WEEK, PlanFactory, agent, drawn, week_of

SEVEN, DAY = timedelta(days=7), timedelta(days=1)
START = datetime(2026, 2, 2, tzinfo=UTC)


def weekly(extra, *, weeks, ended_at=None, count=None):
    return [
        extra_within(
            extra, starts_at=START, ends_at=START + weeks * SEVEN, ended_at=ended_at,
            period=(START + i * SEVEN, START + (i + 1) * SEVEN),
        )
        for i in range(count or weeks)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("extra", "weeks", "falls"),
    [(8, 4, [2, 2, 2, 2]), (6, 4, [2, 1, 2, 1]), (3, 4, [1, 1, 0, 1]), (1, 4, [0, 1, 0, 0]), (0, 2, [0, 0])],
)
def test_extra_picks_are_spread_evenly_over_the_weeks(extra, weeks, falls):
    assert weekly(extra, weeks=weeks) == falls


def test_nothing_falls_due_after_a_boost_was_ended():
    assert weekly(8, weeks=4, ended_at=START + SEVEN + DAY) == [2, 0, 0, 0]
    assert weekly(8, weeks=4, ended_at=START) == [0, 0, 0, 0]


@given(
    extra=st.integers(0, 60),
    hours=st.integers(1, 24 * 60),
    cuts=st.lists(st.integers(-500, 24 * 60 + 500), min_size=1, max_size=12),
)
def test_periods_of_any_length_get_exactly_the_extra_between_them(extra, hours, cuts):
    hour, ends_at = timedelta(hours=1), START + timedelta(hours=hours)
    edges = [START - 999 * hour, *(START + cut * hour for cut in sorted(cuts)), ends_at + 999 * hour]

    parts = [
        extra_within(extra, starts_at=START, ends_at=ends_at, period=(first, last))
        for first, last in itertools.pairwise(edges)
    ]

    assert sum(parts) == extra
    assert min(parts) >= 0


@pytest.mark.django_db
def test_asking_twice_is_asking_once():
    anna, skill = agent("Anna"), SkillFactory()
    terms = {"agent": anna, "skill": skill, "starts_at": NOW, "ends_at": NOW + SEVEN}

    asked = [boosts.ask("coaching-plan:1:1", extra=extra, **terms) for extra in (8, 9)]

    assert asked == [True, False]
    assert list(QuotaBoost.objects.values_list("key", "extra")) == [("coaching-plan:1:1", 8)]


@pytest.mark.django_db
@pytest.mark.parametrize(("extra", "length"), [(0, SEVEN), (8, timedelta())])
def test_nothing_is_asked_for_when_there_is_nothing_to_draw(extra, length):
    asked = boosts.ask(
        "coaching-plan:1:1", agent=agent("Anna"), skill=SkillFactory(), extra=extra, starts_at=NOW, ends_at=NOW + length
    )

    assert (asked, QuotaBoost.objects.count()) == (False, 0)


@pytest.mark.django_db
def test_ending_stops_what_runs_and_what_has_not_begun_and_nothing_else():
    anna, skill = agent("Anna"), SkillFactory()
    for key, first, last in [
        ("coaching-plan:1:1", -3, -1), ("coaching-plan:1:2", -1, 1), ("coaching-plan:1:3", 1, 2),
        ("coaching-plan:11:1", -1, 1),
    ]:  # fmt: skip
        boosts.ask(key, agent=anna, skill=skill, extra=4, starts_at=NOW + first * SEVEN, ends_at=NOW + last * SEVEN)

    ended = boosts.end("coaching-plan:1:", now=NOW)

    assert ended == 2
    assert list(QuotaBoost.objects.order_by("pk").values_list("ended_at", flat=True)) == [
        None, NOW, NOW + SEVEN, None,
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_draw_honours_a_boost_only_when_its_rubric_measures_the_skill():
    plan = PlanFactory(quota_per_agent=1)
    measured = plan.rubric.versions.get().criteria.exclude(skill=None).first().skill
    for name, skill in (("Anna", measured), ("Bert", SkillFactory(slug="somewhere-else"))):
        one = agent(name)
        week_of(one, 6)
        boosts.ask(f"coaching-plan:{one.pk}:1", agent=one, skill=skill, extra=3, starts_at=WEEK, ends_at=WEEK + SEVEN)

    draw = drawn(plan)

    assert list(draw.strata.order_by("agent__name").values_list("agent__name", "quota")) == [("Anna", 4), ("Bert", 1)]


@pytest.mark.django_db
def test_picks_of_a_boost_look_like_any_other():
    plan = PlanFactory(quota_per_agent=1)
    anna = agent("Anna")
    week_of(anna, 6)
    skill = plan.rubric.versions.get().criteria.exclude(skill=None).first().skill
    boosts.ask("coaching-plan:1:1", agent=anna, skill=skill, extra=3, starts_at=WEEK, ends_at=WEEK + SEVEN)

    picks = list(drawn(plan).picks.order_by("rank"))

    assert [(pick.pool, pick.rank, pick.drop_reason) for pick in picks] == [("random", n, "") for n in (1, 2, 3, 4)]
    assert [pick.u for pick in picks] == sorted(pick.u for pick in picks)
