"""Moments as people read them. Each can be asked for its time zone, because the reader's is not everybody's."""

from __future__ import annotations

from datetime import datetime

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
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), spelled_out(moment),
        date_format(local, form),
    )  # fmt: skip
