"""Who needs a second factor to sign in, and who has one."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from accounts.access import roles_of
from accounts.models import Workspace
from accounts.roles import Role

LEADERS = frozenset({Role.MANAGER.value, Role.ADMIN.value})


def rule_for(user: Any) -> str:
    """Return the workspace's rule; requests bring it along with the person."""
    if hasattr(user, "second_factor_rule"):  # None while nobody has saved any settings
        return user.second_factor_rule or Workspace.SecondFactor.OPTIONAL
    return Workspace.current().second_factor


def is_off(user: Any) -> bool:
    """Say whether second factors are switched off in this workspace."""
    return rule_for(user) == Workspace.SecondFactor.OFF


def is_needed(user: Any) -> bool:
    """Say whether a person has to sign in with a second factor."""
    rule = rule_for(user)
    if rule == Workspace.SecondFactor.LEADERS:
        return bool(roles_of(user) & LEADERS)
    return rule == Workspace.SecondFactor.EVERYBODY


def is_missing(user: Any) -> bool:
    """Say whether a person needs a second factor and has none."""
    return is_needed(user) and not _has_one(user)


def _has_one(user: Any) -> bool:
    brought = getattr(user, "has_second_factor", None)
    if brought is not None:
        return bool(brought)
    factors = Authenticator.objects.filter(user=user.pk)
    return factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
