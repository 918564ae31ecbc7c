"""Every text that is stored has its line in the table of personal data."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from core.personal_data import TREATMENTS
from tests.project.tree import APPS

TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.GenericIPAddressField,
)


def test_every_text_field_is_classified_and_no_line_is_left_over() -> None:
    stored = {
        f"{model._meta.label}.{field.name}"
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, TEXT) and not field.choices
    }

    classified = {f"{model}.{field}" for model, fields in TREATMENTS.items() for field in fields}

    assert sorted(classified ^ stored) == []
