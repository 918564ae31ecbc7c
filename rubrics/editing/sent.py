"""Read what a form of the editor sends. A field that cannot be read keeps its stored value and says why.

So nothing that was typed well is held back by something that was not, and no draft ever holds nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.whole_numbers import whole_numbers
from rubrics.card import Card, Comparison, Criterion, Kind, Option, RootCause, Section
from rubrics.checks import MOST_OPTIONS, MOST_ROOT_CAUSES, Flaw
from rubrics.document import parse_criterion, parse_section, parse_settings
from rubrics.document.reading import NUMBER
from rubrics.document.visibility import MOST_CONDITIONS

ANSWER = "answer."
FACT = "fact."
METADATA_SUBJECT = "fact.metadata"
ROW = re.compile(r"(options|root_causes|visible_when\.conditions)\[(\d+)\](?:\.(\w+))?")
PREFIXES = {"options": "options", "root_causes": "causes", "visible_when.conditions": "when"}
COLUMNS = {
    "comment": "comment_rule", "evidence": "evidence_rule", "fail": "fail_scope", "card_fail": "card_fail_zeroes_score",
    "exclude_foreign_causes": "excludes_foreign_causes",
}  # fmt: skip


class Sent:
    """Hold a posted form: every field with its values, the last one counting where there should be one."""

    def __init__(self, lists: Mapping[str, Sequence[Any]]) -> None:
        self._lists = {name: [str(value) for value in values] for name, values in lists.items()}

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a field."""
        values = self._lists.get(name)
        return values[-1] if values else default

    def getlist(self, name: str) -> list[str]:
        """Return all values of a field."""
        return self._lists.get(name, [])

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __contains__(self, name: object) -> bool:
        return name in self._lists


@dataclass(frozen=True, slots=True)
class Read:
    """Hold what was read, and the sentence for each field of the form that was not."""

    part: Card | Section | Criterion
    errors: Mapping[str, str]


def settings(sent: Sent, stored: Card) -> Read:
    """Read the settings of a version."""
    plain: dict[str, Any] = {
        "mode": sent.get("mode", ""),
        "card_fail": sent.get("card_fail", ""),
        "failing_dimensions": sent.getlist("failing_dimensions"),
        "exclude_foreign_causes": bool(sent.get("exclude_foreign_causes", "")),
    }
    errors = _numbers(plain, "", {"pass_mark": sent.get("pass_mark", "")}, highest=100)
    card, flaws = parse_settings(plain)
    kept = _kept(card, stored, {**_by_column(flaws), **errors})
    return Read(kept, {**{flaw.path: _said(flaw) for flaw in flaws}, **errors})


def section(sent: Sent, stored: Section) -> Read:
    """Read a section without its criteria. Its weight is only sent where it counts."""
    plain: dict[str, Any] = {"lineage": stored.lineage, "name": sent.get("name", ""), "criteria": []}
    errors = _numbers(plain, "", {"weight": sent.get("weight", str(stored.weight))}, highest=1000)
    read, flaws = parse_section(plain)
    flaws = tuple(flaw for flaw in flaws if flaw.path in ("name", "weight"))
    return Read(
        _kept(read, stored, {**_by_column(flaws), **errors}),
        {**{flaw.path: _said(flaw) for flaw in flaws}, **errors},
    )


def criterion(sent: Sent, stored: Criterion, *, skills: Collection[str]) -> Read:
    """Read a criterion with its options, root causes and visibility rule."""
    rows = {prefix: _rows(sent, prefix, most) for prefix, most in MOST_ROWS.items()}
    plain, errors = _criterion(sent, stored, rows)
    read, flaws = parse_criterion(plain, skills=skills)
    named = {_field(flaw, rows): _said(flaw) for flaw in flaws}
    return Read(_criterion_kept(read, stored, flaws, errors, rows), {**named, **errors})


MOST_ROWS = {"options": MOST_OPTIONS, "causes": MOST_ROOT_CAUSES, "when": MOST_CONDITIONS}
Rows = Mapping[str, Sequence[int]]


def _rows(sent: Sent, prefix: str, most: int) -> list[int]:
    """Return the numbers of the rows that were sent, in order."""
    start = f"{prefix}-"
    return sorted(set(whole_numbers(name.split("-")[1] for name in sent if name.startswith(start))))[:most]


def _criterion(sent: Sent, stored: Criterion, rows: Rows) -> tuple[dict[str, Any], dict[str, str]]:
    kind = stored.kind.value
    plain: dict[str, Any] = {
        "lineage": stored.lineage,
        "kind": kind,
        **{name: sent.get(name, "") for name in ("name", "guidance")},
        **{name: sent.get(name, "") or None for name in ("skill", "not_applicable", "dimension")},
        **{name: sent.get(name, "") or None for name in ("comment", "evidence")},
    }
    errors: dict[str, str] = {}
    if kind == Kind.SCORED:
        errors |= _numbers(plain, "", {"weight": sent.get("weight", "")}, highest=1000)
    if kind == Kind.BONUS:
        errors |= _numbers(plain, "", {"points": sent.get("points", "")}, lowest=-100, highest=100)
    plain["options"] = []
    for row in rows["options"]:
        option, wrong = _option(sent, row, scored=kind != Kind.INFORMATION)
        plain["options"].append(option)
        errors |= wrong
    plain["root_causes"] = [
        {name: sent.get(f"causes-{row}-{name}", "") or None for name in ("key", "label", "owner")}
        for row in rows["causes"]
    ]
    conditions = [_condition(sent, row) for row in rows["when"]]
    if conditions:
        plain["visible_when"] = {"match": sent.get("match", "") or "all", "conditions": conditions}
    return plain, errors


def _option(sent: Sent, row: int, *, scored: bool) -> tuple[dict[str, Any], dict[str, str]]:
    start = f"options-{row}-"
    option: dict[str, Any] = {
        "key": sent.get(f"{start}key", "") or None,
        "label": sent.get(f"{start}label", ""),
        "guidance": sent.get(f"{start}guidance", ""),
        "fail": sent.get(f"{start}fail", "") or None,
        "comment_required": bool(sent.get(f"{start}comment_required", "")),
    }
    value = {"value": sent.get(f"{start}value", "")} if scored else {}
    return option, _numbers(option, start, value, highest=1)


def _condition(sent: Sent, row: int) -> dict[str, Any]:
    start = f"when-{row}-"
    subject = sent.get(f"{start}subject", "")
    if subject.startswith(ANSWER):
        return {"criterion": subject.removeprefix(ANSWER), "is": sent.getlist(f"{start}options")}
    fact = subject.removeprefix(FACT)
    if subject == METADATA_SUBJECT:
        fact = f"metadata.{sent.get(f'{start}metadata', '').strip()}"
    comparison = sent.get(f"{start}comparison", "") or Comparison.IS.value
    values = [_value(word) for word in sent.get(f"{start}values", "").split(",") if word.strip()]
    by_size = comparison in (Comparison.AT_LEAST, Comparison.AT_MOST)
    return {"fact": fact, comparison: (values[0] if values else "") if by_size else values}


def _value(text: str) -> str | bool | Decimal:
    """Read a value of a fact as its author means it: a number, yes or no as true and false, or a word."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    return Decimal(text) if NUMBER.fullmatch(text) else text


def _numbers(
    plain: dict[str, Any], start: str, texts: Mapping[str, str], *, lowest: int = 0, highest: int
) -> dict[str, str]:
    """Put the numbers among `texts` into `plain`; return a sentence for each that is none."""
    errors = {}
    for name, text in texts.items():
        written = str(text).strip().replace(",", ".").replace("−", "-")
        if NUMBER.fullmatch(written):
            plain[name] = Decimal(written)
        elif written or name in ("weight", "points"):
            sentence = _("Write a number from %(lowest)s to %(highest)s, such as %(example)s.")
            example = "0.5" if highest == 1 else "10"
            errors[f"{start}{name}"] = sentence % {"lowest": lowest, "highest": highest, "example": example}
    return errors


def _field(flaw: Flaw, rows: Rows) -> str:
    """Return the name of the form field that a flaw of the document is about."""
    match = ROW.match(flaw.path)
    if match is None:
        return flaw.path.split(".")[0]
    prefix = PREFIXES[match[1]]
    number = int(match[2])
    row = rows[prefix][number] if number < len(rows[prefix]) else number
    name = match[3] or "subject"
    return f"{prefix}-{row}-{CONDITION_FIELDS.get(name, name) if prefix == 'when' else name}"


CONDITION_FIELDS = {
    "criterion": "subject", "fact": "subject", "is": "values", "is_not": "values", "at_least": "values",
    "at_most": "values",
}  # fmt: skip


def _by_column(flaws: Sequence[Flaw]) -> dict[str, str]:
    """Return the names of the columns that flaws are about."""
    names = [re.split(r"[.\[]", flaw.path, maxsplit=1)[0] for flaw in flaws]
    return {COLUMNS.get(name, name): "" for name in names}


def _said(flaw: Flaw) -> str:
    """Return what is wrong in the words of a form: quotes are a matter of files."""
    return flaw.sentence.replace(", without quotes", "")


def _kept(read: Any, stored: Any, broken: Mapping[str, str]) -> Any:
    """Give the fields that could not be read their stored values."""
    own = {field.name for field in fields(stored)}
    return replace(read, **{name: getattr(stored, name) for name in broken if name in own})


def _criterion_kept(
    read: Criterion, stored: Criterion, flaws: Sequence[Flaw], errors: Mapping[str, str], rows: Rows
) -> Criterion:
    whole = [flaw for flaw in flaws if not flaw.path.startswith(("options[", "root_causes["))]
    kept = _kept(read, stored, {**_by_column(whole), **errors})
    wrong = {_field(flaw, rows) for flaw in flaws} | set(errors)
    options = tuple(
        _row_kept(one, stored.option(one.key), f"options-{row}-", wrong)
        for row, one in zip(rows["options"], kept.options, strict=False)
    )
    causes = tuple(
        _row_kept(one, stored.root_cause(one.key), f"causes-{row}-", wrong)
        for row, one in zip(rows["causes"], kept.root_causes, strict=False)
    )
    return replace(kept, options=_once(options), root_causes=_once(causes))


def _row_kept(read: Any, stored: Option | RootCause | None, start: str, wrong: Collection[str]) -> Any:
    broken = {
        COLUMNS.get(name.removeprefix(start), name.removeprefix(start)): "" for name in wrong if name.startswith(start)
    }
    return read if stored is None else _kept(read, stored, broken)


def _once(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave out what has no key, or the key of an earlier row: the page never sends that, a script might."""
    return tuple({row.key: row for row in reversed(rows) if row.key}.values())[::-1]
