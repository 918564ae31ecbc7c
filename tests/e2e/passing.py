"""Weeks pass in the middle of a journey: all that has happened lies so much further back afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models

from coaching import weeks
from coaching.models import Action, Attempt, Evidence, Look, Member, Plan, Programme, Remark, Session
from reviews.models import Cell, QueueItem, Review
from sampling.models import Draw, Pick, QuotaBoost

MOVED: tuple[type[models.Model], ...] = (
    Plan, Evidence, Action, Attempt, Remark, Session, Look, Programme, Member, Review, QueueItem, Cell, Draw, Pick,
    QuotaBoost,
)  # fmt: skip


def weeks_pass(count: int) -> None:
    """Move what people and jobs have done back by whole weeks, so that days of the week and periods stay what they are.

    The clock itself is everybody's: the browser's, the server's and the worker's.
    """
    for model in MOVED:
        rows: list[Any] = list(model._base_manager.all())
        days = [field.attname for field in model._meta.concrete_fields if isinstance(field, models.DateField)]
        for row in rows:
            for name in days:
                _move(row, name, by=timedelta(weeks=count))
        if rows and days:
            model._base_manager.bulk_update(rows, days)
    for look in Look.objects.order_by("week"):
        Look.objects.filter(pk=look.pk).update(week=weeks.shifted(look.week, -count))
    for draw in Draw.objects.order_by("period"):
        Draw.objects.filter(pk=draw.pk).update(period=weeks.shifted(draw.period, -count))


def _move(row: Any, name: str, *, by: timedelta) -> None:
    moment: date | None = getattr(row, name)
    if moment is not None:
        setattr(row, name, moment - by)
