"""The database itself refuses to change what was submitted, on both databases."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import Workspace
from accounts.roles import Role
from reviews.migrations import _immutability
from reviews.models import Answer, DisputedPoint, Pin, QueueItem, Review, Revision
from reviews.services import claims, self_reviews, submitting
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.disputes import decided, disputed, looked_at
from tests.factories.reviews import drawn_items, filled, specialist, submitted
from tests.factories.sampling import PlanFactory

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
    if column in OTHER:
        return OTHER[column]
    if column == "created_at":
        return row.created_at.replace(year=2001)
    return (getattr(row, column) or 0) + 1


def test_no_column_of_a_submitted_review_can_be_updated() -> None:
    submitted(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"})

    assert [f"{table}.{column}" for table, column in FROZEN if is_changed(MODELS[table], column)] == []


def is_changed(model: Any, column: str) -> bool:
    """Try to give a column of the first row another value, and say whether the database let that pass."""
    row = model.objects.first()
    rows, value = model.objects.filter(pk=row.pk), another(row, column)
    try:
        with transaction.atomic():
            return bool(rows.update(**{column: value}))
    except IntegrityError as error:
        messages = {one.table: one.message for one in _immutability.GROUNDS}
        return messages.get(model._meta.db_table, _immutability.MESSAGE) not in str(error)


@pytest.mark.parametrize("table", MODELS)
def test_nothing_submitted_can_be_deleted(table: str) -> None:
    submitted()

    assert refused(lambda: MODELS[table].objects.all()._raw_delete("default"))


@pytest.mark.parametrize("purpose", ["self", "second_read", "dispute"])
def test_it_is_the_same_for_every_other_look(purpose: str) -> None:
    look = other_look(purpose)
    answers = Answer.objects.filter(revision__review=look)

    assert answers.exists()
    assert refused(lambda: answers.update(value=0))
    assert refused(lambda: answers._raw_delete("default"))
    assert refused(lambda: Revision.objects.filter(review=look).update(outcome="none", number=9))
    assert refused(lambda: Revision.objects.filter(review=look)._raw_delete("default"))


def other_look(purpose: str) -> Review:
    """Submit what an agent, a second reader or a re-scorer made of a conversation."""
    if purpose == "dispute":
        looked_at()
        return Review.objects.get(purpose=purpose)
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    agent, second = AgentFactory(user=person(Role.AGENT)), specialist()
    answers = {"understood": "yes", "solved": "yes", "data-protected": "breach"}
    submitted(drawn_items(agent=agent, plan=PlanFactory(self_review=True))[0], answers=answers)
    item = QueueItem.objects.select_related("agent").get(purpose=purpose)
    begin, by = (self_reviews.begin, agent.user) if purpose == "self" else (claims.take, second)
    return submitting.submit(begin(item, by=by, now=NOW), filled(), by=by, now=NOW)


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


LATER = [(table.table, column) for table in _immutability.GROUNDS for column in (*table.columns, *table.once)]
LATER_MODELS: dict[str, Any] = {"reviews_pin": Pin, "reviews_disputedpoint": DisputedPoint}
OTHER: dict[str, Any] = {
    "message_hash": "0" * 64, "decision": "upheld", "not_applicable": True, "proposes_not_applicable": True, "start": 1,
    "end": 9,
}  # fmt: skip


def test_no_column_of_a_pin_or_of_a_decided_point_can_be_updated() -> None:
    decided()

    assert [f"{table}.{column}" for table, column in LATER if is_changed(LATER_MODELS[table], column)] == []


def test_no_pin_and_no_point_can_be_deleted() -> None:
    disputed()

    for model in LATER_MODELS.values():
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_the_words_of_a_dispute_can_be_redacted_and_an_open_point_can_be_decided() -> None:
    dispute = disputed()
    dispute.points.update(reason="[erased]", decision="upheld", rationale="So it stays.")

    dispute.points.update(rationale="[erased]")

    assert set(dispute.points.values_list("reason", "rationale")) == {("[erased]", "[erased]")}


@pytest.mark.parametrize("table", _immutability.GROUNDS, ids=lambda table: table.table)
def test_every_later_column_is_frozen_or_named_as_redacted(table: _immutability.Frozen) -> None:
    columns = {field.column for field in LATER_MODELS[table.table]._meta.local_concrete_fields}

    assert sorted(columns) == sorted([*table.columns, *table.once, *table.redacted])
