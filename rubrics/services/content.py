"""Write a card into a draft version: four kinds of rows, four inserts."""

from __future__ import annotations

from itertools import chain

from rubrics.card import Card, Criterion
from rubrics.document.visibility import visibility_to_store
from rubrics.models import Criterion as CriterionRow
from rubrics.models import Option, RootCause, RubricVersion, Skill
from rubrics.models import Section as SectionRow


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
