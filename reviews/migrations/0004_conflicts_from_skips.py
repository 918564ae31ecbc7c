from __future__ import annotations

from django.db import migrations
from django.db.migrations.state import StateApps


def note(apps: StateApps, schema_editor: object) -> None:
    """Keep as a conflict what was given as the reason of a skip: until now such a pair was looked up in the skips."""
    skipped = apps.get_model("reviews", "QueueItem").objects.filter(skip_reason="conflict", ended_by__isnull=False)
    conflicts = apps.get_model("reviews", "Conflict").objects
    for user, agent, ended_at in skipped.order_by("ended_at").values_list("ended_by", "agent", "ended_at"):
        conflicts.get_or_create(
            user_id=user, agent_id=agent, ended_at=None, defaults={"created_at": ended_at, "created_by_id": user}
        )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_unread_reviews")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
