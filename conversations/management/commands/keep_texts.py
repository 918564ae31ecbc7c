"""Say how long what was said in conversations of a source is kept."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from conversations.management.sources import source_named
from conversations.services import erasing
from core.refusals import Refused


class Command(BaseCommand):
    """Set the retention of a source, or say what it is."""

    help = "Say for how many days after its end the text of a conversation is kept. Scores and facts stay for good."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the source and the time."""
        parser.add_argument("source", help="the source, by its short name: zendesk")
        wanted = parser.add_mutually_exclusive_group()
        wanted.add_argument("--days", type=int, help="days after the end of a conversation")
        wanted.add_argument("--for-good", action="store_true", help="keep the texts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set it when asked to, and say how it stands."""
        source = source_named(options["source"])
        if options["days"] is not None or options["for_good"]:
            try:
                source = erasing.keep_texts(source, options["days"], by=None, now=timezone.now())
            except Refused as refused:
                raise CommandError(str(refused.refusal)) from refused
        kept = "for good" if source.retention_days is None else f"for {source.retention_days} days after their end"
        self.stdout.write(f"Texts of {source.slug} are kept {kept}.")
