"""Turn a file into a rubric, or into the full list of what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

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
from rubrics.checks import MOST_CRITERIA, MOST_OPTIONS, MOST_ROOT_CAUSES, MOST_SECTIONS, Flaw, flaws
from rubrics.document.nodes import MOST_FLAWS, Fields, Node
from rubrics.document.reading import Unreadable, read
from rubrics.document.visibility import read_visibility
from rubrics.reserved import RESERVED

FORMAT = Decimal(1)
LONGEST_TEXT = 4000
ONE = Decimal(1)
ZERO = Decimal(0)
WEIGHTS = {Kind.SCORED: ONE, Kind.BONUS: ZERO, Kind.INFORMATION: ZERO}

SETTINGS_FIELDS = ("mode", "pass_mark", "card_fail", "failing_dimensions", "exclude_foreign_causes")
RUBRIC_FIELDS = ("format", "rubric", "name", "description", *SETTINGS_FIELDS, "sections")
SECTION_FIELDS = ("lineage", "name", "weight", "criteria")
CRITERION_FIELDS = (
    "lineage", "name", "guidance", "kind", "weight", "points", "skill", "not_applicable", "dimension", "comment",
    "evidence", "visible_when", "options", "root_causes",
)  # fmt: skip
OPTION_FIELDS = ("key", "label", "value", "fail", "guidance", "comment_required")
ROOT_CAUSE_FIELDS = ("key", "label", "owner")


@dataclass(frozen=True, slots=True)
class Document:
    """Hold what a rubric file says: the rubric it belongs to, and one version of its card."""

    slug: str
    name: str
    description: str
    card: Card


class DocumentRefused(ValueError):
    """Carry everything that is wrong with a file."""

    def __init__(self, found: Iterable[Flaw]) -> None:
        self.flaws = tuple(found)
        super().__init__("\n".join(str(flaw) for flaw in self.flaws))


def parse(source: str | bytes, *, skills: Collection[str] | None = None) -> Document:
    """Read a rubric from YAML or JSON text of up to 1 MB.

    ``skills`` are the slugs that criteria may name; without it any is taken. Raises DocumentRefused with all problems.
    """
    try:
        plain = read(source)
    except Unreadable as error:
        raise DocumentRefused([Flaw("", str(error))]) from None
    found: list[Flaw] = []
    document = _Parser(found, skills).document(plain)
    found.extend(_not_explained(flaws(document.card), list(found)))
    if found:
        raise DocumentRefused(found[:MOST_FLAWS])
    return document


def parse_criterion(plain: Any, *, skills: Collection[str] | None = None) -> tuple[Criterion, tuple[Flaw, ...]]:
    """Read one criterion from plain content as a file would hold it; the flaws name the fields that were not read."""
    found: list[Flaw] = []
    return _Parser(found, skills).criterion(Node(plain, "", found)), tuple(found)


def parse_settings(plain: Any) -> tuple[Card, tuple[Flaw, ...]]:
    """Read the settings of a version from plain content; its card has no sections."""
    found: list[Flaw] = []
    fields = Node(plain, "", found).fields(_("A version"), known=SETTINGS_FIELDS)
    return _Parser(found, None).settings(fields), tuple(found)


def parse_section(plain: Any, *, skills: Collection[str] | None = None) -> tuple[Section, tuple[Flaw, ...]]:
    """Read one section with its criteria from plain content; the flaws name the fields that were not read."""
    found: list[Flaw] = []
    return _Parser(found, skills).section(Node(plain, "", found)), tuple(found)


def _not_explained(later: Iterable[Flaw], earlier: list[Flaw]) -> list[Flaw]:
    """Drop what only follows from a field that could not be read."""
    broken = [flaw.path for flaw in earlier]
    return [
        flaw for flaw in later if not any(_lies_in(flaw.path, path) or _lies_in(path, flaw.path) for path in broken)
    ]


def _lies_in(path: str, whole: str) -> bool:
    return not whole or path == whole or path.startswith((f"{whole}.", f"{whole}["))


class _Parser:
    """Read the parts of a rubric from plain content."""

    def __init__(self, found: list[Flaw], skills: Collection[str] | None) -> None:
        self._found = found
        self._skills = skills

    def document(self, plain: Any) -> Document:
        fields = Node(plain, "", self._found).fields(_("A rubric"), known=RUBRIC_FIELDS)
        written_as = fields.number("format", lowest=1, highest=1000)
        if written_as != FORMAT and not fields.broken:
            fields.node.child("format", None).say(
                _("Write “format: 1”, so that later versions can still read the file.")
            )
        slug = fields.slug("rubric", longest=80)
        if slug in RESERVED:
            fields.node.child("rubric", slug).say(
                _("“%(slug)s” is the address of a page. Choose another key."), slug=slug
            )
        return Document(
            slug=slug,
            name=fields.line("name", longest=120, required=True),
            description=fields.text("description", longest=LONGEST_TEXT),
            card=self._card(fields),
        )

    def _card(self, fields: Fields) -> Card:
        # First the settings, so that what is wrong is listed in the order of the file.
        settings = self.settings(fields)
        sections = tuple(self.section(item) for item in fields.items("sections", most=MOST_SECTIONS, required=True))
        return replace(settings, sections=sections)

    def settings(self, fields: Fields) -> Card:
        dimensions = [item.choice(Dimension) or Dimension.NONE for item in fields.items("failing_dimensions", most=3)]
        return Card(
            mode=fields.choice("mode", Mode.POOLED),
            pass_mark=fields.number("pass_mark", lowest=0, highest=100),
            card_fail_zeroes_score=self._card_fail(fields),
            failing_dimensions=frozenset(dimension for dimension in dimensions if dimension),
            excludes_foreign_causes=fields.flag("exclude_foreign_causes"),
        )

    def _card_fail(self, fields: Fields) -> bool:
        word = fields.values.get("card_fail")
        if word not in (None, "zero", "keep"):
            fields.node.child("card_fail", word).say(_("Write one of: zero, keep."))
        return word != "keep"

    def section(self, node: Node) -> Section:
        fields = node.fields(_("A section"), known=SECTION_FIELDS)
        return Section(
            lineage=fields.slug("lineage", longest=80),
            name=fields.line("name", longest=200, required=True),
            weight=fields.number("weight", lowest=0, highest=1000, default=ONE) or ZERO,
            criteria=tuple(
                self.criterion(item) for item in fields.items("criteria", most=MOST_CRITERIA, required=True)
            ),
        )

    def criterion(self, node: Node) -> Criterion:
        fields = node.fields(_("A criterion"), known=CRITERION_FIELDS)
        kind = fields.choice("kind", Kind.SCORED)
        return Criterion(
            lineage=fields.slug("lineage", longest=80),
            name=fields.line("name", longest=200, required=True),
            guidance=fields.text("guidance", longest=LONGEST_TEXT),
            kind=kind,
            weight=fields.number("weight", lowest=0, highest=1000, default=ONE if kind == Kind.SCORED else ZERO)
            or ZERO,
            points=fields.number("points", lowest=-100, highest=100, default=ZERO) or ZERO,
            skill=self._skill(fields),
            not_applicable=fields.choice("not_applicable", NotApplicablePolicy.EXCLUDE),
            dimension=fields.choice("dimension", Dimension.NONE),
            comment_rule=fields.choice("comment", Rule.NEVER),
            evidence_rule=fields.choice("evidence", Rule.NEVER),
            visible_when=read_visibility(node.child("visible_when", fields.values.get("visible_when"))),
            options=tuple(_option(item) for item in fields.items("options", most=MOST_OPTIONS)),
            root_causes=tuple(_root_cause(item) for item in fields.items("root_causes", most=MOST_ROOT_CAUSES)),
        )

    def _skill(self, fields: Fields) -> str:
        skill = fields.slug("skill", longest=60, required=False)
        if skill and self._skills is not None and skill not in self._skills:
            known = ", ".join(sorted(self._skills)) or _("none yet")
            fields.node.child("skill", skill).say(
                _("There is no skill “%(skill)s”. Known are: %(known)s."), skill=skill, known=known
            )
        return skill


def _option(node: Node) -> Option:
    fields = node.fields(_("An option"), known=OPTION_FIELDS)
    return Option(
        key=fields.slug("key", longest=60),
        label=fields.line("label", longest=120, required=True),
        value=fields.number("value", lowest=0, highest=1),
        fail_scope=fields.choice("fail", FailScope.NONE),
        guidance=fields.text("guidance", longest=LONGEST_TEXT),
        comment_required=fields.flag("comment_required"),
    )


def _root_cause(node: Node) -> RootCause:
    fields = node.fields(_("A root cause"), known=ROOT_CAUSE_FIELDS)
    return RootCause(
        key=fields.slug("key", longest=60),
        label=fields.line("label", longest=120, required=True),
        owner=fields.choice("owner", Owner.AGENT),
    )
