"""The chain over the audit trail: what is sealed, and that a forger is found and named."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import audit_chain, audit_check
from core.audit import event, record, record_many
from core.migrations import _append_only
from core.models import AuditEvent, AuditSeal
from core.services import audit_seals
from tests.factories.accounts import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(now):
    """Five events in two seals."""
    team, user = TeamFactory(), UserFactory()
    first = [record("team.created", target=team, by=user, at=now, params={"n": n}) for n in range(3)]
    audit_seals.seal_all(now=now)
    second = [record("team.renamed", target=team, by=None, at=now, fields=["name"]) for _n in range(2)]
    audit_seals.seal_all(now=now + timedelta(minutes=1))
    return [*first, *second]


@contextmanager
def without_guard():
    """Do what only the owner of the database could do."""
    editor = SimpleNamespace(connection=connection)
    _append_only.melt(None, editor)
    yield
    _append_only.freeze(None, editor)


def checked(now):
    return audit_check.check(now=now + timedelta(hours=1))


def test_each_event_is_sealed_once_in_the_order_of_numbers(events):
    sealed = [leaf[0] for seal in AuditSeal.objects.all() for leaf in seal.leaves]

    assert sealed == [event.pk for event in events]


def test_a_seal_names_its_range_and_the_seal_before_it(events):
    one, two = AuditSeal.objects.all()

    assert (one.number, one.first_id, one.last_id, one.previous) == (1, events[0].pk, events[2].pk, "")
    assert (two.number, two.first_id, two.last_id, two.previous) == (2, events[3].pk, events[4].pk, one.digest)


def test_sealing_again_makes_no_seal(events, now):
    assert audit_seals.seal_all(now=now + timedelta(minutes=2)) == 0


def test_sealing_costs_the_same_for_one_event_and_for_three(now):
    user = UserFactory()
    record("user.created", target=user, by=None, at=now)
    audit_seals.seal_all(now=now)
    costs = []

    for number in (1, 3):
        record_many([event("user.changed", target=user, by=user, at=now) for _n in range(number)])
        with CaptureQueriesContext(connection) as caught:
            audit_seals.seal_all(now=now)
        costs.append(len(caught))

    assert costs[0] == costs[1]


def test_an_event_that_commits_late_is_sealed_with_the_next_ones(now):
    user = UserFactory()
    early = event("user.created", target=user, by=None, at=now)
    late_number = AuditEvent.objects.create(at=now, verb="x.y", target_type="t", target_id="1").pk + 1
    early.pk = late_number + 1
    early.save(force_insert=True)
    audit_seals.seal_all(now=now)
    late = event("user.changed", target=user, by=None, at=now)
    late.pk = late_number
    late.save(force_insert=True)

    audit_seals.seal_all(now=now + timedelta(minutes=5))

    last = AuditSeal.objects.last()
    assert (last.first_id, last.last_id) == (late_number, late_number)
    assert checked(now).problem == ""


def test_an_untouched_trail_is_found_as_it_was_sealed(events, now):
    record("team.renamed", target=TeamFactory(), by=None, at=now)

    found = checked(now)

    assert (found.events, found.seals, found.waiting, found.problem) == (5, 2, 1, "")
    assert found.digest == AuditSeal.objects.last().digest


def test_erased_names_do_not_break_the_chain(events, now):
    AuditEvent.objects.filter(pk=events[0].pk).update(actor="", target="", salt="")

    assert checked(now).problem == ""


@pytest.mark.parametrize(
    "change", [{"verb": "team.forged"}, {"actor_id": 7}, {"params": {"n": 9}}, {"fields": ["x"]}, {"target_id": "0"}]
)
def test_the_first_event_with_another_fact_is_named(events, now, change):
    with without_guard():
        AuditEvent.objects.filter(pk__in=[events[1].pk, events[3].pk]).update(**change)

    found = checked(now)

    verb = change.get("verb", "team.created")
    assert found.event_id == events[1].pk
    assert found.problem == f"Event {events[1].pk} ({verb}) is not what was sealed at 2026-03-04 10:00 UTC."


def test_an_event_with_another_name_is_named(events, now):
    with without_guard():
        AuditEvent.objects.filter(pk=events[2].pk).update(actor="Somebody else")

    assert checked(now).event_id == events[2].pk


def test_a_deleted_event_is_named(events, now):
    with without_guard():
        AuditEvent.objects.filter(pk=events[4].pk).delete()

    assert checked(now).problem == f"Event {events[4].pk} is gone. It was sealed at 2026-03-04 10:01 UTC."


def test_an_event_put_in_between_is_named(now):
    team = TeamFactory()
    first = record("team.created", target=team, by=None, at=now)
    later = event("team.renamed", target=team, by=None, at=now)
    later.pk = first.pk + 2
    later.save(force_insert=True)
    audit_seals.seal_all(now=now)
    forged = event("team.forged", target=team, by=None, at=now)
    forged.pk = first.pk + 1
    forged.save(force_insert=True)

    assert checked(now).event_id == forged.pk


def test_a_seal_made_to_fit_a_forged_event_is_noticed(events, now):
    with without_guard():
        AuditEvent.objects.filter(pk=events[0].pk).update(verb="team.forged")
        seal = AuditSeal.objects.get(number=1)
        seal.leaves[0] = audit_chain.leaf(AuditEvent.objects.get(pk=events[0].pk))
        seal.digest = audit_chain.seal_digest(1, "", seal.leaves)
        seal.save()

    problem = checked(now).problem

    assert problem == f"Seal 2 itself was changed. It covers events {events[3].pk} to {events[4].pk}."


def test_a_missing_seal_is_noticed(events, now):
    with without_guard():
        AuditSeal.objects.filter(number=1).delete()

    assert checked(now).problem == f"Seal 1 is gone: the next one is seal 2, from event {events[3].pk} on."


def test_a_chain_that_was_cut_off_lacks_the_digest_that_somebody_noted(events, now):
    noted = AuditSeal.objects.get(number=2).digest
    with without_guard():
        AuditSeal.objects.filter(number=2).delete()
        AuditEvent.objects.filter(pk__in=[events[3].pk, events[4].pk]).delete()

    with pytest.raises(CommandError, match="the chain was made anew or cut off"):
        call_command("verify_audit", known=noted)


def test_the_command_says_what_it_found(events):
    out = StringIO()

    call_command("verify_audit", stdout=out)

    digest = AuditSeal.objects.last().digest
    assert out.getvalue().splitlines() == [
        "5 events in 2 seals are as they were sealed.",
        "0 newer events wait for their seal.",
        f"Last digest: {digest}",
    ]


def test_the_command_fails_with_the_name_of_the_event(events):
    with without_guard():
        AuditEvent.objects.filter(pk=events[1].pk).delete()

    with pytest.raises(CommandError, match=f"Event {events[1].pk} is gone"):
        call_command("verify_audit")
