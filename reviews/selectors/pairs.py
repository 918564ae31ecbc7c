"""Pairs of reviewer and agent that met lately: their plans would rather have somebody else judge them next."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from core.prepared import Prepared
from reviews.models import QueueRules, Review


def met_lately(user: User, *, now: datetime) -> Q | None:
    """Return the items of agents whom a person judged within the days that their plan asks for; None for none.

    One small statement where no plan asks for such days, which is what every claim pays.
    """
    days = dict(ASKING.rows())
    if not days:
        return None
    longest = timedelta(days=max(days.values()))
    rows = Review.objects.filter(author=user.pk, submitted_at__gt=now - longest).order_by("submitted_at")
    last = {agent: at for agent, at in rows.values_list("agent", "submitted_at") if at is not None}
    found = None
    for plan, asked in days.items():
        agents = [agent for agent, at in last.items() if at > now - timedelta(days=asked)]
        if agents:
            one = Q(plan=plan, agent__in=agents)
            found = one if found is None else found | one
    return found


ASKING = Prepared(lambda: QueueRules.objects.filter(recent_pair_days__gt=0).values_list("plan", "recent_pair_days"))
