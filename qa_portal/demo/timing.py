"""When things happen: office hours, rushes, and how long each line of a conversation takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from qa_portal.demo.script import Line

OPENS, CLOSES = 8, 18
# Seconds before a line, by its pace; "normal" depends on the length of the text.
PACES = {
    "quick": (2, 9),
    "first": (12, 75),
    "late_first": (70, 260),
    "long": (300, 760),
    "kept": (55, 125),
    "overrun": (260, 430),
    "silent": (310, 560),
    "note": (15, 70),
    "closed": (40, 900),
}
# Hours of office time until an e-mail is answered.
EMAIL_HOURS = {"first": (0.5, 5.0), "late_first": (2.0, 8.0), "later": (1.0, 8.0), "long": (16.0, 27.0)}


def week_starts(random: Random, *, monday: datetime, count: int, saturdays: bool) -> list[datetime]:
    """Return when an agent's conversations of a week begin, local time, in order; often two in a row."""
    starts: list[datetime] = []
    while len(starts) < count:
        if starts and random.random() < 0.45:
            starts.append(starts[-1] + timedelta(seconds=random.randint(70, 420)))
            continue
        day = 5 if saturdays and random.random() < 0.08 else random.randint(0, 4)
        seconds = int(random.triangular(0, (CLOSES - OPENS - 1) * 3600, 3 * 3600))
        starts.append(monday + timedelta(days=day, hours=OPENS, seconds=seconds))
    return sorted(starts)


def line_times(random: Random, lines: list[Line], *, channel: str, starts: datetime) -> list[datetime]:
    """Return when each line was sent, in UTC; never going back."""
    moment, times = starts, []
    for at, line in enumerate(lines):
        if at:
            moment = _after(random, moment, line, channel, checked=lines[at - 1].kind == "tool")
        times.append(moment.astimezone(ZoneInfo("UTC")).replace(microsecond=0))
    return times


def next_days(random: Random, moment: datetime) -> datetime:
    """Return a time in office hours one to three days later, local time."""
    later = moment + timedelta(days=random.randint(1, 3))
    return into_office(later.replace(hour=random.randint(OPENS, CLOSES - 2), minute=random.randint(0, 59)))


def into_office(moment: datetime) -> datetime:
    """Return the moment, or the next opening if the office is closed then."""
    if moment.hour >= CLOSES:
        moment = (moment + timedelta(days=1)).replace(hour=OPENS, minute=moment.minute)
    elif moment.hour < OPENS:
        moment = moment.replace(hour=OPENS)
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    return moment


def _after(random: Random, moment: datetime, line: Line, channel: str, *, checked: bool) -> datetime:
    if channel == "email" and line.role in {"customer", "agent", "tool"} and line.kind != "note":
        return _after_email(random, moment, line, checked=checked)
    seconds = _seconds(random, line)
    if channel == "messaging" and line.pace == "normal" and line.role == "customer":
        seconds *= random.choice((1, 1, 4, 30))
    return moment + timedelta(seconds=seconds)


def _after_email(random: Random, moment: datetime, line: Line, *, checked: bool) -> datetime:
    if line.role == "agent" and checked:
        return moment + timedelta(minutes=random.uniform(2, 20))
    if line.role in {"agent", "tool"}:
        return _office_hours_later(moment, random.uniform(*EMAIL_HOURS.get(line.pace, EMAIL_HOURS["first"])))
    if line.pace == "long":
        return _office_hours_later(moment, random.uniform(*EMAIL_HOURS["long"]))
    # Customers write when they like, evenings too.
    later = moment + timedelta(hours=random.triangular(0.3, 15, 1.5))
    return (
        later if 7 <= later.hour < 23 else later.replace(hour=random.randint(7, 9)) + timedelta(days=later.hour // 23)
    )


def _office_hours_later(moment: datetime, hours: float) -> datetime:
    moment = into_office(moment)
    left = timedelta(hours=hours)
    while True:
        closing = moment.replace(hour=CLOSES, minute=0, second=0)
        if moment + left < closing:
            return moment + left
        left -= max(timedelta(0), closing - moment)
        moment = into_office(closing)
        moment = moment.replace(minute=0)


def _seconds(random: Random, line: Line) -> float:
    if line.pace in PACES:
        return random.uniform(*PACES[line.pace])
    reading = 7 if line.role == "agent" else 9
    return reading + len(line.text) * random.uniform(0.10, 0.22)
