"""The schema is valid, complete and without a warning."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command


def test_the_schema_is_valid_and_drawn_up_without_a_warning() -> None:
    printed = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=printed)

    assert printed.getvalue().startswith("{")
