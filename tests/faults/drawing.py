"""A plan with a week to draw, and how to tell from outside that another process is in the middle of drawing it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from conversations.models import Completion, Conversation, Transcript
from reviews.models import QueueItem
from sampling import periods
from sampling.models import Draw, FrameStratum, Pick, Plan
from sampling.services import draws, keys
from tests.factories.sampling import PlanFactory, SourceFactory, agent

AGENTS, EACH, QUOTA = 50, 30, 4
PATIENCE = 20.0
Picks = list[tuple[Any, ...]]


def week_to_draw() -> Plan:
    """Make a plan whose only due week is the last one, with conversations that can be reviewed."""
    local = timezone.now().astimezone(UTC)
    monday = (local - timedelta(days=local.weekday() + 7)).replace(hour=0, minute=0, second=0, microsecond=0)
    plan: Plan = PlanFactory(quota_per_agent=QUOTA, starts_on=monday.date(), settle_hours=0, created_at=monday)
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


def in_the_middle(plan: Plan, begin: Callable[[], Any], kill: Callable[[], Any]) -> None:
    """Begin a draw somewhere else and kill something while it is under way; once more when it was done before."""
    pause = threading.Event()
    for _attempt in range(5):
        begin()
        end = datetime.now(UTC) + timedelta(seconds=PATIENCE)
        # Twice: what answers a request writes a little before the draw, too.
        while not (is_drawing(plan) and not pause.wait(0.02) and is_drawing(plan)) and datetime.now(UTC) < end:
            pause.wait(0.002)
        if not Draw.objects.exists():
            kill()
            return
        forget()
    pytest.fail("the draw was always over before it could be disturbed")
