from __future__ import annotations

import datetime

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sampling', '0003_boosts_with_keys_and_skills'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='release_hours',
            field=models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='plan',
            name='release_rule',
            field=models.CharField(choices=[('now', 'As soon as the edit window is over'), ('after_hours', 'Some hours after it was submitted'), ('at_time', 'At a time of day'), ('before_meeting', 'A day before the next 1:1')], default='now', max_length=14),
        ),
        migrations.AddField(
            model_name='plan',
            name='release_time',
            field=models.TimeField(default=datetime.time(9, 0)),
        ),
        migrations.AddField(
            model_name='plan',
            name='self_review',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='plan',
            name='self_review_days',
            field=models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1)]),
        ),
    ]
