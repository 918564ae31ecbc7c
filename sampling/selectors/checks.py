"""Receipts that are checked in the background: whose they are, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.core.files import File
from django.db.models import QuerySet

from accounts.access import may
from accounts.models import User
from accounts.roles import Permission
from core.models import Job
from sampling import receipt_lines
from sampling.models import Draw
from sampling.selectors.retold import Told

KIND = "receipt_replay"
LONGEST_LINE = 500  # bytes; one of a conversation has about 170


def visible_to(user: User) -> QuerySet[Job]:
    """Return the receipts that a person had checked in the background, the newest first."""
    mine = Job.objects.filter(kind=KIND, created_by=user.pk).order_by("-pk")
    return mine if may(user, Permission.READ_SAMPLING) else mine.none()


def is_large(file: File[bytes]) -> bool:
    """Say whether a receipt has more lines than are replayed while a page waits; a very large file is not read for it.

    Raises NotAReceipt when a small file is none.
    """
    if file.size > settings.REPLAY_AT_ONCE * LONGEST_LINE:
        return True
    lines = receipt_lines.read(file.read()).lines
    file.seek(0)
    return len(lines) > settings.REPLAY_AT_ONCE


def draws_in(told: Told, user: User) -> list[Draw]:
    """Return the draws of this installation that a checked receipt speaks of."""
    return list(Draw.objects.visible_to(user).filter(pk__in=told["draws"]).select_related("plan"))
