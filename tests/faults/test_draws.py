"""kill -9 in the middle of a draw: the same picks as without it, each once, and each once in the queue."""

from __future__ import annotations

import threading

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


def frozen() -> int:
    return AuditEvent.objects.filter(verb="draw.frozen").count()


def once_more(house: House, task: str) -> None:
    """Do what the clock does, and wait until that is done."""
    before = house.done(task)
    house.send(task, queue="default")
    until(lambda: house.done(task) > before, what=task, seconds=40, tell=house.worker.said)


def test_a_worker_a_broker_or_a_web_server_killed_in_the_middle_of_a_draw_changes_no_pick(house: House) -> None:
    """One company for all: making it takes longer than the draws."""
    plan = drawing.week_to_draw()
    expected = drawing.drawn_without_a_fault(plan)
    manager = person(Role.MANAGER)
    token = tokens.create(manager, name="Faults", scopes=tuple(Scope), by=manager, now=timezone.now())[1]

    def by_the_worker() -> None:
        house.send("sampling.tasks.draw_plan", plan.pk, queue="default")

    def by_a_person() -> None:
        threading.Thread(target=house.attempt, args=(f"sampling-plans/{plan.pk}/draw/", token), daemon=True).start()

    for part, begin in ((house.worker, by_the_worker), (house.web, by_a_person), (house.broker, by_the_worker)):
        drawing.forget()
        frozen_before = frozen()
        drawing.in_the_middle(plan, begin, part.kill)
        if part is not house.broker:  # whose end a draw that is under way does not even notice
            until(lambda: not drawing.is_drawing(plan), what="the lock of the dead to be gone")
            assert drawing.picks() == [], part.name

        house.start()
        once_more(house, "sampling.tasks.draw_due")
        until(lambda: Draw.objects.exists(), what="the draw", seconds=40, tell=house.worker.said)
        once_more(house, "sampling.tasks.draw_due")
        for _time in range(2):
            once_more(house, "reviews.tasks.fill_queue")

        assert drawing.picks() == expected, part.name
        assert frozen() - frozen_before == 1, part.name
        queued = QueueItem.objects.values_list("conversation__external_id", flat=True)
        assert sorted(queued) == sorted(pick[0] for pick in expected), part.name
    assert len(expected) == drawing.AGENTS * drawing.QUOTA
