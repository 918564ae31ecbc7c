"""Change the settings of the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import policies
from accounts.models import User, Workspace
from accounts.services.people import changes, why_not_number
from core.audit import record
from core.refusals import refuse


@transaction.atomic
def change(*, by: User | None, now: datetime, number: int | None = None, **values: Any) -> Workspace:
    """Change settings; `number` is the edit that was looked at, and an older one is refused."""
    refuse(policies.why_not_change_settings(by))
    if "time_zone" in values:
        refuse(policies.why_not_zone(values["time_zone"]))
    Workspace.objects.get_or_create(pk=1)
    stored = Workspace.objects.select_for_update().get(pk=1)
    refuse(why_not_number(number, stored.edit_number))
    changed = changes(stored, values)
    for name, value in changed.items():
        setattr(stored, name, value)
    if changed:
        stored.edit_number += 1
        stored.save()
        record("workspace.changed", target=stored, by=by, at=now, fields=sorted(changed))
    return stored
