"""Periods, keys and reasons in templates: {{ draw|days }}, {{ digest|short }}."""

from __future__ import annotations

from datetime import datetime

from django import template

from sampling import words

register = template.Library()
register.filter("days", words.days)
register.filter("short", words.short)
register.filter("skip_reason", words.reason)
register.filter("quota", words.quota)
register.filter("strata", words.strata)
register.filter("rule_words", words.rules)


@register.filter
def last_day(moment: datetime, zone: str) -> str:
    """Write the last day before a moment: {{ draw.due_at|last_day:draw.time_zone }}."""
    return words.last_day(moment, zone)


@register.filter
def clock(moment: datetime, zone: str) -> str:
    """Write a moment by a plan's clock: {{ next.at|clock:plan.time_zone }}."""
    return words.local_moment(moment, zone)
