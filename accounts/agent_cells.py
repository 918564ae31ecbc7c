"""What the cells of a table of agents mean; a cell without sense is a reason why its row is not taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.languages import languages
from accounts.models import Agent
from accounts.policies import why_not_zone

YES = frozenset({"1", "yes", "true", "y"})
NO = frozenset({"0", "no", "false", "n"})
EARLIEST, LATEST = 1950, 2100


class Rejected(Exception):
    """Carry the reason why a row is not taken."""


def values(cells: dict[str, str], **more: Callable[[str], Any]) -> dict[str, Any]:
    """Return what a row says of an agent; `more` reads further columns. Raises Rejected with everything wrong in it."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for name, read in (READERS | more).items():
        try:
            found |= {name: read(cells[name])} if name in cells else {}
        except Rejected as rejected:
            wrong.append(str(rejected))
    if wrong:
        raise Rejected(" ".join(wrong))
    return found


def _name(text: str) -> str:
    if len(text) > 200:
        raise Rejected(_("The name is longer than 200 characters."))
    return text


def _level(text: str) -> str:
    if text.lower() not in Agent.Level.values:
        raise Rejected(_("The level is one of: %(levels)s.") % {"levels": ", ".join(Agent.Level.values)})
    return text.lower()


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Rejected(_("Write the day under hired_on as 2024-05-31.")) from None
    if not EARLIEST <= day.year <= LATEST:
        raise Rejected(_("Nobody was hired on that day."))
    return day


def _zone(text: str) -> str:
    if refusal := why_not_zone(text):
        raise Rejected(refusal.sentence)
    return text


def _languages(text: str) -> list[str]:
    try:
        return languages(text)
    except ValidationError as error:
        raise Rejected(" ".join(error.messages)) from error


def _is_bot(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise Rejected(_("Write yes or no under is_bot."))
    return text.lower() in YES


READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "level": _level,
    "hired_on": _day,
    "time_zone": _zone,
    "languages": _languages,
    "is_bot": _is_bot,
}
