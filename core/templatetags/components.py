"""What the component templates need and cotton does not give."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def attributes(attrs: Any) -> SafeString:
    """Write the attributes that a component passes on, each value escaped.

    Cotton's own {{ attrs }} marks everything safe, so a value bound with `:name` could break out of its quotes.
    """
    passed = [(key, value) for key, value in attrs.attrs_dict().items() if value not in (False, None)]
    flags = format_html_join("", " {}", ((key,) for key, value in passed if value is True))
    pairs = format_html_join("", ' {}="{}"', ((key, value) for key, value in passed if value is not True))
    return flags + pairs


@register.filter
def words(text: str) -> list[str]:
    """Split a text at its spaces, for a short loop over fixed words."""
    return text.split()


@register.simple_tag
def drawn(field: BoundField) -> SafeString:
    """Draw a field's input, without a placeholder that only repeats the label above it."""
    placeholder = str(field.field.widget.attrs.get("placeholder", "")).lower()
    repeats = placeholder and str(field.label).lower() in placeholder
    return field.as_widget(attrs={"placeholder": False} if repeats else None)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Say whether a field is one box with its label beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Say whether a field is several inputs under one legend."""
    return bool(field.field.widget.use_fieldset)
