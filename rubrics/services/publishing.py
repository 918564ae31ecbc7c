"""Publish, retire and discard versions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.card import Card
from rubrics.checks import flaws
from rubrics.models import Rubric, RubricVersion
from rubrics.policies import why_not_discard, why_not_publish, why_not_retire
from rubrics.selectors import card_for, fingerprint_of

Status = RubricVersion.Status


@transaction.atomic
def publish(version: RubricVersion, *, by: User | None, now: datetime, note: str = "") -> RubricVersion:
    """Make a draft the version that new reviews use; the one before it is retired, its reviews keep it.

    Refused with the path of every flaw when nobody could score by it.
    """
    version = _locked(version)
    refuse(why_not_publish(by, version))
    card = card_for(version)
    refuse(_why_not_usable(card))
    for former in version.rubric.versions.published():
        _retire(former, by=by, now=now)
    version.status = Status.PUBLISHED
    version.fingerprint = fingerprint_of(card)
    version.note = note.strip()
    version.published_at, version.published_by = now, by
    version.save(update_fields=["status", "fingerprint", "note", "published_at", "published_by"])
    record("rubric_version.published", target=version, by=by, at=now)
    return version


@transaction.atomic
def retire(version: RubricVersion, *, by: User | None, now: datetime) -> RubricVersion:
    """Take a published version out of use. Reviews in progress and done stay on it."""
    version = _locked(version)
    refuse(why_not_retire(by, version))
    _retire(version, by=by, now=now)
    return version


@transaction.atomic
def discard(version: RubricVersion, *, by: User | None, now: datetime) -> None:
    """Throw a draft away; nothing can have been scored by it."""
    version = _locked(version)
    refuse(why_not_discard(by, version))
    record("rubric_version.discarded", target=version, by=by, at=now)
    version.delete()


def _locked(version: RubricVersion) -> RubricVersion:
    """Read the version again under a lock on its rubric, so that two people cannot publish at once."""
    Rubric.objects.select_for_update().get(pk=version.rubric_id)
    found = RubricVersion.objects.select_related("rubric").filter(pk=version.pk).first()
    if found is None:
        raise Refused(Refusal("discarded", 404, _("This draft was discarded in the meantime.")))
    return found


def _retire(version: RubricVersion, *, by: User | None, now: datetime) -> None:
    version.status, version.retired_at = Status.RETIRED, now
    version.save(update_fields=["status", "retired_at"])
    record("rubric_version.retired", target=version, by=by, at=now)


def _why_not_usable(card: Card) -> Refusal | None:
    found = flaws(card)
    if not found:
        return None
    problems = [{"path": flaw.path, "sentence": flaw.sentence} for flaw in found]
    return Refusal(
        "flawed_rubric",
        409,
        _("This draft cannot be scored by yet: %(first)s") % {"first": found[0]},
        {"problems": problems},
    )
