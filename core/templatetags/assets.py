"""Link the stylesheets and scripts that every page needs: one small file per component, no build step."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

FIRST = ("css/tokens.css", "css/base.css", "css/layout.css")


@register.simple_tag
def stylesheets() -> SafeString:
    """Link tokens, base, layout and every component. Cascade layers make the order of the rest irrelevant."""
    paths = (*FIRST, *_files("css/components", "*.css"))
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))


@register.simple_tag
def scripts() -> SafeString:
    """Load every module of js/base. They meet in the DOM and never import each other, so each stands alone."""
    paths = _files("js/base", "*.js")
    return format_html_join("\n", '<script type="module" src="{}"></script>', ((static(path),) for path in paths))


def _files(folder: str, pattern: str) -> tuple[str, ...]:
    return _list_files(folder, pattern) if settings.DEBUG else _remembered_files(folder, pattern)


def _list_files(folder: str, pattern: str) -> tuple[str, ...]:
    root = Path(settings.BASE_DIR, "static", folder)
    return tuple(f"{folder}/{file.name}" for file in sorted(root.glob(pattern)))


_remembered_files = lru_cache(maxsize=None)(_list_files)
