"""Ready-made scales: options with values from 0 to 1, and the words most teams use for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from rubrics.card import Criterion, Dimension, FailScope, Kind, Option


class Scale(StrEnum):
    """Name a scale. A custom one is whatever its author makes it."""

    BINARY = "binary"
    THREE = "three"
    FOUR = "four"
    FIVE = "five"
    TEN = "ten"
    CUSTOM = "custom"
    INFORMATION = "information"


def options_of(scale: Scale) -> tuple[Option, ...]:
    """Return the options of a ready-made scale, lowest first; none for a custom one and for information."""
    rows = {
        Scale.BINARY: (("no", _("No"), "0"), ("yes", _("Yes"), "1")),
        Scale.THREE: (("no", _("No"), "0"), ("partly", _("Partly"), "0.5"), ("yes", _("Yes"), "1")),
        Scale.FOUR: (
            ("poor", _("Poor"), "0"), ("fair", _("Fair"), "0.3333"),
            ("good", _("Good"), "0.6667"), ("excellent", _("Excellent"), "1"),
        ),
        Scale.FIVE: (
            ("very-poor", _("Very poor"), "0"), ("poor", _("Poor"), "0.25"), ("fair", _("Fair"), "0.5"),
            ("good", _("Good"), "0.75"), ("excellent", _("Excellent"), "1"),
        ),
        Scale.TEN: tuple((str(step), str(step), f"{Decimal(step) / 10}") for step in range(11)),
    }.get(scale, ())  # fmt: skip
    return tuple(Option(key, Decimal(value), label) for key, label, value in rows)


def scale_of(criterion: Criterion) -> Scale:
    """Recognise the scale of a criterion by its kind and values; wording is its author's own."""
    if criterion.kind == Kind.INFORMATION:
        return Scale.INFORMATION
    values = [option.value for option in criterion.options]
    for scale in (Scale.BINARY, Scale.THREE, Scale.FOUR, Scale.FIVE, Scale.TEN):
        if values == [option.value for option in options_of(scale)]:
            return scale
    return Scale.CUSTOM


def with_scale(criterion: Criterion, scale: Scale) -> Criterion:
    """Give a criterion another scale; an option that both have keeps its words, its fails and its guidance."""
    if scale == Scale.CUSTOM:
        return criterion
    if scale == Scale.INFORMATION:
        return as_information(criterion)
    kept = {option.key: option for option in criterion.options}
    options = tuple(
        replace(kept[option.key], value=option.value) if option.key in kept else option for option in options_of(scale)
    )
    return replace(as_scored(criterion), options=options)


def as_information(criterion: Criterion) -> Criterion:
    """Take everything from a criterion that only a scored one may have. The answers stay as choices without value."""
    bare = tuple(replace(option, value=None, fail_scope=FailScope.NONE) for option in criterion.options)
    return replace(
        criterion, kind=Kind.INFORMATION, weight=Decimal(0), points=Decimal(0), dimension=Dimension.NONE, options=bare
    )  # fmt: skip


def as_scored(criterion: Criterion) -> Criterion:
    """Make an information-only criterion a scored one; others stay what they are."""
    if criterion.kind != Kind.INFORMATION:
        return criterion
    return replace(criterion, kind=Kind.SCORED, weight=criterion.weight or Decimal(1))


def as_kind(criterion: Criterion, kind: Kind) -> Criterion:
    """Change what a criterion is for, and leave out what the new kind may not have."""
    if kind == criterion.kind:
        return criterion
    if kind == Kind.INFORMATION:
        return as_information(criterion)
    valued = _with_values(criterion)
    if kind == Kind.SCORED:
        return replace(valued, kind=kind, weight=criterion.weight or Decimal(1), points=Decimal(0))
    unfailing = tuple(replace(option, fail_scope=FailScope.NONE) for option in valued.options)
    points = criterion.points or Decimal(5)
    return replace(
        valued, kind=kind, weight=Decimal(0), points=points, dimension=Dimension.NONE, options=unfailing
    )  # fmt: skip


def _with_values(criterion: Criterion) -> Criterion:
    """Give choices without value evenly spaced ones, so that they can be scored by."""
    if len(criterion.options) < 2:
        return replace(criterion, options=options_of(Scale.BINARY))
    last = len(criterion.options) - 1
    spaced = tuple(
        option if option.value is not None else replace(option, value=round(Decimal(step) / last, 4))
        for step, option in enumerate(criterion.options)
    )
    return replace(criterion, options=spaced)
