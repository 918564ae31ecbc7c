"""What people are told: the page, the count that updates itself, the daily mail, and words for every kind."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, User
from accounts.notification_words import REMINDERS, SAYINGS
from accounts.roles import Role
from accounts.services import digests, notifications
from tests.api.asking import asking, post, results
from tests.conftest import NOW
from tests.factories.accounts import UserFactory, person
from tests.project.tree import name_of, parsed, python_files

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def notify(user: User, kind: str = "feedback.published", **fields: Any) -> Notification:
    return Notification.objects.create(user=user, **{"kind": kind, "path": "/feedback/7/", "created_at": NOW, **fields})


def kinds_sent() -> set[str]:
    """Read every kind that the code tells people, from calls of `tell` and from rows that are made."""
    found = set()
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Call) or name_of(path).split("/")[0] == "tests":
                continue
            if ast.unparse(node.func).endswith("tell") and len(node.args) == 2:
                found |= {ast.unparse(node.args[1])}
            found |= {
                ast.unparse(word.value)
                for word in node.keywords
                if word.arg == "kind" and "Notification" in ast.unparse(node.func)
            }
    return {text.strip("'") for text in found if text.startswith("'")}


def test_every_kind_that_is_sent_has_words() -> None:
    # `verb` in disputes.py is one of the first two; the audit trail reads it there. Sessions name their state.
    named = {"dispute.opened", "dispute.escalated"}
    named |= {"item.expired", "item.withdrawn"}  # expiry.tell_authors is given which of the two
    named |= {f"session.{what}" for what in ("planned", "moved", "no_show", "cancelled")}
    assert kinds_sent() | named | set(REMINDERS) == set(SAYINGS)


def test_the_page_lists_the_unread_first_and_opening_one_marks_it(client: Client) -> None:
    user = person(Role.AGENT)
    notify(user, read_at=NOW, path="/feedback/8/")
    new = notify(user)
    notify(person(Role.AGENT))
    client.force_login(user)

    page = client.get("/notifications/")
    opened = client.post(f"/notifications/{new.pk}/open/")

    assert next(row.pk for row, _sentence, _icon in page.context["rows"]) == new.pk
    assert page.content.decode().count("One is new.") == 1
    assert opened["Location"] == "/feedback/7/"
    assert Notification.objects.visible_to(user).unread().count() == 0


def test_one_of_somebody_else_is_not_there_to_open(client: Client) -> None:
    client.force_login(person(Role.AGENT))

    assert client.post(f"/notifications/{notify(UserFactory()).pk}/open/").status_code == 404


@pytest.mark.parametrize(("shown", "status"), [("0", 200), ("1", 204), ("", 200)])
def test_the_count_answers_only_when_it_is_another_one(client: Client, shown: str, status: int) -> None:
    user = person(Role.AGENT)
    notify(user)
    client.force_login(user)

    response = client.get(f"/notifications/count/?shown={shown}")

    assert response.status_code == status
    if status == 200:
        assert response.content.decode().count("1<span") == 1
        assert response.content.decode().count("count/?shown=1") == 1


def test_the_rail_shows_the_count_and_announces_a_change(client: Client) -> None:
    user = person(Role.AGENT)
    client.force_login(user)
    before = client.get("/notifications/").content.decode()
    notify(user)

    after = client.get("/notifications/").content.decode()

    assert (before.count("count/?shown=0"), after.count("count/?shown=1")) == (1, 1)
    assert after.count('<span class="rail-live" aria-live="polite"><span id="notification-count"') == 1


def test_the_page_costs_the_same_for_one_and_for_three(client: Client) -> None:
    user = person(Role.AGENT)
    client.force_login(user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/notifications/").status_code == 200
        return len(caught)

    notify(user)
    queries()
    one = queries()
    notify(user)
    notify(user)

    assert queries() == one


def test_the_daily_mail_says_what_is_new_and_nothing_that_people_wrote() -> None:
    user = person(Role.AGENT, name="Leila")
    notify(user)
    notify(user, "dispute.decided", path="/disputes/3/", params={"changed": 1})
    notify(user, read_at=NOW)

    sent = [digests.send_due(now=NOW) for _time in range(2)]

    assert (sent, len(mail.outbox)) == ([1, 0], 1)
    message = mail.outbox[0]
    assert (message.subject, message.to) == ("2 things are new for you in QA Portal", [user.email])
    assert message.body.count("Hello Leila,") == 1
    assert message.body.count("A review of one of your conversations is there to read.") == 1
    assert message.body.count("/disputes/3/") == 1
    html, kind = message.alternatives[0]
    assert (kind, str(html).count("<li>")) == ("text/html", 2)


@pytest.mark.parametrize(
    ("zone", "hour", "sent"),
    [("UTC", 6, 0), ("UTC", 7, 1), ("America/New_York", 11, 0), ("America/New_York", 12, 1), ("Nowhere/Odd", 7, 1)],
)
def test_it_comes_in_the_morning_of_the_person(zone: str, hour: int, sent: int) -> None:
    user = person(Role.AGENT, time_zone=zone)
    moment: datetime = NOW.replace(hour=hour)
    notify(user, created_at=moment - HOUR)

    assert digests.send_due(now=moment) == sent


def test_it_comes_once_a_day_and_tells_each_thing_once() -> None:
    user = person(Role.AGENT)
    notify(user)
    first = digests.send_due(now=NOW)
    notify(user, created_at=NOW + HOUR)

    later = [digests.send_due(now=NOW + 2 * HOUR), digests.send_due(now=NOW + DAY), digests.send_due(now=NOW + 2 * DAY)]

    assert (first, later) == (1, [0, 1, 0])
    assert [message.subject for message in mail.outbox] == ["One thing is new for you in QA Portal"] * 2


def test_it_is_off_for_who_switched_it_off_or_is_gone(client: Client) -> None:
    off, gone = person(Role.AGENT), person(Role.AGENT, is_active=False)
    for user in (off, gone):
        notify(user)
    client.force_login(off)

    client.post("/notifications/digest/", {"wanted": "0"})
    page = client.get("/notifications/").content.decode()

    assert digests.send_due(now=NOW) == 0
    assert page.count("Switch it on") == 1
    notifications.choose_digest(off, wanted=True, now=NOW)
    assert digests.send_due(now=NOW) == 1


def test_a_mail_server_that_is_away_costs_an_hour_not_the_mail(settings: Any) -> None:
    notify(person(Role.AGENT))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    away = digests.send_due(now=NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert (away, digests.send_due(now=NOW + HOUR)) == (0, 1)


def test_the_same_over_the_api() -> None:
    user = person(Role.AGENT)
    one, _two = notify(user), notify(user)
    client = asking(user)

    listed = [row["id"] for row in results(client, "notifications/", unread=True)]
    read = post(client, f"notifications/{one.pk}/read/")
    rest = post(client, "notifications/read-all/")
    off = post(client, "notifications/digest/", {"wanted": False})

    assert len(listed) == 2
    assert read.json()["sentence"] == "A review of one of your conversations is there to read."
    assert (rest.json(), off.json()) == ({"count": 1}, {"wanted": False})
    assert User.objects.get(pk=user.pk).wants_digest is False
