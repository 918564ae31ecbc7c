"""The closed list of reasons for skipping, in words; what each does to the draw is decided by the sampler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from sampling.reasons import SkipClass, SkipReason


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as the dialog shows it, and what the reviewer is told afterwards."""

    value: str
    label: Any
    kind: SkipClass
    done: Any


NEXT = _(
    "Noted as not eligible. The draw releases the next conversation in its own order, and somebody else looks whether"
    " they agree."
)
OTHER = _("Given to another reviewer. The draw is not touched.")
COUNTED = _("Noted as not reviewed. The draw releases the next one, and the missing one stays counted.")
CONFLICT = _(
    "Given to another reviewer. The conflict is noted under Availability: conversations of this agent go to others."
)

_WORDS = {
    SkipClass.INELIGIBLE: NEXT,
    SkipClass.REASSIGN: OTHER,
    SkipClass.NONRESPONSE: COUNTED,
}


def _done(reason: SkipReason) -> Any:
    return CONFLICT if reason is SkipReason.CONFLICT else _WORDS[reason.skip_class]


REASONS: dict[str, Reason] = {
    reason.value: Reason(reason.value, reason.label, reason.skip_class, _done(reason))
    for reason in SkipReason
    if reason is not SkipReason.EXPIRED  # running out of time is not for a person to choose
}
