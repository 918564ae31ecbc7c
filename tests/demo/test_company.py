"""The company as a visitor finds it: built once, looked at from all sides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.access import roles_of
from accounts.models import Agent, User
from coaching.models import Plan
from conversations.models import Conversation, ImportRun
from qa_portal.demo import drive
from qa_portal.demo.calendar import Calendar
from reviews.models import Dispute, DisputedPoint, Pin, QueueItem, Review
from reviews.selectors.cells import compare
from sampling.models import Draw, Pick
from sampling.models import Plan as SamplingPlan
from sampling.selectors.due import due

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # the tests' clock stands on this Wednesday
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def quietly(_line):
    """Say nothing."""


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Build once for the tests that only read; taken back when the last of them is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield drive.build(now=NOW, say=quietly, weeks=6, small=True, last_sweep=drive.sweep_here)
        transaction.set_rollback(True)


def test_the_numbers_of_what_was_built_are_counted(built):
    made = built

    assert made.conversations == Conversation.objects.count() > 300
    assert made.picks == Pick.objects.exclude(pool="manual").count()
    assert made.reviews_published == Review.objects.published().count() > 120
    assert list(made.as_json()) == [
        "conversations", "picks", "reviews_published", "plans_proposed", "plans_accepted", "seconds",
    ]  # fmt: skip


def test_two_weeks_are_left_in_the_queue_and_none_of_it_is_overdue(built):
    waiting = QueueItem.objects.open().filter(purpose="primary").exclude(plan__self_review=True)

    assert waiting.values("plan", "pick__draw").order_by().distinct().count() == 4
    assert waiting.filter(due_at__lt=NOW).count() == 0
    assert waiting.filter(claimed_by__isnull=False).count() == 0


def test_technology_is_scored_by_its_own_rubric_and_the_others_by_the_general_one(built):
    used = Review.objects.order_by().values_list("team__slug", "rubric_version__rubric__slug").distinct()

    assert dict(used) == {
        "retail": "general-chat",
        "healthcare": "general-chat",
        "financial": "general-chat",
        "technology": "technical-support",
    }


def test_every_conversation_came_through_an_import_without_a_reject(built):
    runs = ImportRun.objects.all()

    assert {run.status for run in runs} == {ImportRun.Status.DONE}
    assert sum(run.created for run in runs) == Conversation.objects.count()
    assert sum(run.rejected for run in runs) == 0


def test_nothing_happens_in_the_future_or_before_the_company_was_founded(built):
    founded = Calendar(now=NOW, reviewed=6).founded_at

    published = Review.objects.published().order_by("published_at")

    assert published.first().created_at > founded
    assert published.last().published_at < NOW
    assert Conversation.objects.filter(completed_at__gt=NOW).count() == 0
    assert Draw.objects.filter(frozen_at__gt=NOW).count() == 0


def test_reviews_carry_comments_and_pins_of_their_own_transcript(built):
    pins = Pin.objects.select_related("review__transcript")

    assert pins.count() > 100
    assert {pin.transcript_id == pin.review.transcript_id for pin in pins} == {True}
    assert max(pin.message_index - pin.review.transcript.message_count for pin in pins) < 0


def test_one_review_was_picked_by_hand_and_is_in_no_sum(built):
    review = Review.objects.get(pool="manual")

    assert (review.status, review.team.slug, review.author.email) == ("published", "retail", "reviewer@demo.example")
    assert list(compare()) == []


def test_what_nobody_can_score_was_skipped_with_its_reason(built):
    reasons = set(QueueItem.objects.filter(status="skipped").values_list("skip_reason", flat=True))

    assert "no_agent_message" in reasons
    assert reasons <= {"no_agent_message", "spam", "test", "language"}


def test_three_agents_disagree_and_each_dispute_is_further_along_than_the_next(built):
    found = [(one.status, one.rescored_at is not None) for one in Dispute.objects.order_by("opened_at")]

    assert found == [("decided", True), ("rescoring", True), ("open", False)]
    assert sorted(DisputedPoint.objects.exclude(decision="").values_list("decision", flat=True)) == [
        "changed", "upheld",
    ]  # fmt: skip
    assert list(compare()) == []


def test_agents_scored_a_week_themselves_and_the_visitor_is_asked_to(built):
    own = Review.objects.filter(purpose="self", status="submitted")
    asked = QueueItem.objects.self_reviews_of(User.objects.get(email="agent@demo.example"))
    out = Review.objects.published().filter(item__plan__self_review=True)

    assert 0 < own.count() == out.count()
    assert asked.count() == 1


def test_the_plans_draw_by_themselves_from_now_on_but_nothing_of_the_past(built):
    assert {plan.status for plan in SamplingPlan.objects.all()} == {"active"}
    assert due(NOW) == []


def test_coaching_is_proposed_accepted_and_worked_on(built):
    plans = Plan.objects.exclude(shared_at=None)

    assert plans.count() > 0
    assert plans.filter(actions__done_at__isnull=False).count() > 0
    assert Plan.objects.filter(evidence=None, origin=Plan.Origin.LEVEL).count() == 0


def test_every_person_may_do_their_part(built):
    roles = {
        "admin@demo.example": {"admin"},
        "manager@demo.example": {"manager"},
        "supervisor@demo.example": {"supervisor"},
        "reviewer@demo.example": {"specialist"},
        "agent@demo.example": {"agent"},
    }
    assert {email: roles_of(User.objects.get(email=email)) for email in roles} == roles
    assert Agent.objects.filter(user=None, is_bot=False).count() == 0
