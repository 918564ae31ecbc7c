"""Disputes for tests, made the way the product makes them: published, doubted, looked at again, decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import Agent, Notification, Team, User
from accounts.roles import Role
from core.refusals import Refused
from reviews import drafts
from reviews.models import Dispute, Review
from reviews.selectors.disputes import WHOLE
from reviews.services import claims, deciding, disputes, submitting
from reviews.services.deciding import Decision
from reviews.services.disputes import Doubt
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.reviews import drawn_items, filled, published, specialist

LOW = {"understood": "no", "solved": "partly", "data-protected": "yes"}
DOUBTS = (
    Doubt("understood", "I repeated her words in my second message.", option="yes"),
    Doubt("solved", "The refund went out."),
)


def feedback(*, by: User | None = None, team: Team | None = None, answers: dict[str, str] | None = None) -> Review:
    """Publish a review of an agent who has a log-in and a team: 30 of 100 points."""
    agent: Agent = AgentFactory(user=person(Role.AGENT))
    item = drawn_items(agent=agent, team=team or TeamFactory())[0]
    return published(item, by=by, answers=answers or LOW)


def agent_of(review: Review) -> User:
    """Return the log-in of the agent whose feedback it is."""
    user = review.agent.user
    assert user is not None
    return user


def disputed(review: Review | None = None, *, doubts: tuple[Doubt, ...] = DOUBTS, now: datetime = NOW) -> Dispute:
    """Dispute a review, with one more specialist there to look again."""
    review = review or feedback()
    specialist()
    return fresh(disputes.begin(review, doubts, by=agent_of(review), now=now))


def looked_at(dispute: Dispute | None = None, *, answers: dict[str, str] | None = None, now: datetime = NOW) -> Dispute:
    """Let the chosen person take the blind second look and submit it."""
    dispute = dispute or disputed()
    assert dispute.item is not None
    user = looker(dispute)
    review = claims.take(dispute.item, by=user, now=now)
    submitting.submit(review, filled(answers or {"understood": "yes", "solved": "partly"}), by=user, now=now)
    return fresh(dispute)


def looker(dispute: Dispute) -> User:
    """Return who was chosen for the second look."""
    assert dispute.item is not None
    user = dispute.item.assigned_to
    assert isinstance(user, User)
    return User.objects.get(pk=user.pk)


def decisions(understood: str = "yes", solved: str = "partly") -> list[Decision]:
    """Decide both points: the first is changed and the second upheld, unless told otherwise."""
    return [
        Decision("understood", "The restatement is in message 2.", option=understood),
        Decision("solved", "The customer had to ask twice.", option=solved),
    ]


def decided(dispute: Dispute | None = None, *, now: datetime = NOW) -> Dispute:
    """Have a dispute decided by who took the second look, one each way."""
    dispute = looked_at(dispute)
    deciding.decide(dispute, decisions(), by=looker(dispute), now=now)
    return fresh(dispute)


def fresh(dispute: Dispute) -> Dispute:
    """Load a dispute as a request of its own would."""
    return Dispute.objects.select_related(*WHOLE, "item__assigned_to").get(pk=dispute.pk)


def only(**answers: str) -> drafts.Draft:
    """Fill in just these criteria."""
    return filled(dict(answers))


def refused(change: Callable[[], object]) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(Refused) as raised:
        change()
    return raised.value.refusal.code


def told(user: User) -> list[str]:
    """Return what a person was notified of, oldest first."""
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
