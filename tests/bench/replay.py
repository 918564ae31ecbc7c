"""Replay a large draw, on its page and by the command: python -m tests.bench.replay

The page starts a job, which repeats the draw from its receipt and asks the conversations of two periods again; the
command has the receipt alone. What the web process holds is printed beside what the worker does. The floor
reads the same frame and the same conversations, by one SQL statement each, and does nothing with them.
Stops by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import databases, world
from tests.bench.client import Client
from tests.bench.databases import ROOT, Place
from tests.bench.printing import machine, say
from tests.bench.servers import PRODUCT, web

SECONDS = 3  # for an answer on a page
READ = (
    "SELECT units FROM sampling_framestratum WHERE draw_id = %s",
    "SELECT m.id, m.number, m.completed_at, m.known_at, c.id, c.external_id, c.assignee_id, s.slug "
    "FROM conversations_completion m JOIN conversations_conversation c ON c.id = m.conversation_id "
    "JOIN conversations_source s ON s.id = c.source_id, sampling_draw d WHERE d.id = %s "
    "AND m.completed_at >= d.starts_at AND m.completed_at < d.ends_at",
)


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    sizes = {"conversations": options.frame, "agents": 2_000, "weeks": 1, "reviews": 9_000, "open": 1_000}
    known = world.make(server, "replay", **sizes, transcripts="picked")
    floor = float(known.place.run("-m", "tests.bench.replay", "--inside"))
    about = {"database": server.database, "frame": options.frame, **machine()}
    with web(known.place, PRODUCT, processes=1) as product:
        before = product.memory_mb()
        client = Client(product.port, known.keys["manager"], patience=300)
        pressed = client.post("/sampling/draws/1/replay/")
        job = json.loads(known.place.run("-m", "tests.bench.replay", "--job"))
        answer, page = client.get("/sampling/draws/1/replay/"), client.get("/sampling/draws/1/")
        if pressed.status != 302 or b"Replay matches." not in answer.body or page.status != 200:
            sys.exit(f"The page did not replay it: {pressed.status} {answer.status} {answer.body[-2000:]!r}")
        told = client.get("/sampling/draws/1/receipt.json")
        receipt = known.place.folder / "receipt.json"
        receipt.write_bytes(told.body)
        waits = [pressed.ms / 1000, answer.ms / 1000, page.ms / 1000]
        say(
            "replay_page", ours=max(waits), floor=None, unit="s", n=len(waits), target=SECONDS,
            receipt_seconds=told.ms / 1000, megabytes_before=before, megabytes_at_most=product.peak_mb(), **about,
        )  # fmt: skip
    say("replay_job", floor=floor, unit="s", n=1, **job, **about)
    seconds, megabytes = command(known.place, receipt)
    say("replay_command", ours=seconds, floor=floor, unit="s", n=1, megabytes_at_most=megabytes, **about)


def command(place: Place, receipt: Path) -> tuple[float, float]:
    """Return the seconds and the largest memory of the command that replays a receipt."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "replay", str(receipt)],
        cwd=ROOT,
        env=place.environment,
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit("The command did not replay it.")
    return time.perf_counter() - began, used.ru_maxrss / 1024


def work() -> None:
    """Do what the worker does, and print the seconds and the largest memory of this process after each part."""
    import django

    django.setup()
    from django.utils import timezone

    from core.models import Job
    from sampling.selectors.retold import KIND
    from sampling.services import replays

    job = Job.objects.open().get(kind=KIND)
    before, began, held = _peak(), time.perf_counter(), list[float]()
    while replays.work(job.pk, clock=timezone.now):
        held.append(_peak())
    told = {"ours": time.perf_counter() - began, "megabytes_before": before, "megabytes_at_most": _peak()}
    sys.stdout.write(json.dumps({**told, "megabytes_of_receipt": held[0]}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def inside() -> None:
    """Print how long the floor takes in the database of this process."""
    import django

    django.setup()
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        for statement in READ:
            cursor.execute(statement, [1])
            cursor.fetchall()
    sys.stdout.write(str(time.perf_counter() - began))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frame", type=int, default=200_000, help="conversations in the frame (default: 200,000)")
    given = sys.argv if arguments is None else arguments
    if "--inside" in given:
        inside()
        return
    if "--job" in given:
        work()
        return
    databases.run(parser, measure, keeps=True)


if __name__ == "__main__":
    main()
