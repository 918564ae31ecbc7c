"""Write the conversations of one batch: new, changed, or as they were. Call in a transaction that holds the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversations.cast import writers
from conversations.erasure import ERASED
from conversations.models import Completion, Conversation, Participant, Source, Tag, Transcript
from conversations.personal_details import covering
from conversations.records import Record, content_hash
from conversations.services import indexing, keeping, people, rows, teams
from conversations.services.rows import Taken
from core import audit, bulk


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of one batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def store(source: Source, records: Sequence[Record], *, by: Any, now: datetime) -> Counts:
    """Write records whose ids are all different, in a fixed number of statements per row kind."""
    known = _known_hashes(source, records)
    cover = covering(source.masks) if source.masks else None
    # What tells contents apart is made of what was received, so that a file changes nothing the second time.
    taken = [
        Taken(record=record, content_hash=found, cover=cover)
        for record, found in ((record, content_hash(record)) for record in records)
        # What was erased stays so, whatever the file says of it now.
        if known.get(record.external_id) not in (found, ERASED)
    ]
    if taken:
        _write(source, taken, known=known, by=by, now=now)
    created = sum(record.external_id not in known for record in records)
    return Counts(created=created, updated=len(taken) - created, unchanged=len(records) - len(taken))


def _known_hashes(source: Source, records: Sequence[Record]) -> dict[str, str]:
    named = ("external_id", [record.external_id for record in records])
    return dict(bulk.find(Conversation, ("external_id", "content_hash"), among=named, source_id=source.pk))


def _write(source: Source, taken: list[Taken], *, known: dict[str, str], by: Any, now: datetime) -> None:
    changed = [item for item in taken if item.record.external_id in known]
    _recall(source, changed)
    company = people.company(
        source,
        assignees=[item.record.agent for item in taken if item.record.agent is not None],
        writers=[person for item in taken for person in writers(item.messages)],
        by=by,
        now=now,
    )
    made = [rows.conversation(item, source=source, people=company, now=now) for item in taken]
    teams.assign(made, before={item.record.external_id: item.before for item in changed}, now=now)
    with_new_transcript = _write_with_transcripts(taken, changed, now=now)
    # Only now, with the rows held: who indexes them takes the same locks in the same order.
    indexing.forget([item.pk for item in changed])
    _write_participants(taken, changed, company)
    _write_tags(taken, changed)
    _write_completions(taken, now=now)
    keeping.keep(changed, people=company, now=now)
    _record_changes(changed, with_new_transcript, by=by, now=now)


def _recall(source: Source, changed: list[Taken]) -> None:
    """Put beside each changed record what is stored of it, and when it last ended."""
    if not changed:
        return
    ids = [item.record.external_id for item in changed]
    before = {row.external_id: row for row in Conversation.objects.filter(source=source, external_id__in=ids)}
    endings: dict[int, list[Completion]] = {}
    for one in Completion.objects.filter(conversation__in=before.values()).order_by("number"):
        endings.setdefault(one.conversation_id, []).append(one)
    for item in changed:
        item.before = before[item.record.external_id]
        item.endings = endings.get(item.before.pk, [])


def _write_with_transcripts(taken: list[Taken], changed: list[Taken], *, now: datetime) -> set[str]:
    """Write conversations and what was said; return the external ids of those whose current transcript is another now.

    The two tables point at each other, so ids are set aside first and every row is written once.
    """
    new = [item for item in taken if item.before is None]
    for item, number in zip(new, bulk.next_ids(Conversation, len(new)), strict=True):
        item.written.id = number
    for item in changed:
        assert item.before is not None
        item.written.id = item.before.pk
    fresh = _name_transcripts(taken, changed)
    bulk.insert(Conversation, rows.CONVERSATION, map(rows.conversation_values, new))
    bulk.update(Conversation, rows.OVERWRITTEN, map(rows.overwriting_values, changed))
    bulk.insert(Transcript, rows.TRANSCRIPT, (rows.transcript_values(item, now=now) for item in fresh))
    return {
        item.record.external_id
        for item in taken
        if item.before is None or item.before.transcript_id != item.written.transcript_id
    }


def _name_transcripts(taken: list[Taken], changed: list[Taken]) -> list[Taken]:
    """Give each row the id of its current transcript; return those whose transcript has to be written.

    What says again what an earlier version said has that version as its current one again.
    """
    versions: dict[tuple[int, str], int] = {}
    if changed:
        stored = Transcript.objects.filter(conversation__in=[item.before for item in changed])
        versions = {(row[0], row[1]): row[2] for row in stored.values_list("conversation_id", "content_hash", "pk")}
    for item in changed:
        item.written.transcript_id = versions.get((item.pk, item.transcript_hash))
    fresh = [item for item in taken if item.written.transcript_id is None]
    for item, number in zip(fresh, bulk.next_ids(Transcript, len(fresh)), strict=True):
        item.written.transcript_id = number
    return fresh


def _write_participants(taken: list[Taken], changed: list[Taken], company: people.Company) -> None:
    if changed:
        Participant.objects.filter(conversation__in=[item.before for item in changed]).delete()
    values = (row for item in taken for row in rows.participant_values(item, people=company))
    bulk.insert(Participant, rows.PARTICIPANT, values)


def _write_tags(taken: list[Taken], changed: list[Taken]) -> None:
    through = Conversation.tagged.through
    if changed:
        through.objects.filter(conversation__in=[item.before for item in changed]).delete()
    names = {name for item in taken for name in item.record.tags}
    if not names:
        return
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(names)], ignore_conflicts=True)
    ids = dict(Tag.objects.filter(name__in=names).values_list("name", "pk"))
    pairs = [(item.pk, ids[name]) for item in taken for name in item.record.tags]
    bulk.insert(through, ("conversation_id", "tag_id"), pairs)


def _write_completions(taken: list[Taken], *, now: datetime) -> None:
    new = []
    for item in taken:
        assert item.ending is not None
        ended_at = item.ending.completed_at
        if item.ending.is_new:
            new.append((item.pk, item.ending.number, ended_at, now))
        elif item.ending.is_corrected and ended_at is not None:
            last = Completion.objects.filter(conversation=item.pk, number=item.ending.number)
            last.update(completed_at=ended_at)
    bulk.insert(Completion, rows.COMPLETION, new)


def _record_changes(changed: list[Taken], with_new_transcript: set[str], *, by: Any, now: datetime) -> None:
    events = []
    for item in changed:
        assert item.before is not None
        fields = rows.changed_fields(item, has_new_transcript=item.record.external_id in with_new_transcript)
        events.append(audit.event("conversation.updated", target=item.before, by=by, at=now, fields=fields))
    audit.record_many(events)
