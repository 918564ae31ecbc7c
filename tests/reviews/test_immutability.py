"""The database itself refuses to change what was submitted, on both databases."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from reviews.migrations import _immutability
from reviews.models import Answer, Revision
from tests.factories.reviews import submitted

pytestmark = pytest.mark.django_db
MODELS: dict[str, Any] = {"reviews_revision": Revision, "reviews_answer": Answer}
FROZEN = [(table.table, column) for table in _immutability.TABLES for column in table.columns]
JSON = {"failed_by", "section_scores", "skill_scores", "errors"}
WORDS = {"outcome": "none", "state": "bonus"}


def refused(change: Callable[[], Any]) -> bool:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        change()
    return _immutability.MESSAGE in str(raised.value)


def another(row: Any, column: str) -> Any:
    """Return a value that the column does not have."""
    if column in WORDS:
        return WORDS[column]
    if column in JSON:
        return {"other": "1.0000"}
    if column == "created_at":
        return row.created_at.replace(year=2001)
    return (getattr(row, column) or 0) + 1


@pytest.mark.parametrize(("table", "column"), FROZEN)
def test_no_column_of_a_submitted_review_can_be_updated(table: str, column: str) -> None:
    review = submitted(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"})
    rows = MODELS[table].objects.filter(**{"review" if table == "reviews_revision" else "revision__review": review})
    row = rows.first()

    assert refused(lambda: MODELS[table].objects.filter(pk=row.pk).update(**{column: another(row, column)}))


@pytest.mark.parametrize("table", MODELS)
def test_nothing_submitted_can_be_deleted(table: str) -> None:
    submitted()

    assert refused(lambda: MODELS[table].objects.all()._raw_delete("default"))


def test_the_reason_of_a_revision_can_be_redacted() -> None:
    revision = submitted().current
    assert revision is not None

    Revision.objects.filter(pk=revision.pk).update(reason="[erased]")

    assert Revision.objects.get(pk=revision.pk).reason == "[erased]"


@pytest.mark.parametrize("table", _immutability.TABLES, ids=lambda table: table.table)
def test_every_column_is_frozen_or_named_as_redacted(table: _immutability.Frozen) -> None:
    columns = {field.column for field in MODELS[table.table]._meta.local_concrete_fields}

    assert sorted(columns) == sorted([*table.columns, *table.redacted])


def test_the_migration_can_be_taken_back_and_run_again() -> None:
    revision = submitted().current
    assert revision is not None
    module = importlib.import_module("reviews.migrations.0002_submitted_answers_never_change")
    (operation,) = module.Migration.operations
    editor = SimpleNamespace(connection=connection)

    operation.reverse_code(None, editor)
    Revision.objects.filter(pk=revision.pk).update(number=7)
    operation.code(None, editor)

    assert refused(lambda: Revision.objects.filter(pk=revision.pk).update(number=8))


@pytest.mark.django_db(transaction=True)
def test_the_database_can_be_flushed_and_is_guarded_again_afterwards() -> None:
    submitted()

    call_command("flush", interactive=False, verbosity=0)
    left = Revision.objects.count()
    submitted()

    assert left == 0
    assert refused(lambda: Revision.objects.update(number=9))
