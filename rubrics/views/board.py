"""What the editor's views share: the draft in the address, the context of the page, and the parts of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.access import person
from core.refusals import Refusal, Refused
from rubrics import editing, editor, editor_forms
from rubrics.card import Card, Criterion, Section
from rubrics.example import example
from rubrics.forms import PublishForm
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import Versions, card_for, rubrics_with_versions, skill_names, versions_of

FORM = "edit-form"
LIVE = ("edit-outline", "edit-banner", "edit-checks", "edit-publish")
CHOICE = "c."
TEMPLATE = "rubrics/edit.html"
EXAMPLE = "rubrics/rubric.html#worked-example"


def versions(request: HttpRequest, slug: str) -> Versions:
    """Return the rubric in the address with its versions."""
    rubrics = rubrics_with_versions(Rubric.objects.visible_to(person(request)))
    return versions_of(get_object_or_404(rubrics, slug=slug))


def draft_of(found: Versions) -> RubricVersion:
    """Return the draft; refuse with a sentence when it was published or discarded meanwhile."""
    if found.draft is None:
        sentence = _("This draft is gone: it was published or discarded meanwhile.")
        raise Refused(Refusal("no_draft", 409, sentence))
    return found.draft


def part_at(card: Card, wanted: str) -> str:
    """Return the part that is asked for when the card has it, else the first criterion, else the settings."""
    if wanted and wanted != editing.WHOLE and editing.part_of(card, wanted) is not None:
        return wanted
    first = next(card.criteria(), None)
    return editing.at_criterion(first.lineage) if first and not wanted else editing.SETTINGS


def base_of(found: Versions) -> RubricVersion | None:
    """Return the version that the draft is compared with: the one in use, else the one before it."""
    if found.in_use is not None or found.draft is None:
        return found.in_use
    return found.before(found.draft)


def context(request: HttpRequest, found: Versions, card: Card, at: str) -> dict[str, Any]:
    """Return everything that the page and each of its parts shows."""
    draft, base_version = draft_of(found), base_of(found)
    base = card_for(base_version) if base_version else None
    checks = editor.checks(card)
    part = editing.part_of(card, at)
    if part is None:
        raise Http404
    return {
        "rubric": found.rubric,
        "version": draft,
        "versions": found,
        "card": card,
        "at": at,
        "tag": editing.tag_of(part),
        "inside": editing.inside(card, at),
        "part": part,
        "form": _form(card, part, base),
        "modes": editor_forms.modes(),
        "dimensions": editor_forms.dimensions()[1:],
        "outline": editor.outline(card, base, checks),
        "settings_problems": sum(1 for check in checks if check.at == editing.SETTINGS),
        "checks": checks,
        "blocking": sum(1 for check in checks if check.blocks),
        "standing": editor.standing(base, card, number=base_version.number if base_version else None),
        "example": example(card, _chosen(request)),
        "publish_form": PublishForm(),
        "edited_by_another": draft.edited_by_id not in (None, person(request).pk),
        "words": words(),
    }


def answer(
    request: HttpRequest,
    found: Versions,
    card: Card,
    at: str,
    *,
    parts: Sequence[str] = (),
    errors: Mapping[str, str] | None = None,
    focus: str = "",
    undo: Mapping[str, Any] | None = None,
    moved: str = "",
) -> HttpResponse:
    """Answer a script: the tag of the part in hand, what is wrong in it, and the parts of the page that changed."""
    shown = context(request, found, card, at) | {"undo": undo}
    named = [*LIVE, *parts, *(["edit-undo"] if undo else [])]
    fragments = {name: render_to_string(f"{TEMPLATE}#{name}", shown, request=request) for name in named}
    fragments["worked-example"] = render_to_string(EXAMPLE, shown, request=request)
    body = {
        "at": at,
        "tag": shown["tag"],
        "errors": dict(errors or {}),
        "focus": focus,
        "moved": moved,
        "fragments": fragments,
        "said": shown["standing"].sentence,
    }
    return JsonResponse(body)


def words() -> dict[str, str]:
    """Return the sentences that the page's scripts say."""
    return {
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "not_saved": _("Not saved"),
        "offline": _("No connection. What you typed stays here and is saved when it is back."),
        "logged_out": _("You were logged out. Log in again in another tab; what you typed stays here."),
        "not_stored": _("This could not be saved."),
        "seconds_ago": _("{n} s ago"),
        "minutes_ago": _("{n} min ago"),
        "load_newer": _("Show theirs"),
        "keep_mine": _("Keep mine"),
        "moved": _("Moved to place {n}."),
        "removed": _("Removed. Ctrl+Z brings it back."),
        "fields_wrong": _("Saved, except what is marked ({n})."),
    }


def _form(card: Card, part: editing.Part, base: Card | None) -> Any:
    if isinstance(part, Criterion):
        return editor_forms.criterion_form(card, part, base=base, skills=skill_names())
    if isinstance(part, Section):
        return next(section for section in card.sections if section.lineage == part.lineage)
    return None


def _chosen(request: HttpRequest) -> dict[str, str] | None:
    given = request.POST if request.method == "POST" else request.GET
    chosen = {name.removeprefix(CHOICE): str(key) for name, key in given.items() if name.startswith(CHOICE)}
    return chosen or None
