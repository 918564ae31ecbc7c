"""What forms share: a refusal is said above what was written, and nothing of it is lost."""

from __future__ import annotations

from django.forms import BaseForm

from core.refusals import Refused

ABOUT_THE_INPUT = (409, 422)


def told(form: BaseForm, refused: Refused) -> int:
    """Put a refusal's sentence into its form and return the status; one that is not about the input goes on."""
    if refused.refusal.status not in ABOUT_THE_INPUT:
        raise refused
    form.add_error(None, str(refused.refusal.sentence))
    return refused.refusal.status
