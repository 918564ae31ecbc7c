"""Repeat a draw from its receipt: `manage.py replay RECEIPT [--digest HEX] [--database]`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sampling.receipts import Difference, NotAReceipt, Replay, replay

DIFFERENCES_NAMED = 20
DIFFERS, NO_RECEIPT = 1, 2


class Command(BaseCommand):
    """Re-derive fingerprint, numbers, order and picks from one file, and name the line that differs."""

    help = (
        "Repeat a draw from its receipt. Needs nothing but the file: no database, no network. Exits with 0 when "
        "everything comes out again, 1 when a line differs, 2 when the file is no receipt."
    )
    # Works on a machine that has only the file.
    requires_system_checks: Any = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("receipt", metavar="RECEIPT", help="the file, or - for standard input")
        parser.add_argument("--digest", metavar="HEX", help="the digest of the frame as it was published elsewhere")
        parser.add_argument(
            "--database",
            action="store_true",
            help="also compare with the conversations in this installation's database, whatever order they came in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, compare, and say what came out."""
        result = self.replayed(options["receipt"])
        differences = [*result.differences, *self.against_digest(result, options["digest"])]
        where = ""
        if options["database"] and not differences:
            found, where = self.against_database(result)
            differences.extend(found)
        if differences:
            raise CommandError(in_words(differences), returncode=DIFFERS)
        self.stdout.write(
            f"The receipt matches: {result.name}, {result.period}. {result.units:,} conversations in "
            f"{result.strata:,} strata were numbered and ordered again, and the same {result.picks:,} picks came "
            f"out.{where}\nDigest of the frame: {result.frame_digest}"
        )

    def replayed(self, name: str) -> Replay:
        """Read and replay one file."""
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror or error}.", returncode=NO_RECEIPT) from error
        try:
            return replay(content)
        except NotAReceipt as error:
            raise CommandError(str(error), returncode=NO_RECEIPT) from error

    def against_digest(self, result: Replay, digest: str | None) -> list[Difference]:
        """Compare with a digest that was published elsewhere."""
        if digest is None or digest.strip().lower() == result.frame_digest:
            return []
        return [Difference(1, "the digest of the frame", digest, result.frame_digest)]

    def against_database(self, result: Replay) -> tuple[list[Difference], str]:
        """Compare with what this installation keeps: what differs, and what was compared in words."""
        # Only now: without --database no table is ever asked.
        from sampling.selectors.rechecks import against_conversations, against_kept_digest
        from sampling.selectors.rehits import against_hits

        risk = against_hits(result)
        said = " The same frame comes together in this database."
        if risk.compared:
            said += f" The risk rules hit the same among {risk.compared:,} conversations."
        if risk.changed:
            said += f" {risk.changed:,} conversations changed after the draw, so their risk cannot be asked again."
        for rule in risk.unknown:
            said += f" Whom the rule “{rule}” hit is known only where the draw was made."
        return [*against_kept_digest(result), *against_conversations(result), *risk.differences], said


def in_words(differences: list[Difference]) -> str:
    """Return a sentence, and the first lines that differ."""
    count = len(differences)
    lines = [f"The receipt does not match: {count:,} {'thing differs' if count == 1 else 'things differ'}."]
    lines += [f"  {difference}" for difference in differences[:DIFFERENCES_NAMED]]
    if count > DIFFERENCES_NAMED:
        lines.append(f"  … and {count - DIFFERENCES_NAMED:,} more.")
    return "\n".join(lines)
