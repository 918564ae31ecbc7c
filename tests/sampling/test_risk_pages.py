"""Quota, strata and risk rules on the pages: filled in, tried, refused in sentences, shown, and found again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sampling.models import Plan
from tests.factories.sampling import PlanFactory, agent, drawn, week_of
from tests.sampling.pages import sent, words
from tests.sampling.test_pools import RULES, risky_week

pytestmark = pytest.mark.django_db

FILLED = {
    "quota_kind": "per_team", "quota_per_team": "30", "strata": ["channel", "risk"], "allocation": "risk",
    "risk_shares": "4, 2, 1", "risk_high_from": "5", "risk_combine": "max", "targeted_per_period": "6",
    "rules-0-name": "Unhappy and slow", "rules-0-weight": "4", "rules-0-fact_1": "csat_at_most", "rules-0-value_1": "2",
    "rules-0-fact_2": "longest_wait", "rules-0-value_2": "10",
    "rules-1-fact_1": "", "rules-1-value_1": "",
    "rules-5-certain": "on", "rules-5-fact_1": "field_is", "rules-5-key_1": "tier", "rules-5-value_1": "gold",
}  # fmt: skip


def test_what_is_filled_in_is_kept_shown_and_stands_in_the_form_again(browser: Client) -> None:
    answer = browser.post(reverse("sampling:new"), sent(**FILLED), follow=True)

    made = Plan.objects.get()
    assert (made.quota_kind, made.quota_per_team, made.quota_per_agent) == ("per_team", 30, 3)
    assert (made.strata, made.allocation, made.risk_shares) == (["channel", "risk"], "risk", [4, 2, 1])
    assert (made.risk_combine, made.risk_high_from, made.targeted_per_period) == ("max", 5.0, 6)
    assert [(rule["weight"], rule["certain"], len(rule["when"])) for rule in made.risk_rules] == [
        (4.0, False, 2), (1.0, True, 1),
    ]  # fmt: skip
    shown = words(answer)
    assert "Every week, 30 conversations per team are drawn at random, and about 6 more by risk." in shown
    assert "Unhappy and slow : CSAT at most 2 + a wait of at least 10 min × 4" in shown
    assert "tier is “gold” every one" in shown
    assert "channel, risk; by fixed shares of the risk classes (4, 2, 1)" in shown
    form = browser.get(reverse("sampling:edit", args=[made.pk])).content.decode()
    # Without scripts nobody can ask for one more rule, so two empty ones stand there already.
    spare = "".join(re.findall(r"<noscript>(.*?)</noscript>", form, flags=re.S))
    assert re.findall(r'name="(rules-\d+-fact_1)"', spare) == ["rules-2-fact_1", "rules-3-fact_1"]
    for value in ('value="Unhappy and slow"', 'value="gold"', 'value="4, 2, 1"', 'value="tier"'):
        assert form.count(value) == 1


def test_an_edit_of_the_same_terms_changes_nothing(browser: Client) -> None:
    browser.post(reverse("sampling:new"), sent(**FILLED))
    made = Plan.objects.get()

    browser.post(reverse("sampling:edit", args=[made.pk]), sent(made, **FILLED))

    made.refresh_from_db()
    assert (made.past_terms.count(), made.terms_from_at) == (0, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quota_per_team": ""}, "Say how many."),
        ({"rules-0-value_1": "low"}, "“CSAT is at most” needs a number from 0 to 1,000,000, such as 2; this is “low”."),
        ({"rules-0-fact_1": ""}, "Choose what the rule asks about."),
        ({"rules-5-key_1": ""}, "Say which custom field is meant."),
        ({"rules-1-name": "Later"}, "Say what this rule asks about, or take its name away."),
        ({"rules-0-weight": "0"}, "Not less than 0.1."),
        ({"risk_shares": "all"}, "Write three whole numbers, such as 3, 2, 1."),
        ({"strata": ["channel"]}, "Divide by risk as well: only then are there shares of risk."),
        ({"strata": ["moon"]}, "Select a valid choice. moon is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browser: Client, changes: dict[str, Any], sentence: str
) -> None:
    answer = browser.post(reverse("sampling:new"), sent(**{**FILLED, **changes}))

    html = answer.content.decode().replace("&#x27;", "'")
    assert (answer.status_code, Plan.objects.count()) == (422, 0)
    assert html.count(sentence) >= 1
    assert html.count('value="tier"') == (0 if "rules-5-key_1" in changes else 1)


def test_the_rules_of_a_form_are_tried(browser: Client) -> None:
    risky_week("Anna")
    tried = {**FILLED, "rules-0-fact_2": "", "rules-0-value_2": "", "time_zone": "UTC"}

    shown = words(browser.post(reverse("sampling:trial"), sent(**tried)))
    unreadable = words(browser.post(reverse("sampling:trial"), sent(**{**FILLED, "rules-0-value_1": "low"})))
    none = words(browser.post(reverse("sampling:trial"), sent()))

    assert "Unhappy and slow × 4 0 0 0 6" in shown
    assert "Of all conversations 0 0 0 24" in shown
    assert "Anna-20 weight 4, elevated risk, drawn with a chance of 100 % Unhappy and slow (CSAT 1)" in shown
    assert unreadable.startswith("“CSAT is at most” needs a number")
    assert none == "There is no rule yet."


def test_one_more_rule_brings_its_own_fields(browser: Client) -> None:
    added = browser.get(reverse("sampling:rule"), {"number": "4"}).content.decode()
    odd = browser.get(reverse("sampling:rule"), {"number": "a lot"})

    assert (added.count('name="rules-4-fact_1"'), added.count("?number=5")) == (1, 1)
    assert odd.status_code == 200


def test_the_preview_counts_what_each_kind_of_quota_would_draw(browser: Client) -> None:
    week_of(agent("Anna"), 9)
    week_of(agent("Bert"), 40)

    def drawn_by(**terms: Any) -> str:
        return words(browser.post(reverse("sampling:preview"), sent(time_zone="UTC", **terms)))

    assert "Would be drawn 6" in drawn_by()
    assert "Would be drawn 20" in drawn_by(quota_kind="per_team", quota_per_team=20)
    assert "Would be drawn 7" in drawn_by(quota_kind="percentage", quota_percent="10", quota_minimum="3")
    short = {key: value for key, value in FILLED.items() if key.startswith("rules-")}
    assert "More by risk, about 20" in drawn_by(targeted_per_period=20, **short)
    assert "no average of a single agent is shown" in drawn_by(targeted_per_period=20, **short)


def test_a_draw_shows_strata_pools_and_why_each_was_hit(browser: Client) -> None:
    plan = PlanFactory(quota_per_agent=3, risk_rules=RULES, targeted_per_period=5, strata=["channel"])
    risky_week("Anna")
    draw = drawn(plan)

    shown = words(browser.get(reverse("sampling:draw", args=[draw.pk])))

    assert "Anna chat 12" in shown
    assert "Targeted VIP" in shown or "Random VIP" in shown
    assert shown.count("by risk") >= 2
    assert "Replay matches." in words(browser.post(reverse("sampling:replay", args=[draw.pk])))
