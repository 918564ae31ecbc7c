"""Moments as people read them. Each can be asked for its time zone, because the reader's is not everybody's."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString


def zone_name() -> str:
    """Return the name of the time zone in which times are shown to this person."""
    return str(timezone.get_current_timezone())


def spelled_out(moment: datetime) -> str:
    """Return the whole of a moment with its time zone: what stands behind the short form."""
    return f"{date_format(timezone.localtime(moment), 'l j F Y, H:i')} {zone_name()}"


def shown(moment: datetime, form: str) -> SafeString:
    """Return a moment in a short form, as a <time> that says the rest when it is pointed at."""
    return shown_as(date_format(timezone.localtime(moment), form), moment)


def shown_as(words: str, moment: datetime) -> SafeString:
    """Return words for a moment, as a <time> that says exactly when."""
    stamp = timezone.localtime(moment).isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, spelled_out(moment), words)


def ended(moment: datetime, form: str, to_the_minute: str) -> SafeString:
    """Return until when something goes: the last day where it ends with a day, else the minute.

    Whoever enters 31 December as the last day does not expect to read 1 January.
    """
    local = timezone.localtime(moment)
    if local.timetz().replace(tzinfo=None) == time.min:
        return shown_as(date_format(local - timedelta(days=1), form), moment)
    return shown(moment, to_the_minute)
