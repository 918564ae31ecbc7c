"""Submitting scores a draft once and for all: complete or told what is missing, and one submission an item."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.messages import Message
from conversations.text import message_hash, plain_text
from core.refusals import Refused
from reviews import drafts
from reviews.models import Answer, Comment, Pin, QueueItem, Review
from reviews.services import claims, submitting
from tests.conftest import NOW
from tests.factories.conversations import transcribe
from tests.factories.reviews import claimed, drawn_items, filled, specialist, submitted

pytestmark = pytest.mark.django_db
LATER = NOW + claims.LEASE + timedelta(seconds=1)


def test_a_review_is_scored_by_the_rules_of_its_version() -> None:
    review = submitted(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"})

    revision = review.current
    assert revision is not None
    # (20 × 0.5 + 20 × 1 + 10 × 1) / 50
    assert (revision.number, revision.raw_score, revision.final_score) == (1, Decimal("80.0000"), Decimal("80.0000"))
    assert (revision.outcome, revision.coverage) == ("pass", Decimal("1.0000"))
    assert revision.skill_scores == {"problem-solving": "75.0000", "process-compliance": "100.0000"}


def test_a_failing_option_fails_the_card_and_says_by_what() -> None:
    review = submitted(answers={"understood": "yes", "solved": "yes", "data-protected": "breach"})

    assert review.current is not None
    assert (review.current.outcome, review.current.final_score) == ("fail", Decimal("0.0000"))
    assert "data-protected" in {entry["criterion"] for entry in review.current.failed_by}


def test_every_answer_is_kept_with_its_value() -> None:
    review = submitted(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"})

    kept = Answer.objects.filter(revision=review.current).values_list("criterion__lineage", "state", "value")

    assert {lineage: (state, value) for lineage, state, value in kept} == {
        "understood": ("scored", Decimal("0.5000")),
        "solved": ("scored", Decimal("1.0000")),
        "data-protected": ("scored", Decimal("1.0000")),
        "topic": ("unanswered", None),
    }


def test_comments_pins_notes_and_summary_are_kept_apart_from_the_draft() -> None:
    review = submitted(
        answers={"understood": "no", "solved": "yes", "data-protected": "yes"},
        summary="Read it again first.",
        notes=[{"message": 0, "text": "Here it was said."}],
    )

    texts = set(Comment.objects.filter(review=review).values_list("criterion__lineage", "message_index", "text"))
    assert texts == {
        ("understood", None, "Because of understood."),
        (None, 0, "Here it was said."),
        (None, None, "Read it again first."),
    }
    assert review.draft == {}


def test_a_pin_counts_code_points_and_knows_its_message() -> None:
    item = drawn_items()[0]
    said = [Message(role="customer", text="😀😀 refund?"), Message(role="agent", text="👍 Done")]
    item.transcript = transcribe(item.conversation, said, now=NOW)
    item.save()
    pins = {"pins": [{"message": 0, "start": 3, "end": 9}], "option": "no", "comment": "See"}
    body = {"answers": {"understood": pins, "solved": {"option": "yes"}, "data-protected": {"option": "yes"}}}
    review = claimed(item)

    submitting.submit(review, drafts.parse(body), by=review.author, now=NOW)

    pin = Pin.objects.get(review=review)
    assert plain_text(said[0])[pin.start : pin.end] == "refund"
    assert pin.message_hash == message_hash(said[0])


def test_what_is_missing_is_listed_and_nothing_is_lost() -> None:
    review = claimed()

    with pytest.raises(Refused) as raised:
        submitting.submit(review, filled({"understood": "yes"}), by=review.author, now=NOW)

    refusal = raised.value.refusal
    assert (refusal.code, refusal.status) == ("incomplete", 422)
    assert [problem["criterion"] for problem in refusal.details["problems"]] == ["solved", "data-protected"]
    review.refresh_from_db()
    assert review.status == Review.Status.DRAFT


def test_a_pin_on_a_message_that_is_not_there_is_listed() -> None:
    review = claimed()
    draft = drafts.parse(
        {
            "answers": {
                "understood": {"option": "no", "comment": "x", "pins": [{"message": 99}]},
                "solved": {"option": "yes"},
                "data-protected": {"option": "yes"},
            }
        }
    )

    with pytest.raises(Refused) as raised:
        submitting.submit(review, draft, by=review.author, now=NOW)

    assert [problem["code"] for problem in raised.value.refusal.details["problems"]] == ["unknown_message"]


def test_submitting_after_somebody_else_took_the_item_is_told_and_keeps_the_draft() -> None:
    review = claimed()
    claims.next_item(by=specialist(), now=LATER)
    review.item.refresh_from_db()

    with pytest.raises(Refused) as raised:
        submitting.submit(review, filled(), by=review.author, now=LATER)

    assert raised.value.refusal.code == "lease_lost"
    assert Review.objects.get(pk=review.pk).status == Review.Status.DRAFT


def test_submitting_after_the_lease_ran_out_works_while_nobody_else_has_it() -> None:
    review = claimed()

    submitting.submit(review, filled(), by=review.author, now=LATER)

    review.item.refresh_from_db()
    assert review.item.status == QueueItem.Status.SUBMITTED


def test_submitting_twice_is_told() -> None:
    review = submitted()

    with pytest.raises(Refused) as raised:
        submitting.submit(review, filled(), by=review.author, now=NOW)

    assert raised.value.refusal.code == "already_submitted"


def test_submitting_costs_at_most_twenty_five_queries() -> None:
    review = claimed()

    with CaptureQueriesContext(connection) as caught:
        submitting.submit(review, filled(), by=review.author, now=NOW)

    assert len(caught) <= 25
