"""A plan with a week to draw, and how to tell from outside that another process is in the middle of drawing it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from conversations.models import Completion, Conversation, Transcript
from reviews.models import QueueItem
from sampling import periods
from sampling.models import Draw, FrameStratum, Pick, Plan
from sampling.services import draws, keys
from tests.factories.sampling import PlanFactory, SourceFactory, agent
from tests.support.house import House

AGENTS, EACH, QUOTA = 12, 9, 4
Picks = list[tuple[Any, ...]]


def week_to_draw() -> Plan:
    """Make a plan whose only due week is the last one, with conversations that can be reviewed."""
    now = timezone.now()
    # On a Monday in the small hours the week would not be over for a clock that is set back; west of here it is Sunday.
    zone = ZoneInfo("Pacific/Pago_Pago" if (now.weekday(), now.hour < 2) == (0, True) else "UTC")
    local = now.astimezone(zone)
    monday = (local - timedelta(days=local.weekday() + 7)).replace(hour=0, minute=0, second=0, microsecond=0)
    known: dict[str, Any] = {"time_zone": zone.key, "starts_on": monday.date(), "created_at": monday}
    plan: Plan = PlanFactory(quota_per_agent=QUOTA, settle_hours=0, **known)
    source = SourceFactory()
    said = [
        (Conversation(
            source=source, external_id=f"{one.name}-{place}", channel="chat", completion_number=1,
            completed_at=monday + timedelta(hours=place), content_hash="0" * 64, imported_at=monday, updated_at=monday,
            assignee=one, most_active_agent=one, last_agent=one,
        ))
        for one in [agent(f"Agent {number:02}") for number in range(AGENTS)] for place in range(EACH)
    ]  # fmt: skip
    Conversation.objects.bulk_create(said)
    Completion.objects.bulk_create(
        [Completion(conversation=one, completed_at=one.completed_at, known_at=one.completed_at) for one in said]
    )
    for one in Transcript.objects.bulk_create(
        [
            Transcript(conversation=one, content_hash="0" * 64, body="[]", message_count=0, created_at=monday)
            for one in said
        ]
    ):
        one.conversation.transcript = one
    Conversation.objects.bulk_update(said, ["transcript"], batch_size=500)
    keys.master(timezone.now())  # what follows is undone, but the key behind all keys has to stay
    return plan


def drawn_without_a_fault(plan: Plan) -> Picks:
    """Return what the draw picks when nothing goes wrong, and put everything back."""
    with transaction.atomic():
        now = timezone.now()
        draws.freeze(plan, period=periods.last_closed(plan, now), now=now)
        found = picks()
        transaction.set_rollback(True)
    return found


def picks() -> Picks:
    """Return everything that the draws have picked, without the numbers and moments of rows."""
    named = ("conversation__external_id", "agent__name", "pool", "rank", "u", "draw__period")
    return list(Pick.objects.order_by("rank", "u").values_list(*named))


def forget() -> None:
    """Put everything back as it was before the draw; the promised keys stay."""
    for model in (QueueItem, Pick, FrameStratum, Draw):
        model.objects.all().delete()


def is_drawing(plan: Plan) -> bool:
    """Say whether another process holds what a draw holds from its beginning to its end."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0, uri=True)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False
    try:
        with transaction.atomic():
            Plan.objects.select_for_update(nowait=True, no_key=True).get(pk=plan.pk)
    except OperationalError:
        return True
    return False


def in_the_middle(house: House, plan: Plan, begin: Callable[[], Any]) -> None:
    """Begin a draw somewhere else, and return when it stands still in the middle: written in part, committed in none.

    The process that draws stops itself in front of the first pick, with its frame written and its lock held.
    """
    house.stop_before('INSERT INTO "sampling_pick"')
    begin()
    house.wait_for_the_stop()
    assert is_drawing(plan)
    assert not Draw.objects.exists()
