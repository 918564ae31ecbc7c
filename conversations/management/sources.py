"""Find the source that a command names."""

from __future__ import annotations

from django.core.management.base import CommandError

from conversations.models import Source


def source_named(slug: str) -> Source:
    """Return a source by its short name. Raises CommandError, which names those that are known."""
    source = Source.objects.filter(slug=slug.strip().lower()).first()
    if source is None:
        known = ", ".join(Source.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no source {slug}. Known: {known}.")
    return source
