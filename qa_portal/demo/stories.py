"""One conversation as the help desk exports it, with the truth behind it that the demo's reviewers see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from qa_portal.demo import cases, dialogue, endings, oddities, timing
from qa_portal.demo.people import AgentProfile, TeamProfile
from qa_portal.demo.phrasebook import Voice
from qa_portal.demo.rendering import as_messages
from qa_portal.demo.script import Line, Script, worth
from qa_portal.demo.values import draw_values

SURVEYED = 0.30
REOPENED = 0.035


@dataclass(frozen=True, slots=True)
class Seen:
    """What one message shows about one aspect (0–1)."""

    aspect: str
    value: float
    kind: str
    message: int


@dataclass(frozen=True, slots=True)
class Truth:
    """How good a conversation really was. Nothing of it is in the exported record."""

    external_id: str
    agent: str
    language: str
    about: str
    customer: str
    mood: str
    tags: tuple[str, ...] = ()
    twist: str = ""
    sort: str = "talk"
    aspects: dict[str, float] = field(default_factory=dict)
    skills: dict[str, float] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    texts: tuple[str, ...] = ()
    waits: tuple[int, ...] = ()

    def moment(self, aspect: str) -> Seen | None:
        """Return what shows an aspect best: the lowest, then the latest."""
        found = [seen for seen in self.seen if seen.aspect == aspect]
        return min(found, key=lambda seen: (seen.value, -seen.message)) if found else None


@dataclass(frozen=True, slots=True)
class Story:
    """A record of the product's own format, when it ended, and its truth."""

    record: dict[str, Any]
    ended_at: datetime
    truth: Truth


def tell(
    random: Random, *, agent: AgentProfile, team: TeamProfile, week: int, starts: datetime, number: int
) -> list[Story]:
    """Return one conversation, and the same one again if it is reopened later; `starts` is local time."""
    external_id = f"{agent.team[:2].upper()}-{number}"
    odd = oddities.draw(random)
    colleagues = tuple(other.name for other in team.agents if other.name != agent.name)
    case, language = cases.draw_case(random, agent=agent, colleagues=colleagues, week=week)
    values = draw_values(
        random, agent=agent, language=language, bot=team.bot, starts=starts, about=cases.about(agent.team, case.key)
    )
    voice = Voice(random, team=agent.team, language=language, values=values)
    script = Script(case, voice, random, agent.name)
    if odd:
        oddities.write(script, odd)
    else:
        dialogue.write(script)
    script.add("system", voice.bank("closed_line", case.channel), kind="event", pace="closed")
    first = _told(script, agent, external_id, odd or "talk", starts=starts)
    if odd or random.random() > REOPENED:
        return [first]
    return [first, _reopened(script, agent, first, starts=starts)]


def _told(script: Script, agent: AgentProfile, external_id: str, sort: str, *, starts: datetime) -> Story:
    messages, where = as_messages(script)
    times = timing.line_times(script.random, messages, channel=script.case.channel, starts=starts)
    record = _record(script, agent, external_id, messages, times, sort=sort)
    seen = tuple(Seen(m.aspect, m.value, m.kind, where[m.line]) for m in script.moments)
    truth = Truth(
        external_id=external_id,
        agent=agent.external_id,
        language=script.voice.language,
        about=cases.about(agent.team, script.case.key),
        customer=script.voice.values["customer"],
        mood=script.case.mood,
        tags=tuple(cases.tags(agent.team, script.case.key)),
        twist=_twist(script),
        sort=sort,
        aspects=dict(script.aspects),
        skills={skill: worth(grade) for skill, grade in script.case.grades.items()},
        seen=seen,
        texts=tuple(message.text for message in messages),
        waits=_minutes(times),
    )
    return Story(record=record, ended_at=times[-1], truth=truth)


def _twist(script: Script) -> str:
    at = script.case.twist
    return "" if at is None else str(script.voice.common["twists"][at]["about"])


def _minutes(times: list[datetime]) -> tuple[int, ...]:
    """Return the whole minutes before each message."""
    gaps = [int((later - earlier).total_seconds() // 60) for earlier, later in pairwise(times)]
    return (0, *gaps)


def _record(
    script: Script, agent: AgentProfile, external_id: str, messages: list[Line], times: list[datetime], *, sort: str
) -> dict[str, Any]:
    values, case = script.voice.values, script.case
    return {
        "external_id": external_id,
        "channel": case.channel,
        "agent": _handled_by(script, agent, sort),
        "customer": {"external_id": values["email"], "name": values["customer_full"]},
        "subject": _subject(script, sort),
        "language": script.voice.language,
        "started_at": stamp(times[0]),
        "ended_at": stamp(times[-1]),
        "tags": cases.tags(agent.team, case.key),
        "csat": _csat(script),
        "metadata": {"team": agent.team, "topic": case.key, "reference": values["case"]},
        "messages": [_message(line, moment, values) for line, moment in zip(messages, times, strict=True)],
    }


def _subject(script: Script, sort: str) -> str:
    if sort in {"spam", "test", "bot"}:
        return script.voice.bank("odd_subject")
    subject = script.voice.bank("subject") if script.case.is_email else script.case.key.replace("_", " ")
    return subject[0].upper() + subject[1:]


def _handled_by(script: Script, agent: AgentProfile, sort: str) -> dict[str, Any]:
    """Return who the help desk names as responsible: a person, or the bot that answered alone."""
    if sort == "bot":
        return {"external_id": f"{agent.team}-bot", "name": script.voice.values["bot"], "bot": True}
    return {"external_id": agent.external_id, "name": agent.name}


def _message(line: Line, moment: datetime, values: dict[str, str]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": line.role, "sent_at": stamp(moment), "text": line.text}
    author = line.author or (values["customer_full"] if line.role == "customer" else "")
    if author:
        message["author"] = author
    if line.kind != "message":
        message["kind"] = line.kind
    return message


def _csat(script: Script) -> float | None:
    """Return what the customer ticked, 1–5: a little about the service, a lot about everything else."""
    if script.random.random() > SURVEYED or not script.aspects:
        return None
    felt = 2.4 + 2.3 * endings.satisfaction(script) + script.random.gauss(0, 1.1)
    return float(min(5, max(1, round(felt))))


def _reopened(script: Script, agent: AgentProfile, first: Story, *, starts: datetime) -> Story:
    """Return the same conversation after the customer came back days later."""
    script.case.has_bot = False
    messages = first.record["messages"]
    again = timing.next_days(script.random, first.ended_at.astimezone(starts.tzinfo))
    more = Script(script.case, script.voice, script.random, agent.name)
    more.customer(script.voice.bank("reopen"))
    more.agents(script.voice.bank("reopen_answer"), pace="first")
    more.customer(script.voice.bank("reopen_thanks"))
    more.add("system", script.voice.bank("closed_line", script.case.channel), kind="event", pace="closed")
    lines, _ = as_messages(more)
    times = timing.line_times(script.random, lines, channel=script.case.channel, starts=again)
    added = [_message(line, moment, script.voice.values) for line, moment in zip(lines, times, strict=True)]
    record = first.record | {
        "ended_at": stamp(times[-1]),
        "messages": messages + added,
        "metadata": first.record["metadata"] | {"reopened": 1},
    }
    return Story(record=record, ended_at=times[-1], truth=first.truth)


def stamp(moment: datetime) -> str:
    """Return a UTC time as the format writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
