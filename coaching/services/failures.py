"""Remember what the sweep could not do, until it succeeds: one thing's failure never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from coaching.models import SweepFailure
from coaching.models.sweeps import SweepFailureQuerySet

Part = SweepFailure.Part
EVERYBODY = "all"

logger = logging.getLogger(__name__)


class Notebook:
    """The failures of one run. A run tries everything that is due again, so what it does not note is resolved."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.noted: set[tuple[str, str]] = set()

    def guard(self, part: Part, key: str, work: Callable[[], int], **about: Any) -> int:
        """Do one piece of work in a transaction of its own; 0 when it failed, which is then noted.

        A lost database is everybody's failure, not this one's: it ends the run, and the next one goes on.
        """
        try:
            with transaction.atomic():
                return work()
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.exception("Coaching sweep: %s %s failed", part, key)
            self.note(part, key, error, **about)
            return 0

    def note(self, part: Part, key: str, error: Exception, **about: Any) -> None:
        """Note one failure; once more when it is known."""
        self.noted.add((part.value, key))
        values = {"error": type(error).__name__[:100], "last_at": self.now, **about}
        row, is_new = SweepFailure.objects.get_or_create(part=part, key=key, defaults={**values, "first_at": self.now})
        if is_new:
            return
        again = {"times": F("times") + 1} if row.resolved_at is None else {"times": 1, "first_at": self.now}
        SweepFailure.objects.filter(pk=row.pk).update(**values, **again, resolved_at=None)

    def close(self, parts: Collection[Part]) -> None:
        """End a run that tried everything of some parts: what it did not note works again, or is not asked for."""
        self._resolve(SweepFailure.objects.open().filter(part__in=parts))

    def looked(self, *, after: str, until: str, untried: Collection[int]) -> None:
        """End a run that looked at the weeks after one and up to another, but for some skills that it gave up on.

        What lies before every week that is looked at is tried no more.
        """
        looks = SweepFailure.objects.open().filter(part=Part.LOOK, week__gt=after, week__lte=until)
        self._resolve(looks.exclude(skill__in=untried))

    def _resolve(self, rows: SweepFailureQuerySet) -> None:
        for pk, part, key in rows.values_list("pk", "part", "key"):
            if (part, key) not in self.noted:
                SweepFailure.objects.filter(pk=pk).update(resolved_at=self.now)


def look_key(week: str, skill: int, agent: int | str = EVERYBODY) -> str:
    """Name the look of one agent at a skill for a week."""
    return f"{week} {skill} {agent}"
