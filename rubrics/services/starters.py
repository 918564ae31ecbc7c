"""Install the starter skills and the starter rubrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.audit import record
from core.refusals import refuse
from rubrics.document import Document
from rubrics.library import starters
from rubrics.models import Rubric, RubricVersion, Skill
from rubrics.policies import why_not_manage
from rubrics.services.importing import import_document
from rubrics.services.publishing import publish
from rubrics.skills import STARTER_SKILLS


@transaction.atomic
def install_skills(*, by: User | None, now: datetime) -> list[Skill]:
    """Add the starter skills that are missing; what exists keeps its own words."""
    refuse(why_not_manage(by))
    added = []
    for position, starter in enumerate(STARTER_SKILLS):
        skill, is_new = Skill.objects.get_or_create(
            slug=starter.slug,
            defaults={"name": starter.name, "description": starter.description, "position": position},
        )
        if is_new:
            record("skill.created", target=skill, by=by, at=now)
            added.append(skill)
    return added


@transaction.atomic
def install(*, by: User | None, now: datetime, documents: Sequence[Document] | None = None) -> list[RubricVersion]:
    """Publish the starter rubrics that are not there yet; one that exists, in whatever state, is left alone."""
    install_skills(by=by, now=now)
    # The skills' rows are the lock: of two people at once, the second finds the first one's rubrics.
    list(Skill.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    published = []
    for document in starters() if documents is None else documents:
        if not Rubric.objects.filter(slug=document.slug).exists():
            version = import_document(document, by=by, now=now)
            published.append(publish(version, by=by, now=now))
    return published
