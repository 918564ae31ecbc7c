"""What the pages around disputes do by themselves; the whole way of one is part of test_rubric_to_dispute.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.roles import Role
from accounts.services import notifications
from tests.factories.accounts import AgentFactory, person
from tests.factories.disputes import LOW, agent_of
from tests.factories.reviews import drawn_items, published

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


def test_the_count_of_notifications_updates_by_itself(browse: Browse) -> None:
    review = published(drawn_items(agent=AgentFactory(user=person(Role.AGENT)))[0], answers=LOW, now=timezone.now())
    page = browse(agent_of(review))
    page.clock.install()
    page.goto("/feedback/")
    expect(page.locator("#notification-count")).to_contain_text("1")

    notifications.read_all(agent_of(review), now=timezone.now())
    page.clock.fast_forward(61_000)

    expect(page.locator("#notification-count")).to_be_empty()
