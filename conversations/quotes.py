"""Find where a message stops speaking and begins to repeat an earlier one. Pure."""

from __future__ import annotations

import re

# Fewer quoted lines are part of what is said.
FEWEST_LINES = 2
# "On Tue, 3 Mar 2026 at 10:04, Dana <d@…> wrote:" in the languages that help desks see most; it may break over lines.
_INTRODUCTION = re.compile(
    r"^(?:On|Am|Le|El|Il|Op|Em|W dniu|Den)\b[^\n]{4,200}(?:\n[^\n]{1,200})?"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał\(a\)|skrev)[^\n]{0,120}:[ \t]*$",
    re.MULTILINE,
)
# What mail programs put above the message they repeat without marking its lines.
_HEADER = re.compile(
    r"^(?:-{2,}[ \t]*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine)[ \t]*-{2,}[ \t]*$"
    r"|_{10,}[ \t]*\n|)(?:From|Von|De):[^\n]+\n(?:[^\n]+\n){0,3}?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado):[^\n]*$"
    r"|^-{2,}[ \t]*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine)[ \t]*-{2,}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def quoted_from(text: str) -> int | None:
    """Return the code point at which the repeated tail begins; None when there is none, or nothing stands before it.

    Only a tail counts: lines quoted between answers are part of what is said.
    """
    starts = [start for start in (_marked_tail(text), _header(text)) if start is not None]
    start = min(starts, default=None)
    return start if start is not None and text[:start].strip() else None


def _marked_tail(text: str) -> int | None:
    """Find the last lines that all begin with `>`, with the line that introduces them."""
    if ">" not in text:
        return None
    lines = text.split("\n")
    first = len(lines)
    while first and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith(">")):
        first -= 1
    if sum(1 for line in lines[first:] if line.strip()) < FEWEST_LINES:
        return None
    while not lines[first].strip():
        first += 1
    start = sum(len(line) + 1 for line in lines[:first])
    before = text[:start].rstrip()
    introductions = [found for found in _INTRODUCTION.finditer(before) if found.end() == len(before)]
    return introductions[-1].start() if introductions else start


def _header(text: str) -> int | None:
    found = _HEADER.search(text)
    return found.start() if found else None
