"""Let the database itself refuse to change or delete what the audit trail holds."""

from __future__ import annotations

from django.db import migrations

from core.migrations import _append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(_append_only.freeze, _append_only.melt, elidable=False)]
