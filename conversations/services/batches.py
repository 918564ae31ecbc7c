"""Take in one batch: its conversations, its rejects, the counters and the cursor, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from conversations.custom_fields import OFFERED, names
from conversations.formats.outcomes import Accepted, Outcome, Position, Rejected
from conversations.models import ImportRun, Reject, Source
from conversations.personal_details import Cover, covered_raw, covering
from conversations.services.store import store

MOST_LINES = 500
# Decoded messages take several times their bytes: this bounds memory when lines are long.
MOST_BYTES = 8 * 1024 * 1024
# What a batch moves of its run.
MOVED = [
    "received", "created", "updated", "unchanged", "rejected", "repaired", "rows", "repeated", "next_line",
    "next_byte", "problem",
]  # fmt: skip


class Overtaken(Exception):
    """Somebody else went on with this run, or it was cancelled: nothing of this batch was written."""


@dataclass(slots=True)
class Batch:
    """Lines that are taken in together. No conversation comes twice: the later one is read in the next batch."""

    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    size: int = 0
    after: Position = field(default_factory=Position)

    def has_room_for(self, outcome: Outcome) -> bool:
        """Say whether a line may join."""
        if isinstance(outcome, Accepted) and outcome.record.external_id in self.ids:
            return False
        lines = len(self.accepted) + len(self.rejected)
        return lines == 0 or (lines < MOST_LINES and self.size + outcome.size <= MOST_BYTES)

    def add(self, outcome: Outcome) -> None:
        """Let a line join."""
        if isinstance(outcome, Accepted):
            self.accepted.append(outcome)
            self.ids.add(outcome.record.external_id)
        else:
            self.rejected.append(outcome)
        self.size += outcome.size
        self.after = outcome.after


def batches(outcomes: Iterable[Outcome]) -> Iterator[Batch]:
    """Group lines into batches, in order."""
    batch = Batch()
    for outcome in outcomes:
        if not batch.has_room_for(outcome):
            yield batch
            batch = Batch()
        batch.add(outcome)
    if batch.size or batch.rejected:
        yield batch


def take_in(run: ImportRun, batch: Batch, *, now: datetime) -> None:
    """Write one batch and move the run's cursor behind it, or neither. Raises Overtaken.

    Imports of one source queue at its row, so that two of them never make the same conversation or agent. The cursor
    must still be where this runner left it: a second runner of the same file writes nothing twice.
    """
    with transaction.atomic():
        source = Source.objects.select_for_update(no_key=True).get(pk=run.source_id)
        current = ImportRun.objects.select_for_update(of=("self",)).select_related("started_by").get(pk=run.pk)
        if current.status != ImportRun.Status.RUNNING or _cursor(current) != _cursor(run):
            raise Overtaken
        counts = store(source, [line.record for line in batch.accepted], by=current.started_by, now=now)
        _note_fields(source, batch)
        cover = covering(source.masks) if source.masks else None
        Reject.objects.bulk_create([_reject(current, line, cover) for line in batch.rejected])
        current.received += len(batch.accepted) + len(batch.rejected)
        current.created += counts.created
        current.updated += counts.updated
        current.unchanged += counts.unchanged
        current.rejected += len(batch.rejected)
        current.repaired += sum(line.repaired for line in batch.accepted)
        current.rows += sum(line.rows for line in batch.accepted) + sum(line.rows for line in batch.rejected)
        current.repeated += sum(line.repeated for line in batch.accepted)
        current.next_line, current.next_byte = batch.after.line, batch.after.byte
        current.problem = next((line.reason for line in batch.rejected if line.ends_file), "")
        current.save(update_fields=MOVED)
    for name in MOVED:
        setattr(run, name, getattr(current, name))


def _note_fields(source: Source, batch: Batch) -> None:
    """Remember which custom fields came, for the filters to offer; not every one of a file that names thousands."""
    known = set(source.field_names)
    cover = covering(source.masks)
    came = set(names(line.record.metadata for line in batch.accepted)) - known
    came = {name for name in came if cover(name) == name}
    if came and len(known) < OFFERED:
        source.field_names = sorted([*known, *sorted(came)[: OFFERED - len(known)]])
        source.save(update_fields=["field_names"])


def _cursor(run: ImportRun) -> Position:
    return Position(line=run.next_line, byte=run.next_byte)


def _reject(run: ImportRun, line: Rejected, cover: Cover | None) -> Reject:
    return Reject(
        run=run, line=line.line, byte=line.byte, size=line.size, path=line.path,
        reason=cover(line.reason) if cover else line.reason,
        raw=covered_raw(line.raw, cover) if cover else line.raw,
    )  # fmt: skip
