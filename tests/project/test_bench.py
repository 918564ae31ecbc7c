"""The benchmarks measure the product as it is: their data keeps its rules, their floors fit its tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q
from django.test import RequestFactory

from accounts.models import User
from conversations.messages import decode
from conversations.models import Conversation, SearchText
from conversations.search.content import searched_words
from conversations.search.matching import matching, not_searchable
from conversations.search.query import parse
from reviews.models import Answer, Cell, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import filling
from sampling.models import Draw, Pick
from tests.bench import floors, skeleton
from tests.bench.generate import Sizes, fill

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sizes", [
    Sizes(conversations=60, reviews=12, open=12, agents=3, weeks=2, transcripts="all"),
    # Half of the conversations are older than the plan; three of its weeks repeat the first.
    Sizes(conversations=180, reviews=28, open=8, agents=3, weeks=6, transcripts="picked", frame=5),
])  # fmt: skip
def test_made_up_work_is_what_the_product_would_have_left(sizes: Sizes) -> None:
    keys = fill(sizes, now=NOW)

    said = Conversation.objects.aggregate(n=Count("pk"), names=Count("external_id", distinct=True), last=Max("pk"))
    assert (said, Review.objects.published().count()) == (dict.fromkeys(said, sizes.conversations), sizes.reviews)
    assert keys["open"] == QueueItem.objects.open().count() == sizes.open
    assert list(compare()) == []
    assert Cell.objects.exists()
    assert filling.fill(now=NOW) == 0
    assert Draw.objects.count() == sizes.weeks
    outside = ~Q(completion__completed_at__gte=F("draw__starts_at"), completion__completed_at__lt=F("draw__ends_at"))
    elsewhere = ~Q(conversation=F("completion__conversation")) | ~Q(draw=F("stratum__draw"))
    assert not Pick.objects.filter(outside | elsewhere).exists()
    assert Answer.objects.count() == 10 * sizes.reviews
    assert_is_searchable(whole=sizes.transcripts == "all")
    connection.check_constraints()


def assert_is_searchable(*, whole: bool) -> None:
    """What has all its words is found by them, also where the database has repeated it; the rest is not."""
    rows = Conversation.objects.select_related("transcript", "search_text")
    if not whole:
        assert not SearchText.objects.exists()
        return
    assert not not_searchable(rows).exists()
    for one in rows:
        said = decode(one.transcript.body)
        words = searched_words(subject=one.subject, external_id=one.external_id, messages=said)
        assert one.search_text.words == words
        assert list(matching(rows, parse(f'"{one.external_id}"'))) == [one]


SMALL = Sizes(conversations=40, reviews=4, open=20, agents=2, weeks=1, transcripts="all")


@pytest.mark.django_db(transaction=True)
def test_the_floors_statements_fit_the_tables() -> None:
    keys = fill(SMALL, now=NOW)
    user = User.objects.get(email="reviewer64@bench.example").pk
    now, until = (connection.ops.adapt_datetimefield_value(one) for one in (NOW, NOW + floors.LEASE))
    since = connection.ops.adapt_datetimefield_value(NOW - timedelta(weeks=9))

    with transaction.atomic(), connection.cursor() as cursor:
        review = floors.claim(cursor, user=user, now=now, until=until, locks=connection.vendor == "postgresql")
        assert review is not None
        assert floors.workspace(cursor, review=review, user=user)[0] == review
        floors.save(cursor, review=review, user=user, draft="{}", now=now, until=until)
        revision = floors.submit(cursor, review=review, user=user, now=now, until=until)
        rows, count = floors.conversations(cursor, channel="chat")
        found, _answers, _comments = floors.feedback(
            cursor, review=keys["feedback"][0], user=User.objects.get(email="agent@bench.example").pk
        )
        team = floors.team(cursor, team_id=1, since=since)

    assert Review.objects.get(pk=review).status == Review.Status.SUBMITTED
    assert Answer.objects.filter(revision=revision).count() == floors.ANSWERS
    assert Cell.objects.filter(pool="floor").count() == floors.CELLS
    assert len(rows) == count > 0
    assert found[0] == keys["feedback"][0]
    assert [len(part) > 0 for part in team] == [True, True, True]


@pytest.mark.django_db(transaction=True)
def test_the_skeleton_does_the_same_work_in_the_orms_words(rf: RequestFactory) -> None:
    keys = fill(SMALL, now=NOW)
    agent, reviewer = (User.objects.get(email=f"{name}@bench.example") for name in ("agent", "reviewer64"))

    def ask(view: Any, *args: int, by: User = reviewer, **sent: str) -> Any:
        request = rf.get("/", sent) if view is skeleton.conversations else rf.post("/", sent)
        request.user = by
        return json.loads(view(request, *args).content)

    review = ask(skeleton.claim)["review"]
    ask(skeleton.save, review, summary="Clear.", number="0")
    opened = ask(skeleton.workspace, review)
    ask(skeleton.submit, review)
    listed = ask(skeleton.conversations, channel="chat")
    read = ask(skeleton.feedback, keys["feedback"][0], by=agent)
    team = ask(skeleton.team)

    assert (opened["facts"][:3], len(opened["messages"])) == ([review, {"summary": "Clear."}, 1], 12)
    submitted = Review.objects.select_related("item").get(pk=review)
    assert (submitted.status, submitted.item.status, submitted.author) == ("submitted", "submitted", reviewer)
    assert Answer.objects.filter(revision=submitted.current).count() == floors.ANSWERS
    assert Cell.objects.filter(pool="skeleton").count() == floors.CELLS
    assert len(listed["rows"]) == listed["count"] > 0
    assert (read["facts"][0], len(read["answers"]), len(read["comments"])) == (keys["feedback"][0], 10, 1)
    assert [len(part) > 0 for part in team.values()] == [True, True, True]
