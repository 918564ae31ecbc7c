"""The receipt of a draw, pure: a file from which anybody can repeat the draw, and see which line was changed.

The file is JSON with one line of text per fact. It first shows the frame as it was frozen (the draw, the key, every
stratum with its units in ascending u), then what was drawn from it (per stratum the prefix, and the picks). Each line
carries its number in the file and a checksum; `frame_digest` is SHA-256 over the lines of the frame, which never
change, and `digest` over all lines. Canonical text of a line: its JSON without `check`, keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sampling.receipt_lines import FIRST_LINE, FORMAT, VERSION, NotAReceipt, body, canonical, check, digest, written
from sampling.replays import Difference, Replay, replay

__all__ = [
    "Difference", "DrawnPick", "NotAReceipt", "Replay", "StratumFrame", "StratumSample", "body", "digest",
    "frame_lines", "replay", "sample_lines", "write",
]  # fmt: skip

Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StratumFrame:
    """One stratum as frozen: whose it is, its quota, and (u, source, external id, completion number) in ascending u.

    more: what else its line says; unit_more: what else the line of the unit at a place, counted from 1, says.
    """

    agent: str
    label: str
    quota: int
    units: Sequence[tuple[float, str, str, int]]
    more: Mapping[str, Any] = field(default_factory=dict)
    unit_more: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DrawnPick:
    """One pick: its place in ascending u, and what became of it."""

    rank: int
    pool: str
    dropped: str
    reason: str
    vacated: bool


@dataclass(frozen=True, slots=True)
class StratumSample:
    """What was drawn from one stratum so far."""

    k: int
    n_e: int
    m: int
    picks: Sequence[DrawnPick]


def frame_lines(
    facts: Mapping[str, Any],
    key: Mapping[str, Any],
    strata: Sequence[StratumFrame],
    *,
    targeted: Mapping[str, Any] | None = None,
) -> Lines:
    """Return the lines of the frame.

    `facts` are those of the draw, `key` holds key, fingerprint and published_at, `targeted` design, scale and
    derived_from of the targeted pool.
    """
    lines: Lines = [{"kind": "draw", **facts}, {"kind": "key", **key}]
    if targeted is not None:
        lines.append({"kind": "targeted", **targeted})
    for number, stratum in enumerate(strata, start=1):
        head = {"agent": stratum.agent, "label": stratum.label, "N": len(stratum.units), "n": stratum.quota}
        lines.append({"kind": "stratum", "stratum": number, **head, **stratum.more})
        for place, (u, *unit) in enumerate(stratum.units, start=1):
            line = {"kind": "unit", "stratum": number, "place": place, "unit": unit, "u": written(u)}
            lines.append({**line, **stratum.unit_more.get(place, {})})
    return _numbered(lines, FIRST_LINE)


def sample_lines(strata: Sequence[StratumFrame], samples: Sequence[StratumSample], *, after: int) -> Lines:
    """Return the lines of the sample, numbered on from the `after` lines of the frame."""
    lines: Lines = []
    for number, (stratum, sample) in enumerate(zip(strata, samples, strict=True), start=1):
        lines.append({"kind": "sample", "stratum": number, "k": sample.k, "n_e": sample.n_e, "m": sample.m})
        for pick in sample.picks:
            unit = list(stratum.units[pick.rank - 1][1:])
            what = {"pool": pick.pool, "dropped": pick.dropped, "reason": pick.reason, "vacated": pick.vacated}
            lines.append({"kind": "pick", "stratum": number, "rank": pick.rank, "unit": unit, **what})
    return _numbered(lines, FIRST_LINE + after)


def write(frame: Lines, sample: Lines, *, version: int = VERSION) -> Iterator[str]:
    """Yield the file, line by line."""
    bodies = [body(line) for line in chain(frame, sample)]
    seals = {"frame_digest": digest(bodies[: len(frame)]), "digest": digest(bodies)}
    yield _text({"format": f"{FORMAT}/{version}", **seals})[:-1] + ',"lines":[\n'
    for place, line in enumerate(chain(frame, sample)):
        ending = "\n" if place + 1 == len(bodies) else ",\n"
        yield _text({**line, "check": check(bodies[place])}) + ending
    yield "]}\n"


def _text(line: Mapping[str, Any]) -> str:
    return canonical(line).decode("utf-8", "surrogatepass")


def _numbered(lines: Lines, first: int) -> Lines:
    return [{"line": number, **line} for number, line in enumerate(lines, start=first)]
