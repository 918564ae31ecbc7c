"""The classes that a plan may divide its conversations into, pure. A class is frozen with the frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

CHANNEL, TENURE, LANGUAGE, RISK = "channel", "tenure", "language", "risk"
KINDS = (CHANNEL, TENURE, LANGUAGE, RISK)
WHOLE = "all"  # the label where a plan asks for no classes
JOINT = " / "
NORMAL, ELEVATED, HIGH = "normal risk", "elevated risk", "high risk"
RISK_CLASSES = (NORMAL, ELEVATED, HIGH)
LONGEST = 100  # all kinds together with the longest names they have: 77
NEW, SETTLED, LONG = "new agents", "settled agents", "long-standing agents"
NEW_FOR, SETTLED_FOR = timedelta(days=90), timedelta(days=365)


def tenure(hired_on: date | None, *, on: date) -> str:
    """Return how long somebody has been there on a day: under 90 days, under a year, longer."""
    if hired_on is None:
        return "hiring day unknown"
    there = on - hired_on
    return NEW if there < NEW_FOR else SETTLED if there < SETTLED_FOR else LONG


def risk(priority: float, *, high_from: float) -> str:
    """Return the risk class: no rule hit is normal, from `high_from` on it is high."""
    return NORMAL if priority <= 0 else HIGH if priority >= high_from else ELEVATED


def label(parts: Sequence[str]) -> str:
    """Return the label of a stratum: "chat / high risk"."""
    return JOINT.join(parts)[:LONGEST] or WHOLE


def risk_class_of(name: str) -> str:
    """Return the risk class within a label; normal when the plan asks for none.

    Risk is the last of the kinds, so that a language whose code reads like a risk is none.
    """
    last = name.rpartition(JOINT)[2]
    return last if last in RISK_CLASSES else NORMAL
