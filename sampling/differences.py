"""What a replay reports, pure: one thing that does not come out, and the lines of a stratum put together."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from sampling.receipt_lines import PickLine, SampleLine, StratumLine, Unit, UnitLine


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not come out: the line of the file, what it is about, expected and found."""

    line: int
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}: expected {self.expected}, found {self.found}"


@dataclass(slots=True)
class Stratum:
    """The lines of one stratum, gathered."""

    head: StratumLine
    # Where the lines of its units stand in the file: read, those of a large frame take many times the memory.
    texts: list[msgspec.Raw] = field(default_factory=list)
    sample: SampleLine | None = None
    picks: list[PickLine] = field(default_factory=list)
    # What its units' numbers were worked out to be, ascending.
    numbers: array[float] = field(default_factory=lambda: array("d"))

    @property
    def units(self) -> list[UnitLine]:
        """Return the lines of its units, read anew."""
        return [msgspec.json.decode(text, type=UnitLine) for text in self.texts]


@dataclass(slots=True)
class Derived:
    """What is worked out of the units of one stratum, until its picks are compared."""

    numbers: dict[Unit, float] = field(default_factory=dict)
    # Those that the targeted pool takes.
    targeted: set[Unit] = field(default_factory=set)

    @property
    def order(self) -> list[Unit]:
        """Return the units in the order of their numbers."""
        return sorted(self.numbers, key=lambda unit: (self.numbers[unit], unit))


def same(line: int, what: str, expected: object, found: object) -> Iterator[Difference]:
    """Yield a difference unless two things are the same."""
    if expected != found:
        yield Difference(line, what, short(expected), short(found))


def name(unit: Unit) -> str:
    """Return a completion as people read it."""
    return f"{unit[0]} {unit[1]} ({unit[2]})"


def short(value: object) -> str:
    """Return the beginning of what may be long."""
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "…"
