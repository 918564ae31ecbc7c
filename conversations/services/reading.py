"""Read a file to its end, batch by batch, from wherever an earlier reader stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext as _

from conversations.formats import jsonl
from conversations.formats.outcomes import Outcome, Position
from conversations.models import ImportRun
from conversations.services import at_once, benches, runs
from conversations.services.batches import batches, take_in

# A file whose first lines are all rejected is no file of conversations: a million rejects would help nobody.
HOPELESS_AFTER = 1000

Clock = Callable[[], datetime]
# Called after each batch; False stops the reading there.
GoOn = Callable[[ImportRun], bool]


def always(_run: ImportRun) -> bool:
    """Read to the end without asking."""
    return True


def read(run: ImportRun, file: BinaryIO, *, clock: Clock, go_on: GoOn = always) -> bool:
    """Take in what the run has not read yet; True when there is no more of it, False when stopped before.

    Raises Overtaken when somebody else reads the same run or has cancelled it.
    """
    if run.problem:
        return True
    stopped: list[bool] = []
    for batch in batches(_outcomes(run, file, now=clock(), go_on=go_on, stopped=stopped)):
        take_in(run, batch, now=clock())
        if run.rejected == run.received >= HOPELESS_AFTER and not run.problem:
            runs.give_up(run, reason=_hopeless(run))
            return True
        if not go_on(run):
            return False
    return not stopped


def _outcomes(run: ImportRun, file: BinaryIO, *, now: datetime, go_on: GoOn, stopped: list[bool]) -> Iterator[Outcome]:
    """Yield what comes of each record from the run's place on; note when sorting the rows of a table was stopped."""
    if not run.is_table:
        yield from jsonl.read(file, now=now, start=Position(line=run.next_line, byte=run.next_byte))
        return
    for outcome in benches.outcomes(run, file, now=now, go_on=lambda: go_on(run)):
        if outcome is None:
            stopped.append(True)
        else:
            yield outcome


def count_at_once(run: ImportRun, *, go_on: Callable[[int], bool], after: int = 0) -> bool:
    """Count concurrency for the agents that the run touched; False when stopped before the end."""
    return all(go_on(agent) for agent in at_once.refresh(run.source, since=run.started_at, after=after))


def fingerprint(file: BinaryIO) -> str:
    """Return the SHA-256 of a file, and go back to its beginning."""
    digest = hashlib.sha256()
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _hopeless(run: ImportRun) -> str:
    if run.is_table:
        return _(
            "The first %(lines)s conversations were all rejected, so the rest was not read. "
            "The first rejected one says what is wrong; perhaps a column was taken for another one."
        ) % {"lines": f"{HOPELESS_AFTER:,}"}
    return _(
        "The first %(lines)s lines were all rejected, so the rest was not read. "
        "Each line should be one conversation in JSON; the first rejected line says what is wrong."
    ) % {"lines": f"{HOPELESS_AFTER:,}"}
