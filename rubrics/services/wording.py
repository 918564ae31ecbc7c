"""Reword a published version: the only edits that need no new version, because no score can move by them.

The database refuses everything else (rubrics/migrations/_immutability.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.card import Card
from rubrics.differences import changes, needs_new_version, reworded
from rubrics.models import Criterion, Option, RootCause, Rubric, RubricVersion, Section
from rubrics.policies import why_not_edit, why_not_reword
from rubrics.selectors import card_for, fingerprint_of


@transaction.atomic
def apply(draft: RubricVersion, *, by: User | None, now: datetime) -> RubricVersion:
    """Put the words and the order of a draft into the version in use, and discard the draft; returns that version.

    Refused with `needs_new_version` and the sentences of what is more than wording.
    """
    Rubric.objects.select_for_update().get(pk=draft.rubric_id)
    draft = RubricVersion.objects.select_related("rubric").get(pk=draft.pk)
    refuse(why_not_edit(by, draft))
    version = draft.rubric.versions.published().first()
    if version is None:
        raise Refused(Refusal("not_in_use", 409, _("No version is in use yet. Publish this draft.")))
    refuse(why_not_reword(by, version))
    before, after = card_for(version), card_for(draft)
    refuse(_why_not_wording(before, after))
    fields = sorted(_write(version, after))
    version.fingerprint = fingerprint_of(after)
    version.save(update_fields=["fingerprint"])
    record("rubric_version.reworded", target=version, by=by, at=now, fields=fields)
    draft.delete()
    return version


def _why_not_wording(before: Card, after: Card) -> Refusal | None:
    if not needs_new_version(before, after) and reworded(before, after) == after:
        return None
    more = [change.sentence for change in changes(before, after) if change.needs_new_version]
    sentence = _("This is more than wording, so it needs a new version.")
    return Refusal("needs_new_version", 409, sentence, {"changes": more})


def _write(version: RubricVersion, after: Card) -> set[str]:
    """Update the rows that differ; return the names of the fields that did."""
    changed: set[str] = set()
    sections = {row.lineage: row for row in version.sections.all()}
    criteria = {row.lineage: row for row in version.criteria.prefetch_related("options", "root_causes")}
    for place, section in enumerate(after.sections):
        changed |= _store(sections[section.lineage], {"name": section.name, "position": place})
        for position, criterion in enumerate(section.criteria):
            row = criteria[criterion.lineage]
            words = {"name": criterion.name, "guidance": criterion.guidance, "position": position}
            changed |= _store(row, words)
            options = {option.key: option for option in row.options.all()}
            for option in criterion.options:
                changed |= _store(options[option.key], {"label": option.label, "guidance": option.guidance})
            causes = {cause.key: cause for cause in row.root_causes.all()}
            for cause in criterion.root_causes:
                changed |= _store(causes[cause.key], {"label": cause.label})
    return changed


def _store(row: Section | Criterion | Option | RootCause, values: dict[str, Any]) -> set[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return {f"{row._meta.model_name}.{name}" for name in changed}
