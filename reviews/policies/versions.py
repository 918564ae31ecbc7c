"""Who may ask what another version would do, and move a draft to it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.access import may
from accounts.models import User
from accounts.roles import Permission
from core.refusals import Refusal
from reviews.models import QueueItem, Review
from reviews.policies.reviewing import why_not_draft
from rubrics.models import RubricVersion


def why_not_ask_what_if(user: User | None) -> Refusal | None:
    """Explain why a person may not replay stored answers: only who looks after rubrics may."""
    if user is not None and may(user, Permission.MANAGE_RUBRICS):
        return None
    return Refusal("wrong_role", 403, _("Your role does not include this. Ask an admin if you need it."))


def why_not_move(
    user: User, review: Review, version: RubricVersion | None, *, previewed: int | None = None
) -> Refusal | None:
    """Explain why a draft does not go to the version in use; `previewed` is the number that was looked at."""
    refusal = why_not_draft(user, review)
    if refusal is not None:
        return refusal
    if review.purpose != QueueItem.Purpose.PRIMARY:
        sentence = _("This review stays on its version, so that it can be compared with others of the conversation.")
        return Refusal("stays_comparable", 409, sentence)
    if review.status != Review.Status.DRAFT:
        return Refusal("was_submitted", 409, _("What was submitted once stays on its version."))
    if version is None or version.number <= review.rubric_version.number:
        return Refusal("nothing_newer", 409, _("No newer version of this rubric is in use."))
    if previewed is not None and previewed != version.number:
        sentence = _("Version %(number)s came into use meanwhile. Look at what would carry over to it.")
        return Refusal("other_version", 409, sentence % {"number": version.number})
    return None
