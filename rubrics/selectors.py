"""Read rubrics: a version's card in a fixed number of queries, its file, and the lists of the pages."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _

from rubrics.card import (
    Card,
    Criterion,
    Dimension,
    FailScope,
    Kind,
    Mode,
    NotApplicablePolicy,
    Option,
    Owner,
    RootCause,
    Rule,
    Section,
)
from rubrics.document import Document, to_json
from rubrics.document.visibility import visibility_from_stored
from rubrics.library import starters
from rubrics.models import Criterion as CriterionRow
from rubrics.models import Option as OptionRow
from rubrics.models import RootCause as RootCauseRow
from rubrics.models import Rubric, RubricVersion, Skill
from rubrics.models import Section as SectionRow

MOST_KEPT = 100
# A published version never changes and its fingerprint names its content, so a kept card cannot be out of date.
_kept: OrderedDict[str, Card] = OrderedDict()


def card_for(version: RubricVersion) -> Card:
    """Return the card of a version: from memory when it is published, else in four queries."""
    kept = _kept.get(version.fingerprint) if version.fingerprint else None
    card = kept or _load(version)
    if version.fingerprint:
        _kept[version.fingerprint] = card
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return card


def document_for(version: RubricVersion) -> Document:
    """Return a version as the document that its file is written from."""
    rubric = version.rubric
    return Document(rubric.slug, rubric.name, rubric.description, card_for(version))


def fingerprint_of(card: Card) -> str:
    """Return the SHA-256 of everything a card says."""
    return hashlib.sha256(to_json(Document("card", "card", "", card)).encode()).hexdigest()


def current_version(rubric: Rubric) -> RubricVersion | None:
    """Return the version that new reviews use; None when nothing is published."""
    return rubric.versions.published().first()


@dataclass(frozen=True, slots=True)
class Versions:
    """Hold a rubric with its versions, newest first."""

    rubric: Rubric
    versions: tuple[RubricVersion, ...]

    @property
    def in_use(self) -> RubricVersion | None:
        """Return the version that new reviews use."""
        return self._first(RubricVersion.Status.PUBLISHED)

    @property
    def draft(self) -> RubricVersion | None:
        """Return the version that is being prepared."""
        return self._first(RubricVersion.Status.DRAFT)

    @property
    def shown(self) -> RubricVersion | None:
        """Return the version in use, else the newest."""
        return self.in_use or next(iter(self.versions), None)

    @property
    def next_number(self) -> int:
        """Return the number that the next draft will have."""
        return max((version.number for version in self.versions), default=0) + 1

    def numbered(self, number: int) -> RubricVersion | None:
        """Return the version with this number."""
        return next((version for version in self.versions if version.number == number), None)

    def before(self, version: RubricVersion) -> RubricVersion | None:
        """Return the version that this one followed."""
        return next((one for one in self.versions if one.number < version.number), None)

    def _first(self, status: str) -> RubricVersion | None:
        return next((version for version in self.versions if version.status == status), None)


def versions_of(rubric: Rubric) -> Versions:
    """Return the versions that `rubrics_with_versions` brought along."""
    versions = tuple(rubric.versions.all())
    for version in versions:
        version.rubric = rubric
    return Versions(rubric, versions)


def skill_names() -> dict[str, str]:
    """Return the names of all skills by slug."""
    return dict(Skill.objects.values_list("slug", "name"))


def source_card(source: str, *, visible: QuerySet[RubricVersion]) -> Card | None:
    """Return the card that a new rubric starts from; None for one that is not there.

    `source` is `nothing`, `starter.<slug>` or `version.<id>`.
    """
    kind, _dot, key = source.partition(".")
    if source == "nothing":
        return Card(pass_mark=Decimal(75))
    if kind == "starter":
        return next((starter.card for starter in starters() if starter.slug == key), None)
    if kind == "version" and key.isascii() and key.isdecimal() and len(key) < 19:
        version = visible.filter(pk=int(key)).first()
        return card_for(version) if version else None
    return None


def sources(visible: QuerySet[RubricVersion]) -> list[tuple[str, str]]:
    """List what a new rubric can start from, as `source_card` understands it, each with its name."""
    own = visible.select_related("rubric").order_by("rubric__name", "-number")
    return [
        ("nothing", _("Nothing: an empty rubric")),
        *((f"starter.{starter.slug}", starter.name) for starter in starters()),
        *((f"version.{one.pk}", str(one)) for one in own),
    ]


def lineages_ever(rubric: Rubric) -> set[str]:
    """Return the keys that any version of a rubric used for a section or a criterion; a new part takes none of them."""
    sections = SectionRow.objects.filter(version__rubric=rubric).values_list("lineage", flat=True)
    criteria = CriterionRow.objects.filter(version__rubric=rubric).values_list("lineage", flat=True)
    return {*sections, *criteria}


def missing_starters() -> int:
    """Count the starter rubrics that are not installed."""
    slugs = [starter.slug for starter in starters()]
    return len(slugs) - Rubric.objects.filter(slug__in=slugs).count()


def rubrics_with_versions(rubrics: QuerySet[Rubric]) -> QuerySet[Rubric]:
    """Bring the versions of each rubric along, newest first, in one more query."""
    versions = RubricVersion.objects.annotate(criteria_count=Count("criteria")).order_by("-number")
    return rubrics.prefetch_related(Prefetch("versions", queryset=versions))


def _load(version: RubricVersion) -> Card:
    criteria = CriterionRow.objects.select_related("skill").order_by("position")
    sections = (
        SectionRow.objects.filter(version=version)
        .order_by("position")
        .prefetch_related(
            Prefetch("criteria", queryset=criteria),
            Prefetch("criteria__options", queryset=OptionRow.objects.order_by("position")),
            Prefetch("criteria__root_causes", queryset=RootCauseRow.objects.order_by("position")),
        )
    )
    return Card(
        mode=Mode(version.mode),
        pass_mark=_decimal_or_none(version.pass_mark),
        card_fail_zeroes_score=version.card_fail_zeroes_score,
        failing_dimensions=frozenset(Dimension(value) for value in version.failing_dimensions),
        excludes_foreign_causes=version.excludes_foreign_causes,
        sections=tuple(_section(row) for row in sections),
    )


def _section(row: SectionRow) -> Section:
    return Section(
        lineage=row.lineage,
        name=row.name,
        weight=row.weight,
        criteria=tuple(_criterion(criterion) for criterion in row.criteria.all()),
    )


def _criterion(row: CriterionRow) -> Criterion:
    return Criterion(
        lineage=row.lineage,
        name=row.name,
        guidance=row.guidance,
        kind=Kind(row.kind),
        weight=row.weight,
        points=row.points,
        skill=row.skill.slug if row.skill else "",
        not_applicable=NotApplicablePolicy(row.not_applicable),
        dimension=Dimension(row.dimension),
        comment_rule=Rule(row.comment_rule),
        evidence_rule=Rule(row.evidence_rule),
        visible_when=visibility_from_stored(row.visible_when),
        options=tuple(_option(option) for option in row.options.all()),
        root_causes=tuple(RootCause(one.key, one.label, Owner(one.owner)) for one in row.root_causes.all()),
    )


def _option(row: OptionRow) -> Option:
    return Option(
        key=row.key,
        value=_decimal_or_none(row.value),
        label=row.label,
        guidance=row.guidance,
        fail_scope=FailScope(row.fail_scope),
        comment_required=row.comment_required,
    )


def _decimal_or_none(number: Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(number)
