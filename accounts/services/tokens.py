"""Make, recognise and revoke the tokens of the API."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.scopes import Scope
from core.audit import record
from core.refusals import Refusal, Refused, refuse

MARK = "qap"  # by which scanners and people know a token that was left somewhere
LONGEST_DAYS = 366
DEFAULT_DAYS = 90
# Use is noted once in a while, so that a script that reads a thousand pages writes once.
NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def create(
    user: User,
    *,
    name: str,
    by: User | None,
    now: datetime,
    scopes: Collection[str] = (Scope.READ,),
    days: int = DEFAULT_DAYS,
    maker: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Make a token; return it with its text, which is kept nowhere. `maker` is the token that asks, if one does."""
    refuse(why_not_create(user, scopes=scopes, days=days))
    refuse(why_not_beyond(maker, scopes=scopes, until=now + timedelta(days=days)))
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"{MARK}_{prefix}_{secret}"
    token = ApiToken.objects.create(
        user=user,
        name=name.strip()[:80],
        prefix=prefix,
        digest=digest(text),
        scopes=sorted({str(scope) for scope in scopes}),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record("token.created", target=token, by=by, at=now, params={"scopes": token.scopes, "days": days})
    return token, text


def why_not_create(user: User, *, scopes: Collection[str], days: int) -> Refusal | None:
    """Explain why no such token is made."""
    unknown = sorted({str(scope) for scope in scopes} - {scope.value for scope in Scope})
    if unknown or not scopes:
        known = ", ".join(Scope)
        return Refusal("unknown_scope", 422, _("Choose scopes of this list: %(known)s.") % {"known": known})
    if not 1 <= days <= LONGEST_DAYS:
        return Refusal("unusable_days", 422, _("A token holds for 1 to %(most)d days.") % {"most": LONGEST_DAYS})
    if not user.is_active:
        return Refusal("deactivated", 409, _("This person is deactivated and gets no token."))
    return None


def why_not_beyond(maker: ApiToken | None, *, scopes: Collection[str], until: datetime) -> Refusal | None:
    """Refuse to make with a token one that may do more or lasts longer: a stolen one would never end."""
    if maker is None:
        return None
    beyond = sorted({str(scope) for scope in scopes} - set(maker.scopes))
    if beyond:
        sentence = _("A token makes none that may do more: it lacks %(scopes)s.") % {"scopes": ", ".join(beyond)}
        return Refusal("scope_beyond", 403, sentence, {"scopes": beyond})
    if until > maker.expires_at:
        day = f"{maker.expires_at:%Y-%m-%d}"
        sentence = _("A token makes none that lasts longer: it ends on %(day)s itself. Choose fewer days.")
        return Refusal("longer_than_maker", 422, sentence % {"day": day})
    return None


def recognise(text: str, *, now: datetime) -> ApiToken | None:
    """Return the token with this text when it can still be used, and note its use."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != MARK or not parts[1].isalnum() or len(parts[1]) > 16:
        return None
    token = ApiToken.objects.usable(now).select_related("user").filter(prefix=parts[1]).first()
    if token is None or not hmac.compare_digest(token.digest, digest(text)):
        return None
    if token.last_used_at is None or token.last_used_at <= now - NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


@transaction.atomic
def revoke(token: ApiToken, *, by: User | None, now: datetime) -> None:
    """Take a token out of use for good."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        raise Refused(Refusal("already_revoked", 409, _("This token was revoked already.")))
    record("token.revoked", target=token, by=by, at=now)


def digest(text: str) -> str:
    """Return the fingerprint of a token. It is random and long, so a fast hash keeps it as safe as a slow one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
