"""The audit page: sentences, filters, the same cost for any number of changes, and nobody but an admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from accounts.roles import Role
from core import audit_words
from core.audit import record
from core.filters import AuditEventFilter
from core.models import AuditEvent
from core.request_ids import set_request_id
from core.services import audit_seals
from tests.factories.accounts import TeamFactory, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
URL = "/audit/"


@pytest.fixture
def admin(client):
    user = person(Role.ADMIN, name="Ada Admin")
    client.force_login(user)
    return user


def found(query):
    events = AuditEventFilter(QueryDict(query), queryset=AuditEvent.objects.order_by("id"))
    return [event.verb for event in events.qs]


def queries(client):
    with CaptureQueriesContext(connection) as caught:
        client.get(URL)
    return len(caught)


def test_a_change_is_told_in_a_sentence(client, admin, now):
    record("team.created", target=TeamFactory(name="Retail"), by=admin, at=now)

    (row,) = client.get(URL).context["rows"]

    assert row[1] == "Ada Admin created the team “Retail”."


def test_a_change_by_the_system_names_the_system(now):
    event = record("team.created", target=TeamFactory(name="Retail"), by=None, at=now)

    assert audit_words.sentence(event) == "The system created the team “Retail”."


def test_a_change_whose_names_were_erased_keeps_its_numbers(now):
    user = UserFactory()
    event = record("team.created", target=TeamFactory(), by=user, at=now)
    AuditEvent.objects.filter(pk=event.pk).update(actor="", target="", salt="")
    event.refresh_from_db()

    said = audit_words.sentence(event)

    assert said == f"Person {user.pk} (name erased) created the team number {event.target_id}."


def test_a_verb_without_a_sentence_is_still_shown(now):
    event = record("team.sung_to", target=TeamFactory(name="Retail"), by=None, at=now)

    assert audit_words.sentence(event) == "The system: team.sung_to, the team “Retail”."


def test_a_percent_sign_in_a_name_is_harmless(now):
    event = record("team.created", target=TeamFactory(name="100%(actor)s"), by=None, at=now)

    assert audit_words.sentence(event) == "The system created the team “100%(actor)s”."


def test_details_are_field_names_and_parameters(now):
    event = record(
        "plan.edited",
        target=TeamFactory(),
        by=None,
        at=now,
        fields=["name", "days"],
        params={"was_due": None, "n": [1, 2]},
    )

    assert audit_words.details(event) == [("Fields", "name, days"), ("N", "1, 2"), ("Was due", "–")]


def test_the_page_shows_the_newest_change_first(client, admin, now):
    team = TeamFactory()
    for verb in ("team.created", "team.changed"):
        record(verb, target=team, by=None, at=now)

    rows = client.get(URL).context["rows"]

    assert [event.verb for event, _sentence, _details in rows] == ["team.changed", "team.created"]


@pytest.fixture
def three(now):
    """Three changes that differ in everything."""
    marta, jon = UserFactory(name="Marta Silva"), UserFactory(name="Jon")
    team = TeamFactory()
    record("team.created", target=team, by=marta, at=now - timedelta(days=2))
    set_request_id("from-jon")
    record("user.created", target=jon, by=jon, at=now - timedelta(days=1))
    set_request_id("")
    record("team.changed", target=team, by=None, at=now)
    return {"jon": jon.pk, "team": team.pk}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["team.created", "user.created", "team.changed"]),
        ("actor=silva", ["team.created"]),
        ("actor_id={jon}", ["user.created"]),
        ("verb=team.changed", ["team.changed"]),
        ("target_type=accounts.team", ["team.created", "team.changed"]),
        ("target_type=accounts.team&target_id={team}", ["team.created", "team.changed"]),
        ("target_id=no-such-number", []),
        ("request_id=from-jon", ["user.created"]),
        ("request_id=from", []),
        ("since=2026-03-03", ["user.created", "team.changed"]),
        ("until=2026-03-03", ["team.created", "user.created"]),
        ("since=2026-03-03&until=2026-03-03", ["user.created"]),
        ("until=9999-12-31", ["team.created", "user.created", "team.changed"]),
    ],
)
def test_a_filter_keeps_what_it_says(three, query, expected):
    assert found(query.format(**three)) == expected


@pytest.mark.parametrize(
    "query",
    ["verb=none.such", "target_type=x", "since=yesterday", "actor_id=99999999999999999999", "actor_id=x", "page=x",
     "page=-1", "actor=%00", "target_id=%00", "since=0001-01-01", "until=0001-01-01"],
)  # fmt: skip
def test_nothing_in_the_address_is_an_error_of_ours(client, admin, three, query):
    assert client.get(f"{URL}?{query}").status_code == 200


def test_the_page_costs_the_same_for_one_and_for_three_changes(client, admin, now):
    team = TeamFactory()
    record("team.created", target=team, by=admin, at=now)
    queries(client)
    one = queries(client)
    for _n in range(2):
        record("team.changed", target=team, by=UserFactory(), at=now)

    assert queries(client) == one


def test_fifty_changes_fit_on_a_page(client, admin, now):
    team = TeamFactory()
    for _n in range(51):
        record("team.changed", target=team, by=None, at=now)

    pages = [len(client.get(f"{URL}?page={number}").context["rows"]) for number in (1, 2)]

    assert pages == [50, 1]


def test_the_page_says_up_to_where_it_is_sealed(client, admin):
    event = record("team.created", target=TeamFactory(), by=None, at=datetime(2026, 3, 4, 9, tzinfo=UTC))
    audit_seals.seal_all(now=datetime(2026, 3, 4, 9, 1, tzinfo=UTC))

    page = strip_tags(client.get(URL).content.decode())

    assert f"Sealed up to change {event.pk} at 4 Mar 2026 09:01: seal 1" in page


def test_a_change_is_shown_after_its_subject_is_gone(client, admin, now):
    team = TeamFactory(name="Retail")
    record("team.created", target=team, by=admin, at=now)
    team.delete()

    (row,) = client.get(URL).context["rows"]

    assert row[1] == "Ada Admin created the team “Retail”."


def test_an_admin_of_one_team_is_refused_because_the_trail_covers_all(client):
    client.force_login(person(Role.ADMIN, team=TeamFactory()))

    assert client.get(URL).status_code == 403
