"""A share of the sample is scored twice, silently: it looks like any other work and is in no average."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from reviews.models import Cell, QueueItem, QueueRules
from reviews.selectors.reasons import why_this
from reviews.services import absences, claims, filling, publishing, second_seats, skipping
from sampling.design import prn, unit_name
from sampling.services.keys import secret
from tests.conftest import NOW
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import drawn_items, specialist, submitted
from tests.factories.sampling import PlanFactory, agent, drawn, master_key, week_of

pytestmark = pytest.mark.django_db


def seats() -> list[QueueItem]:
    return list(QueueItem.objects.filter(purpose="calibration").select_related("pick").order_by("u"))


def test_the_share_is_what_the_keyed_hash_of_the_period_draws() -> None:
    master_key()
    # With another identity one draw in seventy holds no second seat at all.
    identity = UUID("7b0e8e42-1c7d-4d31-9f0e-5d4f7a1a9b10")
    plan = PlanFactory(identity=identity, quota_per_agent=12, second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=30)
    for completion in week_of(agent("Anna"), 12):
        transcribe(completion.conversation, talk(), now=NOW)
    specialist(), specialist()
    draw = drawn(plan)

    filling.fill(now=NOW)
    filling.fill(now=NOW)

    key = secret(plan.period_keys.select_related("master", "plan").get(period=draw.period))
    numbers = {
        pick.pk: prn(key, f"calib|{draw.period}", unit_name("zen", pick.conversation.external_id, 1))
        for pick in draw.picks.select_related("conversation")
    }
    assert {item.pick_id for item in seats()} == {pk for pk, u in numbers.items() if u < 0.3}
    assert 0 < len(seats()) < 12


def test_a_second_seat_looks_alike_is_for_somebody_else_and_counts_nowhere(client: Client) -> None:
    plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=100)
    ada, ben = specialist(), specialist()
    item = drawn_items(1, plan=plan)[0]
    seat = seats()[0]
    second, first = (ada, ben) if seat.assigned_to == ada else (ben, ada)

    assert (seat.due_at, seat.u, seat.pool, why_this(seat)) == (item.due_at, item.u, item.pool, why_this(item))
    # Who is to sit at the second seat does not take the first: it would not be blind.
    assert [one.pk for one in QueueItem.objects.open().offered_to(second)] == [seat.pk]
    assert [one.pk for one in QueueItem.objects.open().offered_to(first)] == [item.pk]
    review = submitted(item, by=first)
    publishing.publish(review, by=first, now=NOW)
    cells = list(Cell.objects.order_by("pk").values_list("metric", "n", "total"))
    blind = submitted(seat, by=second, answers={"understood": "no", "solved": "yes", "data-protected": "yes"})

    publishing.publish_due(now=NOW + timedelta(days=1))
    blind.refresh_from_db()
    assert blind.status == "submitted"
    assert list(Cell.objects.order_by("pk").values_list("metric", "n", "total")) == cells
    client.force_login(second)
    assert "Nothing waits by name" in client.get(f"/queue/reviewers/{second.pk}/").content.decode()
    assert "calibration" not in client.get("/queue/").content.decode().lower()


def test_one_reviewer_alone_keeps_the_first_seat_and_a_skip_passes_the_second_on() -> None:
    plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=100)
    ada = specialist()
    drawn_items(1, plan=plan)
    assert seats() == []

    ben, cleo = specialist(), specialist()
    drawn_items(1, plan=plan, due_at=NOW + timedelta(days=3))
    seat = seats()[0]
    holder = next(one for one in (ada, ben, cleo) if one == seat.assigned_to)
    skipping.skip(claims.take(seat, by=holder, now=NOW).item, reason="language", by=holder, now=NOW)

    old, new = QueueItem.objects.filter(purpose="calibration").order_by("seat")
    assert (old.status, new.status, new.assigned_to in {ada, ben, cleo} - {holder}) == ("skipped", "available", True)
    seat.pick.refresh_from_db()
    assert seat.pick.dropped == ""  # a second seat says nothing about the sample


def test_the_second_seat_of_somebody_who_is_away_goes_on() -> None:
    plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=100)
    people = [specialist() for _ in range(3)]
    item = drawn_items(1, plan=plan)[0]
    away = next(one for one in people if one == seats()[0].assigned_to)

    absences.be_away(away, starts_at=NOW, ends_at=NOW + timedelta(days=9), by=away, now=NOW)
    passed = [second_seats.pass_on(now=NOW), second_seats.pass_on(now=NOW)]

    old, new = sorted(seats(), key=lambda one: one.seat)
    assert (passed, old.status, new.status) == ([1, 0], "withdrawn", "available")
    assert (new.assigned_to != away, new.due_at) == (True, item.due_at)


def test_every_reviewers_week_has_at_least_two_that_open_while_it_runs() -> None:
    plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=0, second_at_least=2)
    ada, ben = specialist(), specialist()
    monday = NOW - timedelta(days=NOW.weekday())
    for week in (monday - timedelta(days=7), monday):
        for item, who in zip(drawn_items(5, plan=plan), (ada, ada, ada, ada, ben), strict=True):
            submitted(item, by=who, now=week)

    opened = [second_seats.top_up(now=monday + timedelta(days=day)) for day in (0, 0, 1, 2, 2, 3)]

    # What last week lacked opens at once: two of Ada's and Ben's only one. Then one of each, then Ada's second.
    assert opened == [3, 0, 2, 1, 0, 0]
    # All at the end of a day, as everything that is drawn.
    late, running = seats_due(midnight(monday) + timedelta(days=8)), seats_due(midnight(monday) + timedelta(days=7))
    assert (len(late), len(running)) == (3, 3)
    assert [seat.assigned_to for seat in running].count(ben) == 2
    assert {seat.pick.pk for seat in running} <= set(
        QueueItem.objects.filter(purpose="primary", ended_at=monday).values_list("pick", flat=True)
    )
    # Somebody who begins on Saturday still has two days for it.
    submitted(drawn_items(1, plan=plan)[0], by=ben, now=monday + timedelta(days=5))
    assert second_seats.top_up(now=monday + timedelta(days=5, hours=23)) == 1
    assert len(seats_due(midnight(monday) + timedelta(days=9))) == 1


def seats_due(at: datetime) -> list[QueueItem]:
    return [seat for seat in seats() if seat.due_at == at]


def midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0)
