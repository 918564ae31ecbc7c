"""Reviewers at work: claim the next, score it, submit, publish; skip what nobody can score."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts.models import User
from qa_portal.demo import reviewing
from qa_portal.demo.calendar import ZONE
from qa_portal.demo.people import ReviewerProfile
from qa_portal.demo.stories import Truth
from reviews.models import QueueItem, Review
from reviews.services import claims, drafting, publishing, skip_checks, skipping, submitting
from rubrics.selectors import card_for

BEGINS, ENDS = 9, 17
# Until a review is shown to its agent; the author may still change it for so long.
COOLING = timedelta(minutes=20)
SKIP_REASONS = {"abandoned": "no_agent_message", "spam": "spam", "test": "test"}


@dataclass(frozen=True, slots=True)
class Worked:
    """What a round of reviewing came to."""

    published: int
    skipped: int


@dataclass(slots=True)
class Reviewer:
    """A reviewer's profile, log-in and clock."""

    profile: ReviewerProfile
    user: User
    clock: datetime


def work_off(
    truths: Mapping[str, Truth],
    reviewers: list[tuple[ReviewerProfile, User]],
    *,
    seed: int,
    starts: datetime,
    until: datetime,
) -> Worked:
    """Let the reviewers empty the queue, each by their own clock, always the one whose clock is earliest."""
    random = Random(f"{seed}|work|{starts:%Y-%m-%d}")
    desks = [Reviewer(profile, user, _in_hours(random, starts)) for profile, user in reviewers]
    _look_at_skips(desks)
    published = skipped = 0
    while True:
        round_ = _round(truths, desks, random, seed=seed, until=until)
        published, skipped = published + round_.published, skipped + round_.skipped
        # What one reviewer hands on may be for another who had found the queue empty.
        if not round_.skipped or not QueueItem.objects.open().exists():
            return Worked(published, skipped)


def _look_at_skips(desks: list[Reviewer]) -> None:
    """Let the first who may say of each skip of the weeks before that it was right."""
    for desk in desks:
        for item in QueueItem.objects.skips_to_check(desk.user).order_by("pk"):
            skip_checks.confirm(item, by=desk.user, now=desk.clock)


def _round(truths: Mapping[str, Truth], desks: list[Reviewer], random: Random, *, seed: int, until: datetime) -> Worked:
    waiting = [(desk.clock, at) for at, desk in enumerate(desks)]
    heapq.heapify(waiting)
    published = skipped = 0
    while waiting:
        _, at = heapq.heappop(waiting)
        desk = desks[at]
        outcome = _take(truths, desk, random, seed=seed) if desk.clock < until else None
        if outcome is None:
            continue
        published, skipped = published + outcome, skipped + (not outcome)
        desk.clock = _in_hours(random, desk.clock)
        heapq.heappush(waiting, (desk.clock, at))
    return Worked(published, skipped)


@transaction.atomic
def _take(truths: Mapping[str, Truth], desk: Reviewer, random: Random, *, seed: int) -> bool | None:
    """Claim the next conversation; True when it was published, False when skipped, None when there is none."""
    review = claims.next_item(by=desk.user, now=desk.clock)
    if review is None:
        return None
    truth = truths[review.conversation.external_id]
    reason = SKIP_REASONS.get(truth.sort) or ("" if truth.language in desk.profile.languages else "language")
    if reason:
        desk.clock += timedelta(minutes=2)
        skipping.skip(review.item, reason=reason, by=desk.user, now=desk.clock)
        return False
    _score(review, truth, desk, random, seed=seed)
    return True


def _score(review: Review, truth: Truth, desk: Reviewer, random: Random, *, seed: int) -> None:
    card = card_for(review.rubric_version)
    draft = reviewing.score(truth, card, reviewer=desk.profile, agent=review.agent.name, seed=seed)
    seconds = int(random.uniform(240, 540)) + 12 * len(truth.texts)
    desk.clock += timedelta(seconds=seconds)
    drafting.save(
        review, draft, number=review.draft_number, by=desk.user, now=desk.clock, active_seconds=min(seconds, 890)
    )
    review.refresh_from_db(fields=["draft_number", "active_seconds", "draft", "updated_at"])
    desk.clock += timedelta(seconds=40)
    submitted = submitting.submit(review, draft, by=desk.user, now=desk.clock, active_seconds=40)
    if submitted.purpose == QueueItem.Purpose.PRIMARY:  # a second look is nobody's feedback
        publishing.publish(submitted, by=desk.user, now=desk.clock + COOLING)


def _in_hours(random: Random, moment: datetime) -> datetime:
    """Return when somebody begins the next review: after a pause, within working hours."""
    local = moment.astimezone(ZONE) + timedelta(minutes=random.uniform(4, 55))
    if local.hour >= ENDS:
        local = (local + timedelta(days=1)).replace(hour=BEGINS, minute=random.randint(0, 40))
    elif local.hour < BEGINS:
        local = local.replace(hour=BEGINS, minute=random.randint(0, 40))
    while local.weekday() > 4:
        local += timedelta(days=1)
    return local
