"""The same pages in a small and in a large database, request by request: python -m tests.bench.flat

Claim and submit beside the skeleton's, the queue, the page of an agent and that of a team. What a request takes is
also counted in processor time, of the web processes and of the database's own; a loaded machine changes that less.
Stops by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import databases, world
from tests.bench.client import Answer, Client
from tests.bench.draws import LARGE, sizes
from tests.bench.printing import machine, quantile, say
from tests.bench.servers import PRODUCT, SKELETON, Web, nanoseconds, web
from tests.bench.world import World

# Eight weeks of a team of twenty are the same in both: five of each agent's conversations drawn, nearly all reviewed.
SMALL = {
    "conversations": 10_000, "agents": 125, "weeks": 8, "frame": 10, "reviews": 4_700, "open": 300,
    "transcripts": "picked",
}  # fmt: skip
GOALS = {"claim": 1.3, "submit": 1.3, "queue": 1.5, "agent": 1.5, "team": 1.5}
BESIDE_SKELETON = 3
Key = tuple[str, str, str]


@dataclass
class Side:
    """One database with the product and the skeleton on it; what each page took, by page, side and kind of time."""

    known: World
    product: Web
    skeleton: Web
    backends: Any
    times: dict[Key, list[float]] = field(default_factory=dict)
    errors: int = 0

    def turn(self) -> None:
        """Ask for each page once."""
        reviewer, supervisor = self.known.keys["reviewers"][-1], self.known.keys["supervisor"]
        form = self.known.form()
        with self._person(self.product, reviewer) as us, self._person(self.skeleton, reviewer) as them:
            own = self._note("claim", "ours", self.product, lambda: us.post("/queue/next/")).location
            if not own.startswith("/reviews/"):
                sys.exit(f"nothing is left to claim in {self.known.place.folder}: remove it, or ask with a smaller --n")
            taken = self._note("claim", "floor", self.skeleton, lambda: them.post("/claim"))
            theirs = json.loads(taken.body)["review"]
            us.get(own)
            self._note("submit", "ours", self.product, lambda: us.post(f"{own}submit/", form | {"stay": "1"}))
            self._note("submit", "floor", self.skeleton, lambda: them.post(f"/reviews/{theirs}/submit", form))
            self._note("queue", "ours", self.product, lambda: us.get("/queue/"))
        with self._person(self.product, supervisor) as lead:
            self._note("team", "ours", self.product, lambda: lead.get("/team/"))
            self._note("agent", "ours", self.product, lambda: lead.get("/team/agents/1/"))

    @contextlib.contextmanager
    def _person(self, server: Web, session: str) -> Iterator[Client]:
        client = Client(server.port, session)
        client.get("/healthz")  # connected
        yield client
        client.close()

    def _note(self, page: str, whose: str, server: Web, ask: Callable[[], Answer]) -> Answer:
        before = self._processors(server)
        answer = ask()
        self.times.setdefault((page, whose, "clock"), []).append(answer.ms)
        self.times.setdefault((page, whose, "cpu"), []).append((self._processors(server) - before) * 1000)
        self.errors += answer.status not in {200, 302}
        return answer

    def _processors(self, server: Web) -> float:
        return server.cpu_seconds() + self.backends()

    def at(self, page: str, whose: str, kind: str, share: float) -> float | None:
        """Return a quantile."""
        return quantile(self.times[page, whose, kind], share)


@contextlib.contextmanager
def side(known: World) -> Iterator[Side]:
    """Start both servers on a database."""
    with web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton, backends(known) as used:
        yield Side(known, product, skeleton, used)


@contextlib.contextmanager
def backends(known: World) -> Iterator[Callable[[], float]]:
    """Yield what tells the processor seconds of the database's own processes; SQLite has none."""
    if known.place.database == "sqlite":
        yield lambda: 0.0
        return
    import psycopg

    with psycopg.connect(known.place.url, autocommit=True) as connection:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

        def seconds() -> float:
            pids = [pid for (pid,) in connection.execute(others).fetchall()]
            return sum(nanoseconds(Path(f"/proc/{pid}")) for pid in pids) / 1e9

        yield seconds


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database, small and large in turns."""
    large = sizes(options, conversations=options.large)
    # What was claimed in a small one that was kept is soon all that it had.
    small = world.make(server, "ten_thousand", afresh=True, **SMALL)
    worlds = {"small": small, "large": world.make(server, "large", **large)}
    with contextlib.ExitStack() as stack:
        sides = {name: stack.enter_context(side(known)) for name, known in worlds.items()}
        for turn in range(-options.warm, options.n):
            for one in sides.values():
                if turn == 0:
                    one.times, one.errors = {}, 0
                one.turn()
        report(sides["small"], sides["large"], server.database, options)


def report(small: Side, large: Side, database: str, options: argparse.Namespace) -> None:
    """Print the lines."""
    for page, goal in GOALS.items():
        for name, kind, share in (("p95", "clock", 0.95), ("p50", "clock", 0.5), ("processor_time", "cpu", 0.5)):
            say(
                f"{page}_{name}_in_large", database=database, ours=large.at(page, "ours", kind, share),
                floor=small.at(page, "ours", kind, share), unit="ms", n=options.n, target_ratio=goal,
                floor_is="ours at 10,000 conversations", conversations=options.large,
                errors=small.errors + large.errors, **machine(),
            )  # fmt: skip
            if (page, "floor", kind) in large.times:
                say(
                    f"{page}_{name}", database=database, ours=large.at(page, "ours", kind, share),
                    floor=large.at(page, "floor", kind, share), unit="ms", n=options.n, target_ratio=BESIDE_SKELETON,
                    conversations=options.large,
                )  # fmt: skip
    say(
        "web_memory_in_large", database=database, ours=large.product.memory_mb(), floor=small.product.memory_mb(),
        unit="MB", n=options.n, floor_is="ours at 10,000 conversations", conversations=options.large,
    )  # fmt: skip


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=60, help="how often each page is asked for (default: 60)")
    parser.add_argument("--warm", type=int, default=5, help="how often before that, uncounted (default: 5)")
    parser.add_argument("--large", type=int, default=LARGE, help="conversations in the large database")
    parser.add_argument("--agents", type=int, default=2_000)
    databases.run(parser, measure, keeps=True)


if __name__ == "__main__":
    main()
