"""Reviewing a conversation that somebody came upon: open to those who score, once, and never in an average."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from coaching import evidence
from conversations.models import Completion, Conversation
from core.models import AuditEvent
from core.refusals import Refused
from insights.reports import agent as agent_report
from insights.reports import programme
from insights.reports import team as team_report
from reviews.models import Cell, QueueItem, Review
from reviews.policies import why_not_review_by_hand
from reviews.policies.holding import MOST_HELD
from reviews.selectors import by_hand as selectors
from reviews.selectors.queue import queue_page
from reviews.services import by_hand as services
from reviews.services import claims, filling, publishing, skipping, submitting
from rubrics.services.publishing import retire
from sampling.models import Pick
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, TeamMembershipFactory, person
from tests.factories.conversations import conversation
from tests.factories.reviews import by_hand, claimed, drawn_items, filled, published, specialist
from tests.factories.rubrics import published_version

pytestmark = pytest.mark.django_db
LATER = NOW + claims.LEASE + timedelta(seconds=1)


def finished(review: Review, answers: dict[str, str] | None = None) -> Review:
    submitting.submit(review, filled(answers), by=review.author, now=NOW)
    return publishing.publish(review, by=review.author, now=NOW)


def code(raised: pytest.ExceptionInfo[Refused]) -> tuple[str, int]:
    return raised.value.refusal.code, raised.value.refusal.status


def test_it_makes_an_undrawn_pick_and_a_seat_that_the_person_holds() -> None:
    user, team = specialist(), TeamFactory()

    review = by_hand(by=user, team=team)

    item, pick = review.item, review.item.pick
    assert (pick.pool, pick.draw, pick.stratum, pick.u, pick.team) == ("manual", None, None, None, team)
    assert (item.pool, item.purpose, item.status, item.claimed_by, item.plan) == (
        "manual", "primary", "claimed", user, None,
    )  # fmt: skip
    assert (review.pool, review.status, review.author) == ("manual", "draft", user)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "pick.by_hand",
        "item.claimed",
    ]


@pytest.mark.parametrize(
    ("fields", "reviewee"),
    [
        ({}, "assignee"),
        ({"assignee": None}, "most_active_agent"),
        ({"assignee": None, "most_active_agent": None}, "last_agent"),
    ],
)
def test_it_is_about_the_assignee_else_the_most_active_else_the_last(fields: dict[str, Any], reviewee: str) -> None:
    talked = conversation(agent=AgentFactory(), team=TeamFactory())
    named = {name: AgentFactory() for name in ("assignee", "most_active_agent", "last_agent")} | fields
    Conversation.objects.filter(pk=talked.pk).update(**named)

    review = services.begin(talked, rubric=published_version().rubric, by=specialist(), now=NOW)

    assert review.agent == named[reviewee]


def test_the_team_is_the_agents_team_at_the_end_when_the_import_knew_none() -> None:
    agent, team = AgentFactory(), TeamFactory()
    TeamMembershipFactory(agent=agent, team=team, starts_at=NOW - timedelta(days=900))
    talked = conversation(agent=agent, team=None)

    review = services.begin(talked, rubric=published_version().rubric, by=specialist(), now=NOW)

    assert review.team == team


# ---- refusals


@pytest.mark.parametrize(
    ("fields", "refused", "sentence"),
    [
        (
            {"completed_at": None}, ("not_completed", 409),
            "This conversation has not ended yet. Review it when it is over.",
        ),
        (
            {"assignee": None, "most_active_agent": None, "last_agent": None}, ("no_agent", 409),
            "No agent is known for this conversation, so there is nobody to review.",
        ),
        (
            {"transcript": None}, ("text_gone", 409),
            "What was said has been deleted, so there is nothing to read and review.",
        ),
    ],
)  # fmt: skip
def test_what_nobody_could_review_is_refused(fields: dict[str, Any], refused: tuple[str, int], sentence: str) -> None:
    talked = conversation(agent=AgentFactory(), team=TeamFactory())
    Conversation.objects.filter(pk=talked.pk).update(**fields)

    with pytest.raises(Refused) as raised:
        services.begin(talked, rubric=published_version().rubric, by=specialist(), now=NOW)

    assert code(raised) == refused
    assert raised.value.refusal.sentence == sentence
    assert not Pick.objects.exists()


def test_the_own_conversation_another_team_and_the_wrong_role_are_refused() -> None:
    user, team = specialist(), TeamFactory()
    own = conversation(agent=AgentFactory(user=user), team=team)
    other = conversation(agent=AgentFactory(), team=team)
    elsewhere, supervisor = specialist(TeamFactory()), person(Role.SUPERVISOR)

    refusals = [
        why_not_review_by_hand(user, own), why_not_review_by_hand(elsewhere, other),
        why_not_review_by_hand(supervisor, other), why_not_review_by_hand(user, other),
    ]  # fmt: skip

    assert [refusal and (refusal.code, refusal.status) for refusal in refusals] == [
        ("own_conversation", 409), ("not_your_team", 403), ("wrong_role", 403), None,
    ]  # fmt: skip


def test_a_rubric_without_a_published_version_is_refused() -> None:
    version = published_version()
    retire(version, by=person(Role.MANAGER), now=NOW)

    with pytest.raises(Refused) as raised:
        by_hand(version=version)

    assert code(raised) == ("not_published", 409)


def test_while_somebody_reviews_it_with_the_same_rubric_others_are_told_who_and_where_it_will_be() -> None:
    version, first = published_version(), specialist()
    review = by_hand(by=first, version=version)

    with pytest.raises(Refused) as raised:
        services.begin(review.conversation, rubric=version.rubric, by=specialist(), now=NOW)
    other = services.begin(review.conversation, rubric=published_version().rubric, by=specialist(), now=NOW)

    assert code(raised) == ("under_review", 409)
    assert raised.value.refusal.sentence == (
        f"{first.name} is reviewing this conversation with this rubric right now. Once it is submitted, everybody who"
        " may read the reviews of this team finds it here."
    )
    assert other.item != review.item


def test_asking_again_finds_the_same_review() -> None:
    review = by_hand()

    again = services.begin(review.conversation, rubric=review.rubric_version.rubric, by=review.author, now=NOW)

    assert (again, QueueItem.objects.count(), Pick.objects.count()) == (review, 1, 1)


def test_somebody_takes_over_what_another_let_lapse_and_both_drafts_stay() -> None:
    review, second = by_hand(), specialist()

    other = services.begin(review.conversation, rubric=review.rubric_version.rubric, by=second, now=LATER)

    assert (other.item, other.author, Pick.objects.count()) == (review.item, second, 1)
    with pytest.raises(Refused) as raised:
        claims.take(review.item, by=review.author, now=LATER)
    assert code(raised) == ("taken", 409)


def test_what_the_person_has_judged_or_holds_from_a_draw_is_not_judged_twice() -> None:
    done = finished(by_hand())
    drawn = claimed()

    refused = []
    for review in (done, drawn):
        with pytest.raises(Refused) as raised:
            services.begin(review.conversation, rubric=review.rubric_version.rubric, by=review.author, now=NOW)
        refused.append((raised.value.refusal.code, raised.value.refusal.details))

    assert refused == [("reviewed_already", {"review": done.pk}), ("drawn_for_you", {"review": drawn.pk})]


def test_a_conversation_that_ended_once_more_may_be_reviewed_again() -> None:
    done = finished(by_hand())
    Completion.objects.create(conversation=done.conversation, number=2, completed_at=NOW, known_at=NOW)

    again = services.begin(done.conversation, rubric=done.rubric_version.rubric, by=done.author, now=NOW)

    assert again != done


def test_who_holds_five_gets_no_sixth() -> None:
    user = specialist()
    for _time in range(MOST_HELD):
        by_hand(by=user)

    with pytest.raises(Refused) as raised:
        by_hand(by=user)

    assert code(raised) == ("too_many_held", 409)


# ---- apart from the draw


def test_the_queue_never_offers_what_somebody_picked_by_hand() -> None:
    review = by_hand()
    claims.sweep(now=LATER)
    filling.fill(now=LATER)
    colleague = specialist()

    assert claims.next_item(by=review.author, now=LATER) is None
    assert claims.next_item(by=colleague, now=LATER) is None
    assert queue_page(colleague, now=LATER).why_empty == "no_plan"
    with pytest.raises(Refused) as raised:
        claims.take(review.item, by=colleague, now=LATER)
    assert code(raised) == ("not_for_you", 409)
    assert claims.take(QueueItem.objects.get(), by=review.author, now=LATER) == review


def test_it_is_given_up_not_skipped() -> None:
    review = by_hand()

    with pytest.raises(Refused) as raised:
        skipping.skip(review.item, reason="spam", by=review.author, now=NOW)
    given_up = claims.release(review.item, by=review.author, now=NOW)

    review.item.refresh_from_db()
    assert code(raised) == ("not_drawn", 409)
    assert (given_up, review.item.status, review.item.ended_by) == (True, "withdrawn", review.author)
    assert services.begin(
        review.conversation, rubric=review.rubric_version.rubric, by=review.author, now=NOW
    ).item != review.item  # fmt: skip


def test_the_database_refuses_a_hand_pick_with_a_stratum() -> None:
    drawn = drawn_items()[0]

    with pytest.raises(IntegrityError), transaction.atomic():
        Pick.objects.filter(pk=drawn.pick_id).update(pool="manual")


# ---- never in an average


def numbers(agent: Any, team: Any, user: Any) -> tuple[Any, ...]:
    """Return every average that the product shows, as it stands now."""
    of_team = team_report.load(team_report.Params(team_ids=frozenset({team.pk}), now=NOW))
    of_agent = agent_report.load(agent_report.Params(agent=agent, user=user, now=NOW))
    whole = programme.load(now=NOW)
    return of_team, of_agent.average, of_agent.skills, whole.overall, whole.teams, whole.weeks


def test_no_report_and_no_sum_moves_by_a_review_by_hand() -> None:
    agent, team, manager = AgentFactory(), TeamFactory(), person(Role.MANAGER)
    version = published_version()
    for item in drawn_items(4, agent=agent, team=team, version=version):
        published(item)
    before = numbers(agent, team, manager), set(Cell.objects.values_list())

    review = finished(
        by_hand(agent=agent, team=team, version=version),
        {"understood": "no", "solved": "no", "data-protected": "breach"},
    )

    assert (numbers(agent, team, manager), set(Cell.objects.values_list())) == before
    assert review.status == "published"


def test_it_is_evidence_for_coaching() -> None:
    review = finished(by_hand(), {"understood": "no", "solved": "yes", "data-protected": "yes"})
    assert review.current is not None
    answer = review.current.answers.get(criterion__lineage="understood")

    found = evidence.strongest(review.agent_id, answer.criterion.skill_id)

    assert found == [answer]


# ---- the page


def test_it_costs_the_same_however_often_a_conversation_was_reviewed(client: Client) -> None:
    user, version = specialist(), published_version()
    talked = conversation(agent=AgentFactory(), team=TeamFactory())
    client.force_login(user)

    begun, shown = [], []
    for _time in range(2):
        with CaptureQueriesContext(connection) as caught:
            review = services.begin(talked, rubric=version.rubric, by=specialist(), now=NOW)
        begun.append(len(caught))
        finished(review)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/conversations/{talked.pk}/reviews/").status_code == 200
        shown.append(len(caught))

    assert begun[0] == begun[1] <= 24
    assert shown[0] == shown[1] <= 12


def test_the_conversations_page_offers_the_rubric_used_last_on_the_channel(client: Client) -> None:
    published_version(), published_version()
    earlier = by_hand(by=specialist())
    the_teams = earlier.rubric_version.rubric
    used = by_hand(by=specialist())
    user = specialist()
    talked = conversation(agent=AgentFactory(), team=TeamFactory())
    client.force_login(user)

    offer = selectors.offer(user, talked)
    opened = client.post(f"/conversations/{talked.pk}/review/", {"rubric": used.rubric_version.rubric.slug})

    assert (offer.chosen, len(offer.rubrics), offer.refusal) == (used.rubric_version.rubric, 4, None)
    # What the conversation's own team is scored by goes before what was used last on the channel.
    assert selectors.offer(user, conversation(agent=AgentFactory(), team=earlier.team)).chosen == the_teams
    review = Review.objects.get(author=user)
    assert opened["Location"] == f"/reviews/{review.pk}/"
    page = client.get(opened["Location"]).content.decode()
    assert "You picked this conversation by hand." in page
    assert "skip-dialog" not in page


def test_the_part_offers_goes_on_or_says_why_not(client: Client) -> None:
    review, rubric = by_hand(), published_version().rubric
    talked = review.conversation
    readers = {"new": specialist(), "author": review.author, "supervisor": person(Role.SUPERVISOR)}

    said = {}
    for name, user in readers.items():
        client.force_login(user)
        said[name] = client.get(f"/conversations/{talked.pk}/reviews/").content.decode()

    assert f'<option value="{rubric.slug}"' in said["new"]
    assert "Go on with your review" in said["author"]
    assert "Review this" not in said["supervisor"]


def test_after_submitting_the_person_reads_the_review_instead_of_getting_the_next(client: Client) -> None:
    drawn_items(2)
    review = by_hand()
    client.force_login(review.author)
    answers = {"understood": "yes", "solved": "yes", "data-protected": "yes"}
    filled_in = {f"a.{lineage}.choice": option for lineage, option in answers.items()}

    response = client.post(f"/reviews/{review.pk}/submit/", {**filled_in, "number": "0", "active_seconds": "0"})

    assert (response.status_code, response.get("Location")) == (302, f"/reviews/{review.pk}/")
    assert not QueueItem.objects.filter(claimed_by=review.author).exists()
