"""Repeat a draw from its receipt, pure: nothing is needed but the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sampling import receipt_lines
from sampling.design import fingerprint, prn, random_design, unit_name
from sampling.prefix import reach
from sampling.receipt_lines import (
    FIRST_LINE,
    AnyLine,
    DrawLine,
    File,
    KeyLine,
    NotAReceipt,
    PickLine,
    SampleLine,
    StratumLine,
    Unit,
    UnitLine,
)

MISSING_LINES_NAMED = 20


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
    units: list[UnitLine] = field(default_factory=list)
    sample: SampleLine | None = None
    picks: list[PickLine] = field(default_factory=list)
    numbers: dict[Unit, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out: whether the receipt matches, and each line that differs, in the order of the file."""

    differences: tuple[Difference, ...]
    draw: DrawLine | None
    frame: tuple[Stratum, ...]
    frame_digest: str
    digest: str

    @property
    def matches(self) -> bool:
        """Say whether everything came out as written."""
        return not self.differences

    @property
    def plan(self) -> str:
        """Return the plan's identity."""
        return self.draw.plan if self.draw else ""

    @property
    def name(self) -> str:
        """Return the plan's name when the frame was frozen."""
        return self.draw.name if self.draw else ""

    @property
    def period(self) -> str:
        """Return the label of the period."""
        return self.draw.period if self.draw else ""

    @property
    def strata(self) -> int:
        """Return the number of strata."""
        return len(self.frame)

    @property
    def units(self) -> int:
        """Return the number of conversations in the frame."""
        return sum(len(stratum.units) for stratum in self.frame)

    @property
    def picks(self) -> int:
        """Return the number of picks."""
        return sum(len(stratum.picks) for stratum in self.frame)


def replay(content: bytes) -> Replay:
    """Repeat the draw of a receipt and compare every line.

    Derives the fingerprint from the key, every u from key, design and ids, the order from u, the prefix from quota
    and skips, and the picks from the prefix. Raises NotAReceipt when the file is none.
    """
    try:
        return _replay(receipt_lines.read(content))
    except RecursionError as error:
        raise NotAReceipt("This is not a receipt of a draw: its lines are nested without end.") from error


def _replay(file: File) -> Replay:
    found: list[Difference] = list(_seals(file))
    lines: list[AnyLine] = []
    for place, text in enumerate(file.lines):
        try:
            lines.append(msgspec.json.decode(text, type=AnyLine))
        except msgspec.DecodeError as error:
            found.append(Difference(FIRST_LINE + place, "the form of the line", "a line of a receipt", str(error)))
    strata: list[Stratum] = []
    found.extend(_gather(lines, strata))
    draws = [line for line in lines if isinstance(line, DrawLine)]
    keys = [line for line in lines if isinstance(line, KeyLine)]
    if len(draws) == len(keys) == 1:
        found.extend(_draw_again(draws[0], keys[0], strata))
    else:
        found.append(Difference(FIRST_LINE, "the draw and its key", "one line each", f"{len(draws)} and {len(keys)}"))
    return Replay(
        differences=tuple(sorted(found, key=lambda difference: difference.line)),
        draw=draws[0] if draws else None,
        frame=tuple(strata),
        frame_digest=file.frame_digest,
        digest=file.digest,
    )


# ---- Was the file changed?


def _seals(file: File) -> Iterator[Difference]:
    """Compare numbers and checksums line by line; when they all hold, the digests of the whole."""
    loose: list[dict[str, Any]] = []
    broken = False
    due = FIRST_LINE
    for text in file.lines:
        try:
            line = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError:  # reported with its form
            broken, due = True, due + 1
            continue
        loose.append(line)
        number = _number(line)
        for difference in _seal(line, bytes(text), number, due):
            broken = True
            yield difference
        due = max(number, due) + 1
    if broken:
        return
    frame = [line for line in loose if line.get("kind") in receipt_lines.FRAME_KINDS]
    together = "a line and its checksum were changed together"
    for what, stored, lines in (("frame", file.frame_digest, frame), ("whole file", file.digest, loose)):
        yield from _same(1, f"the digest of the {what} ({together})", receipt_lines.digest(lines), stored)


def _seal(line: dict[str, Any], text: bytes, number: int, due: int) -> Iterator[Difference]:
    if number < due:
        yield Difference(due, "the number of the line", str(due), _short(line.get("line")))
    for missing in range(due, min(number, due + MISSING_LINES_NAMED)):
        yield Difference(missing, "the line", "present", "missing")
    here = max(number, due)
    yield from _same(here, "the checksum of the line", receipt_lines.check(line), line.get("check"))
    if text != receipt_lines.canonical(line).encode("utf-8", "surrogatepass") and receipt_lines.repeats_a_name(text):
        yield Difference(here, "the names in the line", "each once", "one of them twice")


def _number(line: dict[str, Any]) -> int:
    number = line.get("line")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


# ---- Does the draw come out again?


def _gather(lines: Iterable[AnyLine], strata: list[Stratum]) -> Iterator[Difference]:
    """Put the lines of each stratum together; name those that belong to none, or come twice."""
    by_number: dict[int, Stratum] = {}
    for line in lines:
        if isinstance(line, DrawLine | KeyLine):
            continue
        stratum = by_number.get(line.stratum)
        match line:
            case StratumLine() if stratum is None:
                strata.append(by_number.setdefault(line.stratum, Stratum(line)))
            case UnitLine() if stratum is not None:
                stratum.units.append(line)
            case PickLine() if stratum is not None:
                stratum.picks.append(line)
            case SampleLine() if stratum is not None and stratum.sample is None:
                stratum.sample = line
            case _:
                yield Difference(line.line, "the stratum of the line", "one of the frame, once", str(line.stratum))


def _draw_again(draw: DrawLine, key: KeyLine, strata: Sequence[Stratum]) -> Iterator[Difference]:
    try:
        secret = bytes.fromhex(key.key)
    except ValueError:
        yield Difference(key.line, "the key", "64 hexadecimal digits", _short(key.key))
        return
    yield from _same(key.line, "the fingerprint of the key", fingerprint(secret), key.fingerprint)
    design = random_design(draw.plan, draw.period)
    yield from _same(draw.line, "the design", design, draw.design)
    yield from _same(draw.line, "the size of the frame", sum(len(one.units) for one in strata), draw.frame_size)
    seen: set[Unit] = set()
    for stratum in strata:
        yield from _units_again(stratum, secret, design, seen)
        yield from _picks_again(stratum)


def _units_again(stratum: Stratum, secret: bytes, design: str, seen: set[Unit]) -> Iterator[Difference]:
    """Derive each number from the ids, and the order from the numbers."""
    yield from _same(stratum.head.line, "the number of units", len(stratum.units), stratum.head.N)
    for line in stratum.units:
        stratum.numbers[line.unit] = prn(secret, design, unit_name(*line.unit))
        yield from _same(line.line, "the drawn number", receipt_lines.written(stratum.numbers[line.unit]), line.u)
        if line.unit in seen:
            yield Difference(line.line, "the conversation", "once in the frame", _name(line.unit))
        seen.add(line.unit)
    order = sorted(stratum.units, key=lambda line: (stratum.numbers[line.unit], line.unit))
    for place, (line, expected) in enumerate(zip(stratum.units, order, strict=True), start=1):
        yield from _same(line.line, f"the conversation at place {place}", _name(expected.unit), _name(line.unit))
        yield from _same(line.line, "the place", place, line.place)


def _picks_again(stratum: Stratum) -> Iterator[Difference]:
    """Derive the prefix from quota and skips, and the picks from the prefix."""
    if stratum.sample is None:
        yield Difference(stratum.head.line, "the sample of the stratum", "one line", "none")
        return
    drawn_order = sorted(stratum.numbers, key=lambda unit: (stratum.numbers[unit], unit))
    prefix = reach(
        len(drawn_order),
        stratum.head.n,
        vacated=[pick.rank for pick in stratum.picks if pick.vacated],
        ineligible=[pick.rank for pick in stratum.picks if pick.dropped == "ineligible"],
    )
    for name in ("k", "n_e", "m"):
        yield from _same(stratum.sample.line, name, getattr(prefix, name), getattr(stratum.sample, name))
    expected = drawn_order[: prefix.k]
    for place, pick in enumerate(stratum.picks, start=1):
        due = _name(expected[place - 1]) if place <= len(expected) else "no further pick"
        yield from _same(pick.line, f"pick {place}", due, _name(pick.unit))
        yield from _same(pick.line, "the rank", place, pick.rank)
        if (pick.dropped == "") != (pick.reason == ""):
            yield Difference(pick.line, "the reason", "one where a pick was dropped", _short(pick.reason or "none"))
    for unit in expected[len(stratum.picks) :]:
        yield Difference(stratum.sample.line, "a pick", _name(unit), "missing")


def _same(line: int, what: str, expected: object, found: object) -> Iterator[Difference]:
    if expected != found:
        yield Difference(line, what, _short(expected), _short(found))


def _name(unit: Unit) -> str:
    return f"{unit[0]} {unit[1]} ({unit[2]})"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "…"
