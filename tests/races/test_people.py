"""Admins who act at the same moment: a role is given once, and somebody stays who can undo it."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.access import roles_of
from accounts.models import RoleGrant, User
from accounts.roles import Role
from accounts.services import grants, people
from core.refusals import Refused
from tests.conftest import NOW
from tests.factories.accounts import UserFactory, person
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(work: partial[object]) -> str:
    try:
        work()
    except Refused as refused:
        return refused.refusal.code
    return "done"


def test_of_four_who_give_the_same_role_one_does() -> None:
    admin, user = person(Role.ADMIN), UserFactory()

    given = at_once(
        *(partial(outcome, partial(grants.grant, user, Role.MANAGER, by=admin, now=NOW)) for _n in range(4))
    )

    assert sorted(given) == ["done", "overlapping_grant", "overlapping_grant", "overlapping_grant"]
    assert RoleGrant.objects.filter(user=user).count() == 1


def test_two_admins_who_end_each_others_role_leave_one() -> None:
    first, second = person(Role.ADMIN), person(Role.ADMIN)
    assert roles_of(first) == roles_of(second)  # both were let in before either acted

    ended = at_once(
        partial(outcome, partial(grants.end, second.grants.get(), by=first, now=NOW)),
        partial(outcome, partial(grants.end, first.grants.get(), by=second, now=NOW)),
    )

    assert sorted(ended) == ["done", "last_admin"]
    assert RoleGrant.objects.active(NOW).filter(role=Role.ADMIN).count() == 1


def test_two_admins_who_deactivate_each_other_leave_one() -> None:
    first, second = person(Role.ADMIN), person(Role.ADMIN)
    assert roles_of(first) == roles_of(second)  # both were let in before either acted

    closed = at_once(
        partial(outcome, partial(people.deactivate, User.objects.get(pk=second.pk), by=first, now=NOW)),
        partial(outcome, partial(people.deactivate, User.objects.get(pk=first.pk), by=second, now=NOW)),
    )

    assert sorted(closed) == ["done", "last_admin"]
    assert User.objects.filter(is_active=True).count() == 1
