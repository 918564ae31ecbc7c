"""Let a week go by whenever a line comes in, and say what drawing it took: the two processes of tests.bench.draws."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from tests.bench.sizes import MESSAGES


def main() -> None:
    """Answer each line with one of JSON."""
    django.setup()
    for _line in sys.stdin:
        sys.stdout.write(json.dumps(a_week()) + "\n")
        sys.stdout.flush()


def a_week() -> dict[str, Any]:
    """Let the week after the last draw go by, with as many conversations as that one had, and draw it."""
    from reviews.services import filling
    from sampling import periods
    from sampling.models import Draw
    from sampling.services import draws

    last = Draw.objects.select_related("plan").latest("starts_at")
    period = periods.following(last.plan, periods.containing(last.plan, last.starts_at))
    now = period.ends_at + timedelta(days=1)
    talked(last.frame_size, begins=period.starts_at)
    made: list[Draw] = []
    drawn = watched(lambda: made.append(draws.freeze(last.plan, period=period, now=now)))
    transcribe(made[0])
    return {
        "completions": made[0].frame_size,
        "picks": made[0].picked,
        "draw": drawn,
        "fill": watched(lambda: filling.fill_recent(now=now)),
        "fill_again": watched(lambda: filling.fill_recent(now=now)),
    }


def talked(count: int, *, begins: Any) -> None:
    """Store the conversations of a week, without their words."""
    from accounts.models import Agent
    from conversations.models import Conversation
    from tests.bench import company, talks

    agents, first = Agent.objects.count(), Conversation.objects.latest("pk").pk + 1
    step = timedelta(days=6) / count
    week = [
        talks.outline(first + place, agent_id=place % agents + 1, ended_at=begins + step * (place + 1), count=MESSAGES)
        for place in range(count)
    ]
    talks.store(week, company.found_again(), transcribed=False)


def transcribe(draw: Any) -> None:
    """Give the picked conversations of a draw their words: without them nobody is asked to review."""
    from django.db.models import F

    from conversations.models import Conversation
    from tests.bench import talks

    picked = Conversation.objects.filter(picks__draw=draw)
    talks.transcribe(
        [
            talks.talk(pk, agent_id=agent_id, ended_at=ended_at, count=MESSAGES)
            for pk, agent_id, ended_at in picked.values_list("pk", "assignee_id", "completed_at")
        ]
    )
    picked.update(transcript_id=F("id"))


def watched(work: Callable[[], Any]) -> dict[str, float]:
    """Return the seconds of the clock, and those of the processors: this process's and its database server's."""
    clock, cpu = time.perf_counter(), processors()
    work()
    return {"clock": time.perf_counter() - clock, "cpu": processors() - cpu}


def processors() -> float:
    """Return what this process and its connection's server process have used so far."""
    from django.db import connection

    used = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            used += int(Path(f"/proc/{cursor.fetchone()[0]}/schedstat").read_text().split()[0]) / 1e9
    return used


if __name__ == "__main__":
    main()
