"""Forms of the rubric pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rubrics.document.reading import LARGEST


class ImportForm(forms.Form):
    """Take a rubric as a file or as pasted text."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("YAML or JSON, up to 1 MB."))
    text = forms.CharField(
        label=_("Or paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "autocomplete": "off"}),
    )
    replace_draft = forms.BooleanField(
        label=_("Replace the draft, if this rubric has one"),
        required=False,
        help_text=_("A rubric has at most one draft. What is published never changes."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a file or a text."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("text", "").strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste the text below."))
        return cleaned

    def source(self) -> str | bytes:
        """Return what was given. A file that is too large is read only as far as needed to say so."""
        file = self.cleaned_data.get("file")
        if file:
            content: bytes = file.read(LARGEST + 1)
            return content
        text: str = self.cleaned_data["text"]
        return text


class NewForm(forms.Form):
    """Take the name of a new rubric, and what it starts from."""

    NOTHING = "nothing"

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What reviewers will see, such as “Store chat”.")
    )
    source = forms.ChoiceField(label=_("Start from"), help_text=_("A copy has its own history: trends do not mix."))

    def __init__(self, data: Any = None, *, choices: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["source"].choices = choices  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """Take a word on why this version is published."""

    note = forms.CharField(
        label=_("What is new, for the reviewers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
