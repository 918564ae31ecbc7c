"""The coaching sweep beside only reading its cells and working them out: python -m tests.bench.sweep

The floor is a bare script: it reads the same cells of the same weeks by one SQL statement a skill, and calls the same
pure functions on them, without models, states, rules or writing. Both take turns. Stops by itself.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bench import databases, printing
from tests.bench.looked import Sizes

TARGET = 3.0
Act = Callable[[], None]
TURNS = 3
WRITES = re.compile(r'(?:INSERT INTO|UPDATE) "(\w+)"')
STATEMENT = (
    "SELECT s.agent_id, d.ends_at, c.n, c.total, c.squares, c.newest_at, c.newest_review_id FROM reviews_cell c "
    "JOIN sampling_framestratum s ON s.id = c.stratum_id JOIN sampling_draw d ON d.id = s.draw_id "
    "WHERE c.metric = %s AND c.pool = 'random' AND c.n > 0 AND d.voided_at IS NULL AND d.ends_at > %s "
    "AND d.ends_at <= %s"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a database of each kind and size, and measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=2_000, help="measured at half of it, too")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--inside", choices=databases.NAMES, help=argparse.SUPPRESS)
    options = databases.chosen(parser, arguments)
    if options.inside:
        _inside(options.inside, Sizes(agents=options.agents, weeks=options.weeks))
        return
    for database in options.databases:
        with databases.server(database) as server:
            for agents in (options.agents // 2, options.agents):
                place = server.place(f"of{agents}")
                sizes = (f"--agents={agents}", f"--weeks={options.weeks}", f"--inside={database}")
                sys.stdout.write(place.run("-m", "tests.bench.sweep", *sizes))
                sys.stdout.flush()


def _inside(database: str, sizes: Sizes) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")
    import django

    django.setup()
    from django.utils import timezone

    from tests.bench.looked import fill

    now = timezone.now()
    fill(sizes, now=now)
    sweep, floor, again, count = _work(sizes, now)
    ours, floors = [], []
    for _turn in range(TURNS):
        again()
        floors.append(_seconds(floor))
        ours.append(_seconds(sweep))
    (wall, processor), (floor_wall, floor_processor) = min(ours), min(floors)
    printing.say(
        "coaching_sweep", database=database, ours=wall, floor=floor_wall, unit="s", n=TURNS, target_ratio=TARGET,
        processor_ratio=processor / floor_processor, agents=sizes.agents, skills=sizes.skills, weeks=sizes.weeks,
        **count(), **printing.machine(),
    )  # fmt: skip


def _work(
    sizes: Sizes, now: datetime
) -> tuple[Callable[[], None], Callable[[], None], Callable[[], None], Callable[[], dict[str, Any]]]:
    """Return the first sweep of a newly closed week, the floor of the same looks, what undoes it, and what counts it.

    That sweep makes the looks of the week before once more, because reviews may have come since, and the new ones.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from coaching import weeks
    from coaching.models import Look, Observation, Plan
    from coaching.services import looks, proposals
    from coaching.services import sweep as service
    from rubrics.models import Skill

    newest = weeks.last_complete(now)
    before, skills = weeks.shifted(newest, -1), list(Skill.objects.order_by("pk")[: sizes.skills])
    for week in (weeks.shifted(before, -1), before):  # the weeks before them were looked at in their time
        for skill in skills:
            looks.run(skill, week=week, now=weeks.end_of(week) + timedelta(days=6))
        proposals.propose(week, now=weeks.end_of(week) + timedelta(days=6))

    def again() -> None:
        """Put back what the sweep of the newest week wrote."""
        Look.objects.filter(week=newest).delete()
        Plan.objects.filter(trigger__week=newest).delete()
        Observation.objects.filter(week__gte=before).delete()

    def sweep() -> None:
        service.sweep(now=now)

    def count() -> dict[str, Any]:
        again()
        with CaptureQueriesContext(connection) as queries:
            sweep()
        said = [query["sql"] for query in queries]
        return {"queries": len(said), "chunks": _chunks(said)}

    def floor() -> None:
        for week in (before, newest):
            for metric in (*(f"skill:{skill.slug}" for skill in skills), "total"):
                _bare(metric, week)

    return sweep, floor, again, count


def _chunks(statements: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return of the transactions, by the first table each writes to: how many, and the queries of the largest."""
    found: dict[str, dict[str, int]] = {}
    inside: list[str] | None = None
    for statement in statements:
        if statement.startswith("BEGIN"):
            inside = []
        elif statement.startswith("COMMIT") and inside is not None:
            table = next((match[1] for one in inside if (match := WRITES.search(one))), "nothing")
            known = found.setdefault(table, {"number": 0, "queries": 0})
            known["number"] += 1
            known["queries"] = max(known["queries"], len(inside))
            inside = None
        elif inside is not None:
            inside.append(statement)
    return found


def _bare(metric: str, week: str) -> None:
    """Read the cells of one metric and work them out; the pools are those of the product."""
    from django.db import connection

    from accounts.models import TeamMembership
    from coaching import weeks
    from coaching.windows import WEEKS, AgentWeeks, levels, pools_of

    since, until = weeks.start_of(weeks.shifted(week, 1 - WEEKS)), weeks.end_of(week)
    values = [connection.ops.adapt_datetimefield_value(moment) for moment in (since, until)]
    agents: dict[int, AgentWeeks] = {}
    places: dict[Any, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [metric, *values])
        for agent, ends_at, n, total, squares, _newest, _review in cursor.fetchall():
            place = places.get(ends_at)
            if place is None:
                moment = ends_at if isinstance(ends_at, datetime) else datetime.fromisoformat(ends_at)
                place = places[ends_at] = WEEKS - 1 - (until - moment.replace(tzinfo=UTC)).days // 7
            one = agents.get(agent)
            if one is None:
                one = agents[agent] = AgentWeeks()
            one.n[place] += n
            one.total[place] += total
            one.squares += squares
    teams = dict(TeamMembership.objects.values_list("agent_id", "team_id"))
    pools = pools_of({agent: teams.get(agent) for agent in agents})
    if metric == "total":
        from coaching.declines import declines

        declines(agents, pools=pools, limit=2.7)
    else:
        levels(agents, pools=pools, targets=dict.fromkeys(agents, 70.0))


def _seconds(act: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds on the wall, and those of this process's processor: a loaded machine changes them less."""
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
