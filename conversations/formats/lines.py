"""Read lines of any length in bounded memory, from plain and gzip files, and go on from any line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from conversations.formats.outcomes import Position

# A conversation of 200 messages of 8,000 characters is at most 6.4 MB of UTF-8. 16 MiB leaves room for e-mails with
# pictures inside; anything above is no conversation, and is skipped piece by piece without ever being held.
LINE_LIMIT = 16 * 1024 * 1024
# What is kept of a line above the limit.
HEAD = 4096
CHUNK = 256 * 1024
# Transcripts pack to a tenth, monotonous ones to a fiftieth. What unpacks to more than this is no file of
# conversations but a bomb: a few kilobytes that would keep a worker busy for days.
MOST_TIMES = 200
MOST_UNASKED = 256 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"


class Readable(Protocol):
    """Something that gives up to `size` bytes; none at the end."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line feed. `size` counts all its bytes; `data` is only its head when it is too long."""

    number: int
    byte: int
    size: int
    data: bytes
    too_long: bool = False
    # Why the file could not be read beyond this point, in words; the data is what came before the break.
    torn: str = ""
    has_end: bool = True

    @property
    def after(self) -> Position:
        """Return where the next line starts."""
        return Position(line=self.number + 1, byte=self.byte + self.size + (1 if self.has_end else 0))


def unpacked(file: BinaryIO) -> BinaryIO:
    """Return the file itself, or its unpacked content when its first bytes are gzip's, whatever its name says."""
    start = file.tell()
    magic = file.read(2)
    file.seek(start)
    return gzip.GzipFile(fileobj=file, mode="rb") if magic == GZIP_MAGIC else file  # type: ignore[return-value]


def head_of(file: BinaryIO, size: int) -> bytes:
    """Return the first unpacked bytes of a file, and go back to its beginning. Raises what unpacking raises."""
    start = file.tell()
    try:
        return unpacked(file).read(size)
    finally:
        file.seek(start)


def read_lines(file: BinaryIO, *, start: Position | None = None, limit: int = LINE_LIMIT) -> Iterator[Line]:
    """Yield the lines from a position on. A file that breaks off ends with one torn line instead of an error."""
    position = start or Position()
    try:
        stream = unpacked(file)
        ceiling = _ceiling(file) if stream is not file else None
        stream.seek(position.byte)
    except (EOFError, OSError, zlib.error) as error:
        yield Line(number=position.line, byte=position.byte, size=0, data=b"", torn=why_torn(error), has_end=False)
        return
    yield from split(stream, position, limit, ceiling=ceiling)


def split(stream: BinaryIO, position: Position, limit: int, *, ceiling: int | None = None) -> Iterator[Line]:
    """Cut the stream at its line feeds. Only one chunk and one unfinished line are held at a time."""
    pending = _Pending(limit)
    read = getattr(stream, "read1", stream.read)
    while True:
        try:
            chunk = read(CHUNK)
            if ceiling is not None and stream.tell() > ceiling:
                raise Bomb
        except (EOFError, OSError, zlib.error) as error:
            yield pending.line(position, torn=why_torn(error), has_end=False)
            return
        if not chunk:
            break
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            pending.add(part)
            line = pending.line(position)
            yield line
            position = line.after
            pending = _Pending(limit)
        pending.add(rest)
    if pending.size:
        yield pending.line(position, has_end=False)


class Bomb(OSError):
    """A packed file unpacks to far more than any file of conversations would."""


def _ceiling(file: BinaryIO) -> int:
    """Return how many bytes a packed file may unpack to."""
    start = file.tell()
    size = file.seek(0, 2)
    file.seek(start)
    return max(MOST_UNASKED, MOST_TIMES * size)


class _Pending:
    """The line being put together: its parts while it is short enough, its head and size beyond."""

    __slots__ = ("limit", "parts", "size")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        """Append a part, or only count it once the line is over the limit."""
        if not part:
            return
        over_before = self.size > self.limit
        self.size += len(part)
        if self.size <= self.limit:
            self.parts.append(part)
        elif not over_before or len(self.parts[0]) < HEAD:
            self.parts = [b"".join([*self.parts, part])[:HEAD]]

    def line(self, position: Position, *, torn: str = "", has_end: bool = True) -> Line:
        """Return what was put together."""
        return Line(
            number=position.line,
            byte=position.byte,
            size=self.size,
            data=self.parts[0] if len(self.parts) == 1 else b"".join(self.parts),
            too_long=self.size > self.limit,
            torn=torn,
            has_end=has_end,
        )


def why_torn(error: Exception) -> str:
    """Say why a file cannot be read on."""
    if isinstance(error, Bomb):
        return f"The compressed file unpacks to more than {MOST_TIMES} times its size, so nothing from here on was read"
    if isinstance(error, EOFError):
        return "The compressed file ends in the middle, so nothing from here on could be read"
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return "The compressed file is damaged, so nothing from here on could be read"
    return "The file could not be read from here on"
