"""An agent scores the same conversation before seeing the review: asked, scored, over, and the gap that both see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core.refusals import Refused
from reviews import tasks
from reviews.models import Cell, QueueItem, Review
from reviews.policies import why_not_publish, why_not_self_review, why_not_skip
from reviews.selectors import workspace
from reviews.selectors.overturns import decided_points
from reviews.services import publishing, self_reviews, submitting, voiding
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.disputes import told
from tests.factories.reviews import drawn_items, filled, published, specialist, submitted
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINE = {"understood": "yes", "solved": "partly", "data-protected": "yes"}


def asked(**terms: Any) -> Review:
    """Submit a review by a plan that lets the agent score it first."""
    agent = AgentFactory(user=person(Role.AGENT))
    plan = PlanFactory(self_review=True, **terms)
    return submitted(drawn_items(agent=agent, team=TeamFactory(), plan=plan)[0])


def agent_of(review: Review) -> User:
    user = review.agent.user
    assert isinstance(user, User)
    return User.objects.get(pk=user.pk)


def seat(review: Review) -> QueueItem:
    return QueueItem.objects.select_related("agent").get(pick=review.item.pick_id, purpose="self")


def scored(review: Review, *, now: Any = NOW) -> Review:
    """Let the agent score it."""
    user = agent_of(review)
    mine = self_reviews.begin(seat(review), by=user, now=now)
    return submitting.submit(again(mine), filled(MINE), by=user, now=now)


def again(review: Review) -> Review:
    return Review.objects.select_related("agent", "item__plan", "current", "rubric_version", "conversation").get(
        pk=review.pk
    )


def refused(change: Any) -> str:
    with pytest.raises(Refused) as raised:
        change()
    return raised.value.refusal.code


def test_the_review_waits_until_the_agent_has_scored_it_and_goes_out_in_the_same_moment() -> None:
    review = asked()
    later = NOW + timedelta(hours=1)

    waiting = publishing.publish_due(now=later)
    mine = scored(review, now=later)

    out = again(review)
    assert (waiting, out.status, out.published_at, out.self_review_until) == (0, "published", later, None)
    assert (mine.status, mine.purpose, mine.agent_id, mine.rubric_version_id) == (
        "submitted", "self", review.agent_id, review.rubric_version_id
    )  # fmt: skip
    assert told(agent_of(review)) == ["self_review.asked", "feedback.published"]
    assert told(review.author) == ["self_review.in"]


def test_within_the_edit_window_it_still_waits_for_that() -> None:
    review = asked()

    scored(review)

    before = again(review).status
    assert (before, publishing.publish_due(now=NOW + timedelta(minutes=16))) == ("submitted", 1)


def test_when_the_days_are_over_the_review_is_simply_shown() -> None:
    review = asked(self_review_days=2)
    user, late = agent_of(review), NOW + 2 * DAY
    mine = self_reviews.begin(seat(review), by=user, now=NOW)

    counts = [self_reviews.expire(now=late - timedelta(seconds=1)), self_reviews.expire(now=late)]
    counts += [self_reviews.expire(now=late), publishing.publish_due(now=late)]

    assert counts == [0, 1, 0, 1]
    assert (seat(review).status, again(review).status) == ("expired", "published")
    assert refused(lambda: submitting.submit(again(mine), filled(MINE), by=user, now=late)) == "item_ended"
    assert refused(lambda: self_reviews.begin(seat(review), by=user, now=late)) == "item_ended"
    assert again(mine).status == "draft"


@pytest.mark.parametrize(("days", "hours"), [(3, 48), (1, 12)])
def test_a_day_before_it_ends_the_agent_is_reminded_once(days: int, hours: int) -> None:
    review, quiet = asked(self_review_days=days), asked(self_review_days=days)
    User.objects.filter(pk=agent_of(quiet).pk).update(reminders_off=["reminder.self_review"])
    due = NOW + timedelta(hours=hours)

    counts = [self_reviews.remind(now=due - timedelta(seconds=1)), self_reviews.remind(now=due)]
    counts.append(self_reviews.remind(now=due + timedelta(hours=1)))

    assert counts == [0, 1, 0]
    assert (told(agent_of(review)), told(agent_of(quiet))) == (
        ["self_review.asked", "reminder.self_review"], ["self_review.asked"]
    )  # fmt: skip


def test_it_is_in_no_average_no_queue_and_no_overturn() -> None:
    review = asked()
    scored(review, now=NOW + timedelta(hours=1))

    alone = published(answers=None, by=review.author)

    assert {cell.reviewer_id for cell in Cell.objects.all()} == {review.author_id}
    assert max(cell.n for cell in Cell.objects.filter(stratum=review.item.pick.stratum_id)) == 1
    assert alone.purpose == "primary"
    assert decided_points().count() == 0


def test_nobody_else_is_offered_it_not_even_when_the_agent_has_lost_the_log_in() -> None:
    review = asked()
    QueueItem.objects.filter(purpose="self").update(assigned_to=None)

    people = (specialist(), person(Role.MANAGER), review.author)
    offered = [QueueItem.objects.claimable(NOW).offered_to(one).count() for one in people]

    assert offered == [0, 0, 0]


@pytest.mark.parametrize("case", ["no plan wish", "no log-in", "log-in without the role", "seen it before"])
def test_who_cannot_answer_blind_is_not_asked(case: str) -> None:
    user = None if case == "no log-in" else person(Role.SPECIALIST if case.startswith("log-in") else Role.AGENT)
    agent = AgentFactory(user=user)
    first, second = (PlanFactory(self_review=case != "no plan wish") for _ in range(2))
    item = drawn_items(agent=agent, plan=first)[0]
    if case == "seen it before":
        seen = drawn_items(agent=agent, plan=second)[0]
        QueueItem.objects.filter(pk=seen.pk).update(conversation=item.conversation, transcript=item.transcript)
        done = submitted(QueueItem.objects.get(pk=seen.pk))
        publishing.publish(again(done), by=person(Role.MANAGER), now=NOW)

    review = submitted(item)

    assert review.self_review_until is None
    assert not QueueItem.objects.filter(pick=item.pick_id, purpose="self").exists()


def test_a_manager_publishes_without_waiting_and_the_author_may_not() -> None:
    review = asked()
    author, manager = again(review).author, person(Role.MANAGER)

    refusal = why_not_publish(author, again(review))
    publishing.publish(again(review), by=manager, now=NOW)

    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.sentence) == (
        "self_review_open", 409,
        "The agent scores this conversation first, until 7 March 10:00. It goes out by itself after that.",
    )  # fmt: skip
    assert (seat(review).status, again(review).self_review_until) == ("withdrawn", None)


def test_voiding_ends_it() -> None:
    review = asked()

    voiding.void(again(review), reason="The wrong person.", by=person(Role.MANAGER), now=NOW)

    assert (seat(review).status, again(review).self_review_until) == ("withdrawn", None)
    refusal = why_not_self_review(agent_of(review), seat(review))
    assert refusal is not None
    assert refusal.sentence == "You are not asked to score this any more. What you wrote is kept."


@pytest.mark.parametrize("who", ["agent", "author", "supervisor", "another agent"])
def test_only_the_agent_scores_it(who: str) -> None:
    review = asked()
    others = {"author": review.author, "supervisor": person(Role.SUPERVISOR), "another agent": person(Role.AGENT)}
    user = others.get(who) or agent_of(review)

    refusal = why_not_self_review(user, seat(review))

    expected = None if who == "agent" else ("not_yours_to_score", 404, "Nobody asked you to score this conversation.")
    assert (refusal and (refusal.code, refusal.status, refusal.sentence)) == expected


def test_it_is_not_skipped_like_what_the_queue_gave() -> None:
    review = asked()
    user = agent_of(review)
    self_reviews.begin(seat(review), by=user, now=NOW)

    refusal = why_not_skip(user, seat(review))

    assert refusal is not None
    assert refusal.sentence == "This is your own conversation. Leave it, and its time ends by itself."


def test_from_the_list_to_the_gap(client: Client) -> None:
    review = asked(hide_agent=True)
    user = agent_of(review)
    client.force_login(user)

    listed = client.get(reverse("reviews:feedback_list")).content.decode()
    opened = client.post(reverse("reviews:begin_self_review", args=[seat(review).pk]))
    board = client.get(opened["Location"]).content.decode()
    mine = Review.objects.get(purpose="self")
    form = {
        "number": "0", "a.understood.choice": "yes", "a.solved.choice": "partly", "a.data-protected.choice": "yes",
        "a.solved.comment": "I forgot the invoice.", "a.solved.pins": '[{"message": 1}]',
    }  # fmt: skip
    Review.objects.filter(pk=review.pk).update(release_at=NOW)
    sent = client.post(reverse("reviews:submit", args=[mine.pk]), form, follow=True)
    page = sent.content.decode()
    client.force_login(review.author)
    theirs = client.get(reverse("reviews:review", args=[review.pk])).content.decode()

    assert (listed.count("Score these yourself first"), board.count("This is your own conversation.")) == (1, 1)
    # The plan hides the agent from reviewers, never from themselves.
    assert ["Agent" in {row.name for row in workspace.messages(again(one))} for one in (mine, review)] == [False, True]
    assert sent.redirect_chain[-1][0] == reverse("reviews:feedback", args=[review.pk])
    assert page.count("You gave yourself 80, the review gives 100. One of 4 answers differs.") == 1
    assert page.count("You wrote: I forgot the invoice.") == 1
    assert theirs.count("The agent gave 80, the review gives 100. One of 4 answers differs.") == 1


def test_the_task_ends_what_is_over_before_it_publishes() -> None:
    review = asked()
    past = NOW - 30 * DAY
    Review.objects.filter(pk=review.pk).update(self_review_until=past, release_at=past)

    tasks.publish_due()

    assert again(review).status == "published"
