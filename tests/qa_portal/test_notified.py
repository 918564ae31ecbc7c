"""What notifications say they are about: only what their reader may see, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from accounts.roles import Role
from qa_portal.notified import about
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login, attempt_of, plan, session_of
from tests.factories.reviews import drawn_items, published

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_each_side_reads_what_a_notification_is_about_and_a_stranger_reads_nothing(client: Client) -> None:
    team = TeamFactory()
    agent = agent_with_login(team, name="Jonas")
    review = published(drawn_items(agent=agent, team=team)[0])
    made = plan("shared", agent=agent, team=team)
    attempt, session = attempt_of(made), session_of(made, starts_at=NOW + timedelta(days=1))
    own = [f"/feedback/{review.pk}/", f"/my-coaching/{made.pk}/", f"/my-coaching/sessions/{session.pk}/"]
    coached = [f"/coaching/plans/{made.pk}/", f"/coaching/attempts/{attempt.pk}/", f"/coaching/sessions/{session.pk}/"]
    day = f"{NOW + timedelta(days=1):%a %-d %b, %H:%M}"

    subject = review.conversation.subject or review.conversation.external_id
    assert about(agent.user, [*own, *coached, "", "/queue/", "/feedback/x/", "/people/1/"]) == {
        own[0]: subject, own[1]: "Empathy", own[2]: f"Empathy, {day}",
    }  # fmt: skip
    assert about(person(Role.SUPERVISOR, team=team), [*own, *coached]) == {
        coached[0]: "Jonas, Empathy", coached[1]: "Jonas, Empathy", coached[2]: f"Jonas, {day}",
    }  # fmt: skip
    assert about(person(Role.SUPERVISOR, team=TeamFactory()), [*own, *coached]) == {}

    client.force_login(agent.user)
    one = _queries(client, Notification.objects.filter(user=agent.user).count())
    more = [Notification(user=agent.user, kind="feedback.published", path=own[0], created_at=NOW) for _ in range(2)]
    Notification.objects.bulk_create(more)
    assert _queries(client, Notification.objects.filter(user=agent.user).count()) == one


def _queries(client: Client, shown: int) -> int:
    """Return how many queries the page costs, which names what each line is about."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get("/notifications/").content.decode()
    assert page.count("needs-item") == shown
    return len(asked)
