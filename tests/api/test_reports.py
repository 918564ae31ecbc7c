"""The reports over the API: the numbers of the pages, each with n, N, response rate, pool and interval, or a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Agent, RoleGrant, Team
from accounts.roles import Role
from core.models import AuditEvent
from insights.reports import programme, team
from reviews.models import Review
from tests.api.asking import as_role, asking, get
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, RoleGrantFactory, TeamFactory, TeamMembershipFactory, person
from tests.factories.reviews import published
from tests.factories.sampling import WEEK, PlanFactory
from tests.insights.cells import reviewed

pytestmark = pytest.mark.django_db
CARRIES = {"n", "frame_size", "response_rate", "pool", "reason"}


def worked(scores: dict[str, list[float]], *, team: Team) -> dict[str, Any]:
    """Put the published scores of some agents of a team into last week's sums."""
    plan, by = PlanFactory(), person(Role.SPECIALIST)
    found = {}
    for name, given in scores.items():
        found[name] = AgentFactory(name=name)
        TeamMembershipFactory(agent=found[name], team=team, starts_at=NOW - timedelta(days=400))
        reviewed(found[name], given, plan=plan, monday=WEEK, by=by, team=team)
    return found


def numbers(body: Any) -> Iterator[dict[str, Any]]:
    """Yield every object that holds an average or a level, however deep."""
    if isinstance(body, dict):
        if {"mean", "level"} & body.keys():
            yield body
        for part in body.values():
            yield from numbers(part)
    elif isinstance(body, list):
        for part in body:
            yield from numbers(part)


def test_the_team_report_says_what_the_page_says() -> None:
    retail = TeamFactory(name="Retail", slug="retail")
    worked({"Ada": [80, 84, 88, 90], "Ben": [60, 62, 64, 66], "Cleo": [70]}, team=retail)
    report = team.load(team.Params(team_ids=frozenset({retail.pk}), now=NOW))

    body = get(asking(person(Role.SUPERVISOR, team=retail)), "reports/team/").json()

    found = report.average
    assert found.mean is not None
    assert body["teams"] == [{"id": retail.pk, "name": "Retail"}]
    assert body["average"] == {
        "mean": round(found.mean), "low": round(found.low or 0), "high": round(found.high or 0), "n": 9,
        "frame_size": 150, "repeated": 0, "drawn": 9, "pending": 0, "response_rate": 1.0, "bounds": None, "failed": 0,
        "scores": [], "versions": sorted(found.versions), "pool": "random", "reason": "", "adjusted": None,
    }  # fmt: skip
    people = [one for group in body["groups"] for one in group["people"]]
    assert [(one["agent"]["name"], one["n"], one["reason"]) for one in people] == [
        ("Ada", 4, ""), ("Ben", 4, ""), ("Cleo", 1, "fewer than 3 reviews"),
    ]  # fmt: skip
    assert (people[-1]["level"], people[-1]["own"]["scores"]) == (None, [70.0])


def test_no_number_goes_without_what_it_rests_on() -> None:
    retail = TeamFactory()
    ada = worked({"Ada": [80, 84, 88, 90], "Ben": [60, 62]}, team=retail)["Ada"]
    client = as_role(Role.MANAGER)

    bodies = [get(client, path).json() for path in ("reports/team/", f"reports/agents/{ada.pk}/", "reports/programme/")]

    averages = [one for body in bodies for one in numbers(body)]
    assert len(averages) == 9
    assert [one for one in averages if CARRIES - one.keys()] == []
    assert [one for one in averages if one.get("mean", one.get("level")) is None and not one["reason"]] == []


def test_two_reviews_of_an_agent_give_no_average() -> None:
    ben = worked({"Ben": [60, 62]}, team=TeamFactory())["Ben"]

    body = get(as_role(Role.MANAGER), f"reports/agents/{ben.pk}/").json()

    assert (body["average"]["mean"], body["average"]["n"], body["average"]["reason"]) == (
        None, 2, "fewer than 3 reviews",
    )  # fmt: skip


def test_tenths_are_shown_from_thirty_reviews_on() -> None:
    agents = worked({"Few": [80, 81, 81], "Many": [80, 81, 81] * 10}, team=TeamFactory())
    client = as_role(Role.MANAGER)

    few, many = (get(client, f"reports/agents/{agents[name].pk}/").json()["average"]["mean"] for name in agents)

    assert (few, many) == (81.0, 80.7)


def test_the_programme_report_says_what_the_page_says() -> None:
    worked({"Ada": [80, 84, 88, 90]}, team=TeamFactory(name="Retail"))
    report = programme.load(now=NOW)

    body = get(as_role(Role.MANAGER), "reports/programme/").json()

    assert [one["label"] for one in body["teams"]] == ["Retail"]
    assert [one["label"] for one in body["weeks"]] == [one.label for one in report.weeks] == ["23 Feb"]
    assert body["overall"]["mean"] == round(report.overall.average.mean or 0)
    assert (body["waiting"], body["overdue"], body["submitted"]) == (0, 0, 0)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert get(client, path).status_code == 200
    return len(caught)


@pytest.mark.parametrize("path", ["reports/team/", "reports/programme/", "needs/", "audit/"])
def test_a_report_costs_the_same_for_one_agent_and_for_three(path: str) -> None:
    user = person(Role.MANAGER)
    RoleGrantFactory(user=user, role=Role.ADMIN)
    client = asking(user)
    worked({"Ada": [80, 84, 88]}, team=TeamFactory())
    queries(client, path)  # the first request of a token writes down that it was used
    one = queries(client, path)
    worked({"Ben": [80, 84, 88], "Cleo": [60, 64, 68]}, team=TeamFactory())

    assert queries(client, path) == one


# ---- who may read what


def test_a_supervisor_reads_own_teams_and_no_other() -> None:
    mine, other = TeamFactory(slug="mine"), TeamFactory(slug="other")
    ada = worked({"Ada": [80, 84, 88]}, team=mine)["Ada"]
    ben = worked({"Ben": [60, 62, 64]}, team=other)["Ben"]
    client = asking(person(Role.SUPERVISOR, team=mine))

    names = [one["agent"]["name"] for group in get(client, "reports/team/").json()["groups"] for one in group["people"]]
    asked = [
        get(client, "reports/team/", team="mine"), get(client, "reports/team/", team="other"),
        get(client, f"reports/agents/{ada.pk}/"), get(client, f"reports/agents/{ben.pk}/"),
        get(client, "reports/programme/"),
    ]  # fmt: skip

    assert names == ["Ada"]
    assert [answer.status_code for answer in asked] == [200, 422, 200, 404, 403]
    assert asked[1].json()["errors"][0]["detail"] == "There is no such team for you."


def test_nobody_reads_the_report_on_themselves() -> None:
    user = person(Role.MANAGER)
    me = AgentFactory(user=user)

    assert get(asking(user), f"reports/agents/{me.pk}/").status_code == 404


def test_what_needs_a_supervisor_is_listed_with_the_page_that_shows_it() -> None:
    retail = TeamFactory()
    review = published(answers={"understood": "no", "solved": "no", "data-protected": "breach"})
    Agent.objects.filter(pk=review.agent_id).update(user=person(Role.AGENT))
    lead = asking(person(Role.SUPERVISOR, team=review.team))

    needs = get(as_role(Role.MANAGER), "needs/").json()
    of_another_team = get(asking(person(Role.SUPERVISOR, team=retail)), "needs/").json()
    of_the_team = get(lead, "needs/").json()
    Review.objects.update(published_at=NOW - timedelta(days=10))
    later = get(lead, "needs/").json()
    Review.objects.update(published_at=NOW - timedelta(weeks=13))

    assert [(one["title"], one["tone"]) for one in needs] == [("One review did not pass this week", "critical")]
    assert needs[0]["url"].startswith("/reviews/?outcome=fail")
    assert (of_the_team, of_another_team) == (needs, [])
    assert [(one["title"], one["detail"].partition(". ")[2]) for one in later] == [
        ("One person has unread feedback", "The oldest waits for 10 days.")
    ]
    assert get(lead, "needs/").json() == []


# ---- the audit trail


def test_an_admin_reads_the_audit_trail_with_its_filters() -> None:
    review = published()
    client = as_role(Role.ADMIN)

    rows = get(client, "audit/", verb="review.published").json()["results"]

    event = AuditEvent.objects.get(verb="review.published")
    assert [(one["id"], one["actor"], one["target_id"]) for one in rows] == [
        (event.pk, review.author.name, str(review.pk))
    ]
    assert rows[0]["sentence"].startswith(f"{review.author.name} published the review")


def test_an_admin_of_one_team_reads_no_audit_trail(client: Client) -> None:
    user = person(Role.ADMIN)
    RoleGrant.objects.filter(user=user).update(team=TeamFactory())

    answer = get(asking(user), "audit/")

    assert (answer.status_code, answer.json()["code"]) == (403, "one_team_only")


# ---- the export of the list


def test_the_list_of_reviews_leads_to_its_export_with_the_same_filters(client: Client) -> None:
    published()
    client.force_login(person(Role.MANAGER))

    page = client.get("/reviews/?pool=random&page=1").content.decode()
    answer = client.get("/api/v1/reviews/export/?pool=random&format=csv")

    assert 'href="/api/v1/reviews/export/?pool=random&amp;format=csv"' in page
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (answer["Content-Disposition"], len(lines)) == ('attachment; filename="reviews.csv"', 2)
