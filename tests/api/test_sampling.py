"""Sampling plans and draws over the API: make, change, draw, replay, check, void."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role
from sampling.models import Draw, Plan
from tests.api.asking import as_role, get, post, put, results
from tests.factories.rubrics import published_version
from tests.factories.sampling import WEEK, PlanFactory, agent, drawn, master_key, week_of

pytestmark = pytest.mark.django_db


def body(**changes: Any) -> dict[str, Any]:
    rubric = published_version().rubric
    return {"name": "Weekly chat", "rubric": rubric.slug, "starts_on": "2026-03-09", **changes}


def test_a_plan_is_made_with_the_fingerprint_of_its_next_draw() -> None:
    response = post(as_role(Role.MANAGER), "sampling-plans/", body(population={"channel": ["chat"]}, hide_agent=True))

    made = Plan.objects.get()
    assert response.status_code == 201
    assert (made.population, made.hide_agent, made.hide_score) == ({"channel": ["chat"]}, True, False)
    assert len(response.json()["next_draw"]["fingerprint"]) == 64


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"rubric": "no-such-rubric"}, "rubric"), ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"quota_per_agent": 0}, "quota_per_agent"), ({"starts_on": "1900-01-01"}, "starts_on"),
        ({"population": {"channel": ["pigeon"]}}, "population.channel"), ({"reviewers": [999]}, "reviewers"),
        ({"population": {"custom": "plan > x"}}, "population.custom"), ({"name": ""}, "name"),
        ({"cycle": "hourly"}, "cycle"),
    ],
)  # fmt: skip
def test_a_plan_without_sense_says_which_field(changes: dict[str, Any], attr: str) -> None:
    response = post(as_role(Role.MANAGER), "sampling-plans/", body(**changes))

    assert (response.status_code, response.json()["errors"][0]["attr"].split(".0")[0]) == (422, attr)
    assert Plan.objects.count() == 0


def test_a_name_is_given_once() -> None:
    client, sent = as_role(Role.MANAGER), body()
    post(client, "sampling-plans/", sent)

    response = post(client, "sampling-plans/", sent)

    assert (response.status_code, response.json()["code"]) == (409, "name_taken")


def test_a_plan_is_changed_paused_resumed_and_archived() -> None:
    master_key()
    made = PlanFactory()
    client, path = as_role(Role.MANAGER), f"sampling-plans/{made.pk}"

    changed = put(client, f"{path}/", {"name": "Renamed", "rubric": made.rubric.slug, "quota_per_agent": 5})
    statuses = [post(client, f"{path}/{verb}/").json()["status"] for verb in ("pause", "resume", "archive")]
    late = put(client, f"{path}/", {"name": "Again", "rubric": made.rubric.slug})

    assert (changed.status_code, changed.json()["name"], changed.json()["quota_per_agent"]) == (200, "Renamed", 5)
    assert statuses == ["paused", "active", "archived"]
    assert (late.status_code, late.json()["code"]) == (409, "plan_archived")


def test_a_preview_counts_and_makes_nothing() -> None:
    ada = agent("Ada")
    week_of(ada, 5)

    response = post(as_role(Role.MANAGER), "sampling-plans/preview/", body())

    counted = response.json()
    assert (response.status_code, counted["total"], counted["picks"]) == (200, 5, 3)
    assert counted["by_agent"] == [{"name": "Ada", "count": 5}]
    assert Plan.objects.count() == 0


def test_a_period_is_drawn_once() -> None:
    master_key()
    week_of(agent("Ada"), 5)
    made = PlanFactory()
    client = as_role(Role.MANAGER)

    first = post(client, f"sampling-plans/{made.pk}/draw/")
    named = post(client, f"sampling-plans/{made.pk}/draw/", {"moment": WEEK.isoformat()})

    assert (first.status_code, first.json()["frame_size"], first.json()["picked"]) == (201, 5, 2)
    assert named.json()["id"] == first.json()["id"]
    assert Draw.objects.count() == 1


def test_a_period_that_is_not_over_is_not_drawn() -> None:
    made = PlanFactory()
    client = as_role(Role.MANAGER)

    running = post(client, f"sampling-plans/{made.pk}/draw/", {"moment": "2026-03-04T10:00:00Z"})
    nonsense = post(client, f"sampling-plans/{made.pk}/draw/", {"moment": "0001-01-01T00:00:00Z"})

    assert (running.status_code, running.json()["code"]) == (409, "period_open")
    assert (nonsense.status_code, nonsense.json()["code"]) == (422, "unreadable_moment")


def test_a_receipt_replays_and_a_changed_one_is_named() -> None:
    master_key()
    week_of(agent("Ada"), 5)
    draw = drawn(PlanFactory())
    client = as_role(Role.MANAGER)
    receipt = get(client, f"draws/{draw.pk}/receipt/").getvalue()

    own = get(client, f"draws/{draw.pk}/replay/").json()
    good = client.post("/api/v1/draws/check/", {"receipt": SimpleUploadedFile("r.json", receipt)}).json()
    changed = receipt.replace(b"ada-0223-0" if b"ada-0223-0" in receipt else b"Ada-0223-0", b"Ada-0223-9")
    bad = client.post("/api/v1/draws/check/", {"receipt": SimpleUploadedFile("r.json", changed)}).json()
    none = client.post("/api/v1/draws/check/", {"receipt": SimpleUploadedFile("r.json", b"hello")})

    assert json.loads(receipt) != {}
    assert (own["matches"], good["matches"], good["draws"]) == (True, True, [draw.pk])
    assert (bad["matches"], bad["differences"] == []) == (False, False)
    assert (none.status_code, none.json()["errors"][0]["attr"]) == (422, "receipt")


def test_the_frame_and_the_picks_are_listed() -> None:
    master_key()
    week_of(agent("Ada"), 5)
    draw = drawn(PlanFactory())
    client = as_role(Role.MANAGER)

    strata, picks = results(client, f"draws/{draw.pk}/strata/"), results(client, f"draws/{draw.pk}/picks/")

    assert [(row["frame_size"], row["drawn"], row["inclusion_probability"]) for row in strata] == [(5, 2, 0.4)]
    assert sorted(row["rank"] for row in picks) == [1, 2]


def test_a_draw_is_voided_once_with_a_reason_that_stays() -> None:
    master_key()
    draw = drawn(PlanFactory())
    client = as_role(Role.MANAGER)

    blank = post(client, f"draws/{draw.pk}/void/", {"reason": "  "})
    voided = post(client, f"draws/{draw.pk}/void/", {"reason": "Wrong population."})
    again = post(client, f"draws/{draw.pk}/void/", {"reason": "Again."})

    assert blank.status_code == 422
    assert (voided.status_code, voided.json()["void_reason"]) == (200, "Wrong population.")
    assert (again.status_code, again.json()["code"]) == (409, "draw_voided")
    assert [row["id"] for row in results(client, "draws/", voided=True)] == [draw.pk]
    assert results(client, "draws/", voided=False) == []


@pytest.mark.parametrize(("path", "queries"), [("sampling-plans/", 6), ("draws/", 3)])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    path: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    master_key()
    client = as_role(Role.MANAGER)
    drawn(PlanFactory())
    get(client, path)
    with django_assert_num_queries(queries) as one:
        get(client, path)
    for _ in range(2):
        drawn(PlanFactory())

    with django_assert_num_queries(len(one)):
        assert len(results(client, path)) == 3


RISKS = {
    "quota_kind": "percentage", "quota_percent": 7.5, "quota_minimum": 2, "strata": ["channel", "risk"],
    "allocation": "risk", "risk_shares": [4, 2, 1], "targeted_per_period": 12,
    "risk_rules": [
        {"name": "Unhappy", "weight": 4, "when": [{"fact": "csat_at_most", "value": "2"}]},
        {"weight": 2.5, "certain": True, "when": [
            {"fact": "longest_wait", "value": "10"}, {"fact": "field_is", "key": "tier", "value": "gold"},
        ]},
    ],
}  # fmt: skip


def test_a_plan_with_every_term_comes_back_as_it_was_sent_and_is_tried_before() -> None:
    client = as_role(Role.MANAGER)
    week_of(agent("Anna"), 6, csat=1)

    tried = post(client, "sampling-plans/trial/", body(**RISKS)).json()
    made = post(client, "sampling-plans/", body(**RISKS))

    assert [(one["rule"], one["counts"]) for one in tried["rules"]] == [
        ("Unhappy", [0, 0, 0, 6]), ("a wait of at least 10 min + tier is “gold”", [0, 0, 0, 0]),
    ]  # fmt: skip
    assert tried["examples"][0]["reasons"] == [{"rule": "Unhappy", "found": "CSAT 1"}]
    assert made.status_code == 201
    answer = made.json()
    rules = answer.pop("risk_rules")
    assert {name: answer[name] for name in RISKS if name != "risk_rules"} == {
        name: value for name, value in RISKS.items() if name != "risk_rules"
    }
    assert [(rule["weight"], rule["certain"], len(rule["when"])) for rule in rules] == [(4.0, False, 1), (2.5, True, 2)]


@pytest.mark.parametrize(
    ("changes", "attr", "says"),
    [
        ({"targeted_per_period": 5}, "targeted_per_period", "Make a risk rule first"),
        ({"strata": ["risk"]}, "strata", "Make a risk rule first"),
        ({"allocation": "risk"}, "allocation", "Divide by risk"),
        ({"allocation": "neyman"}, "allocation", "Choose first what to divide by"),
        ({"risk_rules": [{"when": [{"fact": "csat_at_most", "value": "low"}]}]}, "risk_rules.0", "needs a number"),
        ({"risk_rules": [{"when": [{"fact": "field_is", "value": "x"}]}]}, "risk_rules.0", "which custom field"),
        ({"quota_percent": 0}, "quota_percent", "greater than or equal to 0.1"),
        ({"risk_shares": [1, 2]}, "risk_shares", "at least 3"),
    ],
)
def test_terms_that_do_not_go_together_are_refused_in_a_sentence(changes: dict[str, Any], attr: str, says: str) -> None:
    response = post(as_role(Role.MANAGER), "sampling-plans/", body(**changes))

    found = {error["attr"]: error["detail"] for error in response.json()["errors"]}
    named = {name: said for name, said in found.items() if name.startswith(attr)}
    assert response.status_code == 422
    assert [said for said in named.values() if says in said] != []
    assert Plan.objects.count() == 0
