"""Do what a button of the criterion form asks for: another scale, one more option, a condition less."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rubrics import facts
from rubrics.card import (
    AnswerCondition,
    Card,
    Comparison,
    Condition,
    Criterion,
    FactCondition,
    Kind,
    Option,
    RootCause,
    Visibility,
)
from rubrics.checks import MOST_OPTIONS, MOST_ROOT_CAUSES
from rubrics.document.visibility import MOST_CONDITIONS
from rubrics.editing.scales import Scale, as_kind, with_scale
from rubrics.editing.sent import ANSWER, FACT, METADATA_SUBJECT, Sent
from rubrics.editing.structure import lineage_for

ON_ROW = re.compile(r"(remove|up|down)-(option|cause|condition)-(\d{1,3})")
SUBJECT = re.compile(r"subject-(\d{1,3})")
Doing = Callable[[Criterion, Sent, Card], Criterion]


def do(what: str, criterion: Criterion, sent: Sent, card: Card) -> tuple[Criterion, str]:
    """Return the criterion after one act of its form, and the field that the focus goes to; unknown acts do nothing."""
    if what in ACTS:
        act, focus = ACTS[what]
        done = act(criterion, sent, card)
        return done, focus.format(options=len(done.options) - 1, causes=len(done.root_causes) - 1, when=_last(done))
    if match := ON_ROW.fullmatch(what):
        return _on_row(match[1], match[2], int(match[3]), criterion)
    if match := SUBJECT.fullmatch(what):
        row = int(match[1])
        return _with_subject(criterion, row, sent.get(f"when-{row}-subject", "")), f"when-{row}-subject"
    return criterion, ""


def _scale(criterion: Criterion, sent: Sent, card: Card) -> Criterion:
    wanted = sent.get("scale", "")
    return with_scale(criterion, Scale(wanted)) if wanted in set(Scale) else criterion


def _kind(criterion: Criterion, sent: Sent, card: Card) -> Criterion:
    wanted = sent.get("kind", "")
    return as_kind(criterion, Kind(wanted)) if wanted in set(Kind) else criterion


def _add_option(criterion: Criterion, sent: Sent, card: Card) -> Criterion:
    if len(criterion.options) >= MOST_OPTIONS:
        return criterion
    label = _("Answer %(number)s") % {"number": len(criterion.options) + 1}
    key = lineage_for(label, taken={option.key for option in criterion.options}, otherwise="answer")
    return replace(criterion, options=(*criterion.options, Option(key, None, label)))


def _add_cause(criterion: Criterion, sent: Sent, card: Card) -> Criterion:
    if len(criterion.root_causes) >= MOST_ROOT_CAUSES:
        return criterion
    label = _("Cause %(number)s") % {"number": len(criterion.root_causes) + 1}
    key = lineage_for(label, taken={cause.key for cause in criterion.root_causes}, otherwise="cause")
    return replace(criterion, root_causes=(*criterion.root_causes, RootCause(key, label)))


def _add_condition(criterion: Criterion, sent: Sent, card: Card) -> Criterion:
    rule = criterion.visible_when or Visibility(())
    if len(rule.conditions) >= MOST_CONDITIONS:
        return criterion
    numbered = [one for one in card.criteria() if one.options]
    earlier = [one for one in numbered[: _place(numbered, criterion)] if one.lineage != criterion.lineage]
    fresh: Condition = (
        AnswerCondition(earlier[-1].lineage, (earlier[-1].options[0].key,))
        if earlier
        else FactCondition("channel", Comparison.IS, ("chat",))
    )
    return replace(criterion, visible_when=replace(rule, conditions=(*rule.conditions, fresh)))


def _place(criteria: Sequence[Criterion], criterion: Criterion) -> int:
    return next((at for at, one in enumerate(criteria) if one.lineage == criterion.lineage), len(criteria))


ACTS: dict[str, tuple[Doing, str]] = {
    "scale": (_scale, "scale"),
    "kind": (_kind, "kind"),
    "add-option": (_add_option, "options-{options}-label"),
    "add-cause": (_add_cause, "causes-{causes}-label"),
    "add-condition": (_add_condition, "when-{when}-subject"),
}


def _last(criterion: Criterion) -> int:
    return len(criterion.visible_when.conditions) - 1 if criterion.visible_when else 0


def _on_row(act: str, what: str, row: int, criterion: Criterion) -> tuple[Criterion, str]:
    """Remove a row of the form, or move it one place."""
    if what == "condition":
        rule = criterion.visible_when
        left = _without(rule.conditions, row) if rule else ()
        kept = replace(rule, conditions=left) if rule and left else None
        return replace(criterion, visible_when=kept), "add-condition"
    name, prefix = {"option": ("options", "options"), "cause": ("root_causes", "causes")}[what]
    rows = getattr(criterion, name)
    if act == "remove":
        left_rows: dict[str, Any] = {name: _without(rows, row)}
        return replace(criterion, **left_rows), f"add-{what}"
    step = -1 if act == "up" else 1
    target = min(max(row + step, 0), len(rows) - 1)
    moved: dict[str, Any] = {name: _moved(rows, row, target)}
    return replace(criterion, **moved), f"{prefix}-{target}-label"


def _without(rows: tuple[Any, ...], row: int) -> tuple[Any, ...]:
    return tuple(one for at, one in enumerate(rows) if at != row)


def _moved(rows: tuple[Any, ...], row: int, target: int) -> tuple[Any, ...]:
    if not 0 <= row < len(rows):
        return rows
    others = _without(rows, row)
    return (*others[:target], rows[row], *others[target:])


def _with_subject(criterion: Criterion, row: int, subject: str) -> Criterion:
    """Point a condition to another subject, with a value to start from: the old one would mean nothing there."""
    rule = criterion.visible_when
    if rule is None or row >= len(rule.conditions):
        return criterion
    fresh = _about(subject)
    conditions = tuple(fresh if at == row and fresh else one for at, one in enumerate(rule.conditions))
    return replace(criterion, visible_when=replace(rule, conditions=conditions))


def _about(subject: str) -> Condition | None:
    if subject.startswith(ANSWER):
        return AnswerCondition(subject.removeprefix(ANSWER), ())
    if subject == METADATA_SUBJECT:
        return FactCondition(f"{facts.METADATA}{_('field')}", Comparison.IS, (True,))
    fact = subject.removeprefix(FACT)
    if not facts.is_known(fact):
        return None
    if fact in facts.FACTS and facts.is_number(fact):
        return FactCondition(fact, Comparison.AT_LEAST, (Decimal(1),))
    return FactCondition(fact, Comparison.IS, ("chat" if fact == "channel" else "en",))
