"""One page at a time, beside its floor: python -m tests.bench.pages

Claim, submit, the filtered list of fifty, one's own feedback and the team page, at 10,000 conversations. Ours and the
skeleton's answer take turns, request by request.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.bench import databases, world
from tests.bench.client import Answer, Client
from tests.bench.printing import machine, quantile, say
from tests.bench.servers import PRODUCT, SKELETON, web
from tests.bench.world import World

# ../shared/design/peers.md: p50 and p95 of the best peer, in milliseconds.
PEERS = {"claim": (46, 62), "submit": (11, 18), "list": (68, 88)}
TARGET_RATIO = 3


@dataclass
class Times:
    """The milliseconds of one page and of its floor, and the answers that were not what was asked for."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def take(self, ours: Answer, floor: Answer, *, statuses: tuple[int, ...] = (200, 302)) -> None:
        """Note one pair of answers."""
        self.ours.append(ours.ms)
        self.floor.append(floor.ms)
        self.errors += [f"{one.status}" for one in (ours, floor) if one.status not in statuses]


@dataclass(frozen=True)
class Desk:
    """One person's connections to the product and to the skeleton."""

    product: Client
    skeleton: Client


def score(desk: Desk, known: World, times: dict[str, Times]) -> None:
    """Claim, open and submit once in each."""
    taken, bare = desk.product.post("/queue/next/"), desk.skeleton.post("/claim")
    times["claim"].take(taken, bare)
    review = json.loads(bare.body)["review"]
    times["open"].take(desk.product.get(taken.location), desk.skeleton.get(f"/reviews/{review}"))
    ours = desk.product.post(f"{taken.location}submit/", known.form() | {"stay": "1"})
    times["submit"].take(ours, desk.skeleton.post(f"/reviews/{review}/submit", known.form()))


def reads(known: World, desks: dict[str, Desk]) -> dict[str, Callable[[int], tuple[Answer, Answer]]]:
    """Return for each page that only reads how it is asked for, in the product and in the skeleton."""
    manager, agent, supervisor = desks["manager"], desks["agent"], desks["supervisor"]
    channels, feedback = ("chat", "email", "ticket", "messaging"), known.keys["feedback"]

    def some_list(turn: int) -> tuple[Answer, Answer]:
        channel = channels[turn % len(channels)]
        return (
            manager.product.get(f"/conversations/?channel={channel}"),
            manager.skeleton.get(f"/conversations?channel={channel}"),
        )

    def some_feedback(turn: int) -> tuple[Answer, Answer]:
        review = feedback[turn % len(feedback)]
        return agent.product.get(f"/feedback/{review}/"), agent.skeleton.get(f"/feedback/{review}")

    def team(turn: int) -> tuple[Answer, Answer]:
        return supervisor.product.get("/team/"), supervisor.skeleton.get("/team")

    return {"list": some_list, "feedback": some_feedback, "team": team}


def desks_of(known: World, product: int, skeleton: int) -> Iterator[tuple[str, Desk]]:
    """Seat everybody."""
    sessions = {name: known.keys[name] for name in ("manager", "agent", "supervisor")}
    sessions |= {"reviewer": known.keys["reviewers"][-1]}
    for name, session in sessions.items():
        yield name, Desk(Client(product, session), Client(skeleton, session))


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    known = world.make(
        server, conversations=options.conversations, reviews=1_000, open=2 * options.n + 100, agents=40, weeks=12
    )
    times = {name: Times() for name in ("claim", "open", "submit", "list", "feedback", "team")}
    with web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton:
        desks = dict(desks_of(known, product.port, skeleton.port))
        pages = reads(known, desks)
        for turn in range(-options.warm, options.n):
            if turn == 0:
                times = {name: Times() for name in times}
            score(desks["reviewer"], known, times)
            for name, ask in pages.items():
                times[name].take(*ask(turn))
    for name, found in times.items():
        report(name, found, server.database, options)


def report(name: str, found: Times, database: str, options: argparse.Namespace) -> None:
    """Print one page's lines."""
    for place, share in enumerate((0.5, 0.95)):
        peer = {"best_peer": PEERS[name][place], "a_quarter": PEERS[name][place] / 4} if name in PEERS else {}
        say(
            f"{name}_p{share * 100:.0f}", database=database, ours=quantile(found.ours, share),
            floor=quantile(found.floor, share), unit="ms", n=len(found.ours), conversations=options.conversations,
            errors=len(found.errors), **({"target_ratio": TARGET_RATIO} if share > 0.5 else {}), **peer,
            **(machine() if share > 0.5 else {}),
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
