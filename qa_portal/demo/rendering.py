"""Turn a written script into the messages of its channel, and find where each moment ended up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random

from qa_portal.demo.script import Line, Script


def as_messages(script: Script) -> tuple[list[Line], list[int]]:
    """Return the messages, and for every line of the script the index of its message."""
    email = script.case.is_email
    groups = _letters(script.lines) if email else _bursts(script.random, script.lines)
    messages: list[Line] = []
    where: list[int] = []
    for group in groups:
        where += [len(messages)] * len(group)
        messages.append(_letter(script, group) if email and group[0].kind == "message" else _burst(group))
    return messages, where


def _letters(lines: list[Line]) -> list[list[Line]]:
    """Put what one person says in a row into one e-mail; a late answer starts a new one."""
    return _grouped(lines, lambda before, line: _same_hand(before, line) and line.pace not in {"long", "later"})


def _bursts(random: Random, lines: list[Line]) -> list[list[Line]]:
    """Join some short lines of one agent, as people do who type fast."""

    def joins(before: Line, line: Line) -> bool:
        return _same_hand(before, line) and line.role == "agent" and line.pace == "normal" and random.random() < 0.4

    return _grouped(lines, joins)


def _grouped(lines: list[Line], joins: Callable[[Line, Line], bool]) -> list[list[Line]]:
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        if joins(before, line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _same_hand(before: Line, line: Line) -> bool:
    return (before.role, before.author, before.kind) == (line.role, line.author, "message")


def _burst(group: list[Line]) -> Line:
    return replace(group[0], text=" ".join(line.text for line in group))


def _letter(script: Script, group: list[Line]) -> Line:
    """Return one e-mail: paragraphs, and a name at the end."""
    first = group[0]
    text = "\n\n".join(line.text for line in group)
    if first.role == "agent":
        greeted = first.author == script.agent and first.pace in {"first", "late_first"}
        if not greeted:
            text = f"{script.voice.bank('greeting', 'email')}\n\n{text}"
        text = f"{text}\n\n{script.voice.bank('signature')}"
    elif script.chance(0.7):
        text = f"{text}\n\n{script.voice.values['customer_full']}"
    return replace(first, text=text)
