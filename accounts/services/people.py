"""Make, edit, close and reopen log-ins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import ApiToken, RoleGrant, User
from accounts.roles import Role
from accounts.services import sessions
from accounts.services.once import once
from core import audit
from core.audit import record
from core.refusals import Refusal, refuse


@transaction.atomic
def create_user(
    email: str,
    *,
    name: str,
    by: User | None,
    now: datetime,
    time_zone: str = "UTC",
    password: str | None = None,
    encoded_password: str = "",
) -> User:
    """Make a person with a log-in; without a password they set one by reset link.

    `encoded_password` is a password that was hashed before: moving many people takes no second of hashing each.
    """
    refuse(policies.why_not_manage_people(by))
    refuse(why_not_address(email))
    refuse(policies.why_not_zone(time_zone))
    with once(_taken):
        user: User = User.objects.create_user(email, password, name=name, joined_at=now, time_zone=time_zone)
    if encoded_password:
        user.password = encoded_password
        user.save(update_fields=["password"])
    record("user.created", target=user, by=by, at=now)
    return user


@transaction.atomic
def edit(user: User, *, by: User | None, now: datetime, number: int | None = None, **values: Any) -> User:
    """Change name, address or time zone; `number` is the edit that was looked at, and an older one is refused."""
    if by is None or by.pk != user.pk or "email" in values:
        refuse(policies.why_not_manage_people(by))  # one's own name, but not the address: an admin vouches for that
    stored = User.objects.select_for_update().get(pk=user.pk)
    refuse(why_not_number(number, stored.edit_number))
    if "email" in values:
        values["email"] = values["email"].strip().lower()
        refuse(why_not_address(values["email"], besides=stored))
    if "time_zone" in values:
        refuse(policies.why_not_zone(values["time_zone"]))
    changed = changes(stored, values)
    if changed:
        with once(_taken):
            User.objects.filter(pk=user.pk).update(**changed, edit_number=F("edit_number") + 1)
        if "email" in changed:
            # Otherwise a link or a log-in by the former address would still lead into this account.
            EmailAddress.objects.filter(user=user.pk).delete()
        record("user.changed", target=stored, by=by, at=now, fields=sorted(changed))
    user.refresh_from_db()
    return user


@transaction.atomic
def deactivate(user: User, *, by: User | None, now: datetime) -> User:
    """Close a log-in: sessions end and tokens are revoked at once, and its holds return with the next sweep."""
    # One after the other, so that two admins cannot close each other's at the same moment.
    stored = list(User.objects.select_for_update().order_by("pk").filter(_admins_and(user)))
    found = next(one for one in stored if one.pk == user.pk)
    refuse(policies.why_not_deactivate(by, found, now=now))
    User.objects.filter(pk=user.pk).update(is_active=False, edit_number=F("edit_number") + 1)
    sessions.end_all(found, by=None, now=now)
    tokens = list(ApiToken.objects.select_for_update().filter(user=user.pk, revoked_at=None))
    ApiToken.objects.filter(pk__in=[token.pk for token in tokens]).update(revoked_at=now)
    audit.record_many([audit.event("token.revoked", target=token, by=by, at=now) for token in tokens])
    record("user.deactivated", target=found, by=by, at=now)
    user.refresh_from_db()
    return user


@transaction.atomic
def reactivate(user: User, *, by: User | None, now: datetime) -> User:
    """Open a log-in again, with the roles it had; tokens stay revoked."""
    found = User.objects.select_for_update().get(pk=user.pk)
    refuse(policies.why_not_reactivate(by, found))
    User.objects.filter(pk=user.pk).update(is_active=True, edit_number=F("edit_number") + 1)
    record("user.activated", target=found, by=by, at=now)
    user.refresh_from_db()
    return user


@transaction.atomic
def note_link_sent(user: User, *, by: User | None, now: datetime) -> None:
    """Record that somebody was mailed a link to set a password."""
    refuse(policies.why_not_send_link(by, user))
    record("user.link_sent", target=user, by=by, at=now)


@transaction.atomic
def choose_theme(user: User, theme: str, *, by: User, now: datetime) -> None:
    """Keep how pages look for a person; nothing that anybody has to answer for, so the trail leaves it out."""
    User.objects.filter(pk=user.pk).update(theme=theme)
    user.theme = theme


def why_not_address(email: str, *, besides: User | None = None) -> Refusal | None:
    """Refuse what is no address, and one that somebody has."""
    try:
        validate_email(email.strip())
    except ValidationError:
        return Refusal("unusable_address", 422, _("This is not an e-mail address."))
    taken = User.objects.filter(email__iexact=email.strip()).exclude(pk=besides.pk if besides else 0)
    return _taken() if taken.exists() else None


def why_not_number(number: int | None, stored: int) -> Refusal | None:
    """Refuse an edit of a state that somebody has changed meanwhile."""
    if number is None or number == stored:
        return None
    sentence = _("Somebody else changed this meanwhile. Look at it again, then repeat your change.")
    return Refusal("stale", 409, sentence, {"number": stored})


def changes(stored: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from what is stored."""
    return {name: value for name, value in values.items() if getattr(stored, name) != value}


def _admins_and(user: User) -> Q:
    admins = RoleGrant.objects.filter(role=Role.ADMIN, team=None).values("user")
    return Q(pk=user.pk) | Q(pk__in=admins)


def _taken() -> Refusal:
    return Refusal("address_taken", 409, _("Somebody here has this address already."))
