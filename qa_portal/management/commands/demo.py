"""Build a believable company in an empty database, or open the queue for your own conversations."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.refusals import Refused
from qa_portal.demo import drive, own_file, summary
from qa_portal.demo.generator import SEED
from qa_portal.demo.people import hire
from qa_portal.demo.worker_sweep import NoWorker, sweep_by_worker
from qa_portal.embedded.guard import why_not_demo


class Command(BaseCommand):
    """Build the demo and say who can log in; with --once the last line is one JSON object."""

    help = "Builds the demo company (or, with --file, opens a queue for your own conversations)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="end with one JSON object of counts")
        parser.add_argument("--file", type=Path, help="your own conversations: JSON lines, also .gz")
        parser.add_argument("--weeks", type=int, default=12, help="weeks that were reviewed already (default: 12)")
        parser.add_argument("--scale", choices=["small", "full"], default="full", help="small: 16 agents, 4 reviewers")
        parser.add_argument(
            "--without-worker", action="store_true", help="run the last coaching sweep here instead of in the worker"
        )

    def handle(self, **options: Any) -> None:
        """Build, unless the database belongs to something else or the demo is there already."""
        why_not = why_not_demo() or (own_file.why_not_own() if options["file"] else drive.why_not_company())
        if why_not:
            raise CommandError(why_not)
        try:
            made = self._own(options["file"]) if options["file"] else self._company(options)
        except (NoWorker, own_file.NothingToDraw) as error:
            raise CommandError(str(error)) from None
        except Refused as error:
            raise CommandError(error.refusal.sentence) from None
        if options["once"]:
            self._say(json.dumps(made.as_json()))

    def _company(self, options: dict[str, Any]) -> summary.Summary:
        small = options["scale"] == "small"
        if drive.is_built():
            self._say("The demo company is here already; nothing was added.")
            made = summary.count(seconds=0)
        else:
            made = drive.build(
                now=timezone.now(),
                say=self._say,
                weeks=options["weeks"],
                small=small,
                last_sweep=drive.sweep_here if options["without_worker"] else sweep_by_worker,
            )
        for line in [*summary.in_words(made), "", *summary.log_ins(hire(SEED, small=small))]:
            self._say(line)
        return made

    def _own(self, path: Path) -> summary.Summary:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        return own_file.open_queue(path, now=timezone.now(), say=self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
