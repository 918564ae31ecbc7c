"""Recognise who asks the API: by a bearer token, else by the session of the pages."""

from __future__ import annotations

import zoneinfo

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import tokens

KEYWORD = "Bearer"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer qap_…`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the person and the token; None when no token was sent."""
        keyword, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        token = tokens.recognise(text.strip(), now=timezone.now())
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, expired or revoked. Make a new one."))
        _live_in(token.user.time_zone)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Ask strangers for a token."""
        return f'{KEYWORD} realm="api"'


def _live_in(name: str) -> None:
    """Read days as the person means them; the middleware puts the clock back after the request."""
    try:
        timezone.activate(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        timezone.activate(zoneinfo.ZoneInfo("UTC"))


class BearerScheme(OpenApiAuthenticationExtension):
    """Describe the token in the schema."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "description": "manage.py create_token EMAIL"}
