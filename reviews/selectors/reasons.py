"""Why an item is in somebody's queue: in the same words for every purpose, so that they give none away."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reviews.models import QueueItem
from sampling.models import Draw, Pick
from sampling.words import days


def why_this(item: QueueItem) -> str:
    """Say how a conversation came into the queue. Asks nothing when the pick and its draw were brought along."""
    if item.is_by_hand:
        return _("You picked this conversation by hand. It is never in an average.")
    draw = item.pick.draw or _of_session(item)
    if draw is None or item.plan is None:
        return _("Somebody came upon this conversation and reviewed it by hand. It is never in an average.")
    words = {"plan": item.plan.name, "days": days(draw)}
    if item.pool == Pick.Pool.TARGETED:
        return (
            _(
                "The plan “%(plan)s” drew it from the conversations of %(days)s, with a chance that its rules raise"
                " and that is known. A secret key decided; nobody picked it."
            )
            % words
        )
    return (
        _(
            "The plan “%(plan)s” drew it at random from the conversations of %(days)s: its number is among the"
            " smallest. A secret key decided; nobody picked it, and nobody can know beforehand what is drawn."
        )
        % words
    )


def _of_session(item: QueueItem) -> Draw | None:
    """Return the draw whose frame a calibration session took it from; such a pick is in no draw's sample."""
    if item.purpose != QueueItem.Purpose.CALIBRATION:
        return None
    unit = getattr(item.pick, "calibration_unit", None)
    return unit.session.draw if unit else None
