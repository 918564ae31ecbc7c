# Second factor as a setting, and counters by which the later of two edits is told.

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_api_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='edit_number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='user',
            name='edit_number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='user',
            name='session_epoch',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='workspace',
            name='edit_number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='workspace',
            name='second_factor',
            field=models.CharField(choices=[('off', 'Off'), ('optional', 'Whoever wants it'), ('leaders', 'Needed by QA managers and admins'), ('everybody', 'Needed by everybody')], default='optional', max_length=10),
        ),
    ]
