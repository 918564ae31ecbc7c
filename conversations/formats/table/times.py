"""Read times as exports write them. What can be read in two ways is only read once somebody said how."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

Order = Literal["day-first", "month-first"]
_CLOCK = (
    r"(?:[ ,T]+(?:um |at )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:[.,]\d+)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: Uhr)?)?"
)
_ZONE = r"(?: ?(?P<zone>Z|[A-Z]{2,4}|(?:UTC|GMT)?[+-]\d{2}:?\d{2}))?"
_END = rf"{_CLOCK}{_ZONE}$"
_NUMBERS = re.compile(
    rf"^(?P<one>\d{{1,2}})(?P<between>[./-])(?P<two>\d{{1,2}})(?P=between)(?P<year>\d{{4}}|\d{{2}}){_END}"
)
_YEAR_FIRST = re.compile(rf"^(?P<year>\d{{4}})[./-](?P<month>\d{{1,2}})[./-](?P<day>\d{{1,2}}){_END}")
_DAY_NAMED = re.compile(rf"^(?:\w+,? )?(?P<day>\d{{1,2}})[. -]+(?P<name>[^\W\d]+)\.?[ ,-]+(?P<year>\d{{4}}){_END}")
_NAME_FIRST = re.compile(
    rf"^(?:\w+,? )?(?P<name>[^\W\d]+)\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_END}"
)
_EPOCH = re.compile(r"^(?P<seconds>\d{10})(?:(?P<thousandths>\d{3})|\.\d+)?$")
# Days since 1900 as a spreadsheet counts them, for 1990 to 2099. As seconds they would lie in the first day of 1970.
_SERIAL = re.compile(r"^(?P<days>3[3-9]\d{3}|[4-6]\d{4}|7[0-2]\d{3})(?P<part>[.,]\d+)?$")
_FIRST_DAY = date(1899, 12, 30)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan|january|januar|jän|jänner", "feb|february|februar", "mar|march|märz|mär|mrz", "apr|april", "may|mai",
            "jun|june|juni", "jul|july|juli", "aug|august", "sep|sept|september", "oct|october|okt|oktober",
            "nov|november", "dec|december|dez|dezember",
        ),
        start=1,
    )
    for name in names.split("|")
}  # fmt: skip
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120,
    "EEST": 180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip


def parse(text: str, *, order: Order, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a cell names; a time without a zone is one of the zone given. None when it is none."""
    text = " ".join(text.split())
    try:
        counted = _epoch(text) or _serial(text, zone)
        return _iso(text, zone) or counted or _written(text, order, zone) or _letter(text, zone)
    except (ValueError, OverflowError):
        return None


def orders_seen(texts: Iterable[str]) -> tuple[bool, set[Order]]:
    """Say whether dates like 3/4/2026 occur, and which orders their numbers prove: none proven is ambiguous."""
    seen = False
    proven: set[Order] = set()
    for text in texts:
        match = _NUMBERS.match(" ".join(text.split()))
        if match is None:
            continue
        seen = True
        if int(match["one"]) > 12:
            proven.add("day-first")
        if int(match["two"]) > 12:
            proven.add("month-first")
        if match["between"] == ".":
            proven.add("day-first")
    return seen, proven


def is_naive(text: str) -> bool:
    """Say whether a cell names a time without its zone."""
    text = " ".join(text.split())
    if not text or _EPOCH.match(text):
        return False
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        pass
    if _SERIAL.match(text):
        return True
    match = next(filter(None, (form.match(text) for form in (_YEAR_FIRST, _NUMBERS, _DAY_NAMED, _NAME_FIRST))), None)
    return match is not None and not match["zone"]


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    # Ten bare digits are a second since 1970, not the year 1767.
    if text[4:5] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.match(text)
    return datetime.fromtimestamp(int(match["seconds"]), tz=UTC) if match else None


def _serial(text: str, zone: ZoneInfo) -> datetime | None:
    match = _SERIAL.match(text)
    if match is None:
        return None
    part = float((match["part"] or "0").replace(",", "."))
    day = _FIRST_DAY + timedelta(days=int(match["days"]))
    return datetime.combine(day, time.min, tzinfo=zone) + timedelta(seconds=round(part * 86_400))


def _written(text: str, order: Order, zone: ZoneInfo) -> datetime | None:
    if match := _YEAR_FIRST.match(text):
        return _moment(match, int(match["month"]), int(match["day"]), zone)
    if match := _NUMBERS.match(text):
        one, two = int(match["one"]), int(match["two"])
        month, day = (one, two) if order == "month-first" else (two, one)
        return _moment(match, month, day, zone)
    match = _DAY_NAMED.match(text) or _NAME_FIRST.match(text)
    month = _MONTHS.get(match["name"].lower(), 0) if match else 0
    return _moment(match, month, int(match["day"]), zone) if match and month else None


def _letter(text: str, zone: ZoneInfo) -> datetime | None:
    """Read a date as letters and logs have it: Mon, 05 Jan 2026 09:00:00 +0100."""
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _moment(match: re.Match[str], month: int, day: int, zone: ZoneInfo) -> datetime:
    year = int(match["year"])
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    where = _named_zone(match["zone"]) if match["zone"] else zone
    return datetime(
        year + 2000 if year < 100 else year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0),
        tzinfo=where,
    )  # fmt: skip


def _named_zone(name: str) -> tzinfo:
    if offset := _OFFSET.match(name):
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"])
        return timezone(timedelta(minutes=-minutes if offset["sign"] == "-" else minutes))
    if name not in _ZONES:
        raise ValueError(name)
    return timezone(timedelta(minutes=_ZONES[name]))
