"""The team page's numbers, worked out again from what the API exports, by arithmetic that shares nothing with ours."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Team
from accounts.roles import Role
from insights.reports import averages, sums
from reviews.models import QueueItem, Review
from reviews.services import claims, filling, publishing, skip_checks, skipping, submitting
from sampling.models import Plan
from tests.api.asking import as_role, get
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, TeamMembershipFactory, person
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import filled, specialist
from tests.factories.sampling import WEEK, PlanFactory, agent, drawn, master_key, week_of
from tests.insights.recomputing import Fetch, adjusted, recomputed, strata

pytestmark = pytest.mark.django_db
SIZES = {"Ada": (9, 30), "Ben": (6, 4), "Cleo": (12, 8)}
ANSWERS = [
    {"understood": "yes", "solved": "yes", "data-protected": "yes"},
    {"understood": "partly", "solved": "yes", "data-protected": "yes"},
    {"understood": "no", "solved": "partly", "data-protected": "yes"},
    {"understood": "yes", "solved": "no", "data-protected": "breach"},
]


@pytest.fixture
def team() -> Team:
    """Draw two weeks of three people, skip one of each class, confirm one skip, and publish the rest."""
    master_key()
    team = TeamFactory(name="Retail", slug="retail")
    plan: Plan = PlanFactory(quota_per_agent=4)
    mondays = (WEEK - timedelta(days=7), WEEK)
    for name, sizes in SIZES.items():
        made = agent(name)
        TeamMembershipFactory(agent=made, team=team, starts_at=NOW - timedelta(days=400))
        for monday, size in zip(mondays, sizes, strict=True):
            for completion in week_of(made, size, monday=monday, team=team):
                conversation = completion.conversation
                conversation.channel = channel_of(conversation.external_id)
                conversation.save(update_fields=["channel"])
                transcribe(conversation, talk(), now=NOW)
    for monday in mondays:
        drawn(plan, moment=monday)
    filling.fill(now=NOW)
    ada, ben = specialist(), specialist()
    reasons = iter(["spam", "too_long", "language"])
    place = 0
    while (review := _next(ada) or _next(ben)) is not None:
        place += 1
        if place % 7 == 3 and (reason := next(reasons, None)):
            skipping.skip(review.item, reason=reason, by=review.author, now=NOW)
            continue
        submitting.submit(review, filled(ANSWERS[place % 4]), by=review.author, now=NOW)
        if place % 11:
            publishing.publish(review, by=person(Role.MANAGER), now=NOW)
    skip_checks.confirm(QueueItem.objects.get(skip_reason="spam"), by=ben, now=NOW)
    return team


def channel_of(name: str) -> str:
    """Return the channel of a conversation of the world: every other one is an e-mail."""
    return "email" if int(name.rpartition("-")[2]) % 2 else "chat"


def scores_on(metric: str) -> dict[str, float]:
    """Return conversation → its published score on one criterion, skill or section."""
    kind, _colon, key = metric.partition(":")
    found: dict[str, float] = {}
    for review in Review.objects.filter(status=Review.Status.PUBLISHED, purpose="primary"):
        assert review.current is not None
        if kind == "criterion":
            value = review.current.answers.get(criterion__lineage=key).value
            found[review.conversation.external_id] = 100 * float(value or 0)
        else:
            found[review.conversation.external_id] = float(getattr(review.current, f"{kind}_scores")[key])
    return found


def _next(user: Any) -> Any:
    return claims.next_item(by=user, now=NOW)


def fetcher(client: Client) -> Fetch:
    """Read the API as a script does."""

    def fetch(path: str) -> bytes:
        answer = client.get(f"/api/v1/{path}")
        return b"".join(answer) if answer.streaming else bytes(answer.content)

    return fetch


def test_the_team_page_says_what_the_export_adds_up_to(team: Team, client: Client) -> None:
    manager = as_role(Role.MANAGER)
    found = list(strata(fetcher(manager)))
    assert all(y for *_rest, y in found), "the page merges weeks without a review; this test has none"
    right = recomputed(found)

    average = get(manager, "reports/team/", team="retail").json()["average"]

    assert right.n >= 12
    assert (average["n"], average["drawn"]) == (right.n, right.m)
    pending = set(
        Review.objects.filter(status=Review.Status.SUBMITTED, purpose="primary").values_list(
            "conversation__external_id", flat=True
        )
    )
    unpublished = len(pending)
    assert average["pending"] == unpublished > 0
    assert average["response_rate"] == pytest.approx(right.n / (right.m - unpublished))
    assert [average[name] for name in ("mean", "low", "high")] == [
        round(value, right.places) for value in (right.mean, right.low, right.high)
    ]
    by_class = adjusted(fetcher(manager), channel_of, pending=pending)
    found_again = averages.of_agents(sums.read(weeks=8, until=NOW))
    assert found_again.adjusted == pytest.approx(by_class)
    assert average["adjusted"] == round(by_class, right.places)
    # A criterion, a skill and a section are adjusted by the same classes.
    checked = 0
    for kind in ("criterion", "skill", "section"):
        for metric, agents in sums.read_all(f"{kind}:", weeks=8, until=NOW).items():
            again = adjusted(fetcher(manager), channel_of, pending=pending, score=scores_on(metric))
            assert averages.of_agents(agents).adjusted == pytest.approx(again), metric
            checked += 1
    assert checked >= 6
    client.force_login(person(Role.MANAGER))
    page = client.get("/team/?team=retail").content.decode()
    # Which ones are drawn differs from run to run, and so does whether both read alike: then it is said once.
    says_both = f"{by_class:.{right.places}f} if weighed by channel and risk" in page
    assert says_both == (average["adjusted"] != average["mean"])
    shown = re.search(r'<span class="estimate"><b>([\d.]+)</b>', page)
    assert shown is not None
    assert float(shown[1]) == average["mean"]


def test_work_that_is_not_due_yet_was_not_left_undone() -> None:
    master_key()
    team, ada = TeamFactory(name="Retail", slug="retail"), specialist()
    TeamMembershipFactory(agent=(made := agent("Ben")), team=team, starts_at=NOW - timedelta(days=400))
    for completion in week_of(made, 20, monday=WEEK, team=team):
        transcribe(completion.conversation, talk(), now=NOW)
    drawn(PlanFactory(quota_per_agent=8), moment=WEEK)
    filling.fill(now=NOW)
    for _review in range(3):
        review = _next(ada)
        submitting.submit(review, filled(ANSWERS[0]), by=ada, now=NOW)
        publishing.publish(review, by=person(Role.MANAGER), now=NOW)

    fresh = _carried()
    QueueItem.objects.filter(status="available").update(due_at=NOW - timedelta(minutes=1))
    late = _carried()

    assert fresh == (3, 8, 5, 1.0, "")
    assert late == (3, 8, 0, 3 / 8, "fewer than half of what is due is reviewed")


def _carried() -> tuple[Any, ...]:
    average = get(as_role(Role.MANAGER), "reports/team/", team="retail").json()["average"]
    return tuple(average[name] for name in ("n", "drawn", "pending", "response_rate", "reason"))
