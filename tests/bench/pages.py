"""One page at a time, beside its floors: python -m tests.bench.pages

Claim, submit, the filtered list of fifty, one's own feedback and the team page, at 10,000 conversations. Ours, the
skeleton's, the bare view's and the raw driver's answers take turns, request by request.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.bench import databases, world
from tests.bench.client import Answer, Client
from tests.bench.driver import driver
from tests.bench.printing import machine, quantile, say
from tests.bench.servers import BARE, PRODUCT, SKELETON, Web, web
from tests.bench.world import World

# ../shared/design/peers.md: p50 and p95 of the best peer, in milliseconds.
PEERS = {"claim": (46, 62), "submit": (11, 18), "list": (68, 88)}
TARGET_RATIO = 3
WITHOUT_GOAL = {"open"}  # a workspace is opened by tests.bench.workspace, with a goal of its own
NAMES = ("claim", "open", "submit", "list", "feedback", "team")


SIDES = ("ours", "floor", "bare")


@dataclass(frozen=True)
class Asked:
    """An answer, and the processor time that the web processes spent on it."""

    answer: Answer
    cpu_ms: float


@dataclass
class Times:
    """The milliseconds of one page and of its floors, and the answers that were not what was asked for."""

    clock: dict[str, list[float]] = field(default_factory=lambda: {side: [] for side in SIDES})
    cpu: dict[str, list[float]] = field(default_factory=lambda: {side: [] for side in SIDES})
    errors: list[str] = field(default_factory=list)

    def take(self, *each: Asked) -> None:
        """Note one answer of each side."""
        for side, asked in zip(SIDES, each, strict=True):
            self.clock[side].append(asked.answer.ms)
            self.cpu[side].append(asked.cpu_ms)
        self.errors += [f"{one.answer.status}" for one in each if one.answer.status not in {200, 302}]


@dataclass(frozen=True)
class Seat:
    """One person's connection to one server."""

    server: Web
    client: Client

    def get(self, path: str) -> Asked:
        """Open a page."""
        return self._watch(lambda: self.client.get(path))

    def post(self, path: str, fields: dict[str, str] | None = None) -> Asked:
        """Send a form."""
        return self._watch(lambda: self.client.post(path, fields))

    def _watch(self, ask: Callable[[], Answer]) -> Asked:
        before = self.server.cpu_seconds()
        answer = ask()
        return Asked(answer, (self.server.cpu_seconds() - before) * 1000)


@dataclass(frozen=True)
class Desk:
    """One person's connections to the product and to the floors."""

    product: Seat
    skeleton: Seat
    bare: Seat

    def ask(self, ours: str, theirs: str) -> tuple[Asked, Asked, Asked]:
        """Open a page in each."""
        return self.product.get(ours), self.skeleton.get(theirs), self.bare.get(theirs)


def score(desk: Desk, known: World, times: dict[str, Times]) -> None:
    """Claim, open and submit once in each."""
    claimed = desk.product.post("/queue/next/")
    floors = [(seat, seat.post("/claim")) for seat in (desk.skeleton, desk.bare)]
    times["claim"].take(claimed, *(asked for _seat, asked in floors))
    own = claimed.answer.location
    places = [(seat, f"/reviews/{json.loads(asked.answer.body)['review']}") for seat, asked in floors]
    times["open"].take(desk.product.get(own), *(seat.get(place) for seat, place in places))
    ours = desk.product.post(f"{own}submit/", known.form() | {"stay": "1"})
    times["submit"].take(ours, *(seat.post(f"{place}/submit", known.form()) for seat, place in places))


def reads(known: World, desks: dict[str, Desk]) -> dict[str, Callable[[int], tuple[Asked, Asked, Asked]]]:
    """Return for each page that only reads how it is asked for, in the product and in its floors."""
    manager, agent, supervisor = desks["manager"], desks["agent"], desks["supervisor"]
    channels, feedback = ("chat", "email", "ticket", "messaging"), known.keys["feedback"]

    def some_list(turn: int) -> tuple[Asked, Asked, Asked]:
        channel = f"channel={channels[turn % len(channels)]}"
        return manager.ask(f"/conversations/?{channel}", f"/conversations?{channel}")

    def some_feedback(turn: int) -> tuple[Asked, Asked, Asked]:
        review = feedback[turn % len(feedback)]
        return agent.ask(f"/feedback/{review}/", f"/feedback/{review}")

    def team(turn: int) -> tuple[Asked, Asked, Asked]:
        return supervisor.ask("/team/", "/team")

    return {"list": some_list, "feedback": some_feedback, "team": team}


def desks_of(known: World, *servers: Web) -> Iterator[tuple[str, Desk]]:
    """Seat everybody."""
    sessions = {name: known.keys[name] for name in ("manager", "agent", "supervisor")}
    sessions |= {"reviewer": known.keys["reviewers"][-1]}
    for name, session in sessions.items():
        yield name, Desk(*(Seat(server, Client(server.port, session)) for server in servers))


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    needed = 4 * (options.n + options.warm) + 100
    known = world.make(server, conversations=options.conversations, reviews=1_000, open=needed, agents=40, weeks=12)
    times = {name: Times() for name in NAMES}
    with (
        web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton, web(known.place, BARE) as bare,
        driver(known) as raw,
    ):  # fmt: skip
        desks = dict(desks_of(known, product, skeleton, bare))
        pages = reads(known, desks)
        for turn in range(-options.warm, options.n):
            if turn == 0:
                times, raw.times = {name: Times() for name in NAMES}, {}
            score(desks["reviewer"], known, times)
            raw.score()
            for name, ask in pages.items():
                times[name].take(*ask(turn))
            raw.read(turn)
    for name, found in times.items():
        report(name, found, raw.times[name], server.database, options)


def report(name: str, found: Times, driver: list[float], database: str, options: argparse.Namespace) -> None:
    """Print one page's lines."""
    goal = {} if name in WITHOUT_GOAL else {"target_ratio": TARGET_RATIO}
    for place, share in enumerate((0.5, 0.95)):
        peer = {"best_peer": PEERS[name][place], "a_quarter": PEERS[name][place] / 4} if name in PEERS else {}
        say(
            f"{name}_p{share * 100:.0f}", database=database, **at(found.clock, share), driver=quantile(driver, share),
            unit="ms", n=len(found.clock["ours"]), conversations=options.conversations, errors=len(found.errors),
            **(goal | machine() if share > 0.5 else {}), **peer,
        )  # fmt: skip

    say(
        f"{name}_processor_time", database=database, **at(found.cpu, 0.5), unit="ms", n=len(found.cpu["ours"]),
        **goal,
    )  # fmt: skip


def at(times: dict[str, list[float]], share: float) -> dict[str, float | None]:
    """Return the quantile of each side."""
    return {side: quantile(times[side], share) for side in SIDES}


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=150, help="how often each page is asked for (default: 150)")
    parser.add_argument("--warm", type=int, default=8, help="how often before that, uncounted (default: 8)")
    parser.add_argument("--conversations", type=int, default=10_000)
    databases.run(parser, measure)


if __name__ == "__main__":
    main()
