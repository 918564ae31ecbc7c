"""A week's file goes in, and what it brought is drawn: through the importer and the sampler, as in any company."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from accounts.models import User
from conversations.models import ImportRun
from conversations.services import reading, runs
from qa_portal.demo.founding import SOURCE
from qa_portal.demo.generator import jsonl
from qa_portal.demo.stories import Story
from reviews.services import filling
from sampling import periods
from sampling.models import Draw, Plan
from sampling.services import draws


def bring_in(told: Sequence[Story], *, name: str, by: User, now: datetime) -> ImportRun:
    """Import one week's export."""
    return read(io.BytesIO(jsonl(told)), name=name, source=SOURCE, by=by, now=now)


def read(
    file: BinaryIO, *, name: str, source: str, by: User, now: datetime, go_on: reading.GoOn = reading.always
) -> ImportRun:
    """Import a file to its end; going on where a killed run of the same file stopped."""
    where = runs.source_named(source, by=by, now=now)
    fingerprint = reading.fingerprint(file)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    run = runs.interrupted(where, fingerprint) or runs.begin(
        where, file_name=name, size=size, fingerprint=fingerprint, by=by, now=now
    )
    reading.read(run, file, clock=lambda: now, go_on=go_on)
    reading.count_at_once(run, go_on=lambda _agent: True)
    runs.end(run, now=now)
    run.refresh_from_db()
    return run


def draw(plan: Plan, *, moment: datetime, by: User, now: datetime) -> Draw:
    """Draw the period that a moment lies in, and put the picks into the queue before anybody else sees them."""
    with transaction.atomic():
        made = draws.freeze(plan, period=periods.containing(plan, moment), by=by, now=now)
        filling.fill(now=now)
    return made
