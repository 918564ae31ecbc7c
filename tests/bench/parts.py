"""What there is to measure, in which order, and at which sizes: the parts of python -m tests.bench."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SIZES = ("small", "usual", "full")
# What the databases of all parts take at most at a time, with those that parts share.
GIGABYTES = {"small": 3, "usual": 10, "full": 45}
KINDS = ("p50", "p95", "processor_time")


@dataclass(frozen=True)
class Part:
    """One command: its module, the figures that it must print for each database, and its arguments by size."""

    name: str
    figures: tuple[str, ...]  # each of one line or more, as the shell writes patterns
    small: str
    usual: str = ""
    full: str = ""
    shares: bool = False  # its large database is used by other parts, too

    def arguments(self, size: str) -> list[str]:
        """Return the command line's arguments for a size."""
        return {"small": self.small, "usual": self.usual, "full": self.full or self.usual}[size].split()


def each(pages: Iterable[str], kinds: Iterable[str], *, after: str = "") -> tuple[str, ...]:
    """Return the names of the figures of some pages."""
    return tuple(f"{page}_{kind}{after}" for page in pages for kind in kinds)


# A company of 500 or 100 agents has as many weeks in a hundredth of the conversations.
PARTS = (
    Part("what_if", ("what_if",), small=""),
    Part("sweep", ("coaching_sweep",), small="--agents 1000"),
    Part("imports", ("import_seconds",), small="--rounds 1"),
    Part(
        "pages",
        each(("claim", "open", "submit", "list", "feedback", "team"), KINDS),
        small="--n 60",
    ),
    Part(
        "reviewers",
        (
            *("boot", "idle_memory", "useful_reviews", "processor_time_of_a_review", "memory_after"),
            *("claim_p95_with_*", "open_p95_with_*", "submit_p95_with_*"),
        ),
        small="--seconds 8",
    ),
    Part("crowd", ("crowd_useful_reviews", "crowd_processor_time_of_a_review"), small="--seconds 20"),
    Part("replay", ("replay_page", "replay_job", "replay_command"), small="--frame 40000"),
    Part(
        "flat",
        (
            *each(("claim", "submit", "queue", "agent", "team"), KINDS, after="_in_large"),
            *each(("claim", "submit"), KINDS),
            "web_memory_in_large",
        ),
        small="--large 100000 --agents 500 --n 60",
        usual="--large 1000000",
        full="--large 10000000 --n 90",
        shares=True,
    ),
    Part(
        "workspace",
        (*each(("open_200_messages", "autosave_200_messages"), ("p50", "p95")), "open_at_*", "autosave_at_*"),
        small="--large 100000 --agents 500 --n 60",
        usual="--large 1000000",
        full="--large 10000000",
        shares=True,
    ),
    # The last one: it adds weeks to the large database.
    Part(
        "draws",
        ("week_draw", "week_fill", "week_fill_again"),
        small="--small 20000 --large 100000 --agents 500 --turns 3",
        usual="--large 1000000",
        full="--large 10000000",
        shares=True,
    ),
)
