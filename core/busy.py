"""Tell what a database refuses only at this moment, because others are at the same rows, from what is broken."""

from __future__ import annotations

from django.db import OperationalError
from django.utils.translation import gettext as _

from core.refusals import Refusal

# Two transactions that waited for each other (one of them was ended), and a lock that did not come in time.
POSTGRESQL = {"40P01", "40001", "55P03"}
SQLITE = {5, 6}  # SQLITE_BUSY and SQLITE_LOCKED, of which the extended codes keep the low byte
TRY_AGAIN_AFTER = 1  # seconds


def why_busy(error: Exception) -> Refusal | None:
    """Return what to say of a database that is held up by others; None for every other failure.

    The transaction was rolled back whole, so nothing of the request was stored.
    """
    if not isinstance(error, OperationalError):
        return None
    raised = error.__cause__
    is_lock = getattr(raised, "sqlstate", None) in POSTGRESQL
    if not is_lock and getattr(raised, "sqlite_errorcode", 0) & 0xFF not in SQLITE:
        return None
    return Refusal("busy", 503, _("Others were changing the same thing at this very moment. Send it once more."))
