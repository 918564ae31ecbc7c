"""Many reviewers at once: every item once, one submission, no error, no lost draft; on both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from core.refusals import Refused
from reviews.models import Cell, QueueItem, Review
from reviews.policies.holding import MOST_HELD
from reviews.services import claims, drafting, publishing, submitting
from tests.conftest import NOW, ROOT
from tests.factories.reviews import claimed, drawn_items, filled, specialist, submitted
from tests.races.together import at_once, codes
from tests.support.background import environment

pytestmark = pytest.mark.django_db(transaction=True)


def test_threads_share_the_queue_without_ever_sharing_an_item() -> None:
    drawn_items(12)
    users = [specialist() for _place in range(8)]

    def work(user: Any) -> list[int]:
        taken = []
        while len(taken) < MOST_HELD and (review := claims.next_item(by=user, now=NOW)) is not None:
            taken.append(review.item_id)
        return taken

    handed = at_once(*[lambda user=user: work(user) for user in users])

    assert [one for one in handed if isinstance(one, Exception)] == []
    items = [pk for taken in handed for pk in taken]
    assert sorted(items) == sorted(QueueItem.objects.values_list("pk", flat=True))


def test_processes_share_the_queue_without_ever_sharing_an_item() -> None:
    drawn_items(9)
    users = [specialist() for _place in range(3)]
    code = (
        "import sys, json; from datetime import datetime; from accounts.models import User; "
        "from reviews.services import claims; "
        f"now = datetime.fromisoformat('{NOW.isoformat()}'); user = User.objects.get(pk=USER); "
        "taken = [claims.next_item(by=user, now=now) for _ in range(3)]; "
        "print(json.dumps([review.item_id for review in taken]))"
    )
    shell = [sys.executable, str(ROOT / "manage.py"), "shell", "--verbosity", "0", "--command"]
    commands = [[*shell, code.replace("USER", str(user.pk))] for user in users]
    connection.close()

    running = [subprocess.Popen(one, env=environment(), stdout=subprocess.PIPE, text=True) for one in commands]
    said = [json.loads(process.communicate()[0]) for process in running]

    assert sorted(pk for taken in said for pk in taken) == sorted(QueueItem.objects.values_list("pk", flat=True))


def test_two_who_want_the_same_item_get_one_winner_and_one_clear_word() -> None:
    item = drawn_items(1)[0]
    first, second = specialist(), specialist()

    results = at_once(*[lambda user=user: claims.take(item, by=user, now=NOW) for user in (first, second)])

    assert codes(results) == ["Review", "taken"]


def test_two_submissions_of_one_review_count_once() -> None:
    review = claimed()

    def work() -> Review:
        mine = Review.objects.select_related("item", "conversation", "transcript", "rubric_version").get(pk=review.pk)
        return submitting.submit(mine, filled(), by=review.author, now=NOW)

    results = at_once(work, work)

    assert sum(isinstance(result, Review) for result in results) == 1
    assert {result.refusal.status for result in results if isinstance(result, Refused)} <= {409}
    assert Review.objects.get(pk=review.pk).revisions.count() == 1


def test_a_submission_against_somebody_who_takes_the_lapsed_item_has_one_winner() -> None:
    review, other = claimed(), specialist()
    later = NOW + claims.LEASE + timedelta(seconds=1)

    def submit() -> Review:
        mine = Review.objects.select_related("item", "conversation", "transcript", "rubric_version").get(pk=review.pk)
        return submitting.submit(mine, filled(), by=review.author, now=later)

    results = at_once(submit, lambda: claims.next_item(by=other, now=later))

    review.refresh_from_db()
    item = QueueItem.objects.get(pk=review.item_id)
    assert [
        type(result) for result in results if isinstance(result, Exception) and not isinstance(result, Refused)
    ] == []
    if review.status == Review.Status.SUBMITTED:
        assert (item.status, results[1]) == (QueueItem.Status.SUBMITTED, None)
    else:
        assert (item.claimed_by_id, codes([results[0]])) == (other.pk, ["lease_lost"])


def test_two_tabs_that_save_at_once_store_one_and_tell_the_other() -> None:
    review = claimed()

    def work(words: str) -> drafting.Saved:
        mine = Review.objects.select_related("item").get(pk=review.pk)
        return drafting.save(mine, filled(summary=words), number=0, by=review.author, now=NOW)

    results = at_once(lambda: work("left"), lambda: work("right"))

    assert codes(results) == ["Saved", "stale_draft"]
    assert Review.objects.get(pk=review.pk).draft_number == 1


def test_publishing_at_once_adds_to_the_sums_once() -> None:
    review = submitted()

    def work() -> Review:
        return publishing.publish(Review.objects.select_related("agent").get(pk=review.pk), by=review.author, now=NOW)

    results = at_once(work, work, work)

    assert sum(isinstance(result, Review) for result in results) == 1
    assert Cell.objects.get(metric="total").n == 1


def test_many_publications_into_one_cell_lose_no_sum() -> None:
    reviewer = specialist()
    reviews = [submitted(item, by=reviewer) for item in drawn_items(6)]

    results = at_once(*[lambda one=one: publishing.publish(one, by=reviewer, now=NOW) for one in reviews])

    assert codes(results) == ["Review"] * 6
    assert Cell.objects.get(metric="total").n == 6
