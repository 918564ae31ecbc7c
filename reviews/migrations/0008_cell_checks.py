from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep what the weekly comparison of the sums with the reviews found."""

    dependencies = [
        ("reviews", "0007_publishing_life"),
    ]

    operations = [
        migrations.CreateModel(
            name="CellCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("checked_at", models.DateTimeField(db_index=True)),
                ("compared", models.PositiveIntegerField()),
                ("differing", models.PositiveIntegerField()),
                ("examples", models.JSONField(blank=True, default=list)),
            ],
            options={
                "ordering": ["-checked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("differing__lte", models.F("compared"))), name="cell_check_within_compared"
                    )
                ],
            },
        ),
    ]
