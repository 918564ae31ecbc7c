"""Reviewers at work at the same time, over HTTP: python -m tests.bench.reviewers

A useful review is a claim, an opened workspace and a submitted card, as a browser sends them. The product and the
skeleton take turns on the same database, so that both meet the same machine. Stops by itself.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.bench import databases, world
from tests.bench.client import Answer, Client
from tests.bench.printing import machine, quantile, say
from tests.bench.servers import PRODUCT, SKELETON, Web, web
from tests.bench.world import World

# ../shared/design/peers.md: the best peer of each line, on a machine of this size.
PEER_RATE, PEER_CLAIM_P95, PEER_SUBMIT_P95 = 15.2, 62.0, 18.0


@dataclass
class Notes:
    """What happened to one reviewer, or to all."""

    claims: list[float] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    reviews: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, other: Notes) -> None:
        """Take over what somebody else noted."""
        for name in ("claims", "opens", "submits", "reviews", "problems"):
            getattr(self, name).extend(getattr(other, name))


Review = Callable[[Client, World, Notes], bool]


def with_the_product(client: Client, known: World, notes: Notes) -> bool:
    """Do one review in the product's pages; False when the queue is empty."""
    taken = expect(client.post("/queue/next/"), 302, notes)
    if not taken.location.startswith("/reviews/"):
        return False
    page = expect(client.get(taken.location), 200, notes)
    sent = client.post(f"{taken.location}submit/", known.form() | {"stay": "1"})
    expect(sent, 302, notes)
    note(notes, taken, page, sent, int(taken.location.split("/")[2]))
    return True


def with_the_skeleton(client: Client, known: World, notes: Notes) -> bool:
    """Do one review in the skeleton; False when the queue is empty."""
    taken = expect(client.post("/claim"), 200, notes)
    review = json.loads(taken.body)["review"]
    if review is None:
        return False
    page = expect(client.get(f"/reviews/{review}"), 200, notes)
    sent = expect(client.post(f"/reviews/{review}/submit", known.form()), 200, notes)
    note(notes, taken, page, sent, review)
    return True


def expect(answer: Answer, status: int, notes: Notes) -> Answer:
    """Take note of an answer that no reviewer should get."""
    if answer.status != status:
        notes.problems.append(f"{answer.status}: {answer.body[:200]!r}")
    return answer


def note(notes: Notes, taken: Answer, page: Answer, sent: Answer, review: int) -> None:
    """Keep the times of a finished review."""
    notes.claims.append(taken.ms)
    notes.opens.append(page.ms)
    notes.submits.append(sent.ms)
    notes.reviews.append(review)


def shift(server: Web, known: World, sessions: Sequence[str], work: Review, *, seconds: float) -> tuple[Notes, float]:
    """Let everybody work for a while; what happened, and how long it really took."""
    everybody = [Notes() for _session in sessions]
    end = time.monotonic() + seconds

    def day(session: str, notes: Notes) -> None:
        client = Client(server.port, session)
        try:
            while time.monotonic() < end and len(notes.problems) < 10 and work(client, known, notes):
                pass
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what the figure is about
            notes.problems.append(repr(error))
        finally:
            client.close()

    threads = [threading.Thread(target=day, args=pair) for pair in zip(sessions, everybody, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = Notes()
    for notes in everybody:
        total.add(notes)
    return total, time.perf_counter() - began


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    needed = int(options.seconds * 500) + 500
    known = world.make(server, conversations=10_000, reviews=1_000, open=needed, agents=40, weeks=12)
    sessions = known.keys["reviewers"][-options.reviewers :]
    ours, floor = Notes(), Notes()
    took = {"ours": 0.0, "floor": 0.0}
    with web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton:
        boot(product, server.database)
        shift(product, known, sessions, with_the_product, seconds=2)
        shift(skeleton, known, sessions, with_the_skeleton, seconds=1)
        for _turn in range(options.turns):
            for name, where, kept, work in (
                ("ours", product, ours, with_the_product),
                ("floor", skeleton, floor, with_the_skeleton),
            ):
                notes, seconds = shift(where, known, sessions, work, seconds=options.seconds / options.turns)
                kept.add(notes)
                took[name] += seconds
        report(ours, floor, took, server.database, options, product)


def boot(product: Web, database: str) -> None:
    """Print how fast the server came up and what an idle process holds."""
    say("boot", database=database, ours=product.boot_seconds, floor=None, unit="s", n=1, target=3)
    say("idle_memory", database=database, ours=product.memory_mb(), floor=None, unit="MB", n=1, target=150)


def report(
    ours: Notes, floor: Notes, took: dict[str, float], database: str, options: argparse.Namespace, product: Web
) -> None:
    """Print the lines."""
    rate, floor_rate = len(ours.reviews) / took["ours"], len(floor.reviews) / took["floor"]
    say(
        "useful_reviews", database=database, ours=rate, floor=floor_rate, unit="1/s", n=len(ours.reviews),
        reviewers=options.reviewers, target_ratio=0.4, best_peer=PEER_RATE, times_best_peer=rate / PEER_RATE,
        double_claims=sum(count - 1 for count in Counter(ours.reviews).values()), errors=len(ours.problems),
        floor_errors=len(floor.problems), **machine(),
    )  # fmt: skip
    for name, peer in (("claims", PEER_CLAIM_P95), ("opens", None), ("submits", PEER_SUBMIT_P95)):
        mine, theirs = getattr(ours, name), getattr(floor, name)
        for share in (0.5, 0.95):
            say(
                f"{name.removesuffix('s')}_p{share * 100:.0f}_with_{options.reviewers}", database=database,
                ours=quantile(mine, share), floor=quantile(theirs, share), unit="ms", n=len(mine),
                **({"best_peer_p95": peer} if peer and share > 0.5 else {}),
            )  # fmt: skip
    say("memory_after", database=database, ours=product.memory_mb(), floor=None, unit="MB", n=1)
    for problem in (ours.problems + floor.problems)[:3]:
        print(problem)  # noqa: T201


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviewers", type=int, default=8, help="how many work at once (default: 8, at most 64)")
    parser.add_argument("--seconds", type=float, default=16, help="how long each of the two works in all (default: 16)")
    parser.add_argument("--turns", type=int, default=2, help="how often they take turns (default: 2)")
    options = databases.chosen(parser)
    for database in options.databases:
        with databases.server(database) as server:
            measure(server, options)


if __name__ == "__main__":
    main()
