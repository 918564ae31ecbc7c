"""Replay stored answers under a proposed version, in the background: slices that each leave a cursor for the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.models import Job
from core.refusals import Refusal, refuse
from core.services import jobs
from reviews import replaying
from reviews.models import Flip, Review, WhatIf
from reviews.policies import why_not_ask_what_if
from reviews.replaying import Side
from reviews.selectors.replay_weights import ROW, Frames, Row
from reviews.selectors.what_if import Reader, Stored, rests_on, reviews_of
from rubrics.checks import flaws
from rubrics.document import parse, to_json
from rubrics.models import RubricVersion
from rubrics.scoring.replay import Replay, Replayed
from rubrics.selectors import card_for, document_for, fingerprint_of

KIND = "what_if"
SLICE_SECONDS = 45.0
CHUNK = 500
TELL_SECONDS = 1.0
KEPT = 5
MOST_KNOWN = 100_000


@transaction.atomic
def start(
    version: RubricVersion, *, by: Any, now: datetime, since: date | None = None, until: date | None = None
) -> WhatIf:
    """Write down what is to be replayed, with the card as it is now; the caller enqueues the job.

    Older what-ifs of the same rubric go, but for the last few: each can be made again.
    """
    refuse(why_not_ask_what_if(by))
    card = card_for(version)
    refuse(_why_not_replayed(card, since, until))
    total = reviews_of(version.rubric, by, since=since, until=until).count()
    job = jobs.create(KIND, by=by, now=now, total=total, unit="reviews", params={"version": version.number})
    made = WhatIf.objects.create(
        job=job,
        rubric=version.rubric,
        version_number=version.number,
        document=to_json(document_for(version)),
        fingerprint=fingerprint_of(card),
        submitted_from=since,
        submitted_until=until,
    )
    jobs.forget(Job.objects.filter(what_if__rubric=version.rubric), keep=KEPT - 1)
    return made


def cancel(what_if: WhatIf, *, by: Any, now: datetime) -> None:
    """Ask a replay to stop. Nothing it counted is kept."""
    refuse(why_not_ask_what_if(by))
    jobs.stop(what_if.job, now=now)


def work(job_id: int, *, clock: Callable[[], datetime], seconds: float = SLICE_SECONDS) -> bool:
    """Replay one slice; True when it is to be called again, at once."""

    def do(job: Job) -> bool:
        what_if = WhatIf.objects.select_related("rubric").filter(job=job).first()
        if what_if is None:
            raise jobs.GivenUp(_("What was to be replayed no longer exists."))
        finished = _Slice(job, what_if, clock=clock, deadline=time.monotonic() + seconds).run()
        return _settle(job, what_if, finished=finished, now=clock())

    broken = _("The replay stopped because of an error in QA Portal, which is in the log. Nothing was changed.")
    return jobs.slice_of(job_id, clock=clock, do=do, broken=broken)


def waiting(now: datetime) -> list[int]:
    """Return the jobs that nobody is working on, for the sweep."""
    return jobs.waiting(KIND, now=now)


class _Slice:
    """One stretch of a replay, with its deadline."""

    def __init__(self, job: Job, what_if: WhatIf, *, clock: Callable[[], datetime], deadline: float) -> None:
        self.job, self.what_if, self.clock, self.deadline = job, what_if, clock, deadline
        replay = Replay(parse(what_if.document).card)
        self.replay, self.reader = replay, Reader(what_if.rubric, replay)
        self.rows = _reviews(what_if, job)
        self.frames = Frames(self.rows)
        cursor = job.cursor
        if cursor and not replaying.is_readable(cursor["tally"]):
            cursor = {}  # an older version of QA Portal began it and added up otherwise
            what_if.flips.all().delete()
        self.after = int(cursor.get("after", 0))
        self.tally = replaying.load(cursor.get("tally", {}))
        self.flips: list[Flip] = []
        # Many reviews are filled in alike, and alike answers come to the same. Those of a Reader are the same objects.
        self.known: dict[tuple[int, ...], Replayed] = {}

    def run(self) -> bool:
        """Replay until the end, the deadline or a wish to stop; True at the end."""
        rows = self.rows.order_by("pk")
        told = time.monotonic()
        while chunk := [Row(*row) for row in rows.filter(pk__gt=self.after).values_list(*ROW)[:CHUNK]]:
            self._replay(chunk)
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                if not self._tell() or told > self.deadline:
                    return False
        return self._tell()

    def _replay(self, chunk: list[Row]) -> None:
        units, beside = self.frames.weigh(chunk)
        sides = {one.review: _sides(one, after) for one, after in self._scored(beside)}
        for one, after in self._scored(chunk):
            before, now = sides[one.review] = _sides(one, after)
            if self.tally.count(before, now, dropped=one.dropped, unanswered=after.unanswered):
                self.flips.append(self._flip(one.review, before, now))
        for row in chunk:
            unit = units.get(row.pk)
            if unit is not None:
                self.tally.average(row.agent, [sides[review] for review in unit.reviews], weight=unit.weight)
        self.after = chunk[-1].pk

    def _scored(self, rows: list[Row]) -> Iterator[tuple[Stored, Replayed]]:
        for one in self.reader.read(rows) if rows else ():
            yield one, self._score(one)

    def _score(self, one: Stored) -> Replayed:
        if one.facts is not None:
            return self.replay.score(one.given, one.facts)
        alike = tuple(map(id, one.given))
        found = self.known.get(alike)
        if found is None:
            found = self.replay.score(one.given)
            if len(self.known) < MOST_KNOWN:
                self.known[alike] = found
        return found

    def _flip(self, review: int, before: Side, after: Side) -> Flip:
        return Flip(
            what_if=self.what_if, review_id=review, score_before=_points(before[0]), score_after=_points(after[0]),
            outcome_before=before[1], outcome_after=str(after[1]),
        )  # fmt: skip

    def _tell(self) -> bool:
        """Store flips, sums and cursor together, so that a lost worker neither forgets nor doubles one."""
        with transaction.atomic():
            cursor = {"after": self.after, "tally": self.tally.dump()}
            held = jobs.advance(self.job, now=self.clock(), done=self.tally.reviews, cursor=cursor)
            if held:
                Flip.objects.bulk_create(self.flips, batch_size=1000)
                self.flips = []
        return held


def _sides(one: Stored, after: Replayed) -> tuple[Side, Side]:
    """Return a review before and after."""
    return (one.final, one.outcome), (after.final, after.outcome)


def _points(score: int | None) -> Decimal | None:
    return None if score is None else Decimal(score) / 10_000


def _reviews(what_if: WhatIf, job: Job) -> QuerySet[Review]:
    """Return the reviews that are replayed."""
    days = {"since": what_if.submitted_from, "until": what_if.submitted_until}
    return reviews_of(what_if.rubric, job.created_by, **days)


def _settle(job: Job, what_if: WhatIf, *, finished: bool, now: datetime) -> bool:
    """Say what became of the job; True when another slice is needed."""
    if finished:
        tally = replaying.load(job.cursor["tally"])
        jobs.finish(job, now=now, result={**tally.result(), "rests_on": rests_on(_reviews(what_if, job))})
        return False
    return jobs.rest(job, now=now)


def _why_not_replayed(card: Any, since: date | None, until: date | None) -> Refusal | None:
    if since is not None and until is not None and since > until:
        return Refusal("days_reversed", 422, _("The first day lies after the last."))
    found = flaws(card)
    if found:
        sentence = _("This version cannot be scored by yet: %(first)s") % {"first": found[0]}
        return Refusal("flawed_rubric", 409, sentence)
    return None
