"""Find out whether this installation can work: one check and one sentence for each thing it stands on. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu.exceptions import OperationalError

from core.models import Heartbeat
from core.services.heartbeats import CLOCK

# The clock beats every 30 seconds; five missed beats are no hiccup.
SILENCE = timedelta(seconds=150)
BROKER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one thing works, and a sentence for the person who has to mend it."""

    ok: bool
    sentence: str


def database(now: datetime) -> Answer:
    """Ask the database for the number one."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Answer(False, "The database does not answer. Check that it runs and that DATABASE_URL is right.")
    return Answer(True, "The database answers.")


def migrations(now: datetime) -> Answer:
    """Compare the migrations of this release with those that were applied."""
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return Answer(False, "The database does not say which migrations it has.")
    missing = sorted(_released() - applied)
    if missing:
        app, name = missing[0]
        return Answer(False, f"{len(missing)} migrations are not applied, first {app} {name}. Run: manage.py migrate")
    return Answer(True, "Every migration is applied.")


def broker(now: datetime) -> Answer:
    """Open a connection to the broker."""
    try:
        with current_app.connection_for_read() as channel:
            channel.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OperationalError, ConnectionError, OSError):
        return Answer(False, "The broker does not answer. Pages work; background work waits until it is back.")
    return Answer(True, "The broker answers.")


def clock(now: datetime) -> Answer:
    """Look how long ago a worker did what the clock asked for."""
    try:
        last = Heartbeat.objects.filter(part=CLOCK).values_list("at", flat=True).first()
    except DatabaseError:
        return Answer(False, "The database does not say when the clock last beat.")
    if last is None:
        return Answer(False, "The clock has never beaten. Start celery beat, and a worker for the queue default.")
    seconds = max(0, round((now - last).total_seconds()))
    if now - last > SILENCE:
        return Answer(False, f"The clock last beat {seconds} seconds ago. Check celery beat and the queue default.")
    return Answer(True, f"The clock beat {seconds} seconds ago.")


CHECKS: dict[str, Callable[[datetime], Answer]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "clock": clock,
}


@cache
def _released() -> frozenset[tuple[str, str]]:
    """Return the migrations in this release. They cannot change while the process runs."""
    loader = MigrationLoader(None)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return frozenset(loader.disk_migrations) - replaced
