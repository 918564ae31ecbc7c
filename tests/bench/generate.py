"""Fill an empty database with a company's work: python -m tests.bench.generate --conversations 1000000 …

Works on the database that DATABASE_URL names, and refuses one that holds conversations. Draws are frozen by the
product itself, so they replay; everything else is what the product would have stored, written by COPY.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

MESSAGES = 12
LONG = 200
HELD = 8  # long conversations that the first reviewers have open


@dataclass(frozen=True)
class Sizes:
    """How much of everything. `frame`: what an agent's drawn week holds; 0 puts all conversations into those weeks."""

    conversations: int
    reviews: int
    open: int
    agents: int
    weeks: int
    transcripts: str
    frame: int = 0

    @property
    def quota(self) -> int:
        """Return how many an agent's week draws, so that there is enough to review and enough left open."""
        return -(-(self.reviews + self.open) // (self.agents * self.weeks))

    @property
    def a_week(self) -> int:
        """Return how many conversations an agent has in a week that is drawn."""
        return max(self.quota, self.frame or round(self.conversations / (self.agents * self.weeks)))

    @property
    def a_draw(self) -> int:
        """Return how many a week draws from all agents."""
        return self.quota * self.agents

    @property
    def repeated(self) -> int:
        """Return how many weeks after the first one only repeat it: the last two are drawn, and what is left open."""
        return max(0, min(self.weeks - 2, self.reviews // self.a_draw) - 1)

    @property
    def before(self) -> int:
        """Return how many conversations ended before the plan began."""
        return max(0, self.conversations - self.weeks * self.a_week * self.agents) if self.frame else 0


@dataclass(frozen=True)
class Calendar:
    """Which conversation ended when, and whose it was."""

    sizes: Sizes
    first: datetime  # the Monday on which the plan begins

    def numbers(self, week: int) -> range:
        """Return the ids of a week's conversations; those of all are in the order in which they ended."""
        in_a_week = self.sizes.a_week * self.sizes.agents
        first = self.sizes.before + week * in_a_week + 1
        return range(first, first + in_a_week)

    def talk(self, pk: int, make: Any) -> Any:
        """Make one up: agents take turns, and each week ends on its Saturday."""
        in_a_week = self.sizes.a_week * self.sizes.agents
        week, place = divmod(pk - 1 - self.sizes.before, in_a_week)
        seconds = timedelta(days=6).total_seconds() * (place + 1) // in_a_week
        ended_at = self.first + timedelta(weeks=week, seconds=seconds)
        return make(pk, agent_id=place % self.sizes.agents + 1, ended_at=ended_at, count=MESSAGES)


def fill(sizes: Sizes, *, now: datetime) -> dict[str, Any]:
    """Make everything; return the sessions and ids that a benchmark needs."""
    from tests.bench import company as people
    from tests.bench.copying import settle, trusted, without_indexes
    from tests.bench.scored import Scorers

    monday = (now - timedelta(days=now.weekday() + 2)).replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())  # a week that is over and has settled
    calendar = Calendar(sizes, monday - timedelta(weeks=sizes.weeks - 1))
    company = people.found(agents=sizes.agents, quota=sizes.quota, first_day=calendar.first.date(), now=now)
    scorers = Scorers(company, reviews=sizes.reviews)
    with trusted():
        with without_indexes(tables_of("conversations", "sampling", "reviews", "core")):
            first, left = first_week(calendar, company, scorers)
            repeat(calendar, first, scorers)
        settle(tables_of("conversations", "sampling", "reviews", "core"))
        for week in range(1 + sizes.repeated, sizes.weeks):
            say_again(calendar, first, week=week)
            left += draw_and_review(calendar, company, scorers, week=week)
    return finish(company, left=left, now=now)


def tables_of(*apps_: str) -> list[Any]:
    """Return the models of some apps, with the tables between them."""
    from django.apps import apps

    return [model for app in apps_ for model in apps.get_app_config(app).get_models(include_auto_created=True)]


def first_week(calendar: Calendar, company: Any, scorers: Any) -> tuple[Any, int]:
    """Load the first week's conversations, draw it and have it reviewed; the week, and the number left open."""
    from sampling.models import Draw
    from tests.bench import talks
    from tests.bench.weeks import Week, last_event

    whole, sizes, numbers = calendar.sizes.transcripts == "all", calendar.sizes, calendar.numbers(0)
    known = [calendar.talk(pk, talks.talk if whole else talks.outline) for pk in numbers]
    in_one_go(lambda: talks.store(known, company, transcribed=whole))
    event = last_event()
    left = draw_and_review(calendar, company, scorers, week=0)
    return Week.of(Draw.objects.get(), conversations=numbers, reviews=sizes.a_draw - left, events_after=event), left


def repeat(calendar: Calendar, first: Any, scorers: Any) -> None:
    """Repeat the first week: its conversations back to the beginning, then everything for the weeks after it."""
    from tests.bench import weeks

    sizes, words = calendar.sizes, calendar.sizes.transcripts == "all"
    in_a_week = sizes.a_week * sizes.agents
    for back in range(1, math.ceil(sizes.before / in_a_week) + 1):
        week = -back
        weeks.repeat_conversations(first, add=week * in_a_week, later=timedelta(weeks=week), with_words=words)
    for week in range(1, 1 + sizes.repeated):
        add, later = week * in_a_week, timedelta(weeks=week)
        weeks.repeat_conversations(first, add=add, later=later, with_words=True)
        weeks.repeat_reviews(first, week, add=add, later=later)
        scorers.passed_over(sizes.a_draw)


def say_again(calendar: Calendar, first: Any, *, week: int) -> None:
    """Repeat the first week's conversations for a week that is to be drawn."""
    from tests.bench import weeks

    add = week * calendar.sizes.a_week * calendar.sizes.agents
    weeks.repeat_conversations(
        first, add=add, later=timedelta(weeks=week), with_words=calendar.sizes.transcripts == "all"
    )


def draw_and_review(calendar: Calendar, company: Any, scorers: Any, *, week: int) -> int:
    """Let the product draw a week, and have the first of its picks reviewed; the number left open."""
    from sampling import periods
    from sampling.services import draws

    period = periods.containing(company.plan, calendar.first + timedelta(weeks=week))
    draw = draws.freeze(company.plan, period=period, now=period.ends_at + timedelta(days=1))
    if calendar.sizes.transcripts == "picked":
        in_one_go(lambda: transcribe_picked(calendar, draw))
    return int(in_one_go(lambda: scorers.work(draw)))


def in_one_go(work: Any) -> Any:
    """Run in one transaction: the tables point at each other, and a commit costs."""
    from django.db import transaction

    with transaction.atomic():
        return work()


def transcribe_picked(calendar: Calendar, draw: Any) -> None:
    """Give the conversations that were picked their transcripts, which scoring needs."""
    from django.db.models import F

    from conversations.models import Conversation
    from tests.bench import talks

    picked = draw.picks.values_list("conversation_id", flat=True)
    talks.transcribe([calendar.talk(pk, talks.talk) for pk in picked])
    Conversation.objects.filter(picks__draw=draw).update(transcript_id=F("id"))


def finish(company: Any, *, left: int, now: datetime) -> dict[str, Any]:
    """Settle the database, log people in, and let the first reviewers hold long conversations."""
    from tests.bench.company import session_of
    from tests.bench.copying import settle

    settle(tables_of("core", "accounts", "conversations", "rubrics", "sampling", "reviews"))
    from reviews.models import Review

    feedback = Review.objects.published().filter(agent=1).order_by("-pk").values_list("pk", flat=True)[:50]
    return {
        "open": left,
        "long": hold_long_ones(company, now=now),
        "feedback": list(feedback),
        "reviewers": [session_of(user) for user in company.reviewers],
        "agent": session_of(company.agent),
        "supervisor": session_of(company.supervisor),
        "manager": session_of(company.manager),
        "criteria": options_of(company),
        "ids": {
            "version": company.version.pk,
            "users": [user.pk for user in company.reviewers],
            "agent": company.agent.pk,
        },
    }


def options_of(company: Any) -> dict[str, list[str]]:
    """Return the options of each criterion, from the worst to the best, as a form names them."""
    from rubrics.selectors import card_for

    return {one.lineage: [option.key for option in one.options] for one in card_for(company.version).criteria()}


def hold_long_ones(company: Any, *, now: datetime) -> list[int]:
    """Let reviewers hold a conversation of 200 messages each; the ids of their reviews."""
    from conversations.messages import encode
    from conversations.models import Conversation, SearchText, Transcript
    from conversations.records import transcript_hash
    from conversations.search.content import searched_words
    from reviews.models import QueueItem
    from reviews.services import claims
    from tests.bench import talks

    held = []
    waiting = QueueItem.objects.open().in_working_order().select_related("conversation", "agent")
    for item, user in zip(waiting[:HELD], company.reviewers, strict=False):
        ended = item.conversation.completed_at
        said = talks.messages(item.conversation_id, agent_id=item.agent_id, ended_at=ended, count=LONG)
        Transcript.objects.filter(pk=item.transcript_id).update(
            body=encode(said), content_hash=transcript_hash(said), message_count=LONG
        )
        Conversation.objects.filter(pk=item.conversation_id).update(message_count=LONG)
        known = {"subject": item.conversation.subject, "external_id": item.conversation.external_id}
        SearchText.objects.filter(pk=item.conversation_id).update(words=searched_words(**known, messages=said))
        held.append(claims.take(item, by=user, now=now).pk)
    return held


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
    """Fill the database and say how long it took."""
    given = vars(options().parse_args())
    keys_file = given.pop("keys")
    django.setup()
    from django.db import connection

    from conversations.models import Conversation

    if Conversation.objects.exists():
        sys.exit("This database holds conversations already. Name an empty one in DATABASE_URL.")
    began = time.perf_counter()
    sizes = Sizes(**given)
    keys = fill(sizes, now=datetime.now(UTC))
    if keys_file:
        keys_file.write_text(json.dumps(keys), encoding="ascii")
    seconds = time.perf_counter() - began
    line = {
        "name": "generate",
        "database": connection.vendor,
        "seconds": round(seconds, 1),
        **given,
        "left": keys["open"],
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
