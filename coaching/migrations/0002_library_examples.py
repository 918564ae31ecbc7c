"""Let a workspace write its own examples of a skill. Null means that the shipped ones are shown."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coaching", "0001_initial")]

    operations = [
        migrations.AddField("librarywords", "examples", models.TextField(blank=True, null=True)),
    ]
