"""Say in plain words what a field lacks: Django's own sentences are written for whoever wrote the form."""

from __future__ import annotations

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


def speak_plainly() -> None:
    """Replace the sentences of every form. A field that says something of its own keeps it."""
    forms.Field.default_error_messages["required"] = _("Fill this in.")
    forms.FileField.default_error_messages["required"] = _("Choose a file.")
    for one in (forms.ChoiceField, forms.ModelChoiceField):
        one.default_error_messages["required"] = _("Choose one.")
    for several in (forms.MultipleChoiceField, forms.ModelMultipleChoiceField):
        several.default_error_messages["required"] = _("Choose at least one.")
    validators.MinValueValidator.message = _("Not less than %(limit_value)s.")
    validators.MaxValueValidator.message = _("Not more than %(limit_value)s.")
    validators.MaxLengthValidator.message = ngettext_lazy(
        "Not longer than %(limit_value)d character; this has %(show_value)d.",
        "Not longer than %(limit_value)d characters; this has %(show_value)d.",
        "limit_value",
    )
