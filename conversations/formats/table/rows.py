"""Read the rows of a table in bounded memory, each with its place and its text, and go on from any row."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from conversations.formats.lines import HEAD, Line, Readable, read_lines, split, unpacked
from conversations.formats.outcomes import Position
from conversations.formats.table.layout import Layout

# A row may hold a whole transcript. A quote that is opened and never closed swallows no more than this.
ROW_LIMIT = 8 * 1024 * 1024
# The module's own limit of 128 kB is below a long e-mail. It counts for the whole process and is only ever raised.
csv.field_size_limit(max(csv.field_size_limit(), ROW_LIMIT))
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
NEVER_CLOSED = "A quote is opened here and never closed."
STRAY_QUOTE = "A quote stands inside a cell. Inside quotes, a quote is written twice."


@dataclass(slots=True)
class Row:
    """One row: its cells, or the reason why it has none. `size` counts its bytes with all its line feeds."""

    line: int
    byte: int
    size: int
    raw: str
    after: Position
    cells: list[str]
    problem: str = ""
    repaired: bool = False
    ends_file: bool = False


def read_rows(file: BinaryIO, layout: Layout, *, start: Position | None = None) -> Iterator[Row]:
    """Yield the rows that are not blank, in the file's order."""
    feed = _Feed(_lines(file, layout, start or Position(layout.line, layout.byte)), layout)
    parser = feed.parser()
    while True:
        feed.taken.clear()
        try:
            cells = next(parser)
        except StopIteration:
            return
        except csv.Error as error:
            yield feed.give_back(NEVER_CLOSED if _is_unclosed(error, feed) else STRAY_QUOTE)
            parser = feed.parser()
        except _Broken as broken:
            if feed.taken:
                feed.waiting.appendleft(broken.line)
                yield feed.give_back(NEVER_CLOSED)
            else:
                yield feed.broken(broken.line)
                if broken.line.torn:
                    return
            parser = feed.parser()
        else:
            if any(cell and not cell.isspace() for cell in cells):
                yield feed.row(unguarded(cells))


def cells_of(raw: str, layout: Layout) -> list[str]:
    """Return the cells of a row's text, which was read before."""
    return unguarded(next(csv.reader([raw], delimiter=layout.delimiter, strict=True)))


def unguarded(cells: list[str]) -> list[str]:
    """Take away the apostrophe by which exports, ours too, keep a spreadsheet from running a cell as a formula."""
    return [cell[1:] if cell[:1] == "'" and cell[1:].lstrip(" ")[:1] in FORMULAS else cell for cell in cells]


def fitted(cells: list[str], width: int) -> str:
    """Fill up a short row and cut empty cells off a long one; say what is wrong with one that stays too long."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        return f"The row has {len(cells)} cells where the first row names {width} columns."
    cells.extend([""] * (width - len(cells)))
    return ""


class _Broken(Exception):
    """A line that cannot be read as text: too long, or where the file breaks off."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line


class _Feed:
    """Give the parser lines; remember those of the row it works on, and take back what a stray quote swallowed."""

    def __init__(self, lines: Iterator[Line], layout: Layout) -> None:
        self.lines = lines
        self.layout = layout
        self.encoding = "utf-8" if layout.is_recoded else layout.encoding
        self.waiting: deque[Line] = deque()
        self.taken: list[tuple[Line, str]] = []

    def parser(self) -> Any:
        """Return a parser that starts with the next line."""
        return csv.reader(self, delimiter=self.layout.delimiter, strict=True)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else next(self.lines)
        if line.torn or line.too_long:
            raise _Broken(line)
        if self.taken and line.byte + line.size - self.taken[0][0].byte > ROW_LIMIT:
            self.waiting.appendleft(line)
            raise csv.Error("unexpected end of data")
        text = line.data.decode(self.encoding, "surrogateescape" if self.encoding == "utf-8" else "replace")
        if line.has_end:
            text += "\n"
        self.taken.append((line, text))
        return text

    def row(self, cells: list[str]) -> Row:
        """Return the row that the parser has put together from the lines it took."""
        first, last = self.taken[0][0], self.taken[-1][0]
        raw = self.taken[0][1] if len(self.taken) == 1 else "".join(text for _, text in self.taken)
        row = Row(first.number, first.byte, last.byte + last.size - first.byte, raw, last.after, cells)
        if not raw.isascii():
            _check_characters(row, self.encoding)
        if "\0" in raw:
            row.raw = raw.replace("\0", "\N{REPLACEMENT CHARACTER}")
            row.cells = [cell.replace("\0", "\N{REPLACEMENT CHARACTER}") for cell in row.cells]
            row.repaired = True
        row.problem = row.problem or fitted(row.cells, len(self.layout.header))
        return row

    def give_back(self, problem: str) -> Row:
        """Reject only the line on which the row began, and read those behind it again."""
        first, text = self.taken[0]
        self.waiting.extendleft(line for line, _ in reversed(self.taken[1:]))
        self.taken.clear()
        return Row(first.number, first.byte, first.size, _visible(text), first.after, [], problem)

    def broken(self, line: Line) -> Row:
        """Return the reject of a line that is no text."""
        text = line.data[:HEAD].decode(self.encoding, "replace")
        what = f"{line.torn}." if line.torn else f"The line is longer than {ROW_LIMIT // 2**20} MB."
        return Row(line.number, line.byte, line.size, text, line.after, [], what, ends_file=bool(line.torn))


class _Recoded(io.RawIOBase):
    """The bytes of a file as UTF-8 with line feeds, whatever it was written in."""

    def __init__(self, stream: Readable, layout: Layout) -> None:
        super().__init__()
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder(layout.encoding)("replace")
        self.returns = layout.bare_returns
        self.begun = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, more than asked for when a sign needs more; none at the end."""
        while True:
            data = self.stream.read(size)
            text = self.decoder.decode(data, final=not data)
            if not self.begun and text:
                text, self.begun = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), True
            if self.returns:
                text = text.replace("\r", "\n")
            if text or not data:
                return text.encode()


def _lines(file: BinaryIO, layout: Layout, start: Position) -> Iterator[Line]:
    """Yield the lines from a position on; of a recoded file, by reading what stands before it again."""
    if not layout.is_recoded:
        yield from read_lines(file, start=start, limit=ROW_LIMIT)
        return
    recoded: Any = _Recoded(unpacked(file), layout)
    for line in split(recoded, Position(), ROW_LIMIT):
        if line.byte >= start.byte or line.torn:
            yield line


def _is_unclosed(error: csv.Error, feed: _Feed) -> bool:
    return "unexpected end" in str(error) or len(feed.taken) > 1


def _check_characters(row: Row, encoding: str) -> None:
    """Reject bytes that are no UTF-8; count what a lenient encoding replaced as repaired."""
    if encoding != "utf-8":
        row.repaired = "\N{REPLACEMENT CHARACTER}" in row.raw
        return
    try:
        row.raw.encode()
    except UnicodeEncodeError as error:
        place = len(row.raw[: error.start].encode()) + 1
        row.problem = f"The row is not valid UTF-8 at its byte {place}. Is the file in another encoding?"
        row.raw = _visible(row.raw)


def _visible(text: str) -> str:
    """Return text in which bytes that are no UTF-8 can be seen as \\xe9, and NUL as the sign for what is lost."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return shown.replace("\0", "\N{REPLACEMENT CHARACTER}").rstrip("\r\n")
