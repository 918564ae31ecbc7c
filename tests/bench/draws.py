"""A week's draw in a small and in a large database: python -m tests.bench.draws

Both have the same agents, the same newest weeks and the same plan; the large one has a hundred times the history. In
each turn a week goes by in both, the product draws it, fills the queue, and fills it once more with nothing to do.
Stops by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.bench import databases, world
from tests.bench.databases import ROOT, Place
from tests.bench.printing import machine, quantile, say

SMALL, LARGE, FLAT = 100_000, 10_000_000, 1.5
FRAME, QUOTA, MOST_WEEKS = 20, 5, 104  # a million reviews of 2,000 agents
STEPS = ("draw", "fill", "fill_again")


@dataclass
class Side:
    """A process in one of the databases that lets a week go by whenever it is told to."""

    process: subprocess.Popen[str]
    found: list[dict[str, Any]] = field(default_factory=list)

    def turn(self) -> None:
        """Let a week go by and keep what it took."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("week\n")
        self.process.stdin.flush()
        self.found.append(json.loads(self.process.stdout.readline()))

    def median(self, step: str, kind: str) -> float | None:
        """Return the median of one step, of its clock or of the processors."""
        return quantile([one[step][kind] for one in self.found], 0.5)


@contextlib.contextmanager
def side(place: Place) -> Iterator[Side]:
    """Start a process in a place."""
    command = [sys.executable, "-m", "tests.bench.week"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Side(process)
    finally:
        process.communicate("")
        process.wait()


def sizes(options: argparse.Namespace, *, conversations: int) -> dict[str, Any]:
    """Return the sizes of a database whose drawn weeks are like those of every other."""
    weeks = max(2, min(MOST_WEEKS, conversations // (options.agents * FRAME)))
    picks = options.agents * weeks * QUOTA
    left = min(picks // 2, 4_000)
    return {
        "conversations": conversations, "agents": options.agents, "weeks": weeks, "frame": FRAME,
        "reviews": picks - left, "open": left, "transcripts": "picked",
    }  # fmt: skip


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database, small and large in turns."""
    worlds = {
        name: world.make(server, name, **sizes(options, conversations=count))
        for name, count in (("small", options.small), ("large", options.large))
    }
    with contextlib.ExitStack() as stack:
        sides = {name: stack.enter_context(side(known.place)) for name, known in worlds.items()}
        for turn in range(-1, options.turns):
            for one in sides.values():
                if turn == 0:
                    one.found = []  # the first week met empty caches
                one.turn()
    small, large = sides["small"], sides["large"]
    for step in STEPS:
        say(
            f"week_{step}", database=server.database, ours=large.median(step, "cpu"), floor=small.median(step, "cpu"),
            unit="s of processors", n=options.turns, target_ratio=FLAT, floor_is="ours in the small database",
            seconds_large=large.median(step, "clock"), seconds_small=small.median(step, "clock"),
            conversations=options.large, against=options.small, completions=large.found[-1]["completions"],
            picks=large.found[-1]["picks"], **machine(),
        )  # fmt: skip


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL, help="conversations in the small database")
    parser.add_argument("--large", type=int, default=LARGE, help="conversations in the large database")
    parser.add_argument("--agents", type=int, default=2_000)
    parser.add_argument("--turns", type=int, default=5, help="weeks in each (default: 5)")
    databases.run(parser, measure, keeps=True)


if __name__ == "__main__":
    main()
