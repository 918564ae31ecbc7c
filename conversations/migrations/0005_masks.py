"""Say of each source which kinds of personal details are masked in what is imported; none as yet."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_fill_field_names")]

    operations = [
        migrations.RemoveField("source", "masks_personal_data"),
        migrations.AddField(
            "source",
            "masks",
            models.JSONField(blank=True, default=list, help_text="Kinds of personal details that are masked."),
        ),
    ]
