"""Do not read the same file twice at once."""

from __future__ import annotations

from django.utils.translation import gettext as _

from conversations.models import ImportRun
from core.refusals import Refusal


def why_not_again(source_id: int, fingerprint: str) -> Refusal | None:
    """Refuse a file whose import from the same source has not ended."""
    open_runs = ImportRun.objects.filter(source=source_id, fingerprint=fingerprint, status__in=ImportRun.OPEN)
    same = open_runs.exclude(fingerprint="").first()
    if same is None:
        return None
    if same.status == ImportRun.Status.MAPPING:
        sentence = _("This very file was uploaded before and waits until you say what its columns are.")
        return Refusal("already_waiting", 409, sentence, details={"import": same.pk})
    sentence = _("This very file is being read already. Its import shows how far it is.")
    return Refusal("already_reading", 409, sentence, details={"import": same.pk})
