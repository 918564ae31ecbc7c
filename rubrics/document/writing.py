"""Write a rubric as YAML or JSON. Reading it back gives the same rubric, and writing that the same text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import yaml

from rubrics.card import Card, Criterion, Dimension, FailScope, Kind, NotApplicablePolicy, Option, Owner, Rule, Section
from rubrics.document.parsing import FORMAT, Document
from rubrics.document.visibility import visibility_to_plain

SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def to_yaml(document: Document) -> str:
    """Write a rubric as YAML, fields in reading order, what is at its default left out."""
    text: str = yaml.dump(to_plain(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def to_json(document: Document) -> str:
    """Write a rubric as JSON with the same content and order."""
    written = msgspec.json.Encoder(decimal_format="number").encode(to_plain(document))
    return msgspec.json.format(written, indent=2).decode() + "\n"


def to_plain(document: Document) -> dict[str, Any]:
    """Return the content of the file as lists, mappings, text, flags and Decimals."""
    card = document.card
    return _without_empty(
        {
            "format": FORMAT,
            "rubric": document.slug,
            "name": document.name,
            "description": document.description,
            **_settings(card),
            "sections": [section_to_plain(section) for section in card.sections],
        }
    )


def _settings(card: Card) -> dict[str, Any]:
    return {
        "mode": card.mode.value,
        "pass_mark": _number(card.pass_mark),
        "card_fail": "zero" if card.card_fail_zeroes_score else "keep",
        "failing_dimensions": [dimension.value for dimension in Dimension if dimension in card.failing_dimensions],
        "exclude_foreign_causes": card.excludes_foreign_causes or None,
    }


def section_to_plain(section: Section) -> dict[str, Any]:
    """Return a section with its criteria as a file holds it."""
    return {
        "lineage": section.lineage,
        "name": section.name,
        "weight": _number(section.weight),
        "criteria": [criterion_to_plain(criterion) for criterion in section.criteria],
    }


def criterion_to_plain(criterion: Criterion) -> dict[str, Any]:
    """Return a criterion as a file holds it."""
    return _without_empty(
        {
            "lineage": criterion.lineage,
            "name": criterion.name,
            "guidance": criterion.guidance,
            "kind": _unless(criterion.kind, Kind.SCORED),
            "weight": _number(criterion.weight) if criterion.kind == Kind.SCORED else None,
            "points": _number(criterion.points) if criterion.kind == Kind.BONUS else None,
            "skill": criterion.skill,
            "not_applicable": _unless(criterion.not_applicable, NotApplicablePolicy.EXCLUDE),
            "dimension": _unless(criterion.dimension, Dimension.NONE),
            "comment": _unless(criterion.comment_rule, Rule.NEVER),
            "evidence": _unless(criterion.evidence_rule, Rule.NEVER),
            "visible_when": visibility_to_plain(criterion.visible_when),
            "options": [_option(option) for option in criterion.options],
            "root_causes": [
                _without_empty({"key": cause.key, "label": cause.label, "owner": _unless(cause.owner, Owner.AGENT)})
                for cause in criterion.root_causes
            ],
        }
    )


def _option(option: Option) -> dict[str, Any]:
    return _without_empty(
        {
            "key": option.key,
            "label": option.label,
            "value": _number(option.value),
            "fail": _unless(option.fail_scope, FailScope.NONE),
            "guidance": option.guidance,
            "comment_required": option.comment_required or None,
        }
    )


def _unless(choice: Any, default: Any) -> str | None:
    return None if choice == default else choice.value


def _number(number: Decimal | None) -> Decimal | None:
    """Write 10.0000 as 10 and 0.5000 as 0.5, never with an exponent."""
    if number is None:
        return None
    whole = number == number.to_integral_value()
    return number.quantize(Decimal(1)) + 0 if whole else number.normalize()


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}


class _Dumper(SafeDumper):
    """Write long texts as blocks and numbers as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_number(dumper: Any, number: Decimal) -> Any:
    written = f"{number:f}"
    kind = "float" if "." in written else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", written)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Decimal, _represent_number)
