"""Reviewers at work at the same time, over HTTP: python -m tests.bench.reviewers

A useful review is a claim, an opened workspace and a submitted card, as a browser sends them. The product, the
skeleton and the bare view take turns on the same database, so that all meet the same machine. Stops by itself.
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
from tests.bench.servers import BARE, PRODUCT, SKELETON, Web, web
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


def with_a_floor(client: Client, known: World, notes: Notes) -> bool:
    """Do one review in the skeleton or in the bare view; False when the queue is empty."""
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


@dataclass
class Side:
    """The product or a floor, and all that it did."""

    server: Web
    work: Review
    notes: Notes = field(default_factory=Notes)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Return useful reviews per second."""
        return len(self.notes.reviews) / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """Return the processor time of the web processes for one useful review, in milliseconds."""
        return self.cpu_seconds * 1000 / len(self.notes.reviews) if self.notes.reviews else None

    def turn(self, known: World, sessions: Sequence[str], *, seconds: float) -> None:
        """Work for a while and keep what happened."""
        before = self.server.cpu_seconds()
        notes, took = shift(self.server, known, sessions, self.work, seconds=seconds)
        self.notes.add(notes)
        self.seconds += took
        self.cpu_seconds += self.server.cpu_seconds() - before


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    needed = int(options.seconds * 600) + 1500
    known = world.make(server, conversations=10_000, reviews=1_000, open=needed, agents=40, weeks=12)
    sessions = known.keys["reviewers"][-options.reviewers :]
    with web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton, web(known.place, BARE) as bare:
        boot(product, server.database)
        sides = {
            "ours": Side(product, with_the_product),
            "floor": Side(skeleton, with_a_floor),
            "bare": Side(bare, with_a_floor),
        }
        for side in sides.values():
            shift(side.server, known, sessions, side.work, seconds=1.5)
        for _turn in range(options.turns):
            for side in sides.values():
                side.turn(known, sessions, seconds=options.seconds / options.turns)
        report(sides, server.database, options)


def boot(product: Web, database: str) -> None:
    """Print how fast the server came up and what an idle process holds."""
    say("boot", database=database, ours=product.boot_seconds, floor=None, unit="s", n=1, target=3)
    say("idle_memory", database=database, ours=product.memory_mb(), floor=None, unit="MB", n=1, target=150)


def report(sides: dict[str, Side], database: str, options: argparse.Namespace) -> None:
    """Print the lines."""
    ours, problems = sides["ours"], {name: side.notes.problems for name, side in sides.items()}
    say(
        "useful_reviews", database=database, **{name: side.rate for name, side in sides.items()}, unit="1/s",
        n=len(ours.notes.reviews), reviewers=options.reviewers, target_ratio=0.4, best_peer=PEER_RATE,
        times_best_peer=ours.rate / PEER_RATE, errors=len(problems["ours"]),
        double_claims=sum(count - 1 for count in Counter(ours.notes.reviews).values()),
        floor_errors=len(problems["floor"] + problems["bare"]), **machine(),
    )  # fmt: skip
    say(
        "processor_time_of_a_review", database=database, **{name: side.cpu_ms for name, side in sides.items()},
        unit="ms", n=len(ours.notes.reviews),
    )  # fmt: skip
    for name, peer in (("claims", PEER_CLAIM_P95), ("opens", None), ("submits", PEER_SUBMIT_P95)):
        for share in (0.5, 0.95):
            found = {which: quantile(getattr(side.notes, name), share) for which, side in sides.items()}
            say(
                f"{name.removesuffix('s')}_p{share * 100:.0f}_with_{options.reviewers}", database=database, **found,
                unit="ms", n=len(ours.notes.reviews), **({"best_peer_p95": peer} if peer and share > 0.5 else {}),
            )  # fmt: skip
    say("memory_after", database=database, ours=ours.server.memory_mb(), floor=None, unit="MB", n=1)
    for problem in [one for some in problems.values() for one in some][:3]:
        print(problem)  # noqa: T201


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviewers", type=int, default=8, help="how many work at once (default: 8, at most 64)")
    parser.add_argument("--seconds", type=float, default=16, help="how long each works in all (default: 16)")
    parser.add_argument("--turns", type=int, default=2, help="how often they take turns (default: 2)")
    databases.run(parser, measure)


if __name__ == "__main__":
    main()
