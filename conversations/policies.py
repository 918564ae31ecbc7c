"""Who may do what with conversations and imports, and the words when not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.access import may, reach
from accounts.roles import Permission
from conversations.models import ImportRun
from core.refusals import Refusal


def why_not_import(user: Any) -> Refusal | None:
    """Refuse those who may not bring conversations in."""
    if not may(user, Permission.IMPORT_CONVERSATIONS):
        return Refusal("wrong_role", 403, _("Importing conversations is for QA managers and admins."))
    return None


def why_not_cancel(user: Any, run: ImportRun) -> Refusal | None:
    """Refuse to stop an import that has ended."""
    if refusal := why_not_import(user):
        return refusal
    if not run.is_open:
        return Refusal("import_ended", 409, _("This import has already ended, so there is nothing to stop."))
    return None


def why_not_map(user: Any, run: ImportRun) -> Refusal | None:
    """Refuse to say what the columns are of an import that does not wait for it."""
    if refusal := why_not_import(user):
        return refusal
    if run.status != ImportRun.Status.MAPPING:
        sentence = _("This import does not wait for its columns: it was begun before, or has ended.")
        return Refusal("not_waiting_for_columns", 409, sentence)
    return None


def why_not_erase(user: Any) -> Refusal | None:
    """Refuse those who do not look after the sources; None is the operator, or the clock."""
    if user is not None and not may(user, Permission.MANAGE_SETTINGS):
        return Refusal(
            "wrong_role", 403, _("Erasing customers, masking, and setting how long texts are kept is for admins.")
        )
    return None


def why_not_read_rejects(user: Any) -> Refusal | None:
    """Refuse those who may import but not read conversations: a rejected line holds what people wrote."""
    if refusal := why_not_import(user):
        return refusal
    if not reach(user, Permission.READ_CONVERSATIONS).everywhere:
        return Refusal(
            "may_not_read",
            403,
            _("Rejected lines hold what customers wrote. Only a QA manager of all teams may read them."),
        )
    return None
