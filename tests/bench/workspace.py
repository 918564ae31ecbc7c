"""A long conversation on the desk: python -m tests.bench.workspace

Opening the workspace with a transcript of 200 messages, and saving a draft in it, beside their floors; and both in a
small database (1,000 reviews) beside a large one, request by request.
"""

from __future__ import annotations

import argparse
import contextlib
from dataclasses import dataclass
from typing import Any

from tests.bench import databases, world
from tests.bench.client import Answer, Client
from tests.bench.draws import LARGE, sizes
from tests.bench.printing import machine, quantile, say
from tests.bench.servers import PRODUCT, SKELETON, web
from tests.bench.world import World

SMALL = {"conversations": 10_000, "reviews": 1_000, "open": 500, "agents": 40, "weeks": 12}
FLAT = 1.5
GOALS = {"open": 5, "autosave": 3}


@dataclass
class Side:
    """One database with both servers on it: times by (page, ours or floor)."""

    known: World
    product: Client
    skeleton: Client
    times: dict[tuple[str, str], list[float]]
    number: int = 0
    errors: int = 0

    def turn(self) -> None:
        """Open and save once, in the product and in the skeleton."""
        # The first reviewer holds the first long conversation.
        review = self.known.keys["long"][0]
        self._note("open", "ours", self.product.get(f"/reviews/{review}/"))
        self._note("open", "floor", self.skeleton.get(f"/reviews/{review}"))
        # The skeleton counts the drafts of the same row up, so each tells the other where it stands.
        self._note(
            "autosave", "ours", self.product.post(f"/reviews/{review}/draft/", self.known.form(number=self.number))
        )
        self._note("autosave", "floor", self.skeleton.post(f"/reviews/{review}/save", self.known.form()))
        self.number += 2

    def _note(self, page: str, whose: str, answer: Answer) -> None:
        self.times.setdefault((page, whose), []).append(answer.ms)
        self.errors += answer.status != 200


@contextlib.contextmanager
def side(known: World):
    """Start both servers on a database."""
    with web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton:
        session = known.keys["reviewers"][0]
        yield Side(known, Client(product.port, session), Client(skeleton.port, session), {})


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database, small and large in turns."""
    wanted: dict[str, dict[str, Any]] = {"small": SMALL}
    if options.keep and options.reviews:  # the large one that is kept is that of tests.bench.flat
        wanted["large"] = sizes(options, conversations=options.large)
        options.reviews = wanted["large"]["reviews"]
    elif options.reviews:
        wanted["large"] = {
            "conversations": options.reviews, "reviews": options.reviews, "open": 20_000, "agents": options.agents,
            "weeks": 52,
        }  # fmt: skip
    names = {"small": "tiny", "large": "large"}
    worlds = {name: world.make(server, names[name], **size) for name, size in wanted.items()}
    with contextlib.ExitStack() as stack:
        sides = {name: stack.enter_context(side(known)) for name, known in worlds.items()}
        for turn in range(-options.warm, options.n):
            for one in sides.values():
                if turn == 0:
                    one.times, one.errors = {}, 0
                one.turn()
    report(sides, server.database, options)


def report(sides: dict[str, Side], database: str, options: argparse.Namespace) -> None:
    """Print the lines."""
    for page, goal in GOALS.items():
        for name, one in sides.items():
            for share in (0.5, 0.95):
                say(
                    f"{page}_200_messages_p{share * 100:.0f}", database=database,
                    ours=quantile(one.times[page, "ours"], share), floor=quantile(one.times[page, "floor"], share),
                    unit="ms", n=options.n, reviews=1_000 if name == "small" else options.reviews, errors=one.errors,
                    target_ratio=goal, **machine(),
                )  # fmt: skip
        if "large" in sides:
            large, small = (quantile(sides[name].times[page, "ours"], 0.5) for name in ("large", "small"))
            say(
                f"{page}_at_{options.reviews}_reviews", database=database, ours=large, floor=small, unit="ms",
                n=options.n, target_ratio=FLAT, floor_is="ours at 1,000 reviews",
            )  # fmt: skip


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100, help="how often each is asked for (default: 100)")
    parser.add_argument("--warm", type=int, default=8, help="how often before that, uncounted (default: 8)")
    parser.add_argument("--reviews", type=int, default=1_000_000, help="in the large database; 0 for none")
    parser.add_argument("--large", type=int, default=LARGE, help="conversations in the large database that is kept")
    parser.add_argument("--agents", type=int, default=2_000)
    databases.run(parser, measure, keeps=True)


if __name__ == "__main__":
    main()
