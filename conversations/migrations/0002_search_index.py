"""Let the database itself keep the index over what is searched."""

from __future__ import annotations

from django.db import migrations

from conversations.migrations import _search_index


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [migrations.RunPython(_search_index.raise_index, _search_index.lower_index, elidable=False)]
