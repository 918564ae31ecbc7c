"""Write docs/states.md from the tables beside the models."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model
from django.utils import translation

from qa_portal.states import Machine, render


class Command(BaseCommand):
    """Write the document, or say that it is out of date."""

    help = "Writes docs/states.md: the states of every model that has a table of moves."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is out of date")

    def handle(self, *, check: bool, **_options: Any) -> None:
        """Compare or write."""
        with translation.override("en"):
            text = render(machines())
        if check:
            if not document().is_file() or document().read_text(encoding="utf-8") != text:
                raise CommandError("docs/states.md is out of date. Run manage.py states.")
            return
        document().parent.mkdir(exist_ok=True)
        document().write_text(text, encoding="utf-8")
        self.stdout.write(f"Written: {document().relative_to(settings.BASE_DIR)}")


def document() -> Path:
    """Return where the document lies."""
    return Path(settings.BASE_DIR) / "docs" / "states.md"


def machines() -> list[Machine]:
    """Return the states of every model with a table of moves, in the order in which work flows."""
    return [_machine(model) for model in apps.get_models() if hasattr(model, "TRANSITIONS")]


def _machine(model: type[Model]) -> Machine:
    field = model._meta.get_field("status")
    return Machine(
        app=str(model._meta.app_config.verbose_name) if model._meta.app_config else model._meta.app_label,
        model=str(model._meta.verbose_name).capitalize(),
        sentence=(model.__doc__ or "").strip().splitlines()[0],
        initial=str(field.default),  # type: ignore[union-attr]
        labels={str(value): str(label) for value, label in field.choices or ()},  # type: ignore[union-attr]
        moves={state: frozenset(targets) for state, targets in model.TRANSITIONS.items()},  # type: ignore[attr-defined]
    )
