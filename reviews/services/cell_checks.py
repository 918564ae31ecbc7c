"""Compare the weekly sums with the reviews they stand for, and tell the people who look after the programme."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import RoleGrant
from accounts.roles import Role
from reviews.models import CellCheck
from reviews.selectors.cells import Compared, compare_strata, strata
from reviews.services.cells import keep_publishing_out
from reviews.services.telling import tell

EXAMPLES = 20
EVERY = timedelta(weeks=1)


def check_due(*, now: datetime) -> CellCheck | None:
    """Compare when the last comparison is a week old; None when it is not. A missed hour is caught up by the next."""
    newest = CellCheck.objects.newest()
    if newest is not None and newest.checked_at > now - EVERY:
        return None
    return check(now=now)


def check(*, now: datetime) -> CellCheck:
    """Compare every cell, keep what was found, and alert managers and admins when something differs.

    Nothing is repaired: why sums went wrong is to be found out first, and manage.py check_cells --rebuild is a
    person's decision.
    """
    compared = 0
    differences = []
    for stratum_ids in strata():
        found = compare_strata(stratum_ids)
        if found.differences:
            found = _again(stratum_ids)
        compared += found.cells
        differences += found.differences
    return _keep(compared, [str(one) for one in differences], now=now)


@transaction.atomic
def _again(stratum_ids: list[int]) -> Compared:
    """Look a second time while nobody publishes: a review published between two questions is no difference."""
    keep_publishing_out()
    return compare_strata(stratum_ids)


@transaction.atomic
def _keep(compared: int, differences: list[str], *, now: datetime) -> CellCheck:
    kept = CellCheck.objects.create(
        checked_at=now, compared=compared, differing=len(differences), examples=differences[:EXAMPLES]
    )
    if differences:
        roles = [Role.MANAGER, Role.ADMIN]
        grants = RoleGrant.objects.active(now).filter(role__in=roles, team=None, user__is_active=True)
        people = grants.values_list("user_id", flat=True).distinct()
        tell(people, "cells.differ", path="/insights/sums/", now=now, params={"cells": len(differences)})
    return kept
