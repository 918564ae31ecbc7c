"""How much one person may hold at once."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core import prepared
from core.prepared import Prepared
from core.refusals import Refusal
from reviews.models import QueueItem

MOST_HELD = 5
HELD = Prepared(
    lambda: QueueItem.objects.held_by(prepared.number("by"), prepared.moment("now")).values_list("pk")[:MOST_HELD]
)


def why_not_more(by: User, *, now: datetime) -> Refusal | None:
    """Explain why somebody who holds much gets nothing more."""
    if len(HELD.rows(by=by.pk, now=now)) < MOST_HELD:
        return None
    sentence = _("You hold %(n)d unfinished conversations. Finish or release one first.") % {"n": MOST_HELD}
    return Refusal("too_many_held", 409, sentence)
