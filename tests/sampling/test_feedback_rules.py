"""When a review reaches its agent, by the rules of its plan."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from core.models import AuditEvent
from sampling.feedback_rules import FeedbackRules
from sampling.models import PastTerms, Plan
from tests.factories.accounts import person
from tests.factories.sampling import PlanFactory
from tests.sampling.pages import sent, words

SUBMITTED = datetime(2026, 3, 27, 12, tzinfo=UTC)
EARLIEST = SUBMITTED + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("rules", "at"),
    [
        (FeedbackRules(), EARLIEST),
        (FeedbackRules(release_rule="after_hours", release_hours=4), SUBMITTED + timedelta(hours=4)),
        (FeedbackRules(release_rule="at_time", release_time=time(9)), datetime(2026, 3, 28, 9, tzinfo=UTC)),
        (FeedbackRules(release_rule="at_time", release_time=time(17)), datetime(2026, 3, 27, 17, tzinfo=UTC)),
        (FeedbackRules(release_rule="before_meeting"), EARLIEST),
    ],
)
def test_when_a_review_goes_out(rules: FeedbackRules, at: datetime) -> None:
    assert rules.release(EARLIEST, submitted_at=SUBMITTED, time_zone="UTC") == at


def test_the_edit_window_comes_first_and_the_clock_is_the_plans_also_when_it_changes() -> None:
    soon = FeedbackRules(release_rule="after_hours", release_hours=1)
    morning = FeedbackRules(release_rule="at_time", release_time=time(9))
    late = datetime(2026, 3, 28, 20, tzinfo=UTC)  # clocks go forward in the night to the 29th

    assert soon.release(SUBMITTED + timedelta(hours=3), submitted_at=SUBMITTED, time_zone="UTC") == SUBMITTED + (
        timedelta(hours=3)
    )
    assert morning.release(late, submitted_at=late, time_zone="Europe/London") == datetime(2026, 3, 29, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_the_form_changes_them_at_once_and_the_page_says_them(client: Client) -> None:
    plan = PlanFactory()
    client.force_login(person(Role.MANAGER))
    more = {"self_review": "on", "self_review_days": 5, "release_rule": "at_time", "release_time": "17:30"}

    client.post(reverse("sampling:edit", args=[plan.pk]), sent(plan, name=plan.name, quota_per_agent=2,
                time_zone="UTC", **more))  # fmt: skip
    page = words(client.get(reverse("sampling:plan", args=[plan.pk])))

    rules = FeedbackRules(True, 5, "at_time", 24, time(17, 30))
    assert FeedbackRules.of(Plan.objects.get(pk=plan.pk)) == rules
    assert not PastTerms.objects.exists()
    assert AuditEvent.objects.get(verb="plan.edited").fields == [
        "self_review", "self_review_days", "release_rule", "release_time"
    ]  # fmt: skip
    assert page.count("Agents see a review at 17:30, UTC.") == 1
    assert page.count("They score the conversation first, blind, within 5 days.") == 1
