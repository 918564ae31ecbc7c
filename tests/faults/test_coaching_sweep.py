"""kill -9 in the middle of a coaching sweep: the same looks and the same plans as without it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from accounts.scopes import Scope
from accounts.services import tokens
from coaching import weeks
from coaching.models import Action, Evidence, Look, Plan
from coaching.services import sweep
from core.models import AuditEvent
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import member, reviewer, sampling_plan, skill, sums
from tests.support.house import House
from tests.support.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
WEEKS, AGENTS = 8, 10


@pytest.fixture
def expected() -> list[Any]:
    """Return what a sweep without a kill writes, and put everything back as it was before."""
    newest = weeks.last_complete(timezone.now())
    team, scoring, by = TeamFactory(), sampling_plan(), reviewer()
    skill()
    agents = [member(team) for _ in range(AGENTS)]
    for back in range(WEEKS):
        for place, agent in enumerate(agents):
            scores = [10, 30, 20, 40] * 2 if place < 3 else [85, 95, 90] * 2
            sums(agent, scores, week=weeks.shifted(newest, -back), plan=scoring, by=by)
    sweep.sweep(now=timezone.now())
    found = written()
    forget()
    return found


def forget() -> None:
    """Put everything back as it was before the first sweep."""
    for model in (Action, Evidence, Look, Plan):
        model.objects.all().delete()


def written() -> list[Any]:
    """Return all that a sweep decides, without the moments and numbers of rows."""
    looks = Look.objects.order_by("week", "agent", "skill").values_list("week", "agent", "skill")
    plans = Plan.objects.order_by("agent", "skill").values_list("agent", "skill", "origin", "status", "baseline_n")
    return [list(looks), list(plans), Evidence.objects.count(), Action.objects.count()]


def proposals() -> int:
    return AuditEvent.objects.filter(verb="plan.proposed").count()


def sweep_once_more(house: House) -> None:
    """Sweep again, and wait for every sweep that is under way: one of them may be what the kill left."""
    before = house.taken("sweep_coaching")
    house.send("coaching.tasks.sweep_coaching", queue="insight")
    until(
        lambda: before < house.taken("sweep_coaching") == house.done("sweep_coaching"),
        what="one more sweep", seconds=90, tell=house.worker.said,
    )  # fmt: skip


def test_a_worker_a_broker_or_a_web_server_killed_in_the_middle_of_a_sweep_changes_nothing(
    house: House, expected: list[Any]
) -> None:
    """One history for all: making it takes longer than the sweeps. A person starts them; web is what was asked."""
    manager = person(Role.MANAGER)
    token = tokens.create(manager, name="Faults", scopes=tuple(Scope), by=manager, now=timezone.now())[1]
    for part in (house.worker, house.broker, house.web):
        forget()
        proposed_before = proposals()
        # In front of the first plan: the looks of the first week are written, and nothing of the weeks after it.
        house.stop_before('INSERT INTO "coaching_plan"')
        assert house.ask("coaching-sweep-runs/start/", token) == 204
        house.wait_for_the_stop()
        part.kill()
        half_way = Look.objects.count()
        if part is not house.worker:
            house.go_on()
        house.start()
        sweep_once_more(house)
        after_the_kill = written()
        sweep_once_more(house)

        assert 0 < half_way < len(expected[0]), part.name
        assert (after_the_kill, written()) == (expected, expected), part.name
        assert proposals() - proposed_before == len(expected[1]) > 0
