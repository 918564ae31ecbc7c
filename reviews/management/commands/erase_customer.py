"""Erase what one customer said, wherever it is kept."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from conversations.management.sources import source_named
from conversations.tasks import index_conversations
from core.queueing import enqueue
from core.refusals import Refused
from reviews.services import erasing


class Command(BaseCommand):
    """Erase one customer and say how much that was."""

    help = (
        "Erase what one customer said: texts, names, search, rejected records, and the name in reviews of their "
        "conversations. Scores stay, and a file that is imported again does not bring anything back."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the source and the customer's id there."""
        parser.add_argument("source", help="the source, by its short name: zendesk")
        parser.add_argument("customer", help="the customer's id as the source gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase."""
        source = source_named(options["source"])
        try:
            erased = erasing.erase_customer(source, options["customer"], by=None, now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        enqueue(index_conversations)
        self.stdout.write(f"Erased: {len(erased.conversation_ids)} conversations, {erased.rejects} rejected records.")
