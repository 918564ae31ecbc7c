"""Say why somebody may not do something with a rubric. `by` is None when the system acts (a command)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.access import why_not
from accounts.models import User
from accounts.roles import Permission
from core.refusals import Refusal
from rubrics.models import RubricVersion


def why_not_manage(user: User | None) -> Refusal | None:
    """Refuse everyone but those who look after the rubrics."""
    return None if user is None else why_not(user, Permission.MANAGE_RUBRICS)


def why_not_edit(user: User | None, version: RubricVersion) -> Refusal | None:
    """Refuse to change anything but a draft."""
    refusal = why_not_manage(user)
    if refusal is None and version.status != RubricVersion.Status.DRAFT:
        sentence = _("Version %(number)s was published meanwhile, and a published version never changes.")
        return Refusal("not_a_draft", 409, sentence % {"number": version.number})
    return refusal


def why_not_reword(user: User | None, version: RubricVersion) -> Refusal | None:
    """Refuse to reword anything but the version in use: drafts are edited, and retired ones are history."""
    refusal = why_not_manage(user)
    if refusal is None and version.status != RubricVersion.Status.PUBLISHED:
        return Refusal("not_in_use", 409, _("Only the version in use can be reworded."))
    return refusal


def why_not_publish(user: User | None, version: RubricVersion) -> Refusal | None:
    """Refuse to publish what is published or retired already."""
    refusal = why_not_manage(user)
    if refusal is None and version.status != RubricVersion.Status.DRAFT:
        return Refusal(
            "not_a_draft", 409, _("This version is published already. Edit the rubric to make the next one.")
        )
    return refusal


def why_not_discard(user: User | None, version: RubricVersion) -> Refusal | None:
    """Refuse to throw away anything but a draft."""
    refusal = why_not_manage(user)
    if refusal is None and version.status != RubricVersion.Status.DRAFT:
        return Refusal("not_a_draft", 409, _("Only a draft can be discarded. A published version can be retired."))
    return refusal


def why_not_retire(user: User | None, version: RubricVersion) -> Refusal | None:
    """Refuse to retire a version that nobody could use anyway."""
    refusal = why_not_manage(user)
    if refusal is None and version.status == RubricVersion.Status.DRAFT:
        return Refusal("not_published", 409, _("This version is a draft. Publish it, or discard it."))
    if refusal is None and version.status == RubricVersion.Status.RETIRED:
        return Refusal("already_retired", 409, _("This version is retired already. Reviews that use it keep it."))
    return refusal
