"""Read the product's own format: JSON Lines, one conversation a line, plain or gzip."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import msgspec

from conversations.formats import checks, normalise, repair
from conversations.formats.lines import HEAD, LINE_LIMIT, Line, read_lines
from conversations.formats.outcomes import Accepted, Outcome, Position, Rejected, Unreadable
from conversations.formats.reasons import explain
from conversations.formats.records import RecordIn, RejectedLine
from conversations.records import Record

# A reject is kept whole up to here; of a longer one, the head and where it stands in the file.
RAW_LIMIT = 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_decode = msgspec.json.Decoder(RecordIn).decode
_decode_reject = msgspec.json.Decoder(RejectedLine).decode


def read(file: BinaryIO, *, now: datetime, start: Position | None = None, limit: int = LINE_LIMIT) -> Iterator[Outcome]:
    """Yield what comes of each line that is not blank, in the file's order, in bounded memory."""
    latest = now + checks.TOLERANCE
    for line in read_lines(file, start=start, limit=limit):
        if line.torn:
            yield _reject(line, Unreadable(f"{line.torn}."), ends_file=True)
        elif line.too_long:
            yield _reject(line, Unreadable(f"The line is longer than {limit // 2**20} MB."))
        elif line.data.strip():
            yield _outcome(line, latest)


def _outcome(line: Line, latest: datetime) -> Outcome:
    try:
        record, repaired = parse(line.data, latest=latest)
    except Unreadable as problem:
        return _reject(line, problem)
    return Accepted(
        line=line.number, byte=line.byte, size=line.size, record=record, repaired=repaired, after=line.after
    )


def parse(data: bytes, *, latest: datetime) -> tuple[Record, bool]:
    """Return one line's record, and whether unusable characters were replaced. Raises Unreadable."""
    data = data.strip().removeprefix(BYTE_ORDER_MARK).strip()
    clean = repair.repaired(data) if repair.may_need_repair(data) else data
    try:
        taken = _decode(clean)
    except msgspec.ValidationError as error:
        return _parse_reject(clean, latest=latest, error=error)
    except msgspec.DecodeError as error:
        # Half a pair is refused as such, or as an early end where fewer than six bytes follow it.
        mended = repair.repaired(clean)
        if mended == clean:
            raise explain(error, clean) from error
        return parse(mended, latest=latest)[0], True
    except (UnicodeDecodeError, RecursionError) as error:
        raise explain(error, clean) from error
    return normalise.record(taken, latest=latest), clean != data


def _parse_reject(data: bytes, *, latest: datetime, error: msgspec.ValidationError) -> tuple[Record, bool]:
    """Take a line of our own file of rejects for the line it holds; refuse everything else with the first error."""
    try:
        inner = _decode_reject(data).raw.encode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise explain(error, data) from error
    return parse(inner, latest=latest)


def _reject(line: Line, problem: Unreadable, *, ends_file: bool = False) -> Rejected:
    kept = line.data if line.size <= RAW_LIMIT else line.data[:HEAD]
    return Rejected(
        line=line.number,
        byte=line.byte,
        size=line.size,
        path=problem.path[:255],
        reason=problem.reason,
        # What cannot be decoded stays visible as \xe9, so that it is corrected and not quietly replaced.
        raw=kept.decode(errors="backslashreplace").replace("\x00", "\N{REPLACEMENT CHARACTER}").rstrip("\r"),
        after=line.after,
        ends_file=ends_file,
    )
