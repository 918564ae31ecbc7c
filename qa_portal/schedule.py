"""When the clock starts background work. One English sentence each; the work itself is in the apps' tasks.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from celery.schedules import crontab


class Sweep(NamedTuple):
    """A task that finds its own work, so that running it twice, late or never loses nothing."""

    sentence: str
    task: str
    at: timedelta | crontab
    queue: str = "default"


SWEEPS: tuple[Sweep, ...] = (
    Sweep("Every 30 seconds, show that clock and worker are alive.", "core.tasks.heartbeat", timedelta(seconds=30)),
    Sweep("Every minute, seal what the audit trail recorded.", "core.tasks.seal_audit", timedelta(minutes=1)),
    Sweep("Every minute, make the draws that are due.", "sampling.tasks.draw_due", timedelta(minutes=1)),
    Sweep(
        "Every hour, publish the key fingerprints of the periods to come.",
        "sampling.tasks.publish_fingerprints",
        crontab(minute="5"),
    ),
    Sweep("Every 15 seconds, put what was drawn into the queue.", "reviews.tasks.fill_queue", timedelta(seconds=15)),
    Sweep(
        "Every hour, look through all draws for what still waits for its place in the queue.",
        "reviews.tasks.fill_queue_anew",
        crontab(minute="35"),
    ),
    Sweep("Every minute, return items whose hold ran out.", "reviews.tasks.sweep_leases", timedelta(minutes=1)),
    Sweep(
        "Every ten minutes, end what nobody reviewed by its due date and the plan's days of grace.",
        "reviews.tasks.expire_items",
        timedelta(minutes=10),
    ),
    Sweep(
        "Every hour, pass on the second seats of those who are away, and draw more where a week has too few.",
        "reviews.tasks.draw_second_seats",
        crontab(minute="25"),
    ),
    Sweep("Every minute, publish reviews whose time has come.", "reviews.tasks.publish_due", timedelta(minutes=1)),
    Sweep(
        "Every ten minutes, find people for second looks and reads, remind of disputes, and end those nobody decided.",
        "reviews.tasks.sweep_disputes",
        timedelta(minutes=10),
    ),
    Sweep(
        "Every ten minutes, remind of what is due for calibration sessions, and reveal those that are all in.",
        "reviews.tasks.sweep_calibration",
        timedelta(minutes=10),
    ),
    Sweep(
        "Every minute, go on with uploads whose worker was lost.",
        "conversations.tasks.resume_imports",
        timedelta(minutes=1),
        queue="ingest",
    ),
    Sweep(
        "Every minute, go on with masking whose worker was lost.",
        "conversations.tasks.resume_masking",
        timedelta(minutes=1),
        queue="ingest",
    ),
    Sweep(
        "Every minute, make conversations searchable that are new or changed.",
        "conversations.tasks.index_conversations",
        timedelta(minutes=1),
        queue="ingest",
    ),
    Sweep(
        "Every minute, go on with what-ifs and with calibration draws that are compared whose worker was lost.",
        "reviews.tasks.resume_what_ifs",
        timedelta(minutes=1),
        queue="insight",
    ),
    Sweep(
        "Every minute, go on with replays of large draws and receipts whose worker was lost.",
        "sampling.tasks.resume_replays",
        timedelta(minutes=1),
        queue="insight",
    ),
    Sweep(
        "Every ten minutes, give a team to conversations that came before their agent had one.",
        "conversations.tasks.fill_teams",
        timedelta(minutes=10),
        queue="ingest",
    ),
    Sweep(
        "Every hour, erase what was said in conversations that are older than their source may keep.",
        "reviews.tasks.expire_texts",
        crontab(minute="55"),
        queue="ingest",
    ),
    Sweep(
        "Every hour, compare the sums behind all averages with the published reviews when that is a week ago.",
        "reviews.tasks.check_cells",
        crontab(minute="50"),
        queue="insight",
    ),
    Sweep(
        "Every hour, tell the sampler how much scores differ, where a plan shares its quota by that.",
        "reviews.tasks.tell_spreads",
        crontab(minute="15"),
        queue="insight",
    ),
    Sweep(
        "Every hour, run the weekly looks that are due and propose coaching plans.",
        "coaching.tasks.sweep_coaching",
        crontab(minute="20"),
        queue="insight",
    ),
    Sweep(
        "Every minute, go on with dry runs of trigger rules whose worker was lost.",
        "coaching.tasks.resume_dry_runs",
        timedelta(minutes=1),
        queue="insight",
    ),
    Sweep(
        "Every hour, measure the coaching plans and programmes whose follow-up reviews are in.",
        "coaching.tasks.sweep_outcomes",
        crontab(minute="40"),
        queue="insight",
    ),
    Sweep(
        "Every hour, remind people of actions, sessions, follow-ups and proposals, once each.",
        "coaching.tasks.remind",
        crontab(minute="45"),
    ),
    Sweep(
        "Every hour, mail what is new to those whose morning has come, once a day.",
        "accounts.tasks.send_digests",
        crontab(minute="50"),
    ),
    Sweep(
        "Every hour, forget the answers that were kept for repeated requests.",
        "accounts.tasks.forget_idempotent_answers",
        crontab(minute="35"),
    ),
)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the sweeps as Celery's clock wants them."""
    return {
        sweep.sentence: {
            "task": sweep.task,
            "schedule": sweep.at,
            # A sweep that waited longer than until the next one is superfluous: it finds its work by itself.
            "options": {"queue": sweep.queue, "expires": patience(sweep)},
        }
        for sweep in SWEEPS
    }


def patience(sweep: Sweep) -> float:
    """Return after how many seconds an unstarted sweep is dropped."""
    return sweep.at.total_seconds() if isinstance(sweep.at, timedelta) else 3600.0
