"""Who led a team before reads what was completed in that time, as it stood when it ended, and nothing else.

test_privacy.py says who reads it at all; here, what of a review or a plan that went on is left out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import TeamMembership
from accounts.roles import Role
from coaching.models import Evidence, Outcome
from qa_portal.navigation import groups_for
from reviews.models import Review, ReviewRemark
from reviews.services import revisions
from tests.api.asking import asking
from tests.conftest import NOW
from tests.factories.accounts import (
    RoleGrantFactory,
    TeamFactory,
    TeamMembershipFactory,
    UserFactory,
    led_before,
    person,
)
from tests.factories.coaching import ActionFactory, agent_with_login, plan, session_of
from tests.factories.reviews import GOOD, drawn_items, filled, published

pytestmark = pytest.mark.django_db
SINCE, UNTIL = NOW - timedelta(days=100), NOW - timedelta(days=30)
BEFORE, WITHIN, LATER = SINCE - timedelta(days=5), UNTIL - timedelta(days=5), UNTIL + timedelta(days=5)
LOW = GOOD | {"understood": "no"}


@pytest.fixture
def team():
    return TeamFactory(name="Retail")


@pytest.fixture
def agent(team):
    return agent_with_login(team, name="Kim Berg")


@pytest.fixture
def grant(team):
    return led_before(UserFactory(), team, since=SINCE, until=UNTIL)


def read(grant: Any, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asking(grant.user).get(f"/api/v1/earlier-teams/{grant.pk}/{part}/").json()["results"]
    return found


def revised(review: Review) -> Review:
    """Change an answer after the grant, when the agent acknowledges and asks as well."""
    made = revisions.rewrite(
        review, filled(), comments={"understood": "Changed later."}, by=review.author, now=LATER, reason="dispute"
    )
    Review.objects.filter(pk=review.pk).update(
        current=made, read_at=WITHIN, acknowledged_at=LATER, reply="Answered later."
    )
    for text, at in (("Asked in time?", WITHIN), ("Asked later?", LATER)):
        ReviewRemark.objects.create(review=review, is_question=True, text=text, created_at=at)
    return review


def test_a_review_is_read_as_it_stood_when_the_grant_ended(client, team, agent, grant) -> None:
    of = {name: published(drawn_items(agent=agent, team=team)[0], now=at, answers=LOW)
          for name, at in (("before", BEFORE), ("within", WITHIN), ("later", LATER))}  # fmt: skip
    published(drawn_items(agent=agent, team=TeamFactory())[0], now=WITHIN)
    first = revised(of["within"]).revisions.get(number=1)
    client.force_login(grant.user)

    page = client.get(reverse("coaching:earlier_review", args=[grant.pk, of["within"].pk])).content.decode()
    hidden = [
        client.get(reverse("coaching:earlier_review", args=[grant.pk, of[one].pk])) for one in ("before", "later")
    ]
    (row,) = read(grant, "reviews")

    assert [answer.status_code for answer in hidden] == [404, 404]
    assert (row["id"], row["revision"], row["final_score"]) == (of["within"].pk, 1, f"{first.final_score}")
    assert (row["read_at"] is not None, row["acknowledged_at"], row["reply"]) == (True, None, "")
    assert [one["text"] for one in row["remarks"]] == ["Asked in time?"]
    assert row["answers"][0]["comments"] == ["Because of understood."]
    assert ["Because of understood." in page, "Asked in time?" in page, "later" in page] == [True, True, False]


def test_a_plan_is_read_as_it_stood_when_the_grant_ended(client, team, agent, grant) -> None:
    review = revised(published(drawn_items(agent=agent, team=team)[0], now=WITHIN, answers=LOW))
    made = plan("closed", agent=agent, team=team, closed_at=WITHIN, close_reason="goal_reached")
    for revision in review.revisions.all():
        answer = revision.answers.get(criterion__lineage="understood")
        Evidence.objects.create(plan=made, review=review, answer=answer, added_at=WITHIN)
    ActionFactory(plan=made, done_at=WITHIN, confirmed_at=LATER)
    held = {"status": "held", "starts_at": WITHIN, "agent_confirmed_at": WITHIN, "notes": "Agreed."}
    session_of(made, **held, coach_confirmed_at=WITHIN, updated_at=WITHIN)
    session_of(made, **held, coach_confirmed_at=WITHIN, updated_at=LATER)
    session_of(made, **held, coach_confirmed_at=LATER, updated_at=LATER)
    Outcome.objects.create(
        plan=made, first_week="2026-W01", last_week="2026-W02", baseline_first_week="2025-W40", digest="0",
        baseline_last_week="2025-W50", measured_at=LATER, checked_at=LATER, verdict="not_enough_data", shown="none",
    )  # fmt: skip

    (row,) = read(grant, "plans")

    assert [(one["answer"], one["comments"]) for one in row["evidence"]] == [("No", ["Because of understood."])]
    assert [(one["done_at"] is not None, one["confirmed_at"]) for one in row["actions"]] == [(True, None)]
    assert [(one["notes"], one["is_changed_since"]) for one in row["sessions"]] == [("Agreed.", False), ("", True)]
    assert row["outcome"] == ""


def test_what_an_agent_did_in_another_team_is_not_the_former_supervisors(team, agent, grant) -> None:
    moved = WITHIN - timedelta(days=10)
    TeamMembership.objects.filter(agent=agent).update(ends_at=moved)
    TeamMembershipFactory(agent=agent, team=TeamFactory(), starts_at=moved)
    of = plan("active", agent=agent, team=team)  # the sweep has not handed it over yet
    for at in (moved - timedelta(days=1), WITHIN):
        session_of(of, status="held", starts_at=at, agent_confirmed_at=at, coach_confirmed_at=at, updated_at=at)

    assert [one["starts_at"][:10] for one in read(grant, "sessions")] == [str((moved - timedelta(days=1)).date())]


def test_a_former_supervisor_finds_it_in_the_rail_and_on_the_first_page(client, team, agent, grant) -> None:
    published(drawn_items(agent=agent, team=team)[0], now=WITHIN)
    other = published(drawn_items(agent=agent_with_login(team), team=team)[0], now=WITHIN)
    client.force_login(grant.user)
    address = reverse("coaching:earlier_team", args=[grant.pk])

    links = [link.url for group in groups_for(grant.user, path="/", now=NOW) for link in group.links]
    pages = [client.get(path).content.decode() for path in ("/", reverse("coaching:earlier_teams"))]
    narrowed = client.get(address, {"agent": other.agent_id})

    assert links == [reverse("coaching:earlier_teams")]
    assert [reverse("coaching:earlier_teams") in pages[0], address in pages[1]] == [True, True]
    assert [one.review.pk for one in narrowed.context["page"]] == [other.pk]
    RoleGrantFactory(user=grant.user, role=Role.SUPERVISOR, team=team)  # leads it again: the whole record is open
    again = type(grant.user).objects.get(pk=grant.user_id)
    names = [str(link.label) for group in groups_for(again, path="/", now=NOW) for link in group.links]
    assert "Earlier teams" not in names


def test_who_leads_the_team_today_reads_the_whole_record(client, team, agent) -> None:
    before = published(drawn_items(agent=agent, team=TeamFactory())[0], now=WITHIN)
    today, elsewhere = person(Role.SUPERVISOR, team=team), person(Role.SUPERVISOR, team=TeamFactory())
    reviewer = person(Role.SPECIALIST, team=team)

    reads = {who.pk: list(Review.objects.visible_to(who)) for who in (today, elsewhere, reviewer)}
    ways = {who.pk: [one for way in Review.objects.by_each_way(who) for one in way] for who in (today, before.author)}
    client.force_login(today)
    page = client.get(reverse("insights:agent", args=[agent.pk]))

    assert list(reads.values()) == [[before], [], []]
    assert list(ways.values()) == [[before], [before]]
    assert page.context["report"].reviews == [before]
    assert client.get(reverse("reviews:review", args=[before.pk])).status_code == 200
