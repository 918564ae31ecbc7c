"""The benchmarks measure the product as it is: their data keeps its rules, their floors fit its tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.models import User
from conversations.models import Conversation
from reviews.models import Answer, Cell, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import filling
from sampling.models import Draw
from tests.bench import floors
from tests.bench.generate import Sizes, fill

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("transcripts", ["all", "picked"])
def test_made_up_work_is_what_the_product_would_have_left(transcripts: str) -> None:
    sizes = Sizes(conversations=60, reviews=12, open=12, agents=3, weeks=2, transcripts=transcripts)

    keys = fill(sizes, now=NOW)

    assert (Conversation.objects.count(), Review.objects.published().count()) == (60, 12)
    assert keys["open"] == QueueItem.objects.open().count() == 12
    assert list(compare()) == []
    assert Cell.objects.exists()
    assert filling.fill(now=NOW) == 0
    assert Draw.objects.count() == 2
    connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_the_floors_statements_fit_the_tables() -> None:
    keys = fill(Sizes(conversations=40, reviews=4, open=20, agents=2, weeks=1, transcripts="all"), now=NOW)
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
