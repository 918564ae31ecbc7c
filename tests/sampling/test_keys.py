"""The secret behind the draws: promised by fingerprints, changed at a period's start, and old draws repeat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from sampling import periods
from sampling.models import MasterKey, PeriodKey
from sampling.receipts import replay
from sampling.selectors.receipts import receipt_of
from sampling.services import keys, plans
from sampling.terms import Terms
from tests.api.asking import as_role, post, results
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.sampling import SECRET, WEEK, PlanFactory, agent, drawn, master_key, week_of
from tests.sampling.pages import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def promised(plan: Any) -> dict[str, tuple[int, str]]:
    rows = PeriodKey.objects.filter(plan=plan).values_list("period", "master__number", "fingerprint")
    return {period: (number, fingerprint) for period, number, fingerprint in rows}


def test_a_changed_key_holds_from_the_next_period_on_and_old_draws_repeat() -> None:
    master_key()
    plan = PlanFactory()
    week_of(agent("Anna"), 5)
    old = drawn(plan)
    keys.publish(plan, now=NOW)
    before = promised(plan)

    made = keys.rotate(by=person(Role.ADMIN), now=NOW)

    after = promised(plan)
    assert made.number == 2
    assert {period: number for period, (number, _fingerprint) in after.items()} == {
        "2026-W09": 1, "2026-W10": 1, "2026-W11": 2, "2026-W12": 2,
    }  # fmt: skip
    assert sorted(period for period in after if after[period][1] != before[period][1]) == ["2026-W11", "2026-W12"]
    assert PeriodKey.objects.get(period="2026-W11").replaces == before["2026-W11"][1]
    assert replay("".join(receipt_of(old)).encode()).matches
    week_of(agent("Bert"), 5, monday=WEEK + 14 * DAY)
    new = drawn(plan, moment=WEEK + 14 * DAY, now=NOW + 20 * DAY)
    assert new.fingerprint == after["2026-W11"][1]
    assert replay("".join(receipt_of(new)).encode()).matches


def test_every_change_of_the_key_is_in_the_audit_trail_without_the_key() -> None:
    master_key()
    plan = PlanFactory()
    keys.publish(plan, now=NOW)
    admin = person(Role.ADMIN)

    made = keys.rotate(by=admin, now=NOW)

    rows = AuditEvent.objects.filter(verb__in=["sampling.master_key_changed", "sampling.fingerprint_replaced"])
    assert [(row.verb, row.actor_id) for row in rows.order_by("pk")] == [
        ("sampling.master_key_changed", admin.pk),
        ("sampling.fingerprint_replaced", admin.pk),
        ("sampling.fingerprint_replaced", admin.pk),
    ]
    kept = "".join(str(row.params) for row in rows)
    assert (bytes(made.secret).hex() in kept, SECRET.hex() in kept) == (False, False)


def test_a_plan_made_after_a_change_promises_by_the_new_key() -> None:
    master_key()
    keys.rotate(by=None, now=NOW)
    keys.rotate(by=None, now=NOW + DAY)
    plan = PlanFactory()

    made = keys.of(plan, periods.containing(plan, NOW), now=NOW + DAY)

    assert made.master.number == 3
    assert MasterKey.objects.filter(retired_at=None).count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SPECIALIST, Role.SUPERVISOR, Role.AGENT])
def test_only_an_admin_changes_the_key(role: Role) -> None:
    with pytest.raises(Refused) as caught:
        keys.rotate(by=person(role), now=NOW)

    assert (caught.value.refusal.status, MasterKey.objects.count()) == (403, 0)


def test_the_page_and_the_command_change_the_key_and_show_fingerprints_only(client: Client) -> None:
    master_key()
    client.force_login(person(Role.ADMIN))
    printed = StringIO()

    shown = words(client.post(reverse("sampling:rotate"), follow=True))
    call_command("rotate_sampling_key", stdout=printed)
    listed = client.get(reverse("sampling:keys")).content.decode()

    assert "Key 2 holds for every period that has not begun. Old draws repeat as before." in shown
    assert printed.getvalue().startswith("Master key 3 holds for every period that has not begun.")
    assert [listed.count(f'title="{key.fingerprint}"') for key in MasterKey.objects.all()] == [1, 1, 1]
    assert [bytes(key.secret).hex() in listed for key in MasterKey.objects.all()] == [False] * 3


def test_the_api_lists_and_changes_keys() -> None:
    master_key()
    client = as_role(Role.ADMIN)

    made = post(client, "sampling-keys/rotate/")
    listed = results(client, "sampling-keys/")

    assert (made.status_code, made.json()["number"]) == (201, 2)
    assert [(row["number"], row["retired_at"] is None, row["periods"]) for row in listed] == [
        (2, True, 0), (1, False, 0),
    ]  # fmt: skip
    assert set(listed[0]) == {"id", "number", "fingerprint", "created_at", "retired_at", "periods"}


def test_a_week_that_a_change_of_zone_lets_begin_earlier_keeps_its_key_from_then_on() -> None:
    master_key()
    plan = PlanFactory(time_zone="America/New_York")
    keys.publish(plan, now=NOW)
    terms = replace(Terms.of(plan), time_zone="Europe/Berlin")
    plans.edit(plan, name=plan.name, terms=terms, reviewers=(), by=None, now=NOW)
    before = promised(plan)
    begun = datetime(2026, 3, 15, 23, tzinfo=UTC)  # midnight in Berlin, evening in New York

    keys.rotate(by=None, now=begun + timedelta(hours=1))

    after = promised(plan)
    assert (PeriodKey.objects.get(period="2026-W12").starts_at, after["2026-W12"]) == (begun, before["2026-W12"])
