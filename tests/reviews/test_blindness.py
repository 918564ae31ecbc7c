"""Until one's own judgement is in, nobody learns what others made of the same conversation."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User, Workspace
from accounts.roles import Role
from reviews.models import QueueItem, Review
from reviews.services import claims, publishing, self_reviews, submitting
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.reviews import drawn_items, filled, published, specialist, submitted
from tests.factories.sampling import PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def second_seat(review: Review) -> QueueItem:
    """Open a second read at the conversation of a review."""
    item = review.item
    return QueueItem.objects.create(
        pick=item.pick, purpose="second_read", plan=item.plan, conversation=item.conversation,
        transcript=item.transcript, agent=item.agent, team=item.team, rubric_version=item.rubric_version,
        due_at=item.due_at, created_at=item.created_at,
    )  # fmt: skip


def rows(client: Client, user: User, path: str) -> int:
    client.force_login(user)
    return client.get(path).content.decode().count("row-link")


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.MANAGER])
def test_others_answers_are_hidden_until_the_own_ones_are_in(client: Client, role: Role) -> None:
    review = published()
    user = person(role)
    before = rows(client, user, "/reviews/")
    mine = claims.take(second_seat(review), by=user, now=timezone.now())

    hidden = client.get(f"/reviews/{review.pk}/").content.decode()
    while_blind = rows(client, user, "/reviews/")
    beside = client.get(f"/conversations/{review.conversation_id}/reviews/").content.decode()
    submitting.submit(mine, filled(), by=user, now=timezone.now())

    assert (before, while_blind, rows(client, user, "/reviews/")) == (1, 0, 2)
    assert hidden.count("so this review stays hidden until yours is in.") == 1
    assert hidden.count("How the score was made") == 0
    assert beside.count("Not reviewed yet") == 1


def test_a_supervisor_who_judges_nothing_sees_it_all_along(client: Client) -> None:
    review = published()
    claims.take(second_seat(review), by=specialist(), now=timezone.now())

    assert rows(client, person(Role.SUPERVISOR), "/reviews/") == 1


def test_who_scores_and_is_scored_does_not_see_own_reviews_before_they_are_published(client: Client) -> None:
    user = specialist()
    review = submitted(drawn_items(agent=AgentFactory(user=user))[0])

    listed = rows(client, user, "/reviews/")

    assert (listed, client.get(f"/reviews/{review.pk}/").status_code) == (0, 404)


def test_lists_and_exports_leave_out_what_is_sealed(client: Client) -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    agent = AgentFactory(user=person(Role.AGENT))
    second, author, manager = specialist(), specialist(), person(Role.MANAGER)
    failing = submitted(
        drawn_items(agent=agent, plan=PlanFactory(self_review=True))[0], by=author,
        answers={"understood": "yes", "solved": "yes", "data-protected": "breach"},
    )  # fmt: skip
    QueueItem.objects.filter(purpose="second_read").update(assigned_to=second)
    look = claims.take(QueueItem.objects.select_related("agent").get(purpose="second_read"), by=second, now=NOW)
    submitting.submit(look, filled(), by=second, now=NOW)
    mine = self_reviews.begin(
        QueueItem.objects.select_related("agent").get(purpose="self"), by=agent.user, now=NOW
    )  # fmt: skip
    submitting.submit(mine, filled(), by=agent.user, now=NOW)

    def seen(user: User) -> list[int]:
        client.force_login(user)
        conversation = client.get(f"/conversations/{failing.conversation_id}/reviews/").content.decode()
        lines = b"".join(client.get("/api/v1/reviews/export/?format=csv").streaming_content).decode().splitlines()
        return [rows(client, user, "/reviews/"), conversation.count("needs-item"), len(lines) - 1]

    assert (seen(author), seen(second), seen(manager)) == ([1, 1, 1], [2, 2, 2], [2, 2, 2])
    publishing.publish(Review.objects.select_related("agent", "item__plan").get(pk=failing.pk), by=manager, now=NOW)
    assert (seen(author), seen(manager)) == ([3, 3, 3], [3, 3, 3])
