"""Rubrics for tests. A published version is made the way the product makes it: filled as a draft, then published."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import factory

from rubrics.card import (
    Card,
    Criterion,
    Dimension,
    FailScope,
    Kind,
    NotApplicablePolicy,
    Option,
    Owner,
    RootCause,
    Rule,
    Section,
)
from rubrics.models import Rubric, RubricVersion, Skill
from rubrics.services.content import write_card
from rubrics.services.publishing import publish
from tests.conftest import NOW


class SkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("slug",)

    slug = factory.Sequence(lambda number: f"skill-{number}")
    name = factory.LazyAttribute(lambda skill: skill.slug.replace("-", " ").capitalize())
    position = factory.Sequence(int)


class RubricFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Rubric

    slug = factory.Sequence(lambda number: f"rubric-{number}")
    name = factory.Sequence(lambda number: f"Rubric {number}")
    created_at = NOW


class DraftFactory(factory.django.DjangoModelFactory):
    """An empty draft. Use `draft_version` or `published_version` for one with content."""

    class Meta:
        model = RubricVersion

    rubric = factory.SubFactory(RubricFactory)
    number = factory.LazyAttribute(lambda version: version.rubric.versions.count() + 1)
    created_at = NOW


NO = Option("no", Decimal(0), "No", "It did not happen.")
PARTLY = Option("partly", Decimal("0.5"), "Partly", "It half happened.")
YES = Option("yes", Decimal(1), "Yes", "It happened.")
BREACH = Option("breach", Decimal(0), "Breach", "Harm was done.", FailScope.CARD)


def small_card(**settings) -> Card:
    """Four questions: two on problem solving, one that can fail the card, and one that is not scored."""
    settings = {"pass_mark": Decimal(75), **settings}
    causes = (RootCause("habit", "Habit"), RootCause("policy", "Policy", Owner.PROCESS))
    talk = (
        Criterion(
            lineage="understood",
            name="Understood the problem",
            guidance="The agent restates the problem.",
            weight=Decimal(20),
            skill="problem-solving",
            comment_rule=Rule.LOW,
            evidence_rule=Rule.LOWEST,
            options=(NO, PARTLY, YES),
            root_causes=causes,
        ),
        Criterion(
            lineage="solved",
            name="Solved it",
            weight=Decimal(20),
            skill="problem-solving",
            not_applicable=NotApplicablePolicy.FORBID,
            options=(NO, PARTLY, YES),
        ),
    )
    rules = (
        Criterion(
            lineage="data-protected",
            name="Protected the data",
            weight=Decimal(10),
            skill="process-compliance",
            dimension=Dimension.COMPLIANCE,
            options=(BREACH, YES),
        ),
        Criterion(lineage="topic", name="Topic", kind=Kind.INFORMATION),
    )
    sections = (
        Section(lineage="talk", name="Talk", weight=Decimal(60), criteria=talk),
        Section(lineage="rules", name="Rules", weight=Decimal(40), criteria=rules),
    )
    return Card(**{"sections": sections, **settings})


def draft_version(card: Card | None = None, *, rubric: Rubric | None = None, **fields) -> RubricVersion:
    """Make a draft with this content; the skills it names are made too."""
    card = card or small_card()
    for criterion in card.criteria():
        if criterion.skill:
            SkillFactory(slug=criterion.skill)
    version = DraftFactory(**({"rubric": rubric} if rubric else {}), **fields)
    write_card(version, card)
    return version


def published_version(
    card: Card | None = None, *, rubric: Rubric | None = None, now: datetime = NOW, **fields
) -> RubricVersion:
    """Make a published version with this content; an earlier one of the same rubric is retired."""
    return publish(draft_version(card, rubric=rubric, **fields), by=None, now=now)
