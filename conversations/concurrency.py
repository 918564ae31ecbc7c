"""How many conversations an agent handled at once: the peak during each one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from heapq import heappop, heappush

Interval = tuple[datetime, datetime]


def peaks(intervals: Sequence[Interval]) -> list[int]:
    """Return for each half-open interval the largest number of them, itself included, open at one moment within it.

    The number open only rises when one begins, so the peak lies at a beginning: a sweep counts what is open at each,
    and a table of maxima over powers of two answers for every interval. O(n log n).
    """
    order = sorted(range(len(intervals)), key=lambda index: intervals[index])
    begins = [intervals[index][0] for index in order]
    table = _maxima(_open_at_each_begin([intervals[index] for index in order]))
    result = [1] * len(intervals)
    for place, index in enumerate(order):
        begin, end = intervals[index]
        first = bisect_left(begins, begin)
        last = max(bisect_left(begins, end), place + 1)
        result[index] = _largest(table, first, last)
    return result


def _open_at_each_begin(ordered: Sequence[Interval]) -> list[int]:
    """Count what is open right after each interval began. One that ends at this very moment is no longer open."""
    counts: list[int] = []
    ends: list[datetime] = []
    for begin, end in ordered:
        while ends and ends[0] <= begin:
            heappop(ends)
        counts.append(len(ends) + 1)
        heappush(ends, end)
    return counts


def _maxima(values: list[int]) -> list[list[int]]:
    """Return rows of maxima over runs of 1, 2, 4, … values."""
    table = [values]
    width = 1
    while 2 * width <= len(values):
        below = table[-1]
        table.append([max(below[i], below[i + width]) for i in range(len(values) - 2 * width + 1)])
        width *= 2
    return table


def _largest(table: list[list[int]], first: int, last: int) -> int:
    """Return the largest value in the half-open run from first to last."""
    row = (last - first).bit_length() - 1
    return max(table[row][first], table[row][last - (1 << row)])
