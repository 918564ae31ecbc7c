"""The database itself keeps published versions as they were published, on SQLite and PostgreSQL."""

from __future__ import annotations

import importlib
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from rubrics.migrations import _immutability
from rubrics.models import Criterion, Option, RootCause, RubricVersion, Section
from tests.factories.rubrics import draft_version, published_version

pytestmark = pytest.mark.django_db
CONTENT = {
    "rubrics_section": Section,
    "rubrics_criterion": Criterion,
    "rubrics_option": Option,
    "rubrics_rootcause": RootCause,
}
TABLES = (*_immutability.CONTENT, _immutability.VERSION)
FROZEN = [(table.table, column) for table in _immutability.CONTENT for column in table.columns]
WORDING = [(table.table, column) for table in _immutability.CONTENT for column in table.wording]
NEW_VALUES = {
    "lineage": "another",
    "weight": 99,
    "points": 5,
    "position": 77,
    "kind": "bonus",
    "not_applicable": "full",
    "dimension": "business",
    "comment_rule": "always",
    "evidence_rule": "always",
    "visible_when": {"match": "all", "conditions": []},
    "key": "another",
    "value": "0.2500",
    "fail_scope": "section",
    "comment_required": True,
    "owner": "product",
    "skill_id": None,
}


def rows_of(table, version):
    path = {"rubrics_section": "version", "rubrics_criterion": "version"}.get(table, "criterion__version")
    return CONTENT[table].objects.filter(**{path: version})


def new_value(table, column, row):
    """Give a column a value it does not have; identities and owners move to another row."""
    if column in NEW_VALUES:
        return NEW_VALUES[column]
    if column == "id":
        return row.pk + 1_000_000
    other = draft_version()
    if column == "version_id":
        return other.pk
    if column == "section_id":
        return other.sections.first().pk
    return other.criteria.first().pk


def refused(change):
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        change()
    return _immutability.MESSAGE in str(raised.value)


@pytest.mark.parametrize(("table", "column"), FROZEN)
def test_what_decides_a_score_cannot_be_updated(table, column):
    version = published_version()
    row = rows_of(table, version).first()
    value = new_value(table, column, row)

    assert refused(lambda: CONTENT[table].objects.filter(pk=row.pk).update(**{column: value}))


@pytest.mark.parametrize(("table", "column"), WORDING)
def test_wording_can_be_updated(table, column):
    version = published_version()
    row = rows_of(table, version).first()

    value = NEW_VALUES.get(column, "Other words")

    CONTENT[table].objects.filter(pk=row.pk).update(**{column: value})

    assert getattr(CONTENT[table].objects.get(pk=row.pk), column) == value


@pytest.mark.parametrize("table", CONTENT)
def test_nothing_can_be_deleted(table):
    version = published_version()

    assert refused(lambda: rows_of(table, version)._raw_delete("default"))


@pytest.mark.parametrize("table", CONTENT)
def test_nothing_can_be_added(table):
    version = published_version()
    row = rows_of(table, version).first()
    row.pk = None
    setattr(row, "lineage" if hasattr(row, "lineage") else "key", "one-more")

    assert refused(lambda: row.save(force_insert=True))


def test_content_cannot_be_moved_into_a_published_version():
    published, draft = published_version(), draft_version()

    assert refused(lambda: draft.sections.filter(lineage="talk").update(version=published, lineage="smuggled"))


@pytest.mark.parametrize("column", [column for column in _immutability.VERSION.columns if column not in ("id",)])
def test_a_published_versions_settings_cannot_be_updated(column):
    version = published_version()
    values = {
        "rubric_id": draft_version().rubric_id,
        "number": 9,
        "mode": "sectioned",
        "pass_mark": None,
        "card_fail_zeroes_score": False,
        "failing_dimensions": ["compliance"],
        "excludes_foreign_causes": True,
        "created_at": version.created_at.replace(year=2001),
        "published_at": version.published_at.replace(year=2001),
    }

    assert refused(lambda: RubricVersion.objects.filter(pk=version.pk).update(**{column: values[column]}))


@pytest.mark.parametrize("is_retired", [False, True])
def test_a_published_or_retired_version_cannot_be_deleted(is_retired):
    version = published_version()
    if is_retired:
        published_version(rubric=version.rubric)

    assert refused(lambda: RubricVersion.objects.filter(pk=version.pk)._raw_delete("default"))


def test_a_published_version_never_becomes_a_draft_again():
    version = published_version()

    change = {"status": "draft", "published_at": None, "fingerprint": ""}

    assert refused(lambda: RubricVersion.objects.filter(pk=version.pk).update(**change))


def test_a_retired_version_stays_retired():
    version = published_version()
    successor = published_version(rubric=version.rubric)
    RubricVersion.objects.filter(pk=successor.pk).update(status="retired", retired_at=F("published_at"))

    change = {"status": "published", "retired_at": None}

    assert refused(lambda: RubricVersion.objects.filter(pk=version.pk).update(**change))


def test_a_draft_can_change_and_go():
    version = draft_version()

    version.criteria.update(weight=7)
    version.sections.filter(lineage="rules").delete()
    weights = list(version.criteria.values_list("weight", flat=True))
    version.delete()

    assert weights == [7, 7]
    assert not RubricVersion.objects.filter(pk=version.pk).exists()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_every_column_is_either_frozen_or_wording(table):
    model = CONTENT.get(table.table, RubricVersion)

    columns = {field.column for field in model._meta.local_concrete_fields}

    assert columns == {*table.columns, *table.wording}
    assert not set(table.columns) & set(table.wording)


def test_every_trigger_is_in_place():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rubrics_%'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'rubrics_%' AND NOT tgisinternal")
        found = {name for (name,) in cursor.fetchall()}

    expected = (
        {f"{table.table}_frozen_{event}" for table in TABLES for event in _immutability._events(table)}
        if connection.vendor == "sqlite"
        else {f"{table.table}_frozen" for table in TABLES}
    )
    assert found == expected


def test_the_migration_can_be_taken_back_and_run_again():
    version = published_version()
    (operation,) = importlib.import_module(
        "rubrics.migrations.0002_published_versions_never_change"
    ).Migration.operations
    editor = SimpleNamespace(connection=connection)

    operation.reverse_code(None, editor)
    version.criteria.update(weight=3)
    operation.code(None, editor)

    assert refused(lambda: version.criteria.update(weight=4))


@pytest.mark.django_db(transaction=True)
def test_the_database_can_be_flushed_and_is_guarded_again_afterwards():
    published_version()

    call_command("flush", interactive=False, verbosity=0)
    left = RubricVersion.objects.count()
    version = published_version()

    assert left == 0
    assert refused(lambda: version.criteria.update(weight=4))
