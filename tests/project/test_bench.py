"""The benchmarks measure the product as it is: their data keeps its rules, their floors fit its tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q
from django.test import RequestFactory

from accounts.models import User
from conversations.messages import decode
from conversations.models import Conversation, SearchText
from conversations.search.content import searched_words
from conversations.search.matching import matching, not_searchable
from conversations.search.query import parse
from core.models import AuditEvent
from reviews.models import Answer, Cell, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import filling
from sampling.models import Draw, Pick
from tests.bench import copying, floors, skeleton
from tests.bench.generate import FILLED, fill, tables_of
from tests.bench.progress import Changed, Progress, forget
from tests.bench.sizes import Sizes

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=9)


@pytest.fixture(autouse=True)
def _forgotten(transactional_db: None) -> Iterator[None]:
    yield
    forget()


class Killed(BaseException):
    """What nobody can catch."""


class Power:
    """Lets so many statements through and is cut off in front of the next; counts from one that begins like this."""

    def __init__(self, statements: int, *, since: str = "") -> None:
        self.left, self.since, self.counts = statements, since, False

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.counts = self.counts or sql.startswith(self.since)
        self.left -= self.counts
        if self.left == -1:
            raise Killed
        return execute(sql, *rest)


def filled_in_spite_of_kills(sizes: Sizes) -> tuple[dict[str, Any], list[int]]:
    """Be killed over and over, each time a little later; the keys, and how many batches each attempt found."""
    found: list[int] = []
    for attempt in count(1):
        progress = Progress()
        found.append(progress.found)
        try:
            # The people are one batch of a thousand statements; they are made once more, but not many times.
            power = Power(3, since="DROP INDEX") if attempt == 2 else Power(30 * attempt)
            with connection.execute_wrapper(power):
                return fill(sizes, now=NOW if attempt == 1 else LATER, progress=progress), found
        except Killed:
            assert Progress().found == progress.found + progress.made
    raise AssertionError


def written() -> list[Any]:
    """Return what a fill decides: neither which conversations the keys of a draw pick, nor the numbers of its rows."""
    plain = copying.PLAIN_INDEXES[connection.vendor]
    with connection.cursor() as cursor:
        indexes = [cursor.execute(plain, [one._meta.db_table]).fetchall() for one in tables_of(*FILLED)]
    rows = (
        Conversation.objects.values_list("id", "external_id", "assignee", "completed_at", "team", "content_hash"),
        Conversation.objects.values_list("completions__completed_at", "completions__number", "tagged__name"),
        SearchText.objects.values_list("conversation"),
        Pick.objects.values_list("draw__period", "agent", "rank", "pool", "released_at"),
        QueueItem.objects.values_list("id", "agent", "due_at"),
        Review.objects.published().values_list("id", "agent", "published_at", "current__final_score"),
        Cell.objects.values_list("stratum__draw__period", "stratum__agent", "metric", "n", "total", "squares"),
        AuditEvent.objects.values_list("verb", "at"),
        QueueItem.objects.values_list("status", "claimed_until"),
    )
    return [indexes, *(sorted(map(repr, some)) for some in rows)]


# Half of the conversations are older than the plan; three of its weeks repeat the first.
SPARSE = Sizes(conversations=180, reviews=28, open=8, agents=3, weeks=6, transcripts="picked", frame=5)


@pytest.mark.django_db(transaction=True)
def test_made_up_work_is_what_the_product_would_have_left() -> None:
    sizes = Sizes(conversations=60, reviews=12, open=12, agents=3, weeks=2, transcripts="all")

    assert_is_whole(sizes, fill(sizes, now=NOW, progress=Progress()))


@pytest.mark.django_db(transaction=True)
def test_a_generator_that_is_killed_goes_on_where_it_was_and_leaves_the_same() -> None:
    fill(SPARSE, now=NOW, progress=Progress())
    without_a_kill = written()
    call_command("flush", interactive=False, verbosity=0)
    forget()
    keys, found = filled_in_spite_of_kills(SPARSE)

    assert written() == without_a_kill
    # Some were killed within a batch, so that the next one found no more than they had; others after one.
    assert len(found) > len(set(found)) > 3
    assert_is_whole(SPARSE, keys)
    progress = Progress()
    assert (fill(SPARSE, now=LATER, progress=progress), progress.made) == (keys, 0)
    with pytest.raises(Changed, match=r"begun with reviews 28 instead of 5\. Ask for the same"):
        fill(replace(SPARSE, reviews=5), now=NOW, progress=Progress())
    forget()
    with pytest.raises(Changed, match="holds conversations already"):
        fill(SPARSE, now=NOW, progress=Progress())


def assert_is_whole(sizes: Sizes, keys: dict[str, Any]) -> None:
    """Everything is there, and points at what it should."""
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
    keys = fill(SMALL, now=NOW, progress=Progress())
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
    keys = fill(SMALL, now=NOW, progress=Progress())
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
