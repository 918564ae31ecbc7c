"""Tell allauth how people get an account here, how often they may guess, and what the workspace asks of them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import second_factor
from accounts.models import Workspace
from accounts.services import sessions


class AccountAdapter(DefaultAccountAdapter):
    """Close the sign-up, and answer too many guesses with a page of its own; keep the rest."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-ups: accounts are made by an admin."""
        return False

    def get_user_search_fields(self) -> list[str]:
        """Name the fields that identify a user."""
        return ["email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Do nothing: there is no user name besides the address."""

    def set_password(self, user: Any, password: str) -> None:
        """Set a password; every other session ends, and the one that sets it goes on under a new key."""
        super().set_password(user, password)
        sessions.end_listed(user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the guess; after too many, by address or by account, answer 429 whatever the password is."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error


class MFAAdapter(DefaultMFAAdapter):
    """Follow the workspace's rule on second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "This workspace asks you for a second factor, and this is the only one. Set up another first."
        ),
        "incorrect_code": _("This code is not right, or no longer. Enter the one that your app shows now."),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Say whether signing in takes a second factor; never while the workspace has them switched off."""
        return not second_factor.is_off(user) and super().is_mfa_enabled(user, types)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of somebody who needs one."""
        user = authenticator.user
        others = Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk)
        has_other = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_other or not second_factor.is_needed(user)

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app calls this installation."""
        return Workspace.current().name

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  allauth names it so
        """Return a name to begin with; the person changes it."""
        return str(_("Passkey %(number)d")) % {
            "number": Authenticator.objects.filter(user=user.pk, type=type).count() + 1
        }
