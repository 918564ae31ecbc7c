"""Write a card into a draft version: four kinds of rows, four inserts."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

from rubrics.card import Card, Criterion
from rubrics.document.visibility import visibility_to_store
from rubrics.models import Criterion as CriterionRow
from rubrics.models import Option, RootCause, RubricVersion, Skill
from rubrics.models import Section as SectionRow

CRITERION_COLUMNS = (
    "section_id", "name", "guidance", "kind", "weight", "points", "skill_id", "not_applicable", "dimension",
    "comment_rule", "evidence_rule", "visible_when", "position",
)  # fmt: skip


def write_card(version: RubricVersion, card: Card) -> None:
    """Fill an empty draft with the content of a card; call it inside a transaction."""
    _write_settings(version, card)
    sections = SectionRow.objects.bulk_create(
        SectionRow(
            version=version, lineage=section.lineage, name=section.name, weight=section.weight, position=position
        )
        for position, section in enumerate(card.sections)
    )
    skills = {skill.slug: skill for skill in Skill.objects.all()}
    pairs = [
        (criterion, _criterion_row(row, criterion, position, skills))
        for row, section in zip(sections, card.sections, strict=True)
        for position, criterion in enumerate(section.criteria)
    ]
    CriterionRow.objects.bulk_create(row for _, row in pairs)
    Option.objects.bulk_create(chain.from_iterable(_option_rows(row, criterion) for criterion, row in pairs))
    RootCause.objects.bulk_create(chain.from_iterable(_root_cause_rows(row, criterion) for criterion, row in pairs))


def clear(version: RubricVersion) -> None:
    """Empty a draft."""
    version.sections.all().delete()


def rewrite(version: RubricVersion, before: Card, after: Card) -> None:
    """Turn the rows of a draft from one card into another, touching only what differs; call it inside a transaction."""
    if replace(before, sections=()) != replace(after, sections=()):
        _write_settings(version, after)
    sections = _rewrite_sections(version, after)
    _rewrite_criteria(version, before, after, sections)
    version.sections.exclude(lineage__in=[section.lineage for section in after.sections]).delete()


def _rewrite_sections(version: RubricVersion, after: Card) -> dict[str, SectionRow]:
    rows = {row.lineage: row for row in version.sections.all()}
    for position, section in enumerate(after.sections):
        row = rows.setdefault(section.lineage, SectionRow(version=version, lineage=section.lineage))
        _store(row, {"name": section.name, "weight": section.weight, "position": position})
    return rows


def _rewrite_criteria(version: RubricVersion, before: Card, after: Card, sections: dict[str, SectionRow]) -> None:
    skills = {skill.slug: skill for skill in Skill.objects.all()}
    rows = {row.lineage: row for row in version.criteria.all()}
    version.criteria.exclude(lineage__in=[one.lineage for one in after.criteria()]).delete()
    for section in after.sections:
        for position, criterion in enumerate(section.criteria):
            row = rows.get(criterion.lineage) or CriterionRow(version=version, lineage=criterion.lineage)
            wanted = _criterion_row(sections[section.lineage], criterion, position, skills)
            _store(row, {name: getattr(wanted, name) for name in CRITERION_COLUMNS})
            _rewrite_choices(row, before.criterion(criterion.lineage), criterion)


def _rewrite_choices(row: CriterionRow, before: Criterion | None, after: Criterion) -> None:
    if before is None or before.options != after.options:
        row.options.all().delete()
        Option.objects.bulk_create(_option_rows(row, after))
    if before is None or before.root_causes != after.root_causes:
        row.root_causes.all().delete()
        RootCause.objects.bulk_create(_root_cause_rows(row, after))


def _store(row: SectionRow | CriterionRow, values: dict[str, Any]) -> None:
    """Save a row when it is new or a value differs."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if row.pk is None:
        row.save(force_insert=True)
    elif changed:
        row.save(update_fields=changed)


def _write_settings(version: RubricVersion, card: Card) -> None:
    version.mode = card.mode.value
    version.pass_mark = card.pass_mark
    version.card_fail_zeroes_score = card.card_fail_zeroes_score
    version.failing_dimensions = sorted(dimension.value for dimension in card.failing_dimensions)
    version.excludes_foreign_causes = card.excludes_foreign_causes
    version.save(
        update_fields=[
            "mode",
            "pass_mark",
            "card_fail_zeroes_score",
            "failing_dimensions",
            "excludes_foreign_causes",
        ]
    )


def _criterion_row(section: SectionRow, criterion: Criterion, position: int, skills: dict[str, Skill]) -> CriterionRow:
    return CriterionRow(
        version_id=section.version_id,
        section=section,
        lineage=criterion.lineage,
        name=criterion.name,
        guidance=criterion.guidance,
        kind=criterion.kind.value,
        weight=criterion.weight,
        points=criterion.points,
        skill=skills[criterion.skill] if criterion.skill else None,
        not_applicable=criterion.not_applicable.value,
        dimension=criterion.dimension.value,
        comment_rule=criterion.comment_rule.value,
        evidence_rule=criterion.evidence_rule.value,
        visible_when=visibility_to_store(criterion.visible_when),
        position=position,
    )


def _option_rows(row: CriterionRow, criterion: Criterion) -> list[Option]:
    return [
        Option(
            criterion=row,
            key=option.key,
            label=option.label,
            guidance=option.guidance,
            value=option.value,
            fail_scope=option.fail_scope.value,
            comment_required=option.comment_required,
            position=position,
        )
        for position, option in enumerate(criterion.options)
    ]


def _root_cause_rows(row: CriterionRow, criterion: Criterion) -> list[RootCause]:
    return [
        RootCause(criterion=row, key=cause.key, label=cause.label, owner=cause.owner.value, position=position)
        for position, cause in enumerate(criterion.root_causes)
    ]
