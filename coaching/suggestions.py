"""The library of suggestions: what to read, practise and talk about, by skill and level. Pure; files in library/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coaching.examples import Example

LIBRARY = Path(__file__).resolve().parent / "library"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do. `days` is how long after the start of the plan it is due."""

    key: str
    kind: str
    text: str
    levels: frozenset[str]
    channels: frozenset[str]
    days: int
    link: str = ""
    # 0: as shipped; else how often the workspace has written it.
    number: int = 0
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class SkillAdvice:
    """What the library knows about one skill."""

    skill: str
    cost: str
    focus: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    examples: tuple[Example, ...] = ()


@cache
def advice(skill: str) -> SkillAdvice | None:
    """Return the advice on a skill; None for a skill that the library does not know."""
    file = LIBRARY / f"{skill}.yaml"
    if not file.is_file():
        return None
    return _read(skill, yaml.safe_load(file.read_text(encoding="utf-8")))


def suggest(skill: str, *, level: str, channel: str = "", most: int = 4) -> list[Suggestion]:
    """Return what is shipped for a skill and fits a level and a channel, one of a kind first."""
    known = advice(skill)
    return choose(known.suggestions, level=level, channel=channel, most=most) if known else []


def choose(offered: Iterable[Suggestion], *, level: str, channel: str = "", most: int = 4) -> list[Suggestion]:
    """Return the suggestions that fit a level and a channel, one of a kind first.

    What was written for the channel comes before what holds for all, otherwise in the order offered. Where the
    channel is not known, what was written for one comes last.
    """
    fitting = [
        one for one in offered if level in one.levels and (not one.channels or not channel or channel in one.channels)
    ]
    # False sorts before True.
    fitting.sort(key=lambda one: bool(one.channels) != bool(channel))
    kinds: set[str] = set()
    first = [one for one in fitting if not (one.kind in kinds or kinds.add(one.kind))]  # type: ignore[func-returns-value]
    rest = [one for one in fitting if one not in first]
    return (first + rest)[:most]


def _read(skill: str, content: dict[str, Any]) -> SkillAdvice:
    return SkillAdvice(
        skill=skill,
        cost=content["cost"],
        focus=tuple(content["focus"]),
        examples=tuple(Example(**entry) for entry in content["examples"]),
        suggestions=tuple(
            Suggestion(
                key=f"{skill}/{entry['key']}",
                kind=entry["kind"],
                text=entry["text"],
                levels=frozenset(entry["levels"]),
                channels=frozenset(entry.get("channels", ())),
                days=entry["days"],
            )
            for entry in content["suggestions"]
        ),
    )
