"""Change the secret behind the draws: `manage.py rotate_sampling_key`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sampling.services import keys


class Command(BaseCommand):
    """Retire the master key and make the next one."""

    help = (
        "Make a new master key for every period that has not begun, for instance after a copy of the database got into "
        "the wrong hands. Running periods keep the key that was promised, and old draws can still be repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Change the key, and print its number and fingerprint."""
        made = keys.rotate(by=None, now=timezone.now())
        self.stdout.write(f"Master key {made.number} holds for every period that has not begun.")
        self.stdout.write(f"Its fingerprint: {made.fingerprint}")
