"""{% icon "check" %}: an icon where a component would be too much, for instance in a long table."""

from __future__ import annotations

from django import template

from core import icons

register = template.Library()
register.simple_tag(icons.icon, name="icon")
