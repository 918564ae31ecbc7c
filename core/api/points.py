"""Averages as the API shows them: in whole points while few reviews are known (statistics.md 8, rule 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

ENOUGH_FOR_DECIMALS = 30


def points(value: float | None, *, n: int) -> float | None:
    """Round to whole points below thirty reviews, to tenths from there: more would claim more than is known."""
    return None if value is None else round(value, 1 if n >= ENOUGH_FOR_DECIMALS else 0)


class InKnownPoints(serializers.Serializer[Any]):
    """Round the averages among the fields. known_by: field → the field with the reviews that it rests on."""

    known_by: ClassVar[Mapping[str, str]] = {}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the fields with as many decimals as are known."""
        shown: dict[str, Any] = super().to_representation(instance)
        for name, count in self.known_by.items():
            shown[name] = points(shown[name], n=shown[count] or 0)
        return shown
