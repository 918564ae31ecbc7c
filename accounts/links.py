"""Mail people the link by which they set a password. Nobody else ever sees or chooses one."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest

from accounts.models import User

logger = logging.getLogger(__name__)
INVITATION = "account/email/invitation"


def mail_link(user: User, request: HttpRequest) -> bool:
    """Mail a link that works once and for three days; False when the mail server did not take it."""
    adapter = get_adapter(request)
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    address = adapter.get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{token}")
    try:
        adapter.send_mail(INVITATION, user.email, {"user": user, "password_reset_url": address})
    except (OSError, SMTPException) as error:
        logger.warning("The mail server did not take an invitation: %s", error)
        return False
    return True
