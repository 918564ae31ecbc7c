"""Run the whole product on this machine until Ctrl-C: broker, worker with its clock, web server."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qa_portal.embedded.broker import NoBroker
from qa_portal.embedded.family import AlreadyRunning
from qa_portal.embedded.house import House, NotHere, StepFailed
from qa_portal.embedded.supervisor import DoesNotStart, StopAsked


class Command(BaseCommand):
    """Start everything, say where to go, keep it running."""

    help = "Runs the broker, one worker with its clock, and the web server in one process group until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=int, default=8000, help="the first port to try (default: 8000)")
        parser.add_argument("--once", action="store_true", help="stop when everything is up (and the demo is built)")
        parser.add_argument("--demo", action="store_true", help="build the demo company first")
        parser.add_argument("--file", type=Path, help="with --demo: your own conversations (JSON lines)")
        parser.add_argument("--scale", choices=["small", "full"], help="with --demo: how large the company is")
        parser.add_argument("--weeks", type=int, help="with --demo: how many weeks were reviewed already")
        parser.add_argument("--from", dest="caller", type=Path, default=Path.cwd(), help=argparse.SUPPRESS)

    def handle(self, **options: Any) -> None:
        """Run the house; turn what is wrong with the machine into a sentence."""
        demo = demo_options(options)
        if demo and not options["demo"]:
            raise CommandError(f"{demo[0]} goes with --demo.")
        house = House(port=options["port"], quiet=options["demo"], write=self._write)
        try:
            house.run(once=options["once"], demo=demo if options["demo"] else None)
        except StopAsked:
            return
        except AlreadyRunning as error:
            sentence = f"QA Portal already runs from this folder: {error.url}  Stop it there first (Ctrl-C)."
            raise CommandError(sentence) from None
        except (NoBroker, DoesNotStart, NotHere, StepFailed, OSError) as error:
            raise CommandError(str(error)) from None

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def demo_options(options: dict[str, Any]) -> list[str]:
    """Return what is handed on to the demo command; a file is looked for where the caller stands."""
    found = []
    if options["file"]:
        file = (options["caller"] / options["file"]).resolve()
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        found += ["--file", str(file)]
    found += ["--scale", options["scale"]] if options["scale"] else []
    found += ["--weeks", str(options["weeks"])] if options["weeks"] else []
    return found
