"""Let the database itself refuse to change what was submitted, pinned or decided."""

from __future__ import annotations

from django.db import migrations

from reviews.migrations import _immutability


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]

    operations = [migrations.RunPython(_immutability.freeze, _immutability.melt, elidable=False)]
