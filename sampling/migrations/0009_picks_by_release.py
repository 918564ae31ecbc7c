"""Find what was released lately without looking through everything that was ever drawn."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("sampling", "0008_skips_have_a_second_pair_of_eyes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="pick",
            index=models.Index(fields=["released_at"], name="pick_released"),
        ),
    ]
