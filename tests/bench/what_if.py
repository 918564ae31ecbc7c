"""Replaying stored answers beside only reading them: python -m tests.bench.what_if

The floor reads the same rows of the same answers, in the same slices, and does nothing with them. Both take turns.
Stops by itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.bench import databases, printing

TARGET = 3.0
REVIEWS = 10_000
TURNS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a database of each kind and measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=REVIEWS)
    parser.add_argument("--inside", choices=databases.NAMES, help=argparse.SUPPRESS)
    options = databases.chosen(parser, arguments)
    if options.inside:
        _inside(options.inside)
        return
    for database in options.databases:
        with databases.server(database) as server:
            place = server.place("one")
            sizes = (f"--reviews={options.reviews}", f"--conversations={options.reviews * 2}")
            place.run("-m", "tests.bench.generate", *sizes)
            sys.stdout.write(place.run("-m", "tests.bench.what_if", f"--inside={database}"))
            sys.stdout.flush()


def _inside(database: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")
    import django

    django.setup()
    what_if, read, count = _work()
    ours, floors = [], []
    for _turn in range(TURNS):
        floors.append(_seconds(read))
        ours.append(_seconds(what_if))
    printing.say(
        "what_if", database=database, ours=min(ours), floor=min(floors), unit="s", n=TURNS, target_ratio=TARGET,
        reviews=count, reviews_per_second=count / min(ours), **printing.machine(),
    )  # fmt: skip


def _work() -> tuple[Callable[[], None], Callable[[], None], int]:
    """Return the replay of all reviews under other weights, the bare reading of their answers, and how many."""
    from dataclasses import replace

    from django.utils import timezone

    from accounts.models import User
    from reviews.models import Review
    from reviews.selectors.replay_weights import ROW
    from reviews.selectors.what_if import answers_of, reviews_of
    from reviews.services import what_if
    from rubrics.models import RubricVersion
    from rubrics.services import editing

    now = timezone.now()
    manager = User.objects.filter(grants__role="manager").first()
    version = RubricVersion.objects.get(pk=Review.objects.values_list("rubric_version", flat=True)[0])
    draft = editing.start(version.rubric, source=version, by=manager, now=now)

    def heavier(card: Any) -> Any:
        first = replace(card.sections[0].criteria[0], weight=card.sections[0].criteria[0].weight * 3)
        section = replace(card.sections[0], criteria=(first, *card.sections[0].criteria[1:]))
        return replace(card, sections=(section, *card.sections[1:]))

    editing.change(draft, heavier, by=manager, now=now)

    def replay() -> None:
        made = what_if.start(draft, by=manager, now=now)
        while what_if.work(made.job_id, clock=timezone.now):
            pass

    def read() -> None:
        rows, after = reviews_of(version.rubric, manager, since=None, until=None).order_by("pk"), 0
        while chunk := list(rows.filter(pk__gt=after).values_list(*ROW)[: what_if.CHUNK]):
            for _answer in answers_of([row[3] for row in chunk]):
                pass
            after = chunk[-1][0]

    return replay, read, reviews_of(version.rubric, manager, since=None, until=None).count()


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
