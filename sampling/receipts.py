"""The receipt of a draw, pure: a file from which anybody can repeat the draw, and see which line was changed.

The file is JSON with one line of text per fact. It first shows the frame as it was frozen (the draw, the key, every
stratum with its units in ascending u), then what was drawn from it (per stratum the prefix, and the picks). Each line
carries its number in the file and a checksum; `frame_digest` is SHA-256 over the lines of the frame, which never
change, and `digest` over all lines. Canonical text of a line: its JSON without `check`, keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice
from typing import Any

from sampling.receipt_lines import (
    FIRST_LINE,
    FORMAT,
    FRAME_KINDS,
    VERSION,
    NotAReceipt,
    body,
    canonical,
    check,
    digest,
    written,
)  # fmt: skip
from sampling.replays import Difference, Replay, replay

__all__ = [
    "Difference", "DrawnPick", "NotAReceipt", "Replay", "StratumFrame", "StratumSample", "all_lines",
    "body", "digest", "frame_lines", "in_pieces", "replay", "write",
]  # fmt: skip

Line = dict[str, Any]
AT_ONCE = 500


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
    strata: Iterable[StratumFrame],
    *,
    targeted: Mapping[str, Any] | None = None,
) -> Iterator[Line]:
    """Yield the lines of the frame, one stratum after the other.

    `facts` are those of the draw, `key` holds key, fingerprint and published_at, `targeted` design, scale and
    derived_from of the targeted pool.
    """
    first: list[Line] = [{"kind": "draw", **facts}, {"kind": "key", **key}]
    if targeted is not None:
        first.append({"kind": "targeted", **targeted})
    return _numbered(chain(first, chain.from_iterable(map(_stratum, count(1), strata))), FIRST_LINE)


def all_lines(
    facts: Mapping[str, Any],
    key: Mapping[str, Any],
    strata: Iterable[tuple[StratumFrame, StratumSample]],
    *,
    targeted: Mapping[str, Any] | None = None,
) -> Iterator[Line]:
    """Yield the lines of the frame and then those of the sample; of the units only the picked ones are held."""
    drawn: list[tuple[StratumSample, list[list[Any]]]] = []

    def framed() -> Iterator[StratumFrame]:
        for stratum, sample in strata:
            drawn.append((sample, [list(stratum.units[pick.rank - 1][1:]) for pick in sample.picks]))
            yield stratum

    after = FIRST_LINE
    for line in frame_lines(facts, key, framed(), targeted=targeted):
        after = line["line"]
        yield line
    yield from _numbered(chain.from_iterable(map(_sample, count(1), drawn)), after + 1)


def write(lines: Callable[[], Iterator[Line]], *, version: int = VERSION) -> Iterator[str]:
    """Yield the file, line by line. The lines are asked for twice: the seals over all of them come first."""
    frame, whole = hashlib.sha256(), hashlib.sha256()
    for line in lines():
        text = body(line) + b"\n"
        whole.update(text)
        if line["kind"] in FRAME_KINDS:
            frame.update(text)
    seals = {"frame_digest": frame.hexdigest(), "digest": whole.hexdigest()}
    yield _text({"format": f"{FORMAT}/{version}", **seals})[:-1] + ',"lines":['
    ending = "\n"
    for line in lines():
        yield ending + _text({**line, "check": check(body(line))})
        ending = ",\n"
    yield "\n]}\n"


def in_pieces(lines: Iterator[str]) -> Iterator[str]:
    """Put the lines of a file together, so that not each of them travels alone."""
    while piece := "".join(islice(lines, AT_ONCE)):
        yield piece


def _stratum(number: int, stratum: StratumFrame) -> Iterator[Line]:
    head = {"agent": stratum.agent, "label": stratum.label, "N": len(stratum.units), "n": stratum.quota}
    yield {"kind": "stratum", "stratum": number, **head, **stratum.more}
    for place, (u, *unit) in enumerate(stratum.units, start=1):
        line = {"kind": "unit", "stratum": number, "place": place, "unit": unit, "u": written(u)}
        yield {**line, **stratum.unit_more.get(place, {})}


def _sample(number: int, drawn: tuple[StratumSample, list[list[Any]]]) -> Iterator[Line]:
    sample, names = drawn
    yield {"kind": "sample", "stratum": number, "k": sample.k, "n_e": sample.n_e, "m": sample.m}
    for pick, unit in zip(sample.picks, names, strict=True):
        what = {"pool": pick.pool, "dropped": pick.dropped, "reason": pick.reason, "vacated": pick.vacated}
        yield {"kind": "pick", "stratum": number, "rank": pick.rank, "unit": unit, **what}


def _text(line: Mapping[str, Any]) -> str:
    return canonical(line).decode("utf-8", "surrogatepass")


def _numbered(lines: Iterable[Line], first: int) -> Iterator[Line]:
    return ({"line": number, **line} for number, line in enumerate(lines, start=first))
