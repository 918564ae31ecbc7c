"""How often disputed answers are changed: counted by criterion and reviewer, a share only where there is enough."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Workspace
from accounts.roles import Role
from insights.reports import disputes
from insights.reports.disputes import Params
from reviews.selectors.overturns import Overturns
from tests.api.asking import as_role, get
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.disputes import decided, disputed

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


def test_the_page_and_the_api_count_what_was_decided_and_changed(client: Client) -> None:
    done = decided()
    disputed()
    client.force_login(person(Role.MANAGER))

    report = disputes.load(Params(now=SOON))
    earlier = disputes.load(Params(now=NOW))
    page = client.get("/insights/disputes/?weeks=4").content.decode()
    body = get(as_role(Role.MANAGER), "reports/disputes/", weeks="4").json()
    refused = get(as_role(Role.MANAGER), "reports/disputes/", weeks="7")

    assert (report.opened, report.decided, report.answers, report.changed) == (2, 1, 2, 1)
    assert report.sentence == "1 of 2 disputed answers were changed."
    assert (earlier.opened, earlier.decided) == (0, 0)
    assert [(row.key, row.decided, row.changed, row.reason) for row in report.criteria] == [
        ("understood", 1, 1, "fewer than 5 decided"), ("solved", 1, 0, "fewer than 5 decided"),
    ]  # fmt: skip
    assert [(row.key, row.decided, row.changed) for row in report.reviewers] == [(done.review.author_id, 2, 1)]
    # The clock of a request stands at the very moment of the decision, which is the first one after the window.
    assert page.count("No disputed answer was decided in this time.") == 1
    assert (body["sentence"], refused.status_code) == ("No disputed answer was decided in this time.", 422)


def test_a_share_comes_with_its_interval_once_there_is_enough() -> None:
    row = disputes.row_of(Overturns("understood", "Understood", 10, 4))

    assert row.rate == 0.4
    # Wilson 1927 for 4 of 10.
    assert (round(row.low or 0, 3), round(row.high or 0, 3)) == (0.168, 0.687)


def test_a_workspace_without_disputes_says_so() -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"dispute_window_days": 0})

    assert disputes.load(Params(now=SOON)).sentence == "No disputed answer was decided in this time."
