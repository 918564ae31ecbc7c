"""Let the database itself refuse to change what reviews were scored by."""

from __future__ import annotations

from django.db import migrations

from rubrics.migrations import _immutability


class Migration(migrations.Migration):
    dependencies = [("rubrics", "0001_initial")]

    operations = [migrations.RunPython(_immutability.freeze, _immutability.melt, elidable=False)]
