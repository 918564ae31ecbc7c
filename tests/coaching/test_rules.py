"""The trigger rules are data: bounded, versioned, and a proposal names those it was made by."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import pytest

from coaching import rules, words
from coaching.models import Look, Plan, RuleVersion
from coaching.rules import SHIPPED, Rules
from coaching.selectors.rules import Held, current
from coaching.services import looks, proposals
from coaching.services import rules as service
from core.models import AuditEvent
from core.refusals import Refused
from stats import PlanState, plan_step
from tests.conftest import NOW, ROOT
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import look, member, reviewer, sampling_plan, skill, sums

WEEK = "2026-W08"


def test_what_is_shipped_is_what_was_measured():
    assert (SHIPPED.target, SHIPPED.above, SHIPPED.running, SHIPPED.decline_limit) == (70.0, 0.90, 2, 2.7)
    assert rules.out_of_bounds(SHIPPED) is None
    assert rules.from_json(rules.to_json(SHIPPED)) == SHIPPED


def test_the_guide_gives_the_odds_of_three_critical_errors_in_four_weeks_of_three_reviews():
    def at_least(times, chance, of=12):
        return 1 - sum(comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(times))

    odds = [round(100 * at_least(*case)) for case in ((3, 1 / 20), (2, 1 / 20), (3, 1 / 5))]

    assert (SHIPPED.critical_count, SHIPPED.critical_days) == (3, 28)
    assert odds == [2, 12, 44]
    guide = " ".join((ROOT / "docs" / "coaching.md").read_text().split())
    assert "in about 2 of 100 such times, but to two in 12 of 100" in guide
    assert "comes to three in 44 of 100" in guide


def test_rules_of_an_earlier_product_are_read_with_defaults_for_what_came_later():
    assert rules.from_json({"above": 0.8, "gone": 3}) == Rules(above=0.8)


def test_the_most_particular_target_holds():
    held = Rules(target=70, targets={"empathy": 75, "empathy:senior": 85})

    found = [held.target_of("empathy", "senior"), held.target_of("empathy", "entry"), held.target_of("adaptability")]

    assert found == [85, 75, 70]


@pytest.mark.parametrize(
    ("running", "states"),
    [(1, ["opened"]), (3, ["none", "none", "opened"])],
)
def test_how_many_looks_running_open_a_plan_is_a_rule(running, states):
    state, found = PlanState(), []
    for _ in states:
        state = plan_step(state, p=0.85, ok=True, above=0.8, running=running)
        found.append(state.name)

    assert found == states


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"above": 0.2}, "above", "Probability under the target: choose 50 to 99 per cent."),
        ({"running": 0}, "running", "Weekly looks running: choose 1 to 8."),
        ({"targets": {"empathy": 140.0}}, "empathy", "Target: choose 0 to 100."),
    ],
)
def test_impossible_rules_are_refused_in_words(change, field, sentence):
    with pytest.raises(Refused) as refused:
        service.change(replace(SHIPPED, **change), number=0, by=person("manager"), now=NOW)

    refusal = refused.value.refusal
    assert (refusal.status, refusal.details, str(refusal)) == (422, {"field": field}, sentence)
    assert not RuleVersion.objects.exists()


@pytest.mark.django_db
def test_each_change_is_a_version_and_the_later_of_two_people_is_told():
    manager = person("manager")
    first = service.change(replace(SHIPPED, above=0.8), number=0, by=manager, now=NOW, note=" Fewer misses. ")
    for by, number, code in ((manager, 0, "stale_rules"), (person("supervisor"), 1, "wrong_role")):
        with pytest.raises(Refused) as refused:
            service.change(replace(SHIPPED, above=0.7), number=number, by=by, now=NOW)
        assert refused.value.refusal.code == code
    with pytest.raises(Refused) as same:
        service.change(replace(SHIPPED, above=0.8), number=1, by=manager, now=NOW)

    assert same.value.refusal.code == "nothing_changed"
    assert (current(), first.note) == (Held(1, replace(SHIPPED, above=0.8)), "Fewer misses.")
    event = AuditEvent.objects.get()
    assert (event.verb, event.fields, event.params) == ("rules.changed", ["above"], {"number": 1})


@pytest.mark.django_db
def test_a_target_by_level_is_what_each_look_asks_about():
    team, scoring, by = TeamFactory(), sampling_plan(), reviewer()
    agents = [member(team, level="senior" if place == 0 else "entry") for place in range(8)]
    for agent in agents:
        sums(agent, [70, 80, 75, 76, 74, 75], week=WEEK, plan=scoring, by=by)
    held = Held(3, replace(SHIPPED, targets={"empathy:senior": 95.0}))

    looks.run(skill(), week=WEEK, now=NOW, held=held)

    of = {one.agent: one for one in Look.objects.all()}
    assert [of[agent].target for agent in agents] == [95.0] + [70.0] * 7
    assert of[agents[0]].probability > 0.9 > 0.1 > of[agents[1]].probability


@pytest.mark.django_db
def test_a_proposal_keeps_the_rules_that_it_was_made_by():
    held = Held(4, replace(SHIPPED, above=0.8, running=3))
    look(member(), skill(), week=WEEK, state="opened", probability=0.85, n=14)

    proposals.propose(WEEK, now=NOW, held=held)
    service.change(replace(SHIPPED, above=0.95), number=0, by=person("manager"), now=NOW)

    plan = Plan.objects.get()
    assert (plan.trigger["rules"], plan.trigger["above"], plan.trigger["running"]) == (4, 0.8, 3)
    assert words.why(plan) == (
        "In 14 reviews drawn at random, the level on empathy is likely under 70: the probability is 85 %, above 80 % "
        "in 3 weekly looks running."
    )
    assert words.looks_note(plan).startswith(
        "The probability that the true level lies under the target. A plan is proposed above 80 % in 3 weekly looks "
        "running, closing is suggested below 50 % in two."
    )
    assert words.standing(plan) == (
        "Waits for your decision. The coaching report says how often such proposals were right."
    )
