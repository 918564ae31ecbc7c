"""The form that brings conversations in."""

from __future__ import annotations

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from conversations.services.runs import DEFAULT_SOURCE


class UploadForm(forms.Form):
    """A file of conversations, and where they come from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("JSON Lines, one conversation a line; packed with gzip if you like."),
        widget=forms.ClearableFileInput(attrs={"accept": ".jsonl,.ndjson,.gz,.json"}),
        error_messages={"empty": _("This file is empty.")},
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        initial=DEFAULT_SOURCE,
        help_text=_("The help desk they come from. A conversation is known by its source and its number."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )

    def clean_source(self) -> str:
        """Refuse a name that leaves nothing to tell sources apart by."""
        name: str = self.cleaned_data["source"]
        if not slugify(name):
            raise forms.ValidationError(_("Use at least one letter or digit of the Latin alphabet."))
        return name
