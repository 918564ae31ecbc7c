"""Recognise who a session belongs to, together with what decides whether they need a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import User, Workspace
from core import prepared
from core.prepared import Prepared


class PersonBackend(AuthenticationBackend):
    """Bring the workspace's rule and the person's factors along: every request asks, and none asks twice."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, unless they were deactivated."""
        return PERSON.first(user=int(user_id))


def _write_person() -> QuerySet[User, Any]:
    rule = Workspace.objects.filter(pk=1).values("second_factor")
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    people = User.objects.annotate(second_factor_rule=Subquery(rule), has_second_factor=Exists(factors))
    return people.filter(pk=prepared.number("user"), is_active=True).order_by()


PERSON = Prepared(_write_person)
