"""Recognise who a session belongs to, together with what decides whether they need a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Subquery

from accounts.models import User, Workspace


class PersonBackend(AuthenticationBackend):
    """Bring the workspace's rule and the person's factors along: every request asks, and none asks twice."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, unless they were deactivated."""
        rule = Workspace.objects.filter(pk=1).values("second_factor")
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        people = User.objects.annotate(second_factor_rule=Subquery(rule), has_second_factor=Exists(factors))
        return people.filter(pk=user_id, is_active=True).first()
