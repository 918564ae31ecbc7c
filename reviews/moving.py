"""Carry a draft over from one version of its rubric to another: what keeps its answer, and what does not. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext as _

from reviews import drafts
from rubrics.card import Card, Criterion, Kind, NotApplicablePolicy


@dataclass(frozen=True, slots=True)
class Lost:
    """An answer that does not carry over, why, and the words that were written with it."""

    name: str
    why: str
    words: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The draft as it would be, with what keeps its answer, what loses it, and what is asked for the first time."""

    draft: drafts.Draft
    kept: tuple[str, ...]
    lost: tuple[Lost, ...]
    fresh: tuple[str, ...]


def carry(draft: drafts.Draft, before: Card, after: Card) -> Carried:
    """Carry answers over by the lineage of their criterion and the key of their option.

    A criterion that goes takes its words along, so they are handed back to be looked at; one that only loses its
    option, root cause or N/A keeps comment and pins.
    """
    answers: dict[str, drafts.AnswerDraft] = {}
    kept, lost = [], []
    for lineage, given in draft.answers.items():
        former, criterion = before.criterion(lineage), after.criterion(lineage)
        name = (criterion or former or Criterion(lineage=lineage)).name or lineage
        if criterion is None:
            lost.append(Lost(name, _("It is not asked any more."), _words(given)))
            continue
        carried, why = _carried(given, criterion)
        if carried != drafts.AnswerDraft():
            answers[lineage] = carried
        if why:
            lost.append(Lost(name, why, ""))
        elif given != drafts.AnswerDraft():
            kept.append(name)
    known = {criterion.lineage for criterion in before.criteria()}
    fresh = [one.name for one in after.criteria() if one.lineage not in known and one.kind != Kind.INFORMATION]
    return Carried(msgspec.structs.replace(draft, answers=answers), tuple(kept), tuple(lost), tuple(fresh))


def _carried(given: drafts.AnswerDraft, criterion: Criterion) -> tuple[drafts.AnswerDraft, str]:
    """Return what stays of one answer, and why something does not; empty when everything stays."""
    why = ""
    if given.option and criterion.option(given.option) is None:
        given, why = msgspec.structs.replace(given, option=""), _("Its answer is not offered any more: choose again.")
    forbidden = criterion.not_applicable == NotApplicablePolicy.FORBID and criterion.kind != Kind.INFORMATION
    if given.not_applicable and forbidden:
        given, why = msgspec.structs.replace(given, not_applicable=False), _("It always applies now: choose an answer.")
    if given.root_cause and criterion.root_cause(given.root_cause) is None:
        given = msgspec.structs.replace(given, root_cause="")
        why = why or _("Its root cause is not offered any more.")
    return given, why


def _words(given: drafts.AnswerDraft) -> str:
    return "\n".join(text for text in (given.comment.strip(), given.text.strip()) if text)
