"""Which conversations a risk rule hits: every fact it can ask about, on both databases alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversations.models import Completion, Tag
from sampling.risks import Condition, Rule, field_holds
from sampling.selectors.candidates import completions, with_reviewee
from sampling.selectors.hits import hits, priorities
from sampling.selectors.trials import trial
from sampling.services import signals
from sampling.terms import Terms
from tests.conftest import NOW
from tests.conversations.searching import index
from tests.factories.conversations import talk, transcribe
from tests.factories.sampling import WEEK, agent, completion

DAY = timedelta(days=1)


def terms(*rules: Rule, **more: Any) -> Terms:
    return Terms(rubric_id=0, risk_rules=[rule.as_json() for rule in rules], **more)


def rule(*when: tuple[str, ...], weight: float = 1.0, **more: Any) -> Rule:
    return Rule(tuple(Condition(*one) for one in when), weight, **more)


def hit(asked: Terms) -> dict[str, tuple[int, ...]]:
    found = hits(with_reviewee(completions(asked), asked), asked, known_by=NOW)
    names = Completion.objects.select_related("conversation").in_bulk(found)
    return {names[pk].conversation.external_id: places for pk, places in found.items()}


@pytest.fixture
def help_desk() -> None:
    """Three conversations that differ in every fact, one without a person, one of a bot."""
    anna, bert = agent("Anna"), agent("Bert")
    calm = {"csat": 5, "reopen_count": 0, "longest_response_seconds": 60, "first_response_seconds": 30,
            "message_count": 4, "duration_seconds": 300, "metadata": {"tier": "Gold", "value": 20}}  # fmt: skip
    hard = {"csat": 1, "reopen_count": 2, "longest_response_seconds": 1200, "first_response_seconds": 900,
            "message_count": 40, "duration_seconds": 7200,
            "metadata": {"tier": ["free", "Trial"], "value": "250.5", "vip": True}}  # fmt: skip
    completion(anna, at=WEEK, name="calm", **calm)
    made = completion(bert, at=WEEK + DAY, name="hard", **hard)
    completion(bert, at=WEEK + 2 * DAY, name="plain", message_count=10)
    completion(None, at=WEEK, name="nobody", **hard)
    completion(agent("Bot", is_bot=True), at=WEEK, name="bot", **hard)
    made.conversation.tagged.add(*(Tag.objects.create(name=name) for name in ("Refund", "refund", "Rück, gabe")))
    transcribe(made.conversation, talk(), now=NOW)
    index()
    # A signal counts for so many days before a conversation ended, and from then on.
    signals.critical_error(anna, now=WEEK - 8 * DAY)
    signals.critical_error(bert, now=WEEK - 3 * DAY)


ASKED: dict[tuple[str, ...], set[str]] = {
    ("csat_at_most", "2"): {"hard"},
    ("csat_at_least", "4.5"): {"calm"},
    ("reopened", "1"): {"hard"},
    ("longest_wait", "10"): {"hard"},
    ("first_reply", "0.5"): {"calm", "hard"},
    ("messages_at_least", "10"): {"hard", "plain"},
    ("messages_at_most", "10"): {"calm", "plain"},
    ("duration", "5"): {"calm", "hard"},
    ("tag", "REFUND"): {"hard"},
    ("tag", "RÜCK, GABE"): {"hard"},
    ("tag", "r%"): set(),
    ("words", ".*"): set(),
    ("words", "charged twice"): {"hard"},
    ("words", "…"): set(),
    ("field_is", "gold", "tier"): {"calm"},
    ("field_is", "trial", "tier"): {"hard"},
    ("field_is", "true", "vip"): {"hard"},
    ("field_at_least", "100", "value"): {"hard"},
    ("field_at_least", "20", "value"): {"calm", "hard"},
    ("field_at_least", "1", "tier"): set(),
    ("critical_error", "7"): {"hard", "plain"},
    ("critical_error", "30"): {"calm", "hard", "plain"},
    ("a_later_fact", "1"): set(),
}


@pytest.mark.django_db
def test_every_fact_is_asked_of_the_conversations_that_somebody_can_be_reviewed_in(help_desk: None) -> None:
    asked = terms(*(rule(when) for when in ASKED))

    found = hit(asked)

    by_rule = {when: {name for name, places in found.items() if at in places} for at, when in enumerate(ASKED)}
    assert by_rule == ASKED


@pytest.mark.django_db
def test_a_rule_needs_all_its_conditions_and_weights_add_up(help_desk: None) -> None:
    asked = terms(
        rule(("csat_at_most", "2"), ("field_is", "trial", "tier"), ("critical_error", "7"), weight=4),
        rule(("messages_at_least", "10"), weight=2.5),
        rule(("csat_at_most", "2"), ("field_is", "gold", "tier")),
    )
    rows = with_reviewee(completions(asked), asked)

    found = hits(rows, asked, known_by=NOW)

    assert sorted(priorities(found, asked).values()) == [2.5, 6.5]
    assert sorted(priorities(found, terms(*asked.rules, risk_combine="max")).values()) == [2.5, 4.0]


@pytest.mark.django_db
def test_a_trial_counts_by_rule_and_period_and_says_why(help_desk: None) -> None:
    asked = terms(
        rule(("csat_at_most", "2"), ("longest_wait", "10"), weight=4, name="Unhappy"),
        rule(("messages_at_least", "10"), weight=1),
        targeted_per_period=1,
    )

    found = trial(asked, now=NOW)

    assert [period.label for period in found.periods] == ["2026-W06", "2026-W07", "2026-W08", "2026-W09"]
    assert ([one.counts for one in found.rules], found.totals) == ([[0, 0, 0, 1], [0, 0, 0, 2]], [0, 0, 0, 3])
    assert [(one.risk, one.count) for one in found.classes] == [
        ("normal risk", 1), ("elevated risk", 1), ("high risk", 1),
    ]  # fmt: skip
    assert found.expected == pytest.approx(1.0)
    first = found.examples[0]
    assert (first.conversation.external_id, first.x, first.risk) == ("hard", 5.0, "high risk")
    assert [(reason.rule.words, reason.found) for reason in first.reasons] == [
        ("Unhappy", "CSAT 1, 20 minutes"), ("at least 10 messages", "40 messages"),
    ]  # fmt: skip
    assert first.chance == pytest.approx(5 / 6)


@pytest.mark.parametrize(
    ("metadata", "holds"),
    [({"tier": " GOLD "}, True), ({"tier": ["x", "gold"]}, True), ({"tier": {"gold": 1}}, False), ({}, False),
     ({"tier": None}, False), ([], False), ({"tier": "golden"}, False), ({"tier": [["gold"], None, 7]}, False)],
)  # fmt: skip
def test_a_custom_field_is_compared_as_text_without_case(metadata: Any, holds: bool) -> None:
    assert field_holds(Condition("field_is", "gold", "tier"), metadata) is holds


@pytest.mark.parametrize(
    ("value", "holds"),
    [(5, True), ("5.0", True), (4.9, False), (True, False), ("many", False), ("nan", False), ("inf", False),
     (float("inf"), False), (10**400, False), ({"n": 9}, False), ([1, [9], "6"], True)],
)  # fmt: skip
def test_a_custom_field_is_compared_as_a_number_where_it_is_one(value: Any, holds: bool) -> None:
    assert field_holds(Condition("field_at_least", "5", "n"), {"n": value}) is holds


@pytest.mark.parametrize(
    ("asked", "found", "holds"),
    [("7", 7, True), ("7", 7.0, True), ("7.0", 7, True), ("100", 1e2, True), ("7", "7", True), ("7", "7.0", False),
     ("1", True, False), ("8", 7, False), ("7", 10**400, False)],
)  # fmt: skip
def test_a_custom_field_that_is_a_number_is_that_number_however_it_is_written(
    asked: str, found: Any, holds: bool
) -> None:
    assert field_holds(Condition("field_is", asked, "n"), {"n": found}) is holds
