"""Make, rename, archive and restore teams."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Team, User
from accounts.services.once import once
from accounts.services.people import changes
from core.audit import record
from core.refusals import Refusal, Refused, refuse

LONGEST_SLUG = 60


@transaction.atomic
def create_team(name: str, *, by: User | None, now: datetime, slug: str = "", time_zone: str = "UTC") -> Team:
    """Make a team; its short name follows from its name unless one is given."""
    refuse(policies.why_not_manage_people(by))
    refuse(policies.why_not_zone(time_zone))
    refuse(why_not_name(name))
    with once(lambda: why_not_name(name)):
        team = Team.objects.create(name=name.strip(), slug=slug or _slug(name), time_zone=time_zone, created_at=now)
    record("team.created", target=team, by=by, at=now)
    return team


@transaction.atomic
def edit(team: Team, *, by: User | None, now: datetime, **values: Any) -> Team:
    """Change name or time zone; the short name stays, because files and addresses use it."""
    refuse(policies.why_not_manage_people(by))
    found = Team.objects.select_for_update().get(pk=team.pk)
    if "time_zone" in values:
        refuse(policies.why_not_zone(values["time_zone"]))
    if "name" in values:
        refuse(why_not_name(values["name"], besides=found))
    changed = changes(found, values)
    if changed:
        with once(lambda: why_not_name(values.get("name", found.name), besides=found)):
            Team.objects.filter(pk=team.pk).update(**changed)
        record("team.changed", target=found, by=by, at=now, fields=sorted(changed))
    team.refresh_from_db()
    return team


@transaction.atomic
def archive(team: Team, *, by: User | None, now: datetime) -> Team:
    """Take an empty team out of use; its past stays."""
    found = Team.objects.select_for_update().get(pk=team.pk)
    refuse(policies.why_not_archive_team(by, found, now=now))
    Team.objects.filter(pk=team.pk).update(archived_at=now)
    record("team.archived", target=found, by=by, at=now)
    team.refresh_from_db()
    return team


@transaction.atomic
def restore(team: Team, *, by: User | None, now: datetime) -> Team:
    """Take an archived team into use again."""
    refuse(policies.why_not_manage_people(by))
    if not Team.objects.filter(pk=team.pk).exclude(archived_at=None).update(archived_at=None):
        raise Refused(Refusal("not_archived", 409, _("This team is in use.")))
    record("team.restored", target=team, by=by, at=now)
    team.refresh_from_db()
    return team


def why_not_name(name: str, *, besides: Team | None = None) -> Refusal | None:
    """Refuse a name without a letter or digit, and one that another team has."""
    if not any(character.isalnum() for character in name):
        return Refusal("unusable_name", 422, _("A team's name needs a letter or a digit."))
    if Team.objects.filter(name__iexact=name.strip()).exclude(pk=besides.pk if besides else 0).exists():
        return Refusal("name_taken", 409, _("Another team has this name."))
    return None


def _slug(name: str) -> str:
    """Return a short name that no team has: a name in another script gets a number."""
    wanted = slugify(name)[: LONGEST_SLUG - 5] or "team"
    taken = set(Team.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if slug not in taken)
