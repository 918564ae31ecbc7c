"""Write weights and points in templates as people write them."""

from __future__ import annotations

from decimal import Decimal

from django import template

from rubrics import words

register = template.Library()


@register.filter
def plain(value: Decimal | None) -> str:
    """Write a number without needless zeros: {{ weight|plain }}."""
    return words.number(value)
