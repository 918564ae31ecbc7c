"""What sign-in pages ask about this installation."""

from __future__ import annotations

from django import template

from accounts.models import Workspace

register = template.Library()


@register.simple_tag
def passkeys_are_on() -> bool:
    """Say whether people can sign in with a passkey: unless the workspace has second factors switched off."""
    return Workspace.current().second_factor != Workspace.SecondFactor.OFF
