"""Take up one conversation that somebody came upon. No draw, no stratum: it never enters an average."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Agent, TeamMembership, User
from conversations.models import Conversation
from core import audit
from core.refusals import refuse
from sampling.models import Pick
from sampling.policies import reviewee_of, why_not_pick_by_hand


@transaction.atomic
def pick(conversation: Conversation, *, by: User, now: datetime) -> Pick:
    """Pick the newest completion of a conversation by hand, for the agent it is about."""
    refuse(why_not_pick_by_hand(conversation))
    agent, ending = reviewee_of(conversation), conversation.newest_ending
    assert agent is not None
    assert ending is not None
    made = Pick.objects.create(
        conversation=conversation,
        completion=ending,
        agent=agent,
        team_id=team_of(conversation, agent),
        pool=Pick.Pool.MANUAL,
        released_at=now,
    )
    audit.record("pick.by_hand", target=made, by=by, at=now)
    return made


def team_of(conversation: Conversation, agent: Agent) -> int | None:
    """Return the team that the agent was in when the conversation ended: what a draw of the assignee would record."""
    recorded = conversation.as_it_ended.team_id
    if recorded is not None or conversation.completed_at is None:
        return recorded
    then = TeamMembership.objects.at(conversation.completed_at).filter(agent=agent)
    return then.values_list("team_id", flat=True).first()
