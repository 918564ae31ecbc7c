"""Skips are reported by reviewer and by reason, each share with its n and interval."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.roles import Role
from insights.reports import skips as report
from reviews.models import QueueItem
from reviews.services import skip_checks
from stats import wilson
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import drawn_items, skipped, specialist, submitted

pytestmark = pytest.mark.django_db


def test_the_shares_and_their_intervals_are_those_of_what_was_finished(client: Client) -> None:
    ada, ben = specialist(), specialist()
    items = drawn_items(7)
    for item in items[:3]:
        submitted(item, by=ada)
    for item, reason in zip(items[3:6], ("spam", "spam", "too_long"), strict=True):
        skipped(item, reason=reason, by=ada)
    skipped(items[6], reason="conflict", by=ben)
    skip_checks.overrule(QueueItem.objects.get(pk=items[3].pk), by=ben, now=NOW)

    found = report.load(now=NOW + timedelta(days=1))

    line = {one.reviewer: one for one in found.reviewers}
    expected = wilson(3, n=6)
    assert (line[ada].skipped.k, line[ada].skipped.n, line[ada].skipped.low) == (3, 6, expected.lo)
    assert line[ada].by_class == {"ineligible": 2, "reassign": 0, "nonresponse": 1}
    assert (line[ada].checked, line[ada].overruled) == (1, 1)
    assert (line[ben].skipped.share, line[ben].skipped.reason) == (None, "fewer_than_3")
    assert [(one.reason.value, one.given.k, one.given.n) for one in found.reasons] == [
        ("spam", 2, 7), ("conflict", 1, 7), ("too_long", 1, 7),
    ]  # fmt: skip
    assert (found.waiting, found.skipped.k) == (1, 4)
    assert report.load(now=NOW + timedelta(weeks=13)).skipped.n == 0

    client.force_login(person(Role.MANAGER))
    assert "3 of 6" in client.get("/insights/skips/").content.decode()
