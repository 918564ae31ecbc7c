"""The forms that bring conversations in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from conversations.columns import BOTH, MEANINGS
from conversations.formats.records import CHANNELS
from conversations.formats.table import fields
from conversations.formats.table.guess import Guess
from conversations.services.runs import DEFAULT_SOURCE


class UploadForm(forms.Form):
    """A file of conversations, and where they come from."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV, or JSON Lines with one conversation a line; packed with gzip if you like."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.jsonl,.ndjson,.json,.gz"}),
        error_messages={"empty": _("This file is empty.")},
    )
    link = forms.CharField(
        label=_("Or a link to the file"),
        required=False,
        max_length=8000,
        help_text=_("An address that begins with https:// and answers with the file itself, without a log-in."),
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
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

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of the two: a file or a link."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors.keys() & {"file", "link"}:
            return found
        if not found.get("file") and not found.get("link"):
            self.add_error("file", _("Choose a file, or give a link to one."))
        if found.get("file") and found.get("link"):
            self.add_error("link", _("Give either a file or a link, not both."))
        return found


DATES = [("day-first", _("3 April")), ("month-first", _("March 4"))]


class ReadingForm(forms.Form):
    """How the cells of a table are to be read. Shows what is guessed; what is sent is read by `said_in`."""

    per = forms.ChoiceField(
        label=_("One row is"), choices=[("message", _("one message")), ("conversation", _("one conversation"))]
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=[
            ("utf-8", "UTF-8"),
            ("cp1252", "Windows-1252"),
            ("utf-16-le", "UTF-16"),
            ("utf-16-be", "UTF-16 (big endian)"),
        ],
    )
    delimiter = forms.ChoiceField(
        label=_("Separator"),
        choices=[(",", _("comma ,")), (";", _("semicolon ;")), ("\t", _("tab")), ("|", _("bar |"))],
    )
    dates = forms.ChoiceField(label=_("3/4/2026 is"), choices=DATES)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )
    sorting = forms.ChoiceField(
        label=_("Order of messages"),
        choices=[("file", _("as in the file")), ("reversed", _("newest first in the file")), ("time", _("by time"))],
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("", _("not given")), *((name, MEANINGS[name]) for name in CHANNELS)],
        required=False,
    )


def reading_form(found: Guess) -> ReadingForm:
    """Return the form that shows a mapping."""
    mapping = found.mapping
    values = {name: getattr(mapping, name) for name in ("per", "dates", "time_zone", "sorting", "channel")}
    values |= {"encoding": mapping.layout.encoding, "delimiter": mapping.layout.delimiter}
    form = ReadingForm(initial=values, auto_id="columns-%s")
    if found.has_ambiguous_dates and not mapping.dates_are_told:
        # Both readings are possible, so a person says which: a guess taken over unseen would move every date.
        form.initial["dates"] = ""
        form.fields["dates"].choices = [("", _("Please choose")), *DATES]  # type: ignore[attr-defined]
    return form


def said_in(data: QueryDict, header: list[str]) -> dict[str, Any]:
    """Return what a sent form says about a table. Columns that are drawn anew by another choice are guessed anew."""
    said: dict[str, Any] = {
        name: data[name] for name in ("encoding", "delimiter", "per", "time_zone") if data.get(name)
    }
    if _is_drawn_anew(data):
        return said
    said |= {name: data[name] for name in ("dates", "sorting") if data.get(name)}
    words: dict[str, dict[str, str]] = {}
    for key, meaning in zip(data.getlist("word"), data.getlist("meaning"), strict=False):
        field, _colon, word = key.partition(":")
        words.setdefault(field, {})[word] = meaning
    said |= {"only": True, "channel": data.get("channel", ""), "words": words}
    return said | _columns_in(data, header)


def twice(data: Mapping[str, Any], header: list[str]) -> str:
    """Return the first field that two columns were given to; empty when there is none."""
    chosen = [data.get(f"column-{index}", "") for index in range(len(header))]
    single = [field for field in chosen if field not in ("", fields.METADATA)]
    return next((field for field in single if single.count(field) > 1), "")


def _is_drawn_anew(data: QueryDict) -> bool:
    return any(data.get(name) != data.get(f"{name}_shown") for name in ("encoding", "delimiter", "per"))


def _columns_in(data: QueryDict, header: list[str]) -> dict[str, Any]:
    columns: dict[str, str] = {}
    kept = []
    for index, name in enumerate(header):
        field = data.get(f"column-{index}", "")
        if field == fields.METADATA:
            kept.append(name)
        elif field == BOTH:
            columns |= {"role": name, "author": name}
        elif field:
            columns[field] = name
    return {"columns": columns, "metadata": kept}
