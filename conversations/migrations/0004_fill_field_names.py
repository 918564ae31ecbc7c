"""Note the custom fields of the newest conversations of each source; later imports add those that come."""

from __future__ import annotations

from typing import Any

from django.db import migrations

NEWEST = 2000
MOST = 200
LONGEST = 100
DEEPEST = 5


def fill(apps: Any, schema_editor: Any) -> None:
    """Look through the newest conversations that have any."""
    conversations = apps.get_model("conversations", "Conversation")
    for source in apps.get_model("conversations", "Source").objects.all():
        rows = conversations.objects.filter(source=source).exclude(metadata={}).order_by("-id")
        found: set[str] = set()
        for metadata in rows.values_list("metadata", flat=True)[:NEWEST]:
            found.update(names(metadata, "", DEEPEST))
        if found:
            source.field_names = sorted(found)[:MOST]
            source.save(update_fields=["field_names"])


def names(found: Any, before: str, levels: int) -> list[str]:
    """Return the names of plain values, with dots between the levels."""
    kept: list[str] = []
    for name, value in found.items() if isinstance(found, dict) and levels else ():
        whole = f"{before}{name}"
        if isinstance(value, dict) and value:
            kept += names(value, f"{whole}.", levels - 1)
        elif 0 < len(whole.strip()) <= LONGEST and whole.isprintable() and '"' not in whole:
            kept.append(whole)
    return kept


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_field_names")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
