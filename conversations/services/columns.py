"""Find out what the columns of an uploaded table are, and begin once somebody has said so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Workspace
from conversations.formats import sniff
from conversations.formats.outcomes import Unreadable
from conversations.formats.table import guess, layout, told
from conversations.formats.table import mapping as mappings
from conversations.formats.table.guess import Guess
from conversations.formats.table.told import Told
from conversations.models import ImportRun, Source
from conversations.policies import why_not_map
from conversations.services import jobs_of_imports
from core.audit import record
from core.refusals import Refusal, Refused, refuse

# Among the last files of a source, the one whose columns are the same tells best what these are.
LOOKED_BACK = 20


def kind_of(file: BinaryIO, name: str) -> sniff.FileKind:
    """Return how a file is to be read; refuse what holds no conversations."""
    try:
        return sniff.kind_of(sniff.head(file), name)
    except Unreadable as problem:
        raise unreadable(problem) from problem
    finally:
        file.seek(0)


def look(file: BinaryIO, said: Told, *, source: Source | None = None) -> Guess:
    """Return what the columns of a table are, with what somebody said about them put over the guess."""
    try:
        head = sniff.head(file)
        found = layout.guess(head, encoding=said.encoding or "", delimiter=said.delimiter or "")
        rows = guess.sample(file, found)
        if not rows:
            raise Unreadable("This file names its columns and holds no row below them.")
        guessed = guess.guess(found, rows, time_zone=Workspace.current().time_zone)
        earlier = _remembered(source, found) if source and not said.only else None
        if earlier is not None:
            guessed = told.remembered(guessed, earlier)
        return told.over(guessed, said)
    except Unreadable as problem:
        raise unreadable(problem) from problem
    finally:
        file.seek(0)


def look_at(run: ImportRun, said: Told) -> Guess:
    """Return what the columns of an upload are that waits for them."""
    try:
        with default_storage.open(run.stored_as, "rb") as file:
            return look(file, said, source=run.source)  # type: ignore[arg-type]
    except OSError as error:
        sentence = _("The uploaded file is no longer there. Upload it again.")
        raise Refused(Refusal("file_gone", 409, sentence)) from error


def told_by(run: ImportRun) -> Told:
    """Return what was said about the columns of a run before it waited, such as by a script that gave a link."""
    return told.read_told(run.mapping.get("told", {}))


def why_not_settled(found: Guess) -> Refusal | None:
    """Refuse to read a table by a mapping that lacks something or can be understood in two ways."""
    missing = found.mapping.missing()
    if missing:
        names = "; ".join(missing)
        sentence = _("It is not yet known of this file: %(missing)s. The columns are: %(columns)s.") % {
            "missing": names,
            "columns": ", ".join(found.mapping.layout.header),
        }
        return Refusal("columns_missing", 422, sentence, {"missing": missing, "columns": found.mapping.layout.header})
    if found.has_ambiguous_dates and not found.mapping.dates_are_told:
        sentence = _("Dates such as 03/04/2026 can be read in two ways. Say whether the day or the month comes first.")
        return Refusal("dates_ambiguous", 422, sentence)
    return None


@transaction.atomic
def start(run: ImportRun, said: Told, *, by: Any, now: datetime) -> ImportRun:
    """Begin to read an upload by what its columns are; the caller enqueues the job."""
    current = ImportRun.objects.select_for_update(of=("self",)).select_related("source").get(pk=run.pk)
    refuse(why_not_map(by, current))
    found = look_at(current, said)
    refuse(why_not_settled(found))
    current.mapping = mappings.to_json(found.mapping)
    current.status = ImportRun.Status.RUNNING
    current.started_at = now
    current.job = jobs_of_imports.reading(current, by=by, now=now)
    current.save(update_fields=["mapping", "status", "started_at", "job"])
    record("import.started", target=current, by=by, at=now)
    return current


def unreadable(problem: Unreadable) -> Refused:
    """Return the refusal for a file, or a mapping of it, that cannot be read."""
    return Refused(Refusal("unreadable_file", 422, str(problem)))


def _remembered(source: Source, found: layout.Layout) -> mappings.Mapping | None:
    runs = ImportRun.objects.filter(source=source, status=ImportRun.Status.DONE).exclude(mapping={})
    for stored in runs.values_list("mapping", flat=True)[:LOOKED_BACK]:
        if stored.get("layout", {}).get("header") == found.header:
            return mappings.from_json(stored)
    return None
