"""How far a replay is, pure: counts the lines gone over, and tells now and then which share of them all that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Thing = TypeVar("Thing")
# Is given a share from 0 to 1. It may raise, to stop what tells it.
Tell = Callable[[float], None]
EVERY = 2000  # lines; they take a tenth of a second


def silently(share: float) -> None:
    """Tell nobody."""


def between(tell: Tell, first: float, last: float) -> Tell:
    """Return what tells how far the whole is, of a part of it that goes from one share to another."""
    return lambda share: tell(first + share * (last - first))


class Steps:
    """Lines gone over, of how many."""

    def __init__(self, tell: Tell, *, total: int) -> None:
        self.tell, self.total = tell, max(total, 1)
        self.done = self.told = 0

    def over(self, things: Iterable[Thing], lines: Callable[[Thing], int] = lambda _thing: 1) -> Iterator[Thing]:
        """Pass things on; `lines` says of how many lines one is, which count once it was worked on."""
        for thing in things:
            yield thing
            self.done += lines(thing)
            if self.done - self.told >= EVERY:
                self.told = self.done
                self.tell(min(1.0, self.done / self.total))
