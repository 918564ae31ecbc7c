"""Small words that the review pages need in templates."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from core import figures
from reviews.models import QueueItem
from reviews.selectors.reasons import why_this

register = template.Library()


@register.filter
def due_state(due: datetime, now: datetime) -> str:
    """Say whether a due time is overdue, today or later, in the active time zone."""
    if due < now:
        return "overdue"
    return "today" if timezone.localtime(due).date() == timezone.localtime(now).date() else "later"


@register.filter
def last_day_of(end: datetime) -> datetime:
    """Return a moment of the last day before an end: absences end at midnight after it."""
    return end - timedelta(microseconds=1)


@register.filter
def why(item: QueueItem) -> str:
    """Say how an item came into the queue: {{ item|why }}."""
    return why_this(item)


@register.filter
def clock(seconds: int | None) -> str:
    """Write seconds as 4:31 or 1:02:03; a dash when they are not known."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def outcome_word(outcome: str) -> str:
    """Name an outcome; a dash while there is none."""
    return {"pass": _("Pass"), "fail": _("Fail")}.get(outcome, "–")


@register.filter
def points(value: Decimal | float | None) -> str:
    """Write points with at most one decimal; a dash when there are none."""
    return figures.points(value)
