"""The population of a plan: narrowed as it says, never silently wider."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from conversations.models import Tag
from core.refusals import Refused
from sampling import population
from sampling.services import draws
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory
from tests.factories.sampling import WEEK, PlanFactory, SourceFactory, agent, completion, drawn

pytestmark = pytest.mark.django_db


def names(**stored: Any) -> set[str]:
    return set(population.matching(stored).values_list("external_id", flat=True))


def three() -> None:
    anna, bert = agent("Anna"), agent("Bert")
    retail, tech = TeamFactory(slug="retail"), TeamFactory(slug="tech")
    one = completion(
        anna, at=WEEK, name="one", team=retail, channel="chat", csat=Decimal(20), metadata={"plan": "gold", "amount": 7}
    )
    completion(anna, at=WEEK, name="two", team=tech, channel="email", csat=Decimal(90))
    completion(bert, at=WEEK, name="three", team=tech, channel="ticket", source=SourceFactory(slug="mail"))
    one.conversation.tagged.add(Tag.objects.create(name="refund"))


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({}, {"one", "two", "three"}),
        ({"channel": ["chat"]}, {"one"}),
        ({"channel": ["chat", "email"]}, {"one", "two"}),
        ({"source": ["mail"]}, {"three"}),
        ({"tag": "refund"}, {"one"}),
        ({"agent": "ann"}, {"one", "two"}),
        ({"csat_to": "50"}, {"one"}),
        ({"csat_from": "50"}, {"two"}),
        ({"custom": "plan = GOLD, amount >= 5"}, {"one"}),
        ({"custom": "plan != gold", "csat_from": "50"}, {"two"}),
        ({"channel": ["email", "ticket"], "agent": "Bert"}, {"three"}),
        ({"channel": []}, {"one", "two", "three"}),
        ({"order": "oldest", "state": "open", "ended_from": "2030-01-01"}, {"one", "two", "three"}),
    ],
)
def test_a_population_is_narrowed_by_the_filters_of_the_list(stored: dict[str, Any], expected: set[str]) -> None:
    three()

    assert names(**stored) == expected


def test_a_conversation_that_was_opened_again_is_still_in() -> None:
    one = completion(agent("Anna"), at=WEEK, name="again")
    one.conversation.completed_at = None
    one.conversation.save()

    assert (names(), names(channel=["chat"])) == ({"again"}, {"again"})


@pytest.mark.parametrize(
    "stored", [{"team": ["4711"]}, {"channel": ["pigeon"]}, {"csat_from": "much"}, {"custom": "plan >"}]
)
def test_a_filter_that_cannot_be_read_is_refused_and_not_left_out(stored: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        population.matching(stored)

    assert caught.value.refusal.code == "population_unreadable"


def test_a_draw_follows_the_population() -> None:
    three()
    plan = PlanFactory(population={"channel": ["chat", "email"], "custom": "!plan, !amount"}, quota_per_agent=9)

    assert drawn(plan).frame_size == 1


def test_what_came_with_a_form_is_kept_and_shown_again() -> None:
    three()
    data = QueryDict(
        "population-channel=chat&population-channel=&population-agent=+Ann+&population-tag=&name=x&population-custom=plan%3Dgold,!x"
    )

    kept = population.stored(data)

    assert kept == {"channel": ["chat"], "agent": "Ann", "custom": "plan=gold,!x"}
    assert population.words(kept) == [("Channel", "Chat"), ("Agent", "Ann"), ("Custom fields", "plan = gold, !x")]
    assert population.filters(kept).form["channel"].value() == ["chat"]


def test_the_form_offers_no_days_and_no_order() -> None:
    assert set(population.filters({}).form.fields) == set(population.FIELDS)


def test_a_receipt_shows_names_and_not_database_ids() -> None:
    three()
    anna = agent("Carl")
    team = TeamFactory(slug="care")
    stored = {"team": [str(team.pk)], "agent_id": [str(anna.pk)], "channel": ["chat"], "custom": "plan = gold"}

    shown = population.portable(stored)

    assert shown == {"team": ["care"], "agent_id": ["zen:carl"], "channel": ["chat"], "custom": "plan = gold"}
    assert population.local(shown) == stored


def test_a_name_that_this_database_does_not_know_matches_nothing() -> None:
    assert population.local({"team": ["nowhere"], "agent_id": ["zen:nobody"]}) == {"team": ["0"], "agent_id": ["0"]}


def test_a_draw_freezes_the_names() -> None:
    three()
    team = TeamFactory(slug="care")
    plan = PlanFactory(population={"team": [str(team.pk)]})

    assert drawn(plan).frozen_settings["population"] == {"team": ["care"]}
    draws.void(plan.draws.get(), reason="wrong", by=None, now=NOW)
