"""Let an ending keep whose it was. Nullable and without an index, so that a table of any size gets it at once."""

from __future__ import annotations

from django.db import migrations, models


def person(to: str) -> models.Field:
    return models.ForeignKey(to, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_masks"), ("accounts", "0001_initial")]

    operations = [
        migrations.AddField("completion", "people_kept_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("completion", "assignee", person("accounts.agent")),
        migrations.AddField("completion", "most_active_agent", person("accounts.agent")),
        migrations.AddField("completion", "last_agent", person("accounts.agent")),
        migrations.AddField("completion", "team", person("accounts.team")),
    ]
