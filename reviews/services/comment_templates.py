"""Keep sentences that reviewers use again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews import placeholders
from reviews.models import CommentTemplate
from reviews.policies import why_not_change_template, why_not_make_template
from rubrics.models import Skill


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody wants to keep."""

    name: str
    text: str
    skill: Skill | None = None


@transaction.atomic
def create(wording: Wording, *, shared: bool, by: User, now: datetime) -> CommentTemplate:
    """Keep a text for oneself, or for everybody who scores."""
    refuse(why_not_make_template(by, shared=shared))
    refuse(why_not_wording(wording))
    made = CommentTemplate(owner=None if shared else by, created_at=now)
    return _store(made, wording, verb="comment_template.created", by=by, now=now)


@transaction.atomic
def change(template: CommentTemplate, wording: Wording, *, by: User, now: datetime) -> CommentTemplate:
    """Change a template; comments that were made from it stay as they are."""
    refuse(why_not_wording(wording))
    template = _held(template, by=by)
    return _store(template, wording, verb="comment_template.changed", by=by, now=now)


@transaction.atomic
def remove(template: CommentTemplate, *, by: User, now: datetime) -> None:
    """Remove a template; comments that were made from it stay."""
    template = _held(template, by=by)
    record("comment_template.removed", target=template, by=by, at=now)
    template.delete()


def _held(template: CommentTemplate, *, by: User) -> CommentTemplate:
    """Return a template that nobody else can change or remove meanwhile; one that is gone does not come back."""
    refuse(why_not_change_template(by, template))
    held = CommentTemplate.objects.select_for_update(of=("self",)).filter(pk=template.pk).first()
    if held is None:
        raise Refused(Refusal("template_gone", 404, _("Somebody has removed this template.")))
    return held


def why_not_wording(wording: Wording) -> Refusal | None:
    """Explain what is wrong with a text that somebody wants to keep."""
    if not wording.name.strip() or not wording.text.strip():
        return Refusal("empty_template", 422, _("A template needs a name and a text."))
    strange = placeholders.unknown(wording.text)
    if not strange:
        return None
    sentence = _("Nothing fills in %(strange)s. These can be used: %(known)s.") % {
        "strange": ", ".join(f"{{{word}}}" for word in strange),
        "known": ", ".join(f"{{{word}}}" for word in placeholders.PLACEHOLDERS),
    }
    return Refusal("unknown_placeholder", 422, sentence, {"placeholders": strange})


def _store(template: CommentTemplate, wording: Wording, *, verb: str, by: User, now: datetime) -> CommentTemplate:
    template.name, template.text = wording.name.strip(), wording.text.strip()
    template.skill, template.updated_at = wording.skill, now
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        sentence = _("There is a template named “%(name)s” already. Give this one another name.")
        raise Refused(Refusal("template_exists", 409, sentence % {"name": template.name})) from error
    record(verb, target=template, by=by, at=now, params={"shared": template.is_shared})
    return template
