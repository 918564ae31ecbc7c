"""Repeat a draw from its receipt, pure: nothing is needed but the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from sampling import receipt_lines
from sampling.differences import Difference, Stratum, same, short
from sampling.receipt_lines import FIRST_LINE, AnyLine, DrawLine, File, KeyLine, NotAReceipt, TargetedLine
from sampling.redraws import draw_again, gather
from sampling.steps import Steps, Tell, silently

MISSING_LINES_NAMED = 20
TIMES_OVER = 3  # a replay goes over the lines: their seals, their form, their numbers


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
        return sum(len(stratum.texts) for stratum in self.frame)

    @property
    def picks(self) -> int:
        """Return the number of picks."""
        return sum(len(stratum.picks) for stratum in self.frame)


def replay(content: bytes, *, tell: Tell = silently) -> Replay:
    """Repeat the draw of a receipt and compare every line.

    Derives the fingerprint from the key, every u from key, design and ids, the order from u, priorities from the rules
    that hit, quotas from the settings, the prefix from quota and skips, and the picks from prefix and targeted pool.
    Raises NotAReceipt when the file is none. `tell` is told now and then how far it is.
    """
    try:
        file = receipt_lines.read(content)
        return _replay(file, Steps(tell, total=len(file.lines) * TIMES_OVER))
    except RecursionError as error:
        raise NotAReceipt("This is not a receipt of a draw: its lines are nested without end.") from error


def _replay(file: File, steps: Steps) -> Replay:
    found: list[Difference] = list(_seals(file, steps))
    draws: list[DrawLine] = []
    keys: list[KeyLine] = []
    pools: list[TargetedLine] = []

    def lines() -> Iterator[tuple[AnyLine, msgspec.Raw]]:
        for place, text in enumerate(steps.over(file.lines)):
            try:
                line: AnyLine = msgspec.json.decode(text, type=AnyLine)
            except msgspec.DecodeError as error:
                found.append(Difference(FIRST_LINE + place, "the form of the line", "a line of a receipt", str(error)))
                continue
            match line:
                case DrawLine():
                    draws.append(line)
                case KeyLine():
                    keys.append(line)
                case TargetedLine():
                    pools.append(line)
                case _:
                    yield line, text

    strata: list[Stratum] = []
    found.extend(list(gather(lines(), strata)))
    if len(draws) == len(keys) == 1 and len(pools) <= 1:
        pool = pools[0] if pools else None
        found.extend(draw_again(draws[0], keys[0], pool, strata, version=file.version, steps=steps))
    else:
        counts = f"{len(draws)} and {len(keys)}, with {len(pools)} targeted pools"
        found.append(Difference(FIRST_LINE, "the draw and its key", "one line each", counts))
    return Replay(
        differences=tuple(sorted(found, key=lambda difference: difference.line)),
        draw=draws[0] if draws else None,
        frame=tuple(strata),
        frame_digest=file.frame_digest,
        digest=file.digest,
    )


# ---- Was the file changed?


def _seals(file: File, steps: Steps) -> Iterator[Difference]:
    """Compare numbers and checksums line by line; when they all hold, the digests of the whole."""
    frame, whole = hashlib.sha256(), hashlib.sha256()
    broken = False
    due = FIRST_LINE
    for text in steps.over(file.lines):
        try:
            line = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError:  # reported with its form
            broken, due = True, due + 1
            continue
        body = receipt_lines.body(line)
        whole.update(body + b"\n")
        if line.get("kind") in receipt_lines.FRAME_KINDS:
            frame.update(body + b"\n")
        number = _number(line)
        for difference in _seal(line, bytes(text), body, number, due):
            broken = True
            yield difference
        due = max(number, due) + 1
    if broken:
        return
    together = "a line and its checksum were changed together"
    for what, stored, sealed in (("frame", file.frame_digest, frame), ("whole file", file.digest, whole)):
        yield from same(1, f"the digest of the {what} ({together})", sealed.hexdigest(), stored)


def _seal(line: dict[str, Any], text: bytes, body: bytes, number: int, due: int) -> Iterator[Difference]:
    if number < due:
        yield Difference(due, "the number of the line", str(due), short(line.get("line")))
    for missing in range(due, min(number, due + MISSING_LINES_NAMED)):
        yield Difference(missing, "the line", "present", "missing")
    here = max(number, due)
    yield from same(here, "the checksum of the line", receipt_lines.check(body), line.get("check"))
    if text != receipt_lines.canonical(line) and receipt_lines.repeats_a_name(text):
        yield Difference(here, "the names in the line", "each once", "one of them twice")


def _number(line: dict[str, Any]) -> int:
    number = line.get("line")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0
