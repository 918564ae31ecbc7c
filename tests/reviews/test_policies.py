"""Who may do what, as tables, with the sentence that people read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.roles import Role
from core.refusals import Refusal
from reviews import policies
from reviews.models import QueueItem, Review
from reviews.services import publishing
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.reviews import claimed, drawn_items, published, specialist, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ENDED = ["submitted", "skipped", "expired", "withdrawn"]


def told(refusal: Refusal | None) -> tuple[str, int, str] | None:
    return None if refusal is None else (refusal.code, refusal.status, refusal.sentence)


def held(**fields: object) -> tuple[QueueItem, User]:
    review = claimed()
    QueueItem.objects.filter(pk=review.item_id).update(**fields)
    return QueueItem.objects.get(pk=review.item_id), review.author


@pytest.mark.parametrize(
    ("role", "may"),
    [("agent", False), ("specialist", True), ("supervisor", False), ("manager", True), ("admin", False)],
)
def test_scoring_is_for_specialists_and_managers(role: str, may: bool) -> None:
    refusal = policies.why_not_score(person(Role(role)))

    sentence = "Scoring is for QA specialists and managers. Ask an admin if you need it."
    assert told(refusal) == (None if may else ("wrong_role", 403, sentence))


def test_an_item_of_another_team_is_not_known() -> None:
    item = drawn_items()[0]

    refusal = policies.why_not_claim(specialist(TeamFactory()), item, now=NOW)

    assert told(refusal) == ("not_your_team", 404, "This item is not in a team that you score.")


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_item_is_not_claimed(status: str) -> None:
    item, _holder = held(status=status, claimed_by=None, claimed_until=None)

    refusal = policies.why_not_claim(specialist(), item, now=NOW)

    assert told(refusal) == ("item_ended", 409, f"This item is already {status}.")


def test_a_held_item_is_not_claimed_by_another_until_the_hold_runs_out() -> None:
    item, _holder = held()
    later = NOW + timedelta(hours=1)

    answers = [told(policies.why_not_claim(specialist(), item, now=moment)) for moment in (NOW, later)]

    assert answers == [("taken", 409, "Someone else is reviewing this conversation. Take the next one."), None]


def test_who_sat_at_the_pick_before_is_not_offered_it_again() -> None:
    item, holder = held(status="skipped", claimed_by=None, claimed_until=None)
    item.pk, item.seat, item.status = None, 2, "available"
    item.save()

    refusal = policies.why_not_claim(holder, item, now=NOW)

    assert told(refusal) == ("not_for_you", 409, "The plan gives this item to other reviewers.")


@pytest.mark.parametrize(
    ("fields", "code", "sentence"),
    [
        ({}, None, None),
        ({"claimed_until": NOW - timedelta(minutes=1)}, None, None),
        (
            {"status": "submitted", "claimed_by": None, "claimed_until": None},
            "lease_lost",
            "Someone else has submitted this conversation. Your draft is kept.",
        ),
        *[
            (
                {"status": status, "claimed_by": None, "claimed_until": None},
                "item_ended",
                f"This item was {status} meanwhile. Your draft is kept.",
            )
            for status in ENDED[1:]
        ],
    ],
)
def test_when_a_draft_is_lost(fields: dict[str, object], code: str | None, sentence: str | None) -> None:
    item, holder = held(**fields)

    refusal = policies.why_lost(holder, item, now=NOW)

    assert told(refusal) == (code and (code, 409, sentence))


def test_a_draft_is_lost_to_who_holds_the_item_now() -> None:
    item, _holder = held()

    refusal = policies.why_lost(specialist(), item, now=NOW)

    sentence = "Your hold on this item ran out and someone else took it. Your draft is kept."
    assert told(refusal) == ("lease_lost", 409, sentence)


def test_a_hold_that_ran_out_can_be_won_back_and_says_how() -> None:
    item, holder = held(status="available", claimed_by=None, claimed_until=None)

    refusal = policies.why_not_held(holder, item, now=NOW)

    assert told(refusal) == (
        "hold_ran_out",
        409,
        "You do not hold this item right now. It is yours again with the next change you make, if nobody is faster.",
    )


def test_a_running_hold_needs_no_words() -> None:
    item, holder = held()

    assert policies.why_not_held(holder, item, now=NOW) is None


def test_only_the_author_writes_and_only_while_it_is_a_draft_and_in_their_teams() -> None:
    team = TeamFactory()
    review = claimed(drawn_items(team=team)[0], by=specialist(team))
    done = submitted()
    assert policies.why_not_draft(User.objects.get(pk=review.author_id), review) is None

    moved = User.objects.get(pk=review.author_id)
    moved.grants.update(ends_at=NOW - timedelta(days=1))

    assert told(policies.why_not_draft(moved, review)) == (
        "not_your_team", 403, "You no longer score for this team. Your draft is kept."
    )  # fmt: skip
    assert told(policies.why_not_draft(specialist(), review)) == (
        "not_your_review", 404, "There is no such review for you."
    )  # fmt: skip
    assert told(policies.why_not_draft(done.author, done)) == (
        "already_submitted", 409, "This review was submitted already, perhaps in another tab."
    )  # fmt: skip


def test_only_the_holder_skips() -> None:
    item, holder = held()

    sentence = "You do not hold this item any more, so there is nothing to skip."
    assert policies.why_not_skip(holder, item) is None
    assert told(policies.why_not_skip(specialist(), item)) == ("not_held", 409, sentence)


@pytest.mark.parametrize(
    ("role", "may"), [("specialist", False), ("supervisor", False), ("manager", True), ("admin", False)]
)
def test_of_others_only_a_manager_publishes(role: str, may: bool) -> None:
    refusal = policies.why_not_publish(person(Role(role)), submitted())

    sentence = "Only its author or a QA manager publishes a review."
    assert told(refusal) == (None if may else ("not_your_review", 403, sentence))


def test_what_is_published_and_when() -> None:
    draft, waiting = claimed(), submitted()
    out = published()
    other = submitted()
    other.purpose = "calibration"

    assert told(policies.why_not_publish(draft.author, draft)) == (
        "not_submitted", 409, "Only a submitted review can be published."
    )  # fmt: skip
    assert policies.why_not_publish(waiting.author, waiting) is None
    assert told(policies.why_not_publish(out.author, out)) == (
        "already_published", 409, "This review is published already."
    )  # fmt: skip
    assert told(policies.why_not_publish(other.author, other)) == (
        "not_for_the_agent", 409, "This kind of review is not shown to the agent."
    )  # fmt: skip


def test_feedback_is_acknowledged_once_by_its_agent() -> None:
    user = person(Role.AGENT)
    review = submitted(drawn_items(agent=AgentFactory(user=user))[0])
    unknown = ("not_your_feedback", 404, "There is no such feedback for you.")

    assert told(policies.why_not_acknowledge(person(Role.AGENT), review)) == unknown
    assert told(policies.why_not_acknowledge(user, review)) == (
        "not_published", 404, "There is no such feedback for you."
    )  # fmt: skip
    publishing.publish(review, by=review.author, now=NOW)
    review = Review.objects.get(pk=review.pk)
    assert policies.why_not_acknowledge(user, review) is None
    review.acknowledged_at = NOW
    assert told(policies.why_not_acknowledge(user, review)) == (
        "already_acknowledged", 409, "You acknowledged this feedback already."
    )  # fmt: skip
