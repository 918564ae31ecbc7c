"""Remember who last changed a draft, and let a published version be put into another order.

The order of sections and criteria enters no score, so it is wording: the triggers are made anew without it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rubrics.migrations import _immutability


class Migration(migrations.Migration):
    dependencies = [
        ("rubrics", "0002_published_versions_never_change"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_immutability.melt, _immutability.freeze, elidable=False),
        migrations.AddField(
            model_name="rubricversion",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rubricversion",
            name="edited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(_immutability.freeze, _immutability.melt, elidable=False),
    ]
