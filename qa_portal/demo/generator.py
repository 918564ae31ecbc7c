"""The demo company's conversations, week by week: the same for the same seed, whatever was asked for before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from qa_portal.demo import stories
from qa_portal.demo.people import AgentProfile, Company, TeamProfile
from qa_portal.demo.stories import Story
from qa_portal.demo.timing import week_starts

SEED = 20261
A_WEEK = (5, 9)
BUSY = {"entry": -1, "experienced": 1, "senior": 0, "lead": -2}
# (agent's external id, skill) → the week in which coaching was shared with them.
Coached = Mapping[tuple[str, str], int]


def stories_started(company: Company, *, seed: int, week: int, monday: date, coached: Coached) -> Iterator[Story]:
    """Yield the conversations that begin in one week, each reopened one twice."""
    for team in company.teams:
        for at, agent in enumerate(team.agents):
            yield from _week_of(agent, team, seed=seed, week=week, monday=monday, coached=coached, seat=at)


def _week_of(
    agent: AgentProfile, team: TeamProfile, *, seed: int, week: int, monday: date, coached: Coached, seat: int
) -> Iterator[Story]:
    now = {skill: since for (who, skill), since in coached.items() if who == agent.external_id}
    agent = replace(agent, talent=replace(agent.talent, coached=now))
    random = Random(f"{seed}|{agent.external_id}|{week}")
    count = max(3, random.randint(*A_WEEK) + BUSY[agent.level])
    midnight = datetime.combine(monday, time(), ZoneInfo(team.time_zone))
    starts = week_starts(random, monday=midnight, count=count, saturdays=team.slug == "retail")
    for at, moment in enumerate(starts):
        number = 100_000 + week * 1_000 + seat * 40 + at
        own = Random(f"{seed}|{agent.external_id}|{week}|{at}")
        yield from stories.tell(own, agent=agent, team=team, week=week, starts=moment, number=number)


@dataclass(slots=True)
class Desk:
    """The help desk's export: what ended in each week, in the order in which it ended."""

    company: Company
    first_monday: date
    seed: int = SEED
    time_zone: str = "Europe/Berlin"
    pending: list[Story] = field(default_factory=list)

    def week(self, week: int, *, coached: Coached) -> list[Story]:
        """Return what ended in a week; ask for the weeks in order, what lasts longer is carried over."""
        monday = self.first_monday + timedelta(weeks=week)
        begun = stories_started(self.company, seed=self.seed, week=week, monday=monday, coached=coached)
        known = [*self.pending, *begun]
        closes = datetime.combine(monday + timedelta(weeks=1), time(), ZoneInfo(self.time_zone))
        self.pending = [story for story in known if story.ended_at >= closes]
        return sorted((story for story in known if story.ended_at < closes), key=lambda story: story.ended_at)


def jsonl(told: Iterable[Story]) -> bytes:
    """Return records in the product's own format, one a line."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(story.record) + b"\n" for story in told)


def records(told: Iterable[Story]) -> list[dict[str, Any]]:
    """Return the records alone."""
    return [story.record for story in told]
