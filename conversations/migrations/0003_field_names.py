"""Remember which custom fields came with the conversations of a source."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_search_index")]

    operations = [
        migrations.AddField(
            "source",
            "field_names",
            models.JSONField(blank=True, default=list, help_text="Custom fields that came with conversations."),
        ),
    ]
