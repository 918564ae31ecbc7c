"""Prepared statements find what the ORM's own would find, whatever is put into their slots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant, User
from accounts.roles import Role
from core import prepared
from core.models import AuditEvent
from core.prepared import Prepared, PreparedInsert, PreparedUpdate
from tests.factories.accounts import RoleGrantFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
GRANTS = Prepared(
    lambda: RoleGrant.objects.filter(user=prepared.number("user")).active(prepared.moment("now")).select_related("team")
)


def test_instances_come_with_what_belongs_to_them_and_cost_no_further_query(now) -> None:
    team = TeamFactory()
    grant = RoleGrantFactory(team=team, ends_at=now + timedelta(days=1))
    RoleGrantFactory()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = GRANTS.all(user=grant.user_id, now=now)
        names = [(one, one.team.name, one.ends_at) for one in found]

    assert names == [(grant, team.name, now + timedelta(days=1))]
    assert len(queries) == 1


def test_the_same_statement_takes_other_values(now) -> None:
    first, second = RoleGrantFactory(), RoleGrantFactory(ends_at=now)

    assert [GRANTS.all(user=one.user_id, now=now) for one in (first, second)] == [[first], []]
    assert GRANTS.all(user=second.user_id, now=now - timedelta(seconds=1)) == [second]


def test_plain_values_are_converted_as_the_orm_converts_them(now) -> None:
    user = UserFactory(joined_at=now)
    values = Prepared(
        lambda: User.objects.filter(pk=prepared.number("user")).values_list("pk", "joined_at", "is_active")
    )

    assert values.rows(user=user.pk) == [(user.pk, now, True)]


def test_a_number_that_no_column_holds_finds_nothing() -> None:
    assert GRANTS.all(user=10**30, now=None) == []


def test_a_shape_that_can_find_nothing_asks_nothing() -> None:
    some = Prepared(lambda count: User.objects.filter(pk__in=range(count)))

    with CaptureQueriesContext(connection) as queries:
        assert some.all(0) == []

    assert len(queries) == 0


def test_an_update_says_how_many_rows_it_changed() -> None:
    user, other = UserFactory(), UserFactory()
    rename = PreparedUpdate(lambda: (User.objects.filter(pk=prepared.number("user")), {"name": "Renamed"}))

    assert (rename.run(user=user.pk), rename.run(user=-1)) == (1, 0)
    assert set(User.objects.values_list("pk", "name")) == {(user.pk, "Renamed"), (other.pk, other.name)}


def test_an_inserted_instance_is_what_the_orm_would_have_saved(now) -> None:
    values = {
        "at": now,
        "verb": "a.b",
        "target_type": "x.y",
        "target_id": "1",
        "params": {"n": [1, "ü"]},
        "fields": ["f"],
    }
    insert = PreparedInsert(AuditEvent)

    one = insert.one(AuditEvent(**values))
    insert.many([AuditEvent(**values), AuditEvent(**values)])

    assert one._state.adding is False
    assert AuditEvent.objects.filter(pk=one.pk).values(*values).get() == values
    assert AuditEvent.objects.filter(**values).count() == 3


def test_the_queue_offers_by_a_prepared_statement_what_it_offers_by_the_orm(now) -> None:
    from reviews.models import QueueItem
    from reviews.selectors.queue import offered_to_slots, team_slots
    from tests.factories.accounts import person
    from tests.factories.reviews import drawn_items

    teams = [TeamFactory(), TeamFactory(), TeamFactory()]
    for team in teams:
        drawn_items(2, team=team)
    everywhere, nowhere, one_team = person(Role.SPECIALIST), UserFactory(), person(Role.SPECIALIST, team=teams[0])
    two_teams = person(Role.SPECIALIST, team=teams[0])
    RoleGrantFactory(user=two_teams, role=Role.SPECIALIST, team=teams[2])
    offered = Prepared(lambda shape: offered_to_slots(shape).order_by("pk"))

    def by_both(user: User) -> tuple[list[QueueItem], list[QueueItem]]:
        shape, team_ids = team_slots(user)
        plain = QueueItem.objects.claimable(now).offered_to(user).order_by("pk")
        return offered.all(shape, by=user.pk, now=now, **team_ids), list(plain)

    found = [by_both(user) for user in (everywhere, nowhere, one_team, two_teams)]

    assert [len(plain) for _prepared, plain in found] == [6, 0, 2, 4]
    assert [prepared_ for prepared_, _plain in found] == [plain for _prepared, plain in found]


def test_postgresql_plans_a_statement_once_for_a_connection_and_knows_what_never_changes(now) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans a statement in no time")
    user = UserFactory(name="100 % Leila")
    named = User.objects.filter(name="100 % Leila", is_active=True).order_by()
    mine = Prepared(lambda: named.filter(pk=prepared.number("user")))

    found = [mine.all(user=one) for one in (user.pk, -1, user.pk)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%100 %% Leila%"])
        statements = [statement for (statement,) in cursor.fetchall()]

    assert found == [[user], [], [user]]
    assert [statement.partition(" WHERE ")[2] for statement in statements] == [
        '("accounts_user"."is_active" AND "accounts_user"."name" = \'100 % Leila\' AND "accounts_user"."id" = ($1))'
    ]
