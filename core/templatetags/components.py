"""What the component templates need and cotton does not give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context
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


@register.simple_tag(takes_context=True)
def page_address(context: Context, parameter: str, number: int) -> str:
    """Return this address at another page of one list; filters and what other lists show stay as they are."""
    asked = context["request"].GET.copy()
    asked[parameter] = str(number)
    return f"?{asked.urlencode()}"


@dataclass(frozen=True, slots=True)
class FilterFields:
    """The fields of a filter bar: those always in sight, and those behind "More filters"."""

    shown: list[BoundField]
    more: list[BoundField]
    used: int


@register.simple_tag(takes_context=True)
def filter_fields(context: Context, form: BaseForm, shown: str | int) -> FilterFields:
    """Split the fields of a filter form; `used` counts the ones out of sight that this address sets."""
    request = context.get("request")
    address = request.GET if request is not None else {}
    hidden = [field for field in form if field.is_hidden]
    visible = [field for field in form if not field.is_hidden]
    more = visible[int(shown) :]
    used = sum(1 for field in more if any(address.get(name) for name in _names(field)))
    return FilterFields(shown=[*hidden, *visible[: int(shown)]], more=more, used=used)


def _names(field: BoundField) -> list[str]:
    """Return the parameters of a field; a range has two."""
    name = field.html_name
    return [name, *(f"{name}_{end}" for end in ("min", "max", "after", "before", "from", "to", "0", "1"))]


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
def as_drawn(field: BoundField) -> tuple[object, ...]:
    """Return everything that decides how a field is drawn, so that {% keep %} can tell one drawing from another."""
    drawn_as = getattr(field.field, "drawn_as", None)
    if drawn_as is not None:  # the same for everybody, but for what was typed
        return (drawn_as, field.auto_id, field.html_name, str(field.value()), bool(field.errors))
    # A hidden field shows none of its choices, which may be thousands.
    # Not list(), which would ask the database how many there are before it asks for them.
    offered = [] if field.is_hidden else [*iter(getattr(field.field, "choices", ()))]
    if offered:
        # Asked once: a drawing that is not kept yet would ask the database for them a second time.
        field.field.widget.choices = offered
    choices = tuple((str(value), str(label)) for value, label in offered)
    attributes = tuple(sorted((name, str(value)) for name, value in field.field.widget.attrs.items()))
    value = str(field.value())
    return (field.auto_id, field.html_name, str(field.label), value, bool(field.errors), choices, attributes)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Say whether a field is one box with its label beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Say whether a field is several inputs under one legend."""
    return bool(field.field.widget.use_fieldset)
