"""Change the library of suggestions. Plans keep the words that they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Agent, User
from coaching.examples import read as read_examples
from coaching.examples import written
from coaching.models import Action, LibraryEntry, LibraryWords
from coaching.policies import why_not_write_library
from coaching.selectors import library as read
from coaching.suggestions import Suggestion
from conversations.models import Conversation
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.models import Skill

MOST_DAYS = 90
MOST_FOCUS = 3


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """What the form of a suggestion holds; `number` is the state that was edited, 0 as shipped or for a new one."""

    number: int
    kind: str
    text: str
    levels: Sequence[str]
    days: int
    channels: Sequence[str] = ()
    link: str = ""
    is_retired: bool = False


@transaction.atomic
def write(key: str, edited: EntryEdit, *, by: User, now: datetime) -> Suggestion:
    """Change a suggestion, shipped or own; the later of two edits is told."""
    refuse(why_not_write_library(by))
    refuse(why_not_suggest(edited))
    known = read.find(key)
    if known is None:
        raise Refused(Refusal("no_suggestion", 404, _("There is no such suggestion.")))
    if known.number != edited.number:
        raise _stale()
    if known.number == 0:
        skill = Skill.objects.get(slug=key.partition("/")[0])
        return _create(key, skill, edited, by=by, now=now)
    rows = LibraryEntry.objects.filter(key=key, number=edited.number)
    if not rows.update(**_values(edited, by=by, now=now), number=edited.number + 1):
        raise _stale()
    return _recorded(LibraryEntry.objects.get(key=key), by=by, now=now)


@transaction.atomic
def add(skill: Skill, edited: EntryEdit, *, by: User, now: datetime) -> Suggestion:
    """Add a suggestion of the workspace's own; it is offered before the shipped ones."""
    refuse(why_not_write_library(by))
    refuse(why_not_suggest(edited))
    name = slugify(edited.text)[:40].strip("-") or "own"
    taken = set(LibraryEntry.objects.filter(skill=skill).values_list("key", flat=True))
    free = (f"{skill.slug}/{name}-{n}" if n > 1 else f"{skill.slug}/{name}" for n in range(1, 1000))
    key = next(one for one in free if one not in taken and read.find(one) is None)
    return _create(key, skill, edited, by=by, now=now)


@transaction.atomic
def say(
    skill: Skill, *, cost: str, focus: str, number: int, by: User, now: datetime, examples: str | None = None
) -> LibraryWords:
    """Say of a skill what it costs the customer, and what to focus on, one to three points, one a line.

    examples: as coaching.examples reads them; None leaves those that are shown.
    """
    refuse(why_not_write_library(by))
    lines = [line.strip() for line in focus.splitlines() if line.strip()]
    if not cost.strip() or not 1 <= len(lines) <= MOST_FOCUS:
        raise Refused(Refusal("bad_words", 422, _("Say what it costs the customer, and one to three focus points.")))
    if read.page(skill).words_number != number:
        raise _stale()
    values: dict[str, Any] = {"cost": cost.strip(), "focus": "\n".join(lines), "updated_at": now, "updated_by": by}
    if examples is not None:
        values["examples"] = _examples(examples)
    made = _said(skill, {**values, "number": number + 1}, number=number)
    record("library.words_written", target=made, by=by, at=now)
    return made


def _said(skill: Skill, values: dict[str, Any], *, number: int) -> LibraryWords:
    """Store words over those of that number only: of two people at once, the second is told."""
    if number == 0:
        try:
            with transaction.atomic():
                return LibraryWords.objects.create(skill=skill, **values)
        except IntegrityError as error:
            raise _stale() from error
    if not LibraryWords.objects.filter(skill=skill, number=number).update(**values):
        raise _stale()
    return LibraryWords.objects.get(skill=skill)


def _examples(text: str) -> str:
    try:
        return written(read_examples(text))
    except ValueError:
        raise Refused(
            Refusal(
                "bad_examples", 422,
                _("Write up to eight examples of three lines each, with an empty line between two of them."),
            )
        ) from None  # fmt: skip


def why_not_suggest(edited: EntryEdit) -> Refusal | None:
    """Explain what is missing in a suggestion."""
    if not edited.text.strip():
        return Refusal("no_text", 422, _("Say what to do."))
    if not edited.levels or not set(edited.levels) <= set(Agent.Level.values):
        return Refusal("no_levels", 422, _("Choose for which levels it is."))
    if edited.kind not in Action.Kind.values or not set(edited.channels) <= set(Conversation.Channel.values):
        return Refusal("unknown_kind", 422, _("Choose one of the kinds and channels that are offered."))
    if not 1 <= edited.days <= MOST_DAYS:
        return Refusal("bad_days", 422, _("Choose 1 to 90 days."))
    return None


def _create(key: str, skill: Skill, edited: EntryEdit, *, by: User, now: datetime) -> Suggestion:
    try:
        with transaction.atomic():
            made = LibraryEntry.objects.create(key=key, skill=skill, **_values(edited, by=by, now=now))
    except IntegrityError as error:
        raise _stale() from error
    return _recorded(made, by=by, now=now)


def _recorded(row: LibraryEntry, *, by: User, now: datetime) -> Suggestion:
    record("library.entry_written", target=row, by=by, at=now, params={"key": row.key, "retired": row.is_retired})
    found = read.find(row.key)
    assert found is not None
    return found


def _values(edited: EntryEdit, *, by: User, now: datetime) -> dict[str, Any]:
    return {
        "kind": edited.kind, "text": edited.text.strip(), "link": edited.link, "levels": sorted(edited.levels),
        "channels": sorted(edited.channels), "days": edited.days, "is_retired": edited.is_retired,
        "updated_at": now, "updated_by": by,
    }  # fmt: skip


def _stale() -> Refused:
    return Refused(Refusal("stale_library", 409, _("Somebody else changed this meanwhile. Load it again.")))
