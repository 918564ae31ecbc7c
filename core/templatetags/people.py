"""Avatars in templates."""

from __future__ import annotations

from django import template

from core import people

register = template.Library()
register.filter("initials", people.initials)
register.filter("hue", people.hue)
