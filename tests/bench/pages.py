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
from tests.bench.servers import BARE, PRODUCT, SKELETON, web
from tests.bench.world import World

# ../shared/design/peers.md: p50 and p95 of the best peer, in milliseconds.
PEERS = {"claim": (46, 62), "submit": (11, 18), "list": (68, 88)}
TARGET_RATIO = 3
NAMES = ("claim", "open", "submit", "list", "feedback", "team")


@dataclass
class Times:
    """The milliseconds of one page and of its floors, and the answers that were not what was asked for."""

    ours: list[float] = field(default_factory=list)
    skeleton: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def take(self, ours: Answer, skeleton: Answer, bare: Answer) -> None:
        """Note one answer of each."""
        self.ours.append(ours.ms)
        self.skeleton.append(skeleton.ms)
        self.bare.append(bare.ms)
        self.errors += [f"{one.status}" for one in (ours, skeleton, bare) if one.status not in {200, 302}]


@dataclass(frozen=True)
class Desk:
    """One person's connections to the product and to the floors."""

    product: Client
    skeleton: Client
    bare: Client

    def ask(self, ours: str, theirs: str) -> tuple[Answer, Answer, Answer]:
        """Open a page in each."""
        return self.product.get(ours), self.skeleton.get(theirs), self.bare.get(theirs)


def score(desk: Desk, known: World, times: dict[str, Times]) -> None:
    """Claim, open and submit once in each."""
    taken = desk.product.post("/queue/next/")
    floors = [(client, client.post("/claim")) for client in (desk.skeleton, desk.bare)]
    times["claim"].take(taken, *(answer for _client, answer in floors))
    places = [(client, f"/reviews/{json.loads(answer.body)['review']}") for client, answer in floors]
    times["open"].take(desk.product.get(taken.location), *(client.get(place) for client, place in places))
    ours = desk.product.post(f"{taken.location}submit/", known.form() | {"stay": "1"})
    times["submit"].take(ours, *(client.post(f"{place}/submit", known.form()) for client, place in places))


def reads(known: World, desks: dict[str, Desk]) -> dict[str, Callable[[int], tuple[Answer, Answer, Answer]]]:
    """Return for each page that only reads how it is asked for, in the product and in its floors."""
    manager, agent, supervisor = desks["manager"], desks["agent"], desks["supervisor"]
    channels, feedback = ("chat", "email", "ticket", "messaging"), known.keys["feedback"]

    def some_list(turn: int) -> tuple[Answer, Answer, Answer]:
        channel = f"channel={channels[turn % len(channels)]}"
        return manager.ask(f"/conversations/?{channel}", f"/conversations?{channel}")

    def some_feedback(turn: int) -> tuple[Answer, Answer, Answer]:
        review = feedback[turn % len(feedback)]
        return agent.ask(f"/feedback/{review}/", f"/feedback/{review}")

    def team(turn: int) -> tuple[Answer, Answer, Answer]:
        return supervisor.ask("/team/", "/team")

    return {"list": some_list, "feedback": some_feedback, "team": team}


def desks_of(known: World, *ports: int) -> Iterator[tuple[str, Desk]]:
    """Seat everybody."""
    sessions = {name: known.keys[name] for name in ("manager", "agent", "supervisor")}
    sessions |= {"reviewer": known.keys["reviewers"][-1]}
    for name, session in sessions.items():
        yield name, Desk(*(Client(port, session) for port in ports))


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    needed = 4 * (options.n + options.warm) + 100
    known = world.make(server, conversations=options.conversations, reviews=1_000, open=needed, agents=40, weeks=12)
    times = {name: Times() for name in NAMES}
    with (
        web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton, web(known.place, BARE) as bare,
        driver(known) as raw,
    ):  # fmt: skip
        desks = dict(desks_of(known, product.port, skeleton.port, bare.port))
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
    for place, share in enumerate((0.5, 0.95)):
        peer = {"best_peer": PEERS[name][place], "a_quarter": PEERS[name][place] / 4} if name in PEERS else {}
        say(
            f"{name}_p{share * 100:.0f}", database=database, ours=quantile(found.ours, share),
            floor=quantile(found.skeleton, share), bare=quantile(found.bare, share), driver=quantile(driver, share),
            unit="ms", n=len(found.ours), conversations=options.conversations, errors=len(found.errors),
            **({"target_ratio": TARGET_RATIO, **machine()} if share > 0.5 else {}), **peer,
        )  # fmt: skip


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=150, help="how often each page is asked for (default: 150)")
    parser.add_argument("--warm", type=int, default=8, help="how often before that, uncounted (default: 8)")
    parser.add_argument("--conversations", type=int, default=10_000)
    options = databases.chosen(parser)
    for database in options.databases:
        with databases.server(database) as server:
            measure(server, options)


if __name__ == "__main__":
    main()
