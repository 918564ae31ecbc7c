"""The sweep: looks, then what they ask for, in order, once."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coaching import weeks
from coaching.models import Action, Evidence, Look, Plan, SweepFailure, SweepRun
from coaching.services import contents, plans, proposals, sweep
from core.models import AuditEvent
from reviews.models import Answer, Review
from tests.coaching.reading import as_, text
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import PlanFactory, look, member, reviewed, reviewer, sampling_plan, skill, sums
from tests.factories.coaching import plan as plan_of

pytestmark = pytest.mark.django_db
FIRST = "2025-W36"


def after(week, *, days=3):
    """A moment in the week in which a week's look is current."""
    return weeks.end_of(week) + timedelta(days=days)


def weeks_from(first, count):
    return weeks.between(weeks.shifted(first, -1), weeks.shifted(first, count - 1))


class World:
    """Agents of one team with fixed true levels, scored three times a week."""

    def __init__(self, levels, *, seed, skill_slug="empathy"):
        self.plan, self.by, self.team = sampling_plan(), reviewer(), TeamFactory()
        self.agents = [member(self.team) for _ in levels]
        self.levels, self.random, self.skill = (
            dict(zip(self.agents, levels, strict=True)),
            random.Random(seed),
            skill_slug,
        )
        self.planted = self.agents[0]
        skill(skill_slug)

    def work(self, week):
        for agent, level in self.levels.items():
            scores = [min(100, max(0, round(self.random.gauss(level, 18)))) for _ in range(3)]
            sums(agent, scores, week=week, plan=self.plan, by=self.by, skill=self.skill)


GOOD = [78, 80, 82, 84, 85, 86, 88, 90, 91]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_low_agent_gets_exactly_one_plan_and_good_agents_none(seed):
    world = World([48, *GOOD], seed=seed)

    for week in weeks_from(FIRST, 16):
        world.work(week)
        sweep.sweep(now=after(week))

    assert [(plan.agent, plan.skill.slug, plan.status) for plan in Plan.objects.all()] == [
        (world.planted, "empathy", "proposed")
    ]


def test_sweeping_twice_changes_nothing():
    world = World([45, *GOOD], seed=4)
    for week in weeks_from(FIRST, 5):
        world.work(week)
        sweep.sweep(now=after(week))
    models = (Look, Plan, Evidence, Action, AuditEvent)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    made = sweep.sweep(now=after(week) + timedelta(hours=5))

    assert made == 0
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert len(before[1]) == 1


def story(model, *names):
    return list(model.objects.order_by("skill", "agent", "pk").values_list("skill__slug", "agent__name", *names))


def run_world(*, in_time):
    """Two skills, one agent who gets better; the sweep runs each week or only at the end."""
    names = iter(f"Agent {letter}" for letter in "ABCDEFGHIJ" * 2)
    worlds = [World([40, *GOOD], seed=7), World([95, 52, *GOOD[1:]], seed=8, skill_slug="adaptability")]
    for world in worlds:
        for agent in world.agents:
            agent.name = next(names)
            agent.save()
    for place, week in enumerate(weeks_from(FIRST, 14)):
        if place == 6:
            worlds[0].levels[worlds[0].planted] = 99
        for world in worlds:
            world.work(week)
        if in_time:
            sweep.sweep(now=after(week))
    sweep.sweep(now=after(week))
    proposed = [(*row[:2], row[2]["week"]) for row in story(Plan, "trigger")]
    return story(Look, "week", "state", "above", "below", "cooldown", "probability", "reason", "n"), proposed


@pytest.mark.any_database
def test_catching_up_missed_weeks_gives_the_states_of_running_each_week_in_time():
    with transaction.atomic():
        in_time = run_world(in_time=True)
        transaction.set_rollback(True)

    late = run_world(in_time=False)

    assert late == in_time
    assert sorted(row[:2] for row in late[1]) == [("adaptability", "Agent B"), ("empathy", "Agent A")]
    assert "close_suggested" in {row[3] for row in late[0]}


def opened(agent, slug="empathy", *, week, **fields):
    return look(agent, skill(slug), week=week, state="opened", **fields)


WEEK = "2026-W08"
NOW = after(WEEK)


def propose(week=WEEK, now=NOW):
    return proposals.propose(week, now=now)


def test_an_agent_gets_at_most_two_plans_and_the_largest_probable_gap_comes_first():
    agent = member()
    opened(agent, "empathy", week=WEEK, probability=0.99, level=66.0)
    opened(agent, "adaptability", week=WEEK, probability=0.91, level=40.0)
    opened(agent, "problem-solving", week=WEEK, probability=0.95, level=55.0)

    made = propose()

    assert made == 2
    assert [plan.skill.slug for plan in Plan.objects.order_by("pk")] == ["adaptability", "problem-solving"]


def test_a_plan_withheld_for_two_open_ones_is_proposed_when_one_closes():
    agent, coach = member(), person("manager")
    first, _second = PlanFactory(agent=agent, skill=skill("a")), PlanFactory(agent=agent, skill=skill("b"))
    opened(agent, week=WEEK)
    assert propose() == 0

    plans.decline(first, reason="other", by=coach, now=NOW)

    assert propose() == 1


def test_a_new_plan_carries_what_its_look_knew():
    team = TeamFactory()
    lead = person("supervisor", team=team)
    agent = member(team, level="senior")
    opened(agent, week=WEEK, probability=0.97, n=14, baseline=60.0, baseline_sd=5.0, level=58.5)

    propose()

    plan = Plan.objects.get()
    assert (plan.team, plan.owner, plan.status, plan.origin) == (team, lead, "proposed", "level")
    assert (plan.trigger["week"], plan.trigger["probability"], plan.trigger["n"]) == (WEEK, 0.97, 14)
    assert (plan.baseline_mean, plan.baseline_n, plan.target) == (60.0, 14, 70.0)
    assert (plan.baseline_low, plan.baseline_high) == (pytest.approx(50.20018), pytest.approx(69.79982))
    assert (plan.shared_at, plan.follow_up_on) == (None, (NOW + timedelta(weeks=6)).date())
    assert len(plan.focus.splitlines()) == 3
    assert [action.due_on > NOW.date() for action in plan.actions.all()] == [True] * 4
    assert AuditEvent.objects.get().verb == "plan.proposed"


def test_nobody_who_has_left_gets_a_plan():
    agent = member(deactivated_at=NOW)
    opened(agent, week=WEEK)

    assert propose() == 0


def test_a_hundred_plans_take_as_many_questions_as_one():
    def asked(agents):
        for each in agents:
            opened(each, week=WEEK)
        with CaptureQueriesContext(connection) as questions:
            assert propose() == len(agents)
        return len(questions)

    team = TeamFactory()
    one, three = asked([member(team)]), asked([member(team), member(TeamFactory()), member(team)])

    assert one == three
    assert [plan.actions.count() for plan in Plan.objects.all()] == [4] * 4


def test_a_sweep_asks_as_much_for_sixty_agents_as_for_ten():
    def asked(agents):
        world = World([30] + [84] * (agents - 1), seed=4)
        for week in weeks_from(FIRST, 4):
            world.work(week)
        with CaptureQueriesContext(connection) as questions:
            assert sweep.sweep(now=after(week)) == 1
        looked = Look.objects.count()
        transaction.set_rollback(True)
        return looked, len(questions)

    with transaction.atomic():
        few = asked(10)
    with transaction.atomic():
        many = asked(60)

    assert (few[0], many[0]) == (40, 240)
    assert few[1] == many[1]


def test_one_agents_failure_never_stops_the_others(caplog, client):
    broken, fine = member(), member()
    opened(broken, week=WEEK, level=30.0)
    opened(fine, week=WEEK, level=60.0)
    Look.objects.filter(agent=broken).update(n_effective=float("inf"))  # nothing that a plan's trigger can hold

    made = propose()

    assert made == 1
    assert [plan.agent for plan in Plan.objects.open()] == [fine]
    noted = SweepFailure.objects.get()
    refused = {"sqlite": "IntegrityError", "postgresql": "DataError"}[connection.vendor]
    assert (noted.part, noted.agent, noted.times, noted.error) == ("proposal", broken, 1, refused)
    assert [line.getMessage() for line in caplog.records] == [f"Coaching sweep: proposal {noted.key} failed"]
    page = text(as_(client, person("admin")).get("/coaching/sweep/"))
    assert f"What the look asked for could not be done: {broken}, {noted.skill}, {WEEK}. Tried once, {refused}." in page


def test_agents_whose_looks_fail_are_named_and_tried_again_and_stop_no_other(caplog):
    world = World([45, *GOOD], seed=4)
    for week in weeks_from(FIRST, 5):
        world.work(week)
    draw = world.agents[0].strata.order_by("draw__starts_at").first().draw
    type(draw).objects.filter(pk=draw.pk).update(time_zone="Nowhere/Land")
    colleague = member(world.team)
    sums(colleague, [80, 90], week=week, plan=world.plan, by=world.by)

    assert [sweep.sweep(now=after(week)), sweep.sweep(now=after(week))] == [0, 0]
    failures = SweepFailure.objects.filter(week=FIRST)
    assert set(Look.objects.values_list("agent", flat=True)) == {colleague.pk}  # the others' failure is not theirs
    assert sorted(failures.values_list("agent", flat=True)) == sorted(agent.pk for agent in world.agents)
    assert set(failures.values_list("times", "error", "resolved_at")) == {(2, "ZoneInfoNotFoundError", None)}
    assert SweepRun.objects.first().failures == SweepFailure.objects.count() == 5 * len(world.agents)

    type(draw).objects.filter(pk=draw.pk).update(time_zone="UTC")

    assert sweep.sweep(now=after(week)) == 1
    assert sorted(set(Look.objects.filter(agent__in=world.agents).values_list("week", flat=True))) == weeks_from(
        FIRST, 5
    )
    assert set(SweepFailure.objects.values_list("resolved_at", flat=True)) == {after(week)}


def test_declining_lets_the_skill_rest_for_four_looks():
    world, coach = World([40, *GOOD], seed=5), person("manager")
    all_weeks = weeks_from(FIRST, 12)
    proposed_in, declined = [], False
    for week in all_weeks:
        world.work(week)
        sweep.sweep(now=after(week, days=2))
        for plan in Plan.objects.proposed():
            proposed_in.append(plan.trigger["week"])
            if not declined:
                plans.decline(plan, reason="not_enough", by=coach, now=after(week, days=3))
                declined = True
                assert sweep.sweep(now=after(week, days=4)) == 0
                first = week

    states = {one.week: (one.state, one.cooldown) for one in Look.objects.filter(agent=world.planted, week__gt=first)}
    assert [states[weeks.shifted(first, by)] for by in range(1, 7)] == [
        ("cooldown", 3), ("cooldown", 2), ("cooldown", 1), ("cooldown", 0), ("none", 0), ("opened", 0)
    ]  # fmt: skip
    assert proposed_in[:2] == [first, weeks.shifted(first, 6)]


def test_closing_is_suggested_after_two_good_looks_and_taken_back_by_a_bad_one():
    agent = member()
    plan = plan_of("active", agent=agent)
    row = look(agent, plan.skill, week=WEEK, state="close_suggested", probability=0.1)
    propose()
    plan.refresh_from_db()
    suggested = plan.close_suggested_at

    row.state = "open"
    row.save()
    propose(now=NOW + timedelta(days=1))

    plan.refresh_from_db()
    assert (suggested, plan.close_suggested_at, plan.status) == (NOW, None, "active")
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "plan.closing_suggested", "plan.closing_taken_back",
    ]  # fmt: skip


def test_a_shared_plan_is_due_on_its_follow_up_day():
    plan = plan_of("active", follow_up_on=NOW.date())
    later = plan_of("shared", follow_up_on=NOW.date() + timedelta(days=1))

    plans.fall_due(now=NOW)

    plan.refresh_from_db()
    later.refresh_from_db()
    assert (plan.status, later.status) == ("due", "shared")


LOW = {"understood": {"option": "no"}, "solved": {"option": "no"}, "data-protected": {"option": "yes"}}


def test_a_new_signal_adds_evidence_to_the_open_plan_once():
    agent, scoring, by = member(), sampling_plan(), reviewer()
    plan = plan_of("active", agent=agent, skill=skill("problem-solving"), proposed_at=after("2026-W06"))
    old = reviewed(agent, LOW, week="2026-W05", plan=scoring, by=by)
    contents.attach(plan, Answer.objects.filter(revision__review=old, value__lt=1), now=plan.proposed_at)
    new = reviewed(agent, LOW, week="2026-W07", plan=scoring, by=by)
    # What a later review of another plan says of a conversation that is known takes no place from what is new.
    again = reviewed(agent, LOW, week="2026-W07", plan=sampling_plan(), by=by)
    Review.objects.filter(pk=again.pk).update(conversation=old.conversation)
    look(agent, plan.skill, week=WEEK, state="open", probability=0.95, newest_published_at=new.published_at)

    propose()
    propose(now=NOW + timedelta(hours=1))

    assert sorted(plan.evidence.values_list("review", flat=True)) == [old.pk, old.pk, new.pk, new.pk]
    assert list(AuditEvent.objects.filter(verb__startswith="plan.").values_list("verb", flat=True)) == [
        "plan.evidence_added"
    ]


def test_the_number_of_queries_of_a_quiet_sweep_does_not_grow_with_plans():
    def quiet():
        with CaptureQueriesContext(connection) as queries:
            propose()
        return len(queries)

    def add():
        plan = plan_of("active", agent=member())
        look(plan.agent, plan.skill, week=WEEK, state="open", probability=0.95, newest_published_at=plan.proposed_at)

    add()
    at_one = quiet()
    for _ in range(2):
        add()

    assert quiet() == at_one
