"""Many reviewers for a minute: python -m tests.bench.crowd

64 people on PostgreSQL and 16 on SQLite claim, open, save and submit at once; some of what they save is left as it is
and looked up at the end. Counted are claims that two people got, answers of the server's fault, and drafts that are not
what was saved. The skeleton works before and after them on the same database, so that its rate stands beside theirs.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, field

from tests.bench import databases, world
from tests.bench.client import Client
from tests.bench.printing import machine, say
from tests.bench.reviewers import Notes, Side, expect, note, shift, with_a_floor, with_the_product
from tests.bench.servers import PRODUCT, SKELETON, web
from tests.bench.world import World

CROWD = {"sqlite": 16, "postgresql": 64}
LEFT = 3  # drafts that each person leaves; whoever holds five gets nothing more
EVERY = 4


@dataclass
class Drafts:
    """What everybody has saved and not submitted: the words by review and session, and how many each has left."""

    saved: dict[tuple[str, int], str] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)

    def work(self, client: Client, known: World, notes: Notes) -> bool:
        """Do one review in the product, or leave it as a draft; False when the queue is empty."""
        taken = expect(client.post("/queue/next/"), 302, notes)
        if not taken.location.startswith("/reviews/"):
            return False
        review, session = int(taken.location.split("/")[2]), client.headers["Cookie"]
        page = expect(client.get(taken.location), 200, notes)
        words = f"Seen by one person only: {review} in {len(notes.reviews)}."
        form = known.form() | {"summary": words}
        saved = expect(client.post(f"{taken.location}draft/", form), 200, notes)
        if len(notes.reviews) % EVERY == EVERY - 1 and self.left[session] < LEFT:
            self.left[session] += 1
            self.saved[session, review] = words
            note(notes, taken, page, saved, review)
            return True
        number = str(json.loads(saved.body)["number"])
        sent = expect(client.post(f"{taken.location}submit/", form | {"number": number, "stay": "1"}), 302, notes)
        note(notes, taken, page, sent, review)
        return True

    def lost(self, port: int) -> int:
        """Open every draft again; how many do not say what was saved."""
        missing = 0
        for (cookie, review), words in self.saved.items():
            client = Client(port, "")
            client.headers["Cookie"] = cookie
            missing += words.encode() not in client.get(f"/reviews/{review}/").body
            client.close()
        return missing


def measure(server: databases.Server, options: argparse.Namespace) -> None:
    """Measure one kind of database."""
    people = options.reviewers or CROWD[server.database]
    needed = int(options.seconds * 400) + 64 * 5
    sizes = {"conversations": options.conversations, "reviews": 1_000, "open": needed, "agents": 40, "weeks": 12}
    known = world.make(server, "crowd", **sizes)
    sessions = known.keys["reviewers"][-people:]
    drafts = Drafts()
    with web(known.place, PRODUCT) as product, web(known.place, SKELETON) as skeleton:
        ours, floor = Side(product, drafts.work), Side(skeleton, with_a_floor)
        shift(product, known, sessions, with_the_product, seconds=options.seconds / 6)  # templates, statements
        floor.turn(known, sessions, seconds=options.seconds / 6)
        ours.turn(known, sessions, seconds=options.seconds)
        floor.turn(known, sessions, seconds=options.seconds / 6)
        lost = drafts.lost(product.port)
    claimed, problems = Counter(ours.notes.reviews), ours.notes.problems
    say(
        "crowd_useful_reviews", database=server.database, ours=ours.rate, floor=floor.rate, unit="1/s",
        n=len(ours.notes.reviews), reviewers=people, seconds=options.seconds, conversations=options.conversations,
        double_claims=sum(count - 1 for count in claimed.values()),
        server_errors=sum(problem.startswith("5") for problem in problems), problems=len(problems),
        drafts=len(drafts.saved), lost_drafts=lost, **machine(),
    )  # fmt: skip
    say(
        "crowd_processor_time_of_a_review", database=server.database, ours=ours.cpu_ms, floor=floor.cpu_ms, unit="ms",
        n=len(ours.notes.reviews),
    )  # fmt: skip
    for problem in problems[:3]:
        print(problem)  # noqa: T201


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviewers", type=int, default=0, help="default: 64 on PostgreSQL, 16 on SQLite")
    parser.add_argument("--seconds", type=float, default=60, help="how long the product works (default: 60)")
    parser.add_argument("--conversations", type=int, default=10_000)
    databases.run(parser, measure, keeps=True)


if __name__ == "__main__":
    main()
