"""Two at once: one draw, one key, one replacement, on both databases with real transactions."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from sampling import periods
from sampling.models import Draw, FrameStratum, MasterKey, PeriodKey, Pick, SharedPick
from sampling.selectors import overlaps
from sampling.services import draws, keys, skips
from tests.conftest import NOW, ROOT
from tests.factories.sampling import WEEK, PlanFactory, agent, drawn, week_of
from tests.races.together import at_once
from tests.support.background import environment

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def test_threads_that_freeze_at_once_make_one_draw() -> None:
    plan = PlanFactory(quota_per_agent=3)
    for name in ("Anna", "Bert", "Carl"):
        week_of(agent(name), 8)
    period = periods.containing(plan, WEEK)

    made = at_once(*[lambda: draws.freeze(plan, period=period, now=NOW)] * THREADS)

    assert {getattr(draw, "pk", draw) for draw in made} == {Draw.objects.get().pk}
    assert (FrameStratum.objects.count(), Pick.objects.count(), PeriodKey.objects.count()) == (3, 9, 1)


def test_processes_that_freeze_at_once_make_one_draw() -> None:
    plan = PlanFactory(quota_per_agent=3)
    week_of(agent("Anna"), 30)
    code = (
        "from datetime import datetime; from sampling import periods; from sampling.models import Plan; "
        "from sampling.services import draws; "
        f"plan = Plan.objects.get(pk={plan.pk}); "
        f"period = periods.containing(plan, datetime.fromisoformat('{WEEK.isoformat()}')); "
        f"print(draws.freeze(plan, period=period, now=datetime.fromisoformat('{NOW.isoformat()}')).pk)"
    )
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--verbosity", "0", "--command", code]
    connection.close()

    running = [subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate()[0].strip() for process in running]

    assert said == [str(Draw.objects.get().pk)] * 3
    assert Pick.objects.count() == 3


def test_threads_that_need_a_key_first_share_one() -> None:
    plans = [PlanFactory() for _ in range(4)]

    made = at_once(*[lambda plan=plan: keys.publish(plan, now=NOW) for plan in plans])

    assert [type(one) for one in made] == [list] * 4
    assert (MasterKey.objects.count(), PeriodKey.objects.count()) == (1, 12)


def test_two_who_skip_the_same_pick_release_one() -> None:
    plan = PlanFactory(quota_per_agent=2)
    week_of(agent("Anna"), 9)
    stratum = drawn(plan).strata.get()
    pick = stratum.picks.get(rank=1)

    results = at_once(*[lambda: skips.record(pick, reason="spam", by=None, now=NOW)] * 4)

    assert sorted(type(one).__name__ for one in results) == ["Pick", "Refused", "Refused", "Refused"]
    stratum.refresh_from_db()
    assert (stratum.prefix, stratum.drawn, stratum.picks.count()) == (3, 2, 3)


def test_skips_of_one_stratum_at_once_release_one_each() -> None:
    plan = PlanFactory(quota_per_agent=5)
    week_of(agent("Anna"), 15)
    stratum = drawn(plan).strata.get()
    picks = list(stratum.picks.order_by("rank"))

    results = at_once(*[lambda pick=pick: skips.record(pick, reason="spam", by=None, now=NOW) for pick in picks])

    assert sorted(one.rank for one in results) == [6, 7, 8, 9, 10]
    stratum.refresh_from_db()
    assert (stratum.prefix, stratum.eligible, stratum.drawn) == (10, 5, 5)


def test_plans_that_draw_from_one_population_at_once_see_each_other_and_what_is_released_meanwhile() -> None:
    plans = [PlanFactory(quota_per_agent=3) for _ in range(3)]
    week_of(agent("Anna"), 12)
    first = drawn(plans[0])
    skipped = first.picks.get(rank=1)

    made = at_once(
        *[lambda plan=plan: drawn(plan) for plan in plans[1:]],
        lambda: skips.record(skipped, reason="too_long", by=None, now=NOW),
    )

    assert [error for error in made if isinstance(error, Exception)] == []
    assert overlaps.frame_size(FrameStratum.objects.all()) == 12
    # Each pick stands in the two other frames.
    assert Counter(SharedPick.objects.values_list("pick", flat=True)) == dict.fromkeys(
        Pick.objects.values_list("pk", flat=True), 2
    )
    assert Pick.objects.count() == 10
