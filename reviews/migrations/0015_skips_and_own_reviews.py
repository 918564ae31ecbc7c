"""Find the skips among a million items, and what somebody has reviewed lately, without reading everything else."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reviews", "0014_self_review_reminders"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(fields=["check_result"], condition=models.Q(status="skipped"), name="item_skips"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["author", "-submitted_at"], name="review_author_when"),
        ),
    ]
