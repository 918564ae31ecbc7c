"""The database itself lets the audit trail be added to and nothing else, on SQLite and PostgreSQL."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from core.audit import record
from core.migrations import _append_only
from core.models import AuditEvent, AuditSeal
from core.services import audit_seals
from tests.factories.accounts import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW_VALUES = {
    "id": F("id") + 1_000_000,
    "at": datetime(2001, 1, 1, tzinfo=UTC),
    "actor_id": 424242,
    "verb": "team.forged",
    "target_type": "accounts.user",
    "target_id": "0",
    "fields": ["forged"],
    "params": {"forged": True},
    "request_id": "forged-request",
}


def recorded(now):
    return record("team.created", target=TeamFactory(), by=UserFactory(), at=now)


def refused(change):
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        return _append_only.MESSAGE in str(error)
    return False


@pytest.mark.parametrize("column", _append_only.FACTS)
def test_no_fact_of_an_event_changes(now, column):
    event = recorded(now)

    change = {column: NEW_VALUES[column]}

    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(**change))


@pytest.mark.parametrize("column", _append_only.FACTS)
def test_erasing_the_names_takes_no_fact_along(now, column):
    event = recorded(now)

    change = {column: NEW_VALUES[column], "actor": "", "target": "", "salt": ""}

    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(**change))


@pytest.mark.parametrize("column", _append_only.LABELS)
def test_no_name_is_replaced_or_emptied_alone(now, column):
    event = recorded(now)
    found = AuditEvent.objects.filter(pk=event.pk)

    answers = [refused(lambda value=value: found.update(**{column: value})) for value in ("forged", "")]

    assert answers == [True, True]


def test_the_names_are_emptied_together_when_a_person_is_erased(now):
    event = recorded(now)

    AuditEvent.objects.filter(pk=event.pk).update(actor="", target="", salt="")
    event.refresh_from_db()

    assert (event.actor, event.target, event.salt, event.verb) == ("", "", "", "team.created")


def test_no_event_is_deleted(now):
    event = recorded(now)

    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).delete())


def test_no_seal_changes_or_is_deleted(now):
    recorded(now)
    audit_seals.seal_all(now=now)

    seals = AuditSeal.objects.all()

    assert refused(lambda: seals.update(digest="0" * 64))
    assert refused(lambda: seals.delete())


def test_every_column_of_an_event_is_a_fact_or_a_name():
    columns = {field.column for field in AuditEvent._meta.local_fields}

    assert columns == {*_append_only.FACTS, *_append_only.LABELS}


def test_an_event_outlives_what_it_is_about_and_who_did_it(now):
    team, user = TeamFactory(name="Retail"), UserFactory(name="Marta Silva")
    event = record("team.created", target=team, by=user, at=now)

    team.delete()
    user.delete()
    event.refresh_from_db()

    assert (event.target, event.actor) == ("Retail", "Marta Silva")


def test_the_migration_can_be_taken_back_and_run_again(now):
    event = recorded(now)
    (operation,) = importlib.import_module("core.migrations.0002_audit_events_never_change").Migration.operations
    editor = SimpleNamespace(connection=connection)

    operation.reverse_code(None, editor)
    AuditEvent.objects.filter(pk=event.pk).update(verb="team.renamed")
    operation.code(None, editor)

    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(verb="team.created"))


@pytest.mark.django_db(transaction=True)
def test_the_database_can_be_flushed_and_is_guarded_again_afterwards(now):
    recorded(now)

    call_command("flush", interactive=False, verbosity=0)
    left = AuditEvent.objects.count()
    event = recorded(now)

    assert left == 0
    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).delete())
