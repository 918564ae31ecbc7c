"""Let the database itself refuse to change pins, and points of a dispute once they are decided."""

from __future__ import annotations

from django.db import migrations

from reviews.migrations import _immutability


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_disputes")]

    operations = [migrations.RunPython(_immutability.freeze_later, _immutability.melt_later, elidable=False)]
