"""Moments in templates."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from core.moments import ended, shown

register = template.Library()


@register.filter
def moment(value: datetime | None, form: str = "j M Y H:i") -> str | SafeString:
    """Write a moment with its time zone behind it: {{ review.published_at|moment:"D j M H:i" }}. Nothing for None."""
    return shown(value, form) if value else ""


@register.filter
def until(value: datetime | None, form: str = "j M Y") -> str | SafeString:
    """Write the end of something: the last day, or the minute where it ends within a day. Nothing for None."""
    return ended(value, form, f"{form} H:i") if value else ""
