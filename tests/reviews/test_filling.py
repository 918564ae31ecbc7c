"""The queue follows the draws: each standing pick once, and nothing that left the sample."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import QueueItem, Review
from reviews.services import claims, drafting, filling, submitting
from sampling import periods
from sampling.models import Draw, FrameStratum, Pick
from sampling.selectors.due import due
from sampling.services import draws, skips
from tests.conftest import NOW
from tests.factories.reviews import claimed, drawn_items, filled, specialist, submitted

pytestmark = pytest.mark.django_db


def test_filling_twice_makes_each_item_once() -> None:
    items = drawn_items(3)

    made = filling.fill(now=NOW)

    assert (made, QueueItem.objects.count()) == (0, len(items))


def test_the_sweep_of_every_15_seconds_looks_at_late_releases_only_and_the_hourly_one_at_all() -> None:
    old, fresh = drawn_items(2)
    QueueItem.objects.all().delete()
    Pick.objects.filter(pk=old.pick_id).update(released_at=NOW - filling.RECENTLY - timedelta(seconds=1))

    with CaptureQueriesContext(connection) as asked:
        recent = filling.fill_recent(now=NOW)
    waiting = list(QueueItem.objects.values_list("pick", flat=True))
    rest = filling.fill(now=NOW)

    assert (recent, waiting, rest) == (1, [fresh.pick_id], 1)
    assert through_all([query["sql"] for query in asked], table="sampling_pick") == []


def through_all(statements: list[str], *, table: str) -> list[str]:
    """Return those statements of which SQLite says that it finds their rows of a table by no index and no number."""
    if connection.vendor != "sqlite":  # small tables are read whole by PostgreSQL, whatever is asked of them
        return []
    found = []
    for statement in (one for one in statements if one.startswith("SELECT")):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            steps = [step for *_numbers, step in cursor.fetchall()]
        found += [statement for step in steps if step in {f"SEARCH {table}", f"SCAN {table}"}]
    return found


def test_a_clock_set_back_an_hour_draws_queues_and_hands_out_nothing_twice() -> None:
    items, back = drawn_items(3), NOW - timedelta(hours=1)
    draw, picks = items[0].pick.draw, list(Pick.objects.order_by("pk").values())
    held = claimed(items[0])

    again = draws.freeze(draw.plan, period=periods.containing(draw.plan, draw.starts_at), now=back)
    made = (filling.fill_recent(now=back), filling.fill(now=back), claims.sweep(now=back))
    other = claims.next_item(by=specialist(), now=back)

    assert (again, made) == (draw, (0, 0, 0))
    assert draw.period not in {one.period.label for one in due(back)}
    assert list(Pick.objects.order_by("pk").values()) == picks
    assert other is not None
    assert other.item_id in {item.pk for item in items} - {held.item_id}
    assert QueueItem.objects.count() == len(items)


def test_an_item_copies_what_its_pick_and_draw_say() -> None:
    item = drawn_items()[0]
    pick = item.pick

    assert (item.plan, item.agent, item.team, item.u) == (pick.draw.plan, pick.agent, pick.team, pick.u)
    assert item.rubric_version == pick.draw.rubric_version
    assert item.transcript == pick.conversation.transcript
    assert item.due_at == pick.draw.due_at


def test_a_late_replacement_still_gets_a_day() -> None:
    item = drawn_items(due_at=NOW - timedelta(days=3))[0]

    assert item.due_at == (NOW + timedelta(days=2)).replace(hour=0)  # the end of tomorrow


def test_a_conversation_without_a_transcript_waits() -> None:
    item = drawn_items()[0]
    Pick.objects.filter(pk=item.pick_id).update(dropped="")
    QueueItem.objects.all().delete()
    item.conversation.transcript = None
    item.conversation.save()

    assert filling.fill(now=NOW) == 0


def test_voiding_a_draw_withdraws_what_is_open_and_keeps_drafts() -> None:
    free, held, done = drawn_items(3)
    review = claimed(held)
    submitted(done)
    draws.void(free.pick.draw, reason="Wrong population", by=None, now=NOW)

    filling.fill(now=NOW)

    states = dict(QueueItem.objects.values_list("pk", "status"))
    assert states == {free.pk: "withdrawn", held.pk: "withdrawn", done.pk: "submitted"}
    assert Review.objects.get(pk=review.pk).status == "draft"
    assert AuditEvent.objects.filter(verb="item.withdrawn").count() == 2


def test_the_sweep_of_every_15_seconds_takes_back_what_left_lately_and_the_hourly_one_all() -> None:
    early, late, stays = drawn_items(3)
    long_ago = NOW - filling.RECENTLY - timedelta(seconds=1)
    for item, at in ((early, long_ago), (late, NOW - filling.RECENTLY)):
        Pick.objects.filter(pk=item.pick_id).update(dropped="nonresponse", dropped_at=at)

    recent = filling.withdraw(now=NOW, since=NOW - filling.RECENTLY)
    filling.fill_recent(now=NOW)
    after = dict(QueueItem.objects.values_list("pk", "status"))
    rest = filling.withdraw(now=NOW)
    Draw.objects.update(voided_at=NOW - filling.RECENTLY, void_reason="Wrong population")
    filling.fill_recent(now=NOW)

    assert (recent, rest) == (1, 1)
    assert after == {early.pk: "available", late.pk: "withdrawn", stays.pk: "available"}
    assert set(QueueItem.objects.values_list("status", flat=True)) == {"withdrawn"}


def test_a_draft_of_a_withdrawn_item_can_be_saved_but_not_submitted() -> None:
    review = claimed()
    draws.void(review.item.pick.draw, reason="Wrong population", by=None, now=NOW)
    filling.fill(now=NOW)
    review.item.refresh_from_db()

    saved = drafting.save(review, filled(), number=0, by=review.author, now=NOW)

    assert saved.lost is not None
    assert saved.lost.sentence == "This item was withdrawn meanwhile. Your draft is kept."
    with pytest.raises(Refused) as raised:
        submitting.submit(review, filled(), by=review.author, now=NOW)
    assert raised.value.refusal.code == "item_ended"


def test_a_pick_that_is_brought_back_gets_a_new_seat() -> None:
    review = claimed()
    pick = review.item.pick
    QueueItem.objects.filter(pk=review.item_id).update(
        status="skipped", claimed_by=None, claimed_until=None, ended_at=NOW
    )
    FrameStratum.objects.update(frame_size=1)  # nothing left to release instead
    skips.record(pick, reason="spam", by=None, now=NOW)
    assert filling.fill(now=NOW) == 0
    skips.overrule(pick, by=None, now=NOW)

    made = filling.fill(now=NOW)

    again = QueueItem.objects.get(pick=pick, seat=2)
    assert (made, again.status) == (1, "available")
    assert claims.next_item(by=review.author, now=NOW) is None  # they have judged it once
    handed = claims.next_item(by=specialist(), now=NOW)
    assert handed is not None
    assert handed.item == again


def test_another_purpose_at_the_pick_does_not_stand_in_for_the_primary_item() -> None:
    item = drawn_items()[0]
    QueueItem.objects.filter(pk=item.pk).update(purpose="calibration")

    filling.fill(now=NOW)

    assert set(QueueItem.objects.values_list("purpose", "seat")) == {("calibration", 1), ("primary", 1)}
