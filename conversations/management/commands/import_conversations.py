"""Import conversations from files: `manage.py import_conversations FILE… [--source NAME] [--json]`."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from conversations.formats.table import mapping as mappings
from conversations.management import columns as told
from conversations.models import ImportRun, Source
from conversations.services import benches, columns, reading, runs
from conversations.services.batches import Overtaken
from conversations.tasks import index_conversations
from core.queueing import enqueue
from core.refusals import Refused, refuse

PROGRESS_EVERY = 1.0
FIRST_REJECTS = 3


class Command(BaseCommand):
    """Read files of conversations into the database. Safe to repeat, safe to kill and start again."""

    help = (
        "Import conversations from JSON Lines or CSV files, plain or packed with gzip. Importing again changes "
        "nothing; a run that was killed goes on where it stopped. Progress is on standard error, the summary on "
        "standard output."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a file of conversations")
        parser.add_argument(
            "--source", default=runs.DEFAULT_SOURCE, metavar="NAME", help="where they come from (default: %(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print the summary as one JSON object per file")
        told.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import each file; fail only when nothing at all could be read."""
        self.said = told.said(options)
        if options["show_columns"]:
            self.show_columns(options["files"])
            return
        source = runs.source_named(options["source"], by=None, now=timezone.now())
        summaries = [self.import_file(path, source) for path in options["files"]]
        enqueue(index_conversations)
        for summary in summaries:
            self.stdout.write(json.dumps(summary) if options["json"] else in_words(summary))
        if not any(summary["received"] > summary["rejected"] for summary in summaries):
            raise CommandError("Nothing could be read.")

    def import_file(self, path: Path, source: Source) -> dict[str, Any]:
        """Read one file and return what became of it."""
        begun = time.monotonic()
        try:
            with path.open("rb") as file:
                mapping = self.mapping_of(path, file, source)
                run = self.run_for(path, source, reading.fingerprint(file), mapping)
                problem = self.read(run, file)
        except Refused as refused:
            return summary_of(None, path, source, seconds=0.0, problem=f"{path}: {refused.refusal}")
        except OSError as error:
            return summary_of(None, path, source, seconds=0.0, problem=f"{path}: {error.strerror or error}")
        self.stderr.write("\n" if self.stderr.isatty() else "", ending="")
        return summary_of(run, path, source, seconds=time.monotonic() - begun, problem=problem)

    def show_columns(self, paths: list[Path]) -> None:
        """Show what the columns of tables are taken for; write nothing."""
        for path in paths:
            try:
                with path.open("rb") as file:
                    self.stdout.write(f"{path}\n{told.in_words(columns.look(file, self.said))}")
            except (Refused, OSError) as error:
                raise CommandError(f"{path}: {error}") from error

    def mapping_of(self, path: Path, file: Any, source: Source) -> dict[str, Any]:
        """Return what the columns of a table are, shown on standard error; nothing for other files."""
        if columns.kind_of(file, path.name) != "table":
            return {}
        found = columns.look(file, self.said, source=source)
        self.stderr.write(told.in_words(found))
        refuse(columns.why_not_settled(found))
        return mappings.to_json(found.mapping)

    def run_for(self, path: Path, source: Source, fingerprint: str, mapping: dict[str, Any]) -> ImportRun:
        """Go on with the run of this very file that was killed, or begin one."""
        interrupted = runs.interrupted(source, fingerprint)
        if interrupted is not None and interrupted.mapping != mapping:
            runs.break_off(interrupted, problem="Begun anew with other columns.", now=timezone.now())
            interrupted = None
        if interrupted is not None:
            self.stderr.write(f"{path.name}: going on at line {interrupted.next_line:,}")
            return interrupted
        return runs.begin(
            source,
            file_name=path.name,
            size=path.stat().st_size,
            fingerprint=fingerprint,
            by=None,
            now=timezone.now(),
            mapping=mapping,
        )

    def read(self, run: ImportRun, file: Any) -> str:
        """Read to the end; return why not when somebody else is at it."""
        progress = Progress(self, run)
        try:
            reading.read(run, file, clock=timezone.now, go_on=lambda run: progress.show(benches.bytes_done(run, file)))
        except Overtaken:
            return "Another process reads this file, or the import was stopped in the browser."
        reading.count_at_once(run, go_on=lambda _agent: True)
        runs.end(run, now=timezone.now())
        benches.clear(run)
        return run.problem


class Progress:
    """One line on standard error that says how far and how fast, at most once a second."""

    def __init__(self, command: BaseCommand, run: ImportRun) -> None:
        self.command = command
        self.run = run
        self.begun = self.shown = time.monotonic()
        self.before = run.received

    def show(self, position: int) -> bool:
        """Write the line when it is due; always go on."""
        now = time.monotonic()
        if now - self.shown >= PROGRESS_EVERY:
            self.shown = now
            percent = 100 * position // self.run.size if self.run.size else 100
            rate = (self.run.received - self.before) / (now - self.begun)
            line = f"{self.run.file_name}: {self.run.received:,} conversations, {percent} %, {rate:,.0f} a second"
            start, ending = ("\r", "") if self.command.stderr.isatty() else ("", "\n")
            self.command.stderr.write(f"{start}{line}", ending=ending)
        return True


def summary_of(run: ImportRun | None, path: Path, source: Source, *, seconds: float, problem: str) -> dict[str, Any]:
    """Return the numbers of one file."""
    numbers = (
        runs.counts(run)
        if run
        else dict.fromkeys(
            ("received", "created", "updated", "unchanged", "rejected", "repaired", "rows", "repeated"), 0
        )
    )
    return {
        "file": str(path),
        "source": source.slug,
        "status": run.status if run else "unreadable",
        **numbers,
        "seconds": round(seconds, 2),
        "problem": problem,
        "import": run.pk if run else None,
        "reasons": reasons(run) if run else [],
    }


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    """Return the first lines that were rejected and why: the same mistake tends to be in all of them."""
    return [
        (one.line, f"{one.path}: {one.reason}" if one.path else one.reason)
        for one in run.rejects.order_by("line", "pk")[:FIRST_REJECTS]
    ]


def in_words(summary: dict[str, Any]) -> str:
    """Say what became of one file."""
    words = (
        "{file}: {received:,} received, {created:,} created, {updated:,} updated, {unchanged:,} unchanged, "
        "{rejected:,} rejected ({seconds} s)"
    ).format(**summary)
    if summary["repaired"]:
        words += f"\n  {summary['repaired']:,} records held unusable characters, replaced by U+FFFD"
    if summary["rows"] > summary["received"]:
        words += f"\n  from {summary['rows']:,} rows"
    if summary["repeated"]:
        words += f"\n  {summary['repeated']:,} rows said again what another one had said, and were left out"
    for place, reason in summary["reasons"]:
        words += f"\n  line {place:,}: {reason}"
    if summary["rejected"]:
        words += f"\n  the rejected lines and their reasons are kept with import {summary['import']}"
    return f"{words}\n  {summary['problem']}" if summary["problem"] else words
