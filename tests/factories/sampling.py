"""Plans, and the completions they draw from. Draws are made the way the product makes them: by freezing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Agent
from conversations.models import Completion, Conversation, Source
from reviews.models import QueueRules
from sampling import periods
from sampling.models import Draw, MasterKey, Plan
from sampling.services import draws
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, AgentIdentityFactory
from tests.factories.rubrics import published_version
from tests.support.entropy import numbers

WEEK = datetime(2026, 2, 23, tzinfo=UTC)  # the Monday of the last whole week before NOW
SECRET = b"sixteen bytes..." * 2


class PlanFactory(DjangoModelFactory):
    """An active weekly plan of 2 per agent in UTC that began long ago."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Plan {n}")
    rubric = factory.LazyFunction(lambda: published_version().rubric)
    quota_per_agent = 2
    starts_on = date(2026, 1, 5)
    created_at = NOW

    @factory.post_generation
    def second_seats(plan: Any, create: bool, wanted: Any, **_more: Any) -> None:  # noqa: N805 - it is given the plan
        """Draw no second seats, unless a test wants the usual share: they would be one more thing in its queue."""
        if create and not wanted:
            QueueRules.objects.create(plan=plan, second_share=0, second_at_least=0)


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("slug",)

    slug = "zen"
    name = "Zen desk"
    created_at = NOW


def master_key(secret: bytes = SECRET) -> MasterKey:
    """Make the master key, the same in every test that wants the same picks."""
    return MasterKey.objects.create(number=1, secret=secret, created_at=NOW)


def agent(name: str, **fields: Any) -> Agent:
    """Make an agent whom the help desk calls by their name in small letters."""
    made: Agent = AgentFactory(name=name, **fields)
    AgentIdentityFactory(agent=made, source="zen", external_id=name.lower())
    return made


def completion(
    of: Agent | None, *, at: datetime, known_at: datetime | None = None, name: str = "", **fields: Any
) -> Completion:
    """Make a conversation of an agent that ended at a moment, and was known a minute later unless said otherwise."""
    people = {"assignee": of, "most_active_agent": of, "last_agent": of}
    conversation = Conversation.objects.create(
        external_id=name or f"c-{next(numbers)}",
        **{
            "channel": "chat", "completed_at": at, "completion_number": 1, "content_hash": "0" * 64,
            "imported_at": NOW, "updated_at": NOW, "source": fields.pop("source", None) or SourceFactory(),
            **people, **fields,
        },
    )  # fmt: skip
    return ended(conversation, at=at, known_at=known_at)


def ended(conversation: Conversation, *, at: datetime, known_at: datetime | None = None, number: int = 1) -> Completion:
    """End a conversation, perhaps once more."""
    return Completion.objects.create(
        conversation=conversation, number=number, completed_at=at, known_at=known_at or at + timedelta(minutes=1)
    )


def week_of(agent: Agent, size: int, *, monday: datetime = WEEK, **fields: Any) -> list[Completion]:
    """Make conversations that end an hour apart from Monday morning on; their names are the same in every database."""
    return [
        completion(agent, at=monday + timedelta(hours=9 + hour), name=f"{agent.name}-{monday:%m%d}-{hour}", **fields)
        for hour in range(size)
    ]


def drawn(plan: Plan, *, moment: datetime = WEEK, now: datetime = NOW) -> Draw:
    """Freeze the period around a moment."""
    return draws.freeze(plan, period=periods.containing(plan, moment), now=now)
