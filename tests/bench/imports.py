"""Import and index files of conversations, beside their floor: python -m tests.bench.imports [FILE…]

Ours is what an upload does: decode, check, compute the facts, write each batch with its cursor, count concurrency, and
fill the search index. The floor decodes the same lines with msgspec and writes the very rows that ours made into the
same tables of another empty database, in batches of the same size: one executemany a table, nothing else.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench import databases, printing

TARGET_RATIO = 2.5
PEER = {"potato, from a folder": 6172, "label studio, over http": 3364}
STAR = databases.ROOT.parent / "shared" / "data" / "star.jsonl.gz"
CONVERSATIONS, MESSAGES = 10_000, 12
WORDS = tuple(
    "the I you order parcel late refund card please thank account number is not was my with for to and help delivery "  # noqa: SIM905
    "invoice change address wait check moment again sorry yes no when could would tell screen password today".split()
)


def main() -> None:
    """Measure each file on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="files to import (default: star, and one made up)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often ours and the floor take turns (default: 3)")
    options = databases.chosen(parser)
    for database in options.databases:
        with databases.server(database) as server:
            made = write_file(server.folder / "made.jsonl")
            for file in options.files or [*([STAR] if STAR.exists() else []), made]:
                measure(server, file, rounds=options.rounds)


def write_file(path: Path) -> Path:
    """Make up conversations of twelve messages, the same ones every time."""
    dice, first = random.Random(7), datetime(2026, 1, 5, 9, tzinfo=UTC)
    with path.open("w") as file:
        for number in range(CONVERSATIONS):
            file.write(json.dumps(made_up(number, first + timedelta(minutes=7 * number), dice)) + "\n")
    return path


def made_up(number: int, begins: datetime, dice: random.Random) -> dict[str, Any]:
    """Return one conversation between a customer and one of sixty agents."""
    people = (f"c-{number}", f"a-{number % 60}")
    said = [
        {
            "role": ("customer", "agent")[place % 2],
            "author": people[place % 2],
            "sent_at": (begins + timedelta(seconds=40 * place)).isoformat(),
            "text": " ".join(dice.choices(WORDS, k=dice.randint(4, 24))).capitalize() + ".",
        }
        for place in range(MESSAGES)
    ]
    return {
        "external_id": f"made-{number}", "channel": "chat", "subject": " ".join(dice.choices(WORDS, k=5)),
        "agent": {"external_id": people[1], "name": f"Agent {number % 60}"}, "customer": {"external_id": people[0]},
        "started_at": begins.isoformat(), "ended_at": (begins + timedelta(seconds=40 * MESSAGES)).isoformat(),
        "tags": [dice.choice(WORDS)], "messages": said,
    }  # fmt: skip


places = count(1)


def measure(server: databases.Server, file: Path, *, rounds: int) -> None:
    """Let ours and the floor take turns; print the medians."""
    ours, floors = [], []
    for _round in range(rounds):
        rows = server.folder / "rows.pickle"
        ours.append(work(server, "ours", file, rows))
        floors.append(work(server, "floor", file, rows))
    conversations, messages = ours[0]["conversations"], ours[0]["messages"]
    assert all(one["conversations"] == conversations for one in [*ours, *floors])

    def rate(name: str, runs: list[dict[str, Any]]) -> float:
        return conversations / statistics.median(run[name] for run in runs)

    printing.say(
        "import_seconds", database=server.database, unit="s", n=rounds, target_ratio=TARGET_RATIO, file=file.name,
        ours=statistics.median(run["seconds"] for run in ours),
        floor=statistics.median(run["seconds"] for run in floors),
        conversations=conversations, messages=messages, conversations_per_second=rate("seconds", ours),
        without_index_per_second=rate("import_seconds", ours), floor_per_second=rate("seconds", floors),
        processor_ratio=rate("processor", floors) / rate("processor", ours), peers=PEER, **printing.machine(),
    )  # fmt: skip


def work(server: databases.Server, side: str, file: Path, rows: Path) -> dict[str, Any]:
    """Run one side in an empty database and a process of its own."""
    place = server.place(f"import{next(places)}")
    said = place.run("-m", "tests.bench.import_side", side, str(file), str(rows))
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


if __name__ == "__main__":
    sys.exit(main())
