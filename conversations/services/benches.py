"""Read tables: put scattered rows together on a workbench first, then take the conversations in, batch by batch."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from django.conf import settings

from conversations.formats.outcomes import Outcome, Position
from conversations.formats.table import mapping as mappings
from conversations.formats.table import read, workbench
from conversations.formats.table.mapping import Mapping
from conversations.formats.table.rows import read_rows
from conversations.formats.table.workbench import Workbench
from conversations.models import ImportRun

# Sorting is the smaller part of the work: the rest writes to the database.
SORTING_SHARE = 0.3
_NAME = re.compile(r"^import-(?P<run>\d+)\.sqlite3")


def outcomes(run: ImportRun, file: BinaryIO, *, now: datetime, go_on: Callable[[], bool]) -> Iterator[Outcome | None]:
    """Yield what comes of each conversation of a table from the run's place on; None when stopped while sorting."""
    mapping = mappings.from_json(run.mapping)
    if mapping.per == "conversation":
        start = Position(run.next_line, run.next_byte) if run.next_byte else None
        yield from read.read_rows_as_conversations(file, mapping, now=now, start=start)
        return
    with closing(Workbench(path_of(run), content=_content(run, mapping))) as bench:
        if not bench.is_complete and not _sort(bench, file, mapping, go_on):
            yield None
            return
        _note_sorted(run, bench.last_line)
        yield from read.read_groups(bench, mapping, now=now, start=Position(run.next_line, run.next_byte))


def bytes_done(run: ImportRun, file: BinaryIO) -> int:
    """Return how much of the file's work is done, in bytes of it as it was uploaded."""
    if not run.is_sorted_first:
        return file.tell()
    if not run.last_line:
        return int(file.tell() * SORTING_SHARE)
    return int(run.size * (SORTING_SHARE + (1 - SORTING_SHARE) * min(1, run.next_line / run.last_line)))


def path_of(run: ImportRun) -> Path:
    """Return where the rows of a run lie while they are sorted."""
    return _folder() / f"import-{run.pk}.sqlite3"


def clear(run: ImportRun) -> None:
    """Delete the rows of a run: they are what people wrote."""
    if run.is_table:
        workbench.forget(path_of(run))


def clear_strays() -> None:
    """Delete the rows of runs that ended elsewhere, or while this machine was off."""
    found = {int(match["run"]) for path in _folder().glob("import-*") if (match := _NAME.match(path.name))}
    still_open = set(ImportRun.objects.filter(pk__in=found, status__in=ImportRun.OPEN).values_list("pk", flat=True))
    for number in found - still_open:
        workbench.forget(_folder() / f"import-{number}.sqlite3")


def _folder() -> Path:
    return Path(settings.VAR) / "workbench"


def _sort(bench: Workbench, file: BinaryIO, mapping: Mapping, go_on: Callable[[], bool]) -> bool:
    rows = read_rows(file, mapping.layout, start=bench.place)
    return bench.collect(rows, key=lambda row: read.key_of(mapping, row), go_on=go_on)


def _note_sorted(run: ImportRun, last_line: int) -> None:
    if run.last_line != last_line:
        ImportRun.objects.filter(pk=run.pk).update(last_line=last_line)
        run.last_line = last_line


def _content(run: ImportRun, mapping: Mapping) -> str:
    return hashlib.sha256(run.fingerprint.encode() + msgspec.json.encode(mapping)).hexdigest()
