"""Remember that an agent was reminded of a self-review whose time is nearly over."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0013_cells_of_failed_cards")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="self_review_reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
