"""The weekly comparison: what differs is told and kept, and nothing is repaired by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from qa_portal.metrics import _sums
from reviews.models import Cell, CellCheck
from reviews.services import cell_checks
from reviews.tasks import check_cells
from tests.api.asking import as_role, get
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import published
from tests.sampling.pages import words

pytestmark = pytest.mark.django_db


def broken() -> Cell:
    published()
    total = Cell.objects.get(metric="total")
    total.total = 5
    total.save()
    return total


def test_equal_sums_are_noted_and_nobody_is_alarmed() -> None:
    published()
    person(Role.MANAGER)

    found = cell_checks.check(now=NOW)

    assert (found.compared, found.differing, found.examples) == (Cell.objects.count(), 0, [])
    assert Notification.objects.filter(kind="cells.differ").count() == 0


def test_a_difference_is_told_to_managers_and_admins_and_not_repaired() -> None:
    manager, admin = person(Role.MANAGER), person(Role.ADMIN)
    person(Role.SPECIALIST)
    person(Role.MANAGER, is_active=False)
    cell = broken()

    found = cell_checks.check(now=NOW)

    assert found.differing == 1
    assert found.examples[0].startswith(f"stratum {cell.stratum_id}, total")
    told = Notification.objects.filter(kind="cells.differ")
    assert {row.user_id for row in told} == {manager.pk, admin.pk}
    assert {(row.path, row.params["cells"]) for row in told} == {("/insights/sums/", 1)}
    cell.refresh_from_db()
    assert cell.total == 5


def test_it_is_done_once_a_week() -> None:
    first = cell_checks.check_due(now=NOW)

    assert first is not None
    assert cell_checks.check_due(now=NOW + timedelta(days=6)) is None
    assert cell_checks.check_due(now=NOW + timedelta(days=7)) is not None


def test_the_clock_starts_it() -> None:
    check_cells()

    assert CellCheck.objects.count() == 1


def test_the_page_the_api_and_the_metric_say_what_was_found() -> None:
    broken()
    cell_checks.check(now=NOW)
    client = Client()
    client.force_login(person(Role.ADMIN))
    manager = Client()
    manager.force_login(person(Role.MANAGER))

    page = words(client.get(reverse("insights:sums")))
    programme = words(manager.get(reverse("insights:programme")))
    listed = get(as_role(Role.MANAGER), "cell-checks/").json()["results"]

    count = Cell.objects.count()
    assert f"1 of {count} sums is not what the reviews add up to." in page
    assert "See what differs" in programme
    assert [(one["compared"], one["differing"], len(one["examples"])) for one in listed] == [(count, 1, 1)]
    assert [sample.value for sample in _sums().samples] == [1]


def test_a_page_without_a_comparison_says_so(client: Client) -> None:
    client.force_login(person(Role.MANAGER))

    assert "Not compared yet" in words(client.get(reverse("insights:sums")))
    assert "Compared with the reviews every week" in words(client.get(reverse("insights:programme")))
