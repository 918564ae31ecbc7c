"""Decide what one conversation is about and how it goes, before a word is written."""

from __future__ import annotations

from random import Random
from typing import Any

from qa_portal.demo.people import AgentProfile
from qa_portal.demo.phrasebook import load
from qa_portal.demo.script import Case
from qa_portal.demo.skills import draw_grades

CHANNELS = {
    "retail": (("chat", 0.55), ("messaging", 0.25), ("email", 0.20)),
    "technology": (("chat", 0.58), ("messaging", 0.07), ("email", 0.35)),
    "healthcare": (("chat", 0.48), ("messaging", 0.22), ("email", 0.30)),
    "financial": (("chat", 0.62), ("messaging", 0.13), ("email", 0.25)),
}
MOODS = (
    ("angry", 0.24), ("worried", 0.22), ("confused", 0.17), ("neutral", 0.15), ("polite", 0.12), ("hurried", 0.10),
)  # fmt: skip
GERMAN_SHARE = 0.52  # of the conversations of those who write German
TWISTS, SIDES, LONG, BOTS, TRANSFERS = 0.30, 0.24, 0.03, 0.35, 0.04


def draw_case(random: Random, *, agent: AgentProfile, colleagues: tuple[str, ...], week: int) -> tuple[Case, str]:
    """Return what the conversation is about and how it goes, with its language."""
    language = "de" if "de" in agent.languages and random.random() < GERMAN_SHARE else "en"
    scenarios = load(f"{agent.team}.{language}")["scenarios"]
    key = random.choice(sorted(scenarios))
    mood = weighted(random, MOODS)
    channel = weighted(random, CHANNELS[agent.team])
    case = Case(
        scenario=scenarios[key],
        key=key,
        channel=channel,
        mood=mood,
        grades=draw_grades(random, agent.talent, week=week, difficulty=0.04 if mood == "angry" else 0.0),
        ref_given=random.random() < 0.72,
        is_open=bool(load(f"{agent.team}.en")["scenarios"][key].get("open")),
        twist=_twist(random, language, channel),
        sides=_sides(random, load(f"{agent.team}.{language}")["sides"]),
        has_bot=channel != "email" and random.random() < BOTS,
        helper=random.choice(colleagues) if colleagues and random.random() < TRANSFERS else "",
        casual=0.0 if channel == "email" or random.random() < 0.45 else random.random(),
    )
    return case, language


def about(team: str, key: str) -> str:
    """Return in English what a scenario is about, for notes and for reviewers."""
    return str(load(f"{team}.en")["scenarios"][key]["about"])


def tags(team: str, key: str) -> list[str]:
    """Return a scenario's tags."""
    return list(load(f"{team}.en")["scenarios"][key]["tags"])


def weighted(random: Random, options: tuple[tuple[str, float], ...]) -> str:
    """Return one of the options by its weight."""
    return random.choices([name for name, _ in options], [weight for _, weight in options])[0]


def _twist(random: Random, language: str, channel: str) -> int | None:
    if channel == "email" or random.random() > TWISTS:
        return None
    return random.randrange(len(load(f"common.{language}")["twists"]))


def _sides(random: Random, sides: list[Any]) -> tuple[int, ...]:
    count = 0
    if random.random() < SIDES:
        count = 1
    elif random.random() < LONG:
        count = len(sides)
    return tuple(random.sample(range(len(sides)), count))
