"""Roles have a beginning and perhaps an end, never overlap, and never leave the house without an admin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.access import may
from accounts.models import RoleGrant, User
from accounts.roles import Permission, Role
from accounts.services import grants, people
from core.models import AuditEvent
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import LONG_AGO, RoleGrantFactory, TeamFactory, UserFactory, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refusal_of(action: object, *args: object, **words: object) -> tuple[str, int, str]:
    with pytest.raises(Refused) as caught:
        action(*args, **words)  # type: ignore[operator]
    refusal = caught.value.refusal
    return refusal.code, refusal.status, str(refusal.sentence)


@pytest.fixture
def admin() -> User:
    return person(Role.ADMIN, name="Ada")


def test_a_role_from_next_week_gives_nothing_yet(admin: User) -> None:
    user = UserFactory()

    given = grants.grant(user, Role.MANAGER, starts_at=NOW + 7 * DAY, ends_at=NOW + 9 * DAY, by=admin, now=NOW)

    assert may(user, Permission.MANAGE_RUBRICS) is False
    assert RoleGrant.objects.active(NOW + 8 * DAY).get(user=user) == given
    assert AuditEvent.objects.filter(verb="role.granted", actor_id=admin.pk, params={"person": user.pk}).count() == 1


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [(0, None, "overlapping_grant"), (-5, 11, "overlapping_grant"), (19, None, "overlapping_grant"), (20, None, None),
     (-5, 10, None), (5, 4, "ends_before_start"), (-9, -1, "end_past")],
)  # fmt: skip
def test_the_same_role_at_the_same_place_does_not_overlap(
    admin: User, starts: int, ends: int | None, code: str | None
) -> None:
    user = UserFactory()
    RoleGrantFactory(user=user, role=Role.SPECIALIST, starts_at=NOW + 10 * DAY, ends_at=NOW + 20 * DAY)

    def give() -> RoleGrant:
        ends_at = None if ends is None else NOW + ends * DAY
        return grants.grant(user, Role.SPECIALIST, starts_at=NOW + starts * DAY, ends_at=ends_at, by=admin, now=NOW)

    if code is None:
        assert give().pk is not None
    else:
        assert refusal_of(give)[0] == code


def test_the_refusal_of_an_overlap_names_the_other_grant(admin: User) -> None:
    user = UserFactory()
    RoleGrantFactory(user=user, role=Role.SUPERVISOR, team=TeamFactory(name="Retail"), starts_at=LONG_AGO)
    team = user.grants.get().team

    code, status, sentence = refusal_of(grants.grant, user, Role.SUPERVISOR, team=team, by=admin, now=NOW)

    assert (code, status) == ("overlapping_grant", 409)
    assert sentence == "This person holds “Supervisor, Retail” since 2020-01-01, with no end. End that first."


def test_another_team_or_another_role_is_no_overlap(admin: User) -> None:
    user = person(Role.SUPERVISOR, team=TeamFactory())

    grants.grant(user, Role.SUPERVISOR, team=TeamFactory(), by=admin, now=NOW)
    grants.grant(user, Role.SPECIALIST, team=user.grants.first().team, by=admin, now=NOW)

    assert user.grants.count() == 3


def test_an_admin_is_an_admin_everywhere(admin: User) -> None:
    refused = refusal_of(grants.grant, UserFactory(), Role.ADMIN, team=TeamFactory(), by=admin, now=NOW)

    assert refused == (
        "admin_everywhere",
        422,
        "An admin looks after the whole installation, so this role holds everywhere.",
    )


def test_nobody_gets_a_role_in_an_archived_team(admin: User) -> None:
    team = TeamFactory(archived_at=NOW)

    assert refusal_of(grants.grant, UserFactory(), Role.SPECIALIST, team=team, by=admin, now=NOW)[0] == "team_archived"


def test_a_role_ends_at_once_or_on_a_day_to_come(admin: User) -> None:
    now_over, later = person(Role.MANAGER).grants.get(), person(Role.MANAGER).grants.get()

    grants.end(now_over, by=admin, now=NOW)
    grants.end(later, at=NOW + DAY, by=admin, now=NOW)

    held = RoleGrant.objects.active(NOW).filter(role=Role.MANAGER)
    assert list(held) == [later]
    assert held.get().ends_at == NOW + DAY


def test_a_role_that_has_not_begun_is_taken_back(admin: User) -> None:
    ahead = RoleGrantFactory(starts_at=NOW + DAY)

    grants.end(ahead, by=admin, now=NOW)

    assert RoleGrant.objects.filter(pk=ahead.pk).exists() is False


def test_a_role_is_not_ended_in_the_past_or_twice(admin: User) -> None:
    given = person(Role.MANAGER).grants.get()

    assert refusal_of(grants.end, given, at=NOW - DAY, by=admin, now=NOW)[0] == "end_past"
    grants.end(given, by=admin, now=NOW)
    assert refusal_of(grants.end, given, by=admin, now=NOW)[:2] == ("grant_ended", 409)


def test_the_last_admin_cannot_end_the_own_role(admin: User) -> None:
    person(Role.ADMIN, is_active=False)
    RoleGrantFactory(role=Role.ADMIN, ends_at=NOW + DAY)

    refused = refusal_of(grants.end, admin.grants.get(), by=admin, now=NOW)

    assert refused == (
        "last_admin",
        409,
        "Nobody else would be left as an admin without an end. Make somebody else an admin first.",
    )


def test_one_of_two_admins_may_go(admin: User) -> None:
    other = person(Role.ADMIN)

    grants.end(admin.grants.get(), by=admin, now=NOW)

    assert list(RoleGrant.objects.active(NOW).filter(role=Role.ADMIN)) == [other.grants.get()]


def test_only_admins_of_everything_give_roles() -> None:
    limited = UserFactory()
    RoleGrantFactory(user=limited, role=Role.ADMIN, team=TeamFactory())

    assert refusal_of(grants.grant, UserFactory(), Role.AGENT, by=person(Role.MANAGER), now=NOW)[0] == "wrong_role"
    assert refusal_of(grants.grant, UserFactory(), Role.AGENT, by=limited, now=NOW)[0] == "one_team_only"


def test_the_last_admin_cannot_be_deactivated(admin: User) -> None:
    dated = UserFactory()
    RoleGrantFactory(user=dated, role=Role.ADMIN, ends_at=NOW + DAY)

    assert refusal_of(people.deactivate, admin, by=dated, now=NOW)[0] == "last_admin"
    assert refusal_of(people.deactivate, admin, by=admin, now=NOW)[0] == "own_account"
