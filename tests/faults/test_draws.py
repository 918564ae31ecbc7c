"""kill -9 in the middle of a draw, and a clock set back: the same picks as without it, each once, also in the queue."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from accounts.scopes import Scope
from accounts.services import tokens
from core.models import AuditEvent
from reviews.models import QueueItem
from sampling.models import Draw
from tests.factories.accounts import person
from tests.faults import drawing
from tests.support.house import House
from tests.support.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
HOUR = 3600.0


def frozen() -> int:
    return AuditEvent.objects.filter(verb="draw.frozen").count()


def once_more(house: House, task: str) -> None:
    """Do what the clock does, and wait until that is done."""
    before = house.done(task)
    house.send(task, queue="default")
    until(lambda: house.done(task) > before, what=task, seconds=90, tell=house.worker.said)


def test_a_draw_disturbed_in_the_middle_picks_the_same_and_nothing_twice(house: House) -> None:
    """One company for all: making it takes longer than the draws. At last the worker comes back an hour ago."""
    plan = drawing.week_to_draw()
    expected = drawing.drawn_without_a_fault(plan)
    manager = person(Role.MANAGER)
    token = tokens.create(manager, name="Faults", scopes=tuple(Scope), by=manager, now=timezone.now())[1]

    def by_the_worker() -> None:
        house.send("sampling.tasks.draw_plan", plan.pk, queue="default")

    def by_a_person() -> None:
        threading.Thread(target=house.attempt, args=(f"sampling-plans/{plan.pk}/draw/", token), daemon=True).start()

    for part, begin in ((house.web, by_a_person), (house.broker, by_the_worker), (house.worker, by_the_worker)):
        drawing.forget()
        frozen_before = frozen()
        drawing.in_the_middle(house, plan, begin)
        part.kill()
        if part is house.broker:  # whose end a draw that is under way does not even notice
            house.go_on()
        else:
            until(lambda: not drawing.is_drawing(plan), what="the lock of the dead to be gone")
            assert drawing.picks() == [], part.name
        house.set_clock_back(HOUR if part is house.worker else 0)

        house.start()
        once_more(house, "sampling.tasks.draw_due")
        until(lambda: Draw.objects.exists(), what="the draw", seconds=90, tell=house.worker.said)
        once_more(house, "sampling.tasks.draw_due")
        for _time in range(2):
            once_more(house, "reviews.tasks.fill_queue")

        assert drawing.picks() == expected, part.name
        assert frozen() - frozen_before == 1, part.name
        queued = QueueItem.objects.values_list("conversation__external_id", flat=True)
        assert sorted(queued) == sorted(pick[0] for pick in expected), part.name
    assert len(expected) == drawing.AGENTS * drawing.QUOTA
    assert_that_a_clock_set_right_takes_up_what_stands(house, expected)


def assert_that_a_clock_set_right_takes_up_what_stands(house: House, expected: drawing.Picks) -> None:
    """The last draw was made by a worker whose clock was an hour back and is set right."""
    ago = timezone.now() - Draw.objects.get().frozen_at
    assert timedelta(seconds=HOUR) < ago < timedelta(seconds=HOUR + 600)

    house.worker.kill()
    house.set_clock_back(0)
    house.start()
    for task in ("sampling.tasks.draw_due", "reviews.tasks.fill_queue"):
        once_more(house, task)
    assert (drawing.picks(), QueueItem.objects.count()) == (expected, len(expected))
