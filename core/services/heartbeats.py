"""Note that a part of the product that runs by itself is alive."""

from __future__ import annotations

from datetime import datetime

from core.models import Heartbeat

CLOCK = "clock"


def beat(part: str, *, now: datetime) -> None:
    """Remember when a part was last seen alive."""
    Heartbeat.objects.update_or_create(part=part, defaults={"at": now})
