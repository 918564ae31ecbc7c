"""Bring a rubric in from a file: a new rubric, or the next draft of one that exists."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.document import Document, DocumentRefused, parse
from rubrics.models import Rubric, RubricVersion, Skill
from rubrics.policies import why_not_manage
from rubrics.services.content import clear, write_card


def import_text(source: str | bytes, *, by: User | None, now: datetime, replace_draft: bool = False) -> RubricVersion:
    """Read YAML or JSON and import it; refuse with the path of every mistake."""
    refuse(why_not_manage(by))
    return import_document(understood(source), by=by, now=now, replace_draft=replace_draft)


def understood(source: str | bytes) -> Document:
    """Read YAML or JSON; refuse with the path of every mistake."""
    try:
        return parse(source, skills=set(Skill.objects.values_list("slug", flat=True)))
    except DocumentRefused as error:
        raise Refused(_unreadable(error)) from error


@transaction.atomic
def import_document(
    document: Document, *, by: User | None, now: datetime, replace_draft: bool = False
) -> RubricVersion:
    """Make a draft from a document. Criteria keep their history where the lineage is that of an earlier version.

    A rubric has at most one draft: an existing one is replaced only when that was asked for.
    """
    refuse(why_not_manage(by))
    rubric = _rubric(document, by=by, now=now)
    version = rubric.versions.drafts().first()
    if version is not None and not replace_draft:
        raise Refused(_draft_exists(version))
    if version is None:
        highest = rubric.versions.aggregate(highest=Max("number"))["highest"] or 0
        version = RubricVersion.objects.create(rubric=rubric, number=highest + 1, created_at=now, created_by=by)
    else:
        clear(version)
    write_card(version, document.card)
    record("rubric_version.imported", target=version, by=by, at=now, params={"criteria": _count(document)})
    return version


def _rubric(document: Document, *, by: User | None, now: datetime) -> Rubric:
    """Find the rubric by its slug, locked so that numbers are given once, or make it."""
    rubric, is_new = Rubric.objects.select_for_update().get_or_create(
        slug=document.slug,
        defaults={
            "name": document.name,
            "description": document.description,
            "created_at": now,
            "created_by": by,
        },
    )
    if is_new:
        record("rubric.created", target=rubric, by=by, at=now)
        return rubric
    changed = [name for name in ("name", "description") if getattr(rubric, name) != getattr(document, name)]
    if changed:
        rubric.name, rubric.description = document.name, document.description
        rubric.save(update_fields=changed)
        record("rubric.reworded", target=rubric, by=by, at=now, fields=changed)
    return rubric


def _count(document: Document) -> int:
    return sum(1 for _criterion in document.card.criteria())


def _unreadable(error: DocumentRefused) -> Refusal:
    problems = [{"path": flaw.path, "sentence": flaw.sentence} for flaw in error.flaws]
    sentence = _("The file was not imported: %(first)s") % {"first": error.flaws[0]}
    if len(problems) > 1:
        sentence = _("The file was not imported. It has %(count)s problems.") % {"count": len(problems)}
    return Refusal("unreadable_rubric", 422, sentence, {"problems": problems})


def _draft_exists(version: RubricVersion) -> Refusal:
    sentence = _(
        "“%(rubric)s” has a draft of version %(number)s already. Publish or discard it, or choose to replace it."
    )
    names = {"rubric": version.rubric.name, "number": version.number}
    return Refusal("draft_exists", 409, sentence % names, {"version": version.number})
