"""Turn numbers into places and words: per cents along an axis, and figures as people read them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
Number = float | int | Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `floor` to `ceiling`; places on it are per cents of its length."""

    floor: float = 0.0
    ceiling: float = 100.0

    def __post_init__(self) -> None:
        if not self.ceiling > self.floor:
            raise ValueError(f"A scale needs a ceiling above its floor, not {self.floor} to {self.ceiling}.")

    def place(self, value: Number) -> float:
        """Return where a value lies, 0–100; what lies outside is drawn at the edge."""
        share = (float(value) - self.floor) / (self.ceiling - self.floor)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def depth(self, value: Number) -> float:
        """Return the same place measured from the top, as SVG does."""
        return round(100 - self.place(value), 2)


@dataclass(frozen=True, slots=True)
class IntervalMarks:
    """Where the parts of an interval are drawn, as SVG attribute values; "" where there is nothing to draw."""

    dot: str
    band_start: str = ""
    band_width: str = ""
    target: str = ""


def per_cent(place: float) -> str:
    """Return an SVG length: 12.5%."""
    return f"{place:g}%"


def interval_marks(
    value: Number,
    *,
    low: Number | None = None,
    high: Number | None = None,
    target: Number | None = None,
    scale: Scale | None = None,
) -> IntervalMarks:
    """Place a dot, the band it may lie in and the target on one axis."""
    axis = scale or Scale()
    start, width = "", ""
    if low is not None and high is not None:
        first, last = sorted((axis.place(low), axis.place(high)))
        start, width = per_cent(first), per_cent(round(last - first, 2))
    return IntervalMarks(
        dot=per_cent(axis.place(value)),
        band_start=start,
        band_width=width,
        target=per_cent(axis.place(target)) if target is not None else "",
    )


def is_number(value: object) -> bool:
    """Say whether a value can be drawn: a finite number, and not a truth value."""
    if isinstance(value, bool) or not isinstance(value, float | int | Decimal):
        return False
    return math.isfinite(value)


def figure(value: Number | None, *, places: int = 0) -> str:
    """Return a number as people read it: rounded half up, thousands apart, a real minus sign; a dash for none."""
    if value is None or not is_number(value):
        return DASH
    step = Decimal(1).scaleb(-places)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)  # no "−0"
    return f"{rounded:,.{places}f}".replace("-", MINUS)


def points(value: Number | None) -> str:
    """Return points with at most one decimal: 81.3, 80; a dash for none."""
    return figure(value, places=1).removesuffix(".0")


def score(value: Number | None) -> str:
    """Return a score with at most one decimal, and with more where rounding would lift it to a whole number.

    74.96 and not 75: a pass mark stands at a whole number, and nobody should read that 75 did not reach 75.
    """
    short = figure(value, places=1)
    if value is None or not short.endswith(".0") or value >= Decimal(short.replace(",", "").replace(MINUS, "-")):
        return short.removesuffix(".0")
    longer = (figure(value, places=places).rstrip("0") for places in (2, 3, 4))
    return next((text for text in longer if not text.endswith(".")), short.removesuffix(".0"))


def signed_figure(value: Number | None, *, places: int = 1) -> str:
    """Return a difference with its sign: +7.2, −1.9, 0.0."""
    text = figure(value, places=places)
    is_plain = text == DASH or text.startswith(MINUS) or not text.strip("0.,")
    return text if is_plain else f"+{text}"


def span(low: Number | None, high: Number | None, *, places: int = 0) -> str:
    """Return an interval in words: 76–86; "−1.9 to +16.3" where a minus sign would meet the dash."""
    if low is None or high is None:
        return ""
    if low < 0 or high < 0:
        return f"{signed_figure(low, places=places)} to {signed_figure(high, places=places)}"
    return f"{figure(low, places=places)}{DASH}{figure(high, places=places)}"
