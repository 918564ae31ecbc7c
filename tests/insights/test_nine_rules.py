"""The nine rules of presentation (statistics.md 8), each walked over every place that shows or returns an average."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Agent, Team, User
from accounts.roles import Role
from insights.reports import agreement, averages, numbers
from insights.reports import team as team_report
from sampling.models import Plan
from stats import cannot_tell_apart
from tests.api.asking import as_role, get, schema
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, person
from tests.factories.reviews import by_hand, specialist
from tests.factories.rubrics import draft_version
from tests.factories.sampling import WEEK, PlanFactory
from tests.insights.cells import reviewed

pytestmark = pytest.mark.django_db
KINDS = ("team", "agent", "skill", "criterion", "section")
CARRIES = {
    "n", "frame_size", "drawn", "pending", "response_rate", "pool", "reason", "bounds", "failed", "scores", "low",
    "high", "adjusted",
}  # fmt: skip
# What an answer calls a number that reviews were put together to: whatever is called so needs its company.
AVERAGE = re.compile(r"(^|_)(mean|level|average|adjusted|baseline)$")
POPULATION = {"frame_size", "response_rate", "pool"}
SURE = ({"low", "high"}, {"baseline_low", "baseline_high"}, {"probability"})
WHY_NOT = {"reason", "sentence", "standing", "says", "status", "kind"}
# Templates that print a mean by themselves: what they print beside it is theirs to test.
BY_THEMSELVES = {
    "templates/components/average.html": "this is where it is done",
    "templates/coaching/outcome.html": "both means with n, N, response rate, pool and interval: rests_on",
    "templates/coaching/list.html": "a baseline with n and band",
    "templates/coaching/plan.html": "a baseline with n and band",
    "templates/coaching/earlier_plan.html": "a baseline with n and band",
    "templates/rubrics/rubric.html": "a worked example, not a result",
    "templates/insights/planner.html": "minutes of a review, with n and limits; not a score",
    "templates/insights/programme.html": "its first sentence and its bars; what they rest on stands beside them",
}


@pytest.fixture
def world() -> dict[str, Any]:
    """Make a team in which every rule has somebody it is about."""
    team, plan, by = TeamFactory(name="Retail", slug="retail"), PlanFactory(), specialist()
    people: dict[str, Agent] = {}

    def put(name: str, scores: list[float], **more: Any) -> None:
        if name not in people:
            people[name] = AgentFactory(name=name)
            TeamMembershipFactory(agent=people[name], team=team, starts_at=NOW - timedelta(days=400))
        reviewed(people[name], scores, plan=plan, by=by, team=team, **{"monday": WEEK, **more})

    put("Many", [80, 81, 81] * 10)
    put("Some", [70, 75, 90, 80], failed=1)
    put("Two", [60, 80])
    put("None", [], drawn=4)
    put("Amber", [80, 84, 88, 76, 92, 80, 80], drawn=10)
    put("Low", [80, 84, 88, 76], drawn=10)
    for name in ("Many", "Some", "Amber"):
        for metric in ("skill:empathy", "criterion:solved", "section:tone"):
            put(name, [80, 60, 70], metric=metric)
        put(name, [82, 62, 72], monday=WEEK - timedelta(weeks=1))
    return {"team": team, "plan": plan, "by": by, "people": people}


def bodies(client: Client, world: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every answer of the API that holds averages."""
    paths = ["reports/team/", "reports/programme/", *(f"reports/numbers/?by={kind}" for kind in KINDS)]
    paths += [f"reports/agents/{agent.pk}/" for agent in world["people"].values()]
    paths += [f"reports/numbers/?agent={agent.pk}&by=skill" for agent in world["people"].values()]
    for path in paths:
        yield path, get(client, path).json()


def found(body: Any, key: str = "mean") -> Iterator[dict[str, Any]]:
    """Yield every object with a key, however deep."""
    if isinstance(body, dict):
        if key in body:
            yield body
        for part in body.values():
            yield from found(part, key)
    elif isinstance(body, list):
        for part in body:
            yield from found(part, key)


def exported(client: Client, by: str) -> list[dict[str, str]]:
    """Return the rows of the file that a spreadsheet opens."""
    return list(csv.DictReader(io.StringIO(client.get(f"/team/numbers.csv?by={by}").content.decode("utf-8-sig"))))


def test_rule_1_no_number_goes_without_what_it_rests_on(world: dict[str, Any], client: Client) -> None:
    seen = [(path, one) for path, body in bodies(as_role(Role.MANAGER), world) for one in found(body)]

    assert len(seen) >= 40
    for path, one in seen:
        assert CARRIES - one.keys() == set(), path
        assert one["pool"] == "random", path
        if one["mean"] is None or one["low"] is None:
            assert one["reason"], path
        if one["mean"] is not None:
            assert one["response_rate"] is not None, path
            assert 0 <= (one["low"] or 0) <= one["mean"] <= (one["high"] or 100) <= 100, path
    client.force_login(person(Role.MANAGER))
    rows = exported(client, "agent")
    assert [row["name"] for row in rows] == sorted(world["people"])
    for row in rows:
        for window in ("newest", "four_weeks"):
            assert row[f"{window}_n"], row
            assert row[f"{window}_frame_size"], row
            assert row[f"{window}_pool"] == "random"
            assert row[f"{window}_mean"] or row[f"{window}_reason"], row


def lacks(part: dict[str, Any], parts: dict[str, Any]) -> set[str]:
    """Return what a part of the schema with an average-like number lacks: in itself, or in what its number rests on."""
    own = part.get("properties", {})
    named = {name for name, field in own.items() if AVERAGE.search(name) and _is_number(field)}
    if not named:
        return set()
    rests_on = next((field for name, field in own.items() if name.endswith("rests_on")), {})
    company = own.keys() | (parts[ref].get("properties", {}).keys() if (ref := _reference(rests_on)) else set())
    found = POPULATION - company
    found |= set() if any(name == "n" or name.endswith("_n") for name in own) else {"n"}
    found |= set() if any(sure <= company for sure in SURE) else {"an interval"}
    return found | (set() if own.keys() & WHY_NOT else {"why there is none"})


def test_rule_1_every_average_that_the_api_may_answer_has_its_company() -> None:
    parts = schema()["components"]["schemas"]
    found = {name: lacks(part, parts) for name, part in parts.items() if not name.endswith("Request")}
    # Shares of pairs that reviewers judged twice: no frame stands behind them, and each says of how many it is.
    assert found.pop("Ambiguity") == {"frame_size", "pool", "n", "response_rate"}
    assert {"pairs", "answers", "decided"} <= parts["Ambiguity"]["properties"].keys()
    poor = {"properties": {"post_mean": {"type": ["number", "null"]}, "post_n": {}, "low": {}, "high": {}}}

    assert {name: missing for name, missing in found.items() if missing} == {}
    assert lacks(poor, parts) == {*POPULATION, "why there is none"}  # the check itself sees what is missing


def test_rule_1_pages_print_averages_by_one_component() -> None:
    printed = re.compile(r"[._]mean\b")
    pages = {str(path) for path in Path("templates").rglob("*.html") if printed.search(path.read_text())}

    assert pages - BY_THEMSELVES.keys() <= {"templates/insights/team.html"}  # asks whether there is one
    tag = re.compile(r"<c-estimate [^>]*>")
    levels = {str(path): tag.findall(path.read_text()) for path in Path("templates").rglob("*.html")}
    alone = {path for path, tags in levels.items() if any(":rests=" not in one for one in tags)}
    # The catalogue; alphas and disagreement, which rest on pairs; and the team, whose table has a column for it.
    agreement = {"templates/reviews/_agreement.html", "templates/insights/agreement.html"}
    assert alone == {"templates/ui.html", "templates/insights/team.html", *agreement}


def test_rule_2_few_reviews_are_listed_and_decimals_come_with_thirty(world: dict[str, Any], client: Client) -> None:
    own = {name: get(as_role(Role.MANAGER), f"reports/agents/{agent.pk}/").json()["average"]
           for name, agent in world["people"].items()}  # fmt: skip

    assert (own["None"]["mean"], own["None"]["reason"], own["None"]["scores"]) == (None, "no reviews", [])
    assert (own["Two"]["mean"], own["Two"]["reason"], own["Two"]["scores"]) == (None, "fewer than 3 reviews", [60, 80])
    assert own["Some"]["mean"] == int(own["Some"]["mean"])
    assert own["Many"]["mean"] != int(own["Many"]["mean"])
    client.force_login(person(Role.MANAGER))
    page = client.get(f"/team/agents/{world['people']['Two'].pk}/").content.decode()
    assert "fewer than 3 reviews: 60, 80" in page
    rows = {row["name"]: row for row in exported(client, "agent")}
    assert [rows[name]["newest_mean"] for name in ("None", "Two", "Some", "Many")] == ["", "", "79", "80.7"]
    assert (rows["Two"]["newest_scores"], rows["None"]["newest_reason"]) == ("60.0 80.0", "no reviews")


def test_rule_3_rankings_use_pooled_levels_in_groups_that_cannot_be_told_apart(world: dict[str, Any]) -> None:
    report = team_report.load(team_report.Params(team_ids=None, now=NOW))
    levels = [(one.level, ((one.high or 0) - (one.low or 0)) / (2 * team_report.Z95))
              for group in report.groups for one in group.people if one.level is not None]  # fmt: skip
    bands = cannot_tell_apart([level for level, _sd in levels], sd=[sd for _level, sd in levels])

    start = 0
    for group in report.groups:
        if group.people[0].level is not None:
            assert all(start + place in bands[start] for place in range(1, len(group.people)))
            start += len(group.people)
    names = [line.name for line in numbers.load(numbers.Params("agent", None, NOW)).lines]
    assert names == sorted(names)  # averages are listed by name: no raw leaderboard


def test_rule_4_a_level_says_that_it_borrows_from_the_team(world: dict[str, Any], client: Client) -> None:
    client.force_login(person(Role.MANAGER))
    team = client.get("/team/").content.decode()

    assert "Estimated level, borrowing from the team" in team
    assert "95 % CI of" not in team


def test_rule_5_what_was_picked_by_hand_is_in_no_average(world: dict[str, Any], client: Client) -> None:
    before = dict(bodies(as_role(Role.MANAGER), world))
    by_hand(agent=world["people"]["Some"], team=world["team"])

    assert dict(bodies(as_role(Role.MANAGER), world)) == before
    client.force_login(person(Role.MANAGER))
    mixed = client.get("/reviews/").content.decode()
    assert "average" not in re.sub(r"<script.*?</script>", "", mixed, flags=re.S).lower().replace("in an average", "")


def test_rule_6_two_periods_are_compared_with_an_interval_and_an_arrow_only_for_a_difference(
    world: dict[str, Any], client: Client
) -> None:
    seen, pointed = 0, []
    client.force_login(person(Role.MANAGER))
    for kind in KINDS:
        lines = get(as_role(Role.MANAGER), f"reports/numbers/?by={kind}").json()["lines"]
        directions = [line["change"]["direction"] or "" for line in lines]
        assert [row["change_direction"] for row in exported(client, kind)] == directions
        page = client.get(f"/team/numbers/?by={kind}").content.decode()
        arrows = re.findall(r'<span class="visually-hidden">(up|down)</span>', page)
        assert arrows == [one for one in directions if one]
        compared = [line["change"] for line in lines if line["change"]["difference"] is not None]
        assert page.count("cannot be told from no change") == sum(not one["direction"] for one in compared)
        pointed += arrows
        for line in lines:
            change = line["change"]
            if change["difference"] is None:
                assert change["reason"]
                continue
            seen += 1
            apart = change["low"] > 0 or change["high"] < 0
            assert (change["direction"] is not None) == apart
            assert change["low"] <= change["difference"] <= change["high"]
    assert (seen >= 3, "up" in pointed) == (True, True)


def test_rule_7_a_refusal_is_a_result(world: dict[str, Any]) -> None:
    report = agreement.load(now=NOW)

    assert (report.total.alpha, report.total.n) == (None, 0)
    assert report.total.reason == "not enough pairs: no conversation was judged by two people yet"
    assert averages.sentence("low_response") == "fewer than half of what is due is reviewed"


def test_rule_8_another_version_breaks_the_series_except_for_unchanged_questions(
    world: dict[str, Any], client: Client
) -> None:
    plan: Plan = world["plan"]
    other = draft_version()
    ada: Agent = AgentFactory(name="Ada")
    team: Team = TeamFactory(name="Versions")
    by: User = world["by"]
    for metric in ("total", "criterion:unknown-to-both"):
        common = {"plan": plan, "by": by, "team": team, "metric": metric}
        reviewed(ada, [50, 52, 54], monday=WEEK - timedelta(weeks=1), **common)  # type: ignore[arg-type]
        reviewed(ada, [90, 92, 94], monday=WEEK, version=other, **common)  # type: ignore[arg-type]

    of_team = numbers.load(numbers.Params("team", frozenset({team.pk}), NOW)).lines[0]
    of_criterion = numbers.load(numbers.Params("criterion", frozenset({team.pk}), NOW)).lines[0]

    assert (of_team.change.difference, of_team.why_no_change) == (None, "another version of the scorecard")
    assert of_criterion.change.direction == "up"  # neither version asks it in two ways
    weeks = get(as_role(Role.MANAGER), "reports/programme/").json()["weeks"]
    assert [week["breaks"] for week in weeks] == [False, True]
    client.force_login(person(Role.MANAGER))
    row = next(row for row in exported(client, "agent") if row["name"] == "Ada")
    assert (row["change"], row["change_reason"]) == ("", "another version of the scorecard")
    assert client.get("/team/numbers/?by=agent").content.decode().count("another version of the scorecard") == 1


def test_rule_9_a_failed_card_counts_as_scored_and_is_counted_beside_the_mean(
    world: dict[str, Any], client: Client
) -> None:
    some = world["people"]["Some"]
    body = get(as_role(Role.MANAGER), f"reports/agents/{some.pk}/").json()["average"]

    assert (body["failed"], body["n"]) == (1, 7)
    client.force_login(person(Role.MANAGER))
    assert "One failed the card." in client.get(f"/team/agents/{some.pk}/").content.decode()
    row = next(row for row in exported(client, "agent") if row["name"] == "Some")
    assert (row["four_weeks_failed"], row["four_weeks_n"]) == ("1", "7")


@pytest.mark.parametrize(("name", "rate"), [("Amber", 10 / 13), ("Low", 0.4)])
def test_what_is_not_reviewed_turns_amber_and_then_takes_the_average_away(
    world: dict[str, Any], client: Client, name: str, rate: float
) -> None:
    agent = world["people"][name]
    body = get(as_role(Role.MANAGER), f"reports/agents/{agent.pk}/").json()["average"]
    client.force_login(person(Role.MANAGER))
    page = client.get(f"/team/agents/{agent.pk}/").content.decode()

    assert body["response_rate"] == pytest.approx(rate)
    if name == "Low":
        assert (body["mean"], body["reason"]) == (None, "fewer than half of what is due is reviewed")
        assert "fewer than half of what is due is reviewed" in page
    else:
        exact = averages.of_agent(_sums_of(agent), v_team=100.0)
        assert exact.mean is not None
        assert exact.bounds == pytest.approx((rate * exact.mean, rate * exact.mean + 100 * (1 - rate)))
        assert body["bounds"] == {"low": round(exact.bounds[0]), "high": round(exact.bounds[1])}
        assert "at worst" in page


def _reference(field: dict[str, Any]) -> str:
    """Return the part of the schema that a field refers to, alone, as a list or beside null."""
    found = re.search(r"#/components/schemas/(\w+)", str(field))
    return found[1] if found else ""


def _is_number(field: dict[str, Any]) -> bool:
    """Say whether a field of the schema holds a number: the level of a career is a word."""
    return "number" in field.get("type", "")


def _sums_of(agent: Agent) -> Any:
    from insights.reports import sums

    return sums.read(weeks=4, until=NOW, agent=agent.pk)[0]
