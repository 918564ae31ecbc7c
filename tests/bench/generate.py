"""Fill an empty database with a company's work: python -m tests.bench.generate --conversations 1000000 …

Works on the database that DATABASE_URL names. Stopped at any moment and called once more with the same sizes, it goes
on with what is not there yet; it refuses a database that was begun for other sizes, or that somebody else filled.
Draws are frozen by the product itself, so they replay; everything else is what the product would have stored, written
by COPY.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

from tests.bench.progress import Changed, Progress
from tests.bench.sizes import Calendar, Sizes

FILLED = ("conversations", "sampling", "reviews", "core")  # whose tables grow with the conversations


def fill(sizes: Sizes, *, now: datetime, progress: Progress) -> dict[str, Any]:
    """Make everything that is not there; return the sessions and ids that a benchmark needs."""
    from tests.bench import company as people
    from tests.bench import copying, keys
    from tests.bench.scored import Scorers

    begin(progress, sizes)
    now = datetime.fromisoformat(progress.once("began", now.isoformat))
    calendar = Calendar.until(now, sizes)
    first_day = calendar.first.date()
    progress.once(
        "company", lambda: nothing(people.found(agents=sizes.agents, quota=sizes.quota, first_day=first_day, now=now))
    )
    company = people.found_again()
    weeks = Weeks(progress, calendar, company, Scorers(company, reviews=sizes.reviews))
    with copying.trusted():
        taken = progress.once("indexes", lambda: copying.without_indexes(tables_of(*FILLED)))
        weeks.first()
        weeks.repeat()
        for name, definition in taken:
            progress.once(f"index {name}", lambda sql=definition: copying.run(sql))
        settled(progress, *FILLED)
        weeks.draw()
    settled(progress, *FILLED, "accounts", "rubrics")
    return dict(progress.once("keys", lambda: keys.hand_over(company, left=weeks.left, now=now)))


def begin(progress: Progress, sizes: Sizes) -> None:
    """Refuse what this did not begin, and what it began for other sizes."""
    from conversations.models import Conversation

    if not progress.done and Conversation.objects.exists():
        raise Changed("This database holds conversations already. Name an empty one in DATABASE_URL.")
    progress.begun_for(asdict(sizes))


def nothing(_made: Any) -> None:
    """Forget what was made: whoever goes on reads it from the database."""


def settled(progress: Progress, *apps_: str) -> None:
    """Settle the database once, which cannot be done within a transaction; twice harms nothing."""
    from tests.bench.copying import settle

    batch = f"settled {', '.join(apps_)}"
    if batch not in progress.done:
        settle(tables_of(*apps_))
        progress.once(batch, lambda: None)


def tables_of(*apps_: str) -> list[Any]:
    """Return the models of some apps, with the tables between them."""
    from django.apps import apps

    return [model for app in apps_ for model in apps.get_app_config(app).get_models(include_auto_created=True)]


@dataclass
class Weeks:
    """The conversations, draws and reviews, a week at a time."""

    progress: Progress
    calendar: Calendar
    company: Any
    scorers: Any
    week: Any = None  # the first one, which the others repeat
    left: int = 0  # what nobody has reviewed

    @property
    def whole(self) -> bool:
        """Say whether every conversation has its words."""
        return self.calendar.sizes.transcripts == "all"

    def first(self) -> None:
        """Load the first week's conversations, draw it and have it reviewed."""
        from tests.bench import talks
        from tests.bench.weeks import Week, last_event

        def make() -> Any:
            numbers = self.calendar.numbers(0)
            known = [self.calendar.talk(pk, talks.talk if self.whole else talks.outline) for pk in numbers]
            talks.store(known, self.company, transcribed=self.whole)
            event = last_event()
            draw = self._draw(0)
            return Week.of(draw, conversations=numbers, reviews=draw.picked - self.left, events_after=event).as_json()

        self.week = Week.from_json(self._batch(0, make))

    def repeat(self) -> None:
        """Repeat the first week: its conversations back to the beginning, then everything for the weeks after it."""
        from tests.bench import weeks

        sizes = self.calendar.sizes
        for week in range(-1, -math.ceil(sizes.before / sizes.of_all) - 1, -1):
            self._batch(week, lambda week=week: self._talk(week, with_words=self.whole))
        for week in range(1, 1 + sizes.repeated):

            def both(week: int = week) -> None:
                self._talk(week, with_words=True)
                weeks.repeat_reviews(self.week, week, add=week * sizes.of_all, later=timedelta(weeks=week))
                self.scorers.passed_over(sizes.a_draw)

            self._batch(week, both)

    def draw(self) -> None:
        """Repeat the first week's conversations for the weeks that are left, and have each drawn and reviewed."""

        def both(week: int) -> None:
            self._talk(week, with_words=self.whole)
            self._draw(week)

        for week in range(1 + self.calendar.sizes.repeated, self.calendar.sizes.weeks):
            self._batch(week, lambda week=week: both(week))

    def _batch(self, week: int, make: Any) -> Any:
        """Make a week unless it is there, and go on with the counts after it."""

        def counted() -> Any:
            return {"made": make(), "left": self.left, "counts": self.scorers.counts()}

        there = self.progress.once(f"week {week}", counted)
        self.left = there["left"]
        self.scorers.go_on(there["counts"])
        return there["made"]

    def _talk(self, week: int, *, with_words: bool) -> None:
        from tests.bench import weeks

        add = week * self.calendar.sizes.of_all
        weeks.repeat_conversations(self.week, add=add, later=timedelta(weeks=week), with_words=with_words)

    def _draw(self, week: int) -> Any:
        """Let the product draw a week, and have the first of its picks reviewed."""
        from sampling import periods
        from sampling.services import draws

        period = periods.containing(self.company.plan, self.calendar.first + timedelta(weeks=week))
        draw = draws.freeze(self.company.plan, period=period, now=period.ends_at + timedelta(days=1))
        if not self.whole:
            self._transcribe(draw)
        self.left += self.scorers.work(draw)
        return draw

    def _transcribe(self, draw: Any) -> None:
        """Give the conversations that were picked their transcripts, which scoring needs."""
        from django.db.models import F

        from conversations.models import Conversation
        from tests.bench import talks

        picked = draw.picks.values_list("conversation_id", flat=True)
        talks.transcribe([self.calendar.talk(pk, talks.talk) for pk in picked])
        Conversation.objects.filter(picks__draw=draw).update(transcript_id=F("id"))


def options() -> argparse.ArgumentParser:
    """Say what the command line takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=20_000, help="at least so many items are left to review")
    parser.add_argument("--agents", type=int, default=2_000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--transcripts", choices=["all", "picked"], default="all")
    parser.add_argument(
        "--frame", type=int, default=0, help="conversations of an agent in a drawn week; others are older"
    )
    parser.add_argument("--keys", type=Path, help="write sessions and ids for a benchmark into this file")
    return parser


def main() -> None:
    """Fill the database and say how long it took, and how many batches were there before."""
    given = vars(options().parse_args())
    keys_file = given.pop("keys")
    django.setup()
    from django.db import connection

    began, progress = time.perf_counter(), Progress()
    try:
        keys = fill(Sizes(**given), now=datetime.now(UTC), progress=progress)
    except Changed as refused:
        sys.exit(str(refused))
    if keys_file:
        keys_file.write_text(json.dumps(keys), encoding="ascii")
    seconds = time.perf_counter() - began
    line = {
        "name": "generate",
        "database": connection.vendor,
        "seconds": round(seconds, 1),
        **given,
        "left": keys["open"],
        "batches_found": progress.found,
        "batches_made": progress.made,
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
