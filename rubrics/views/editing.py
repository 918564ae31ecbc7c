"""The rubric editor: one part at a time, saved as it is typed; an answer brings the parts of the page that changed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import render_page, wants_json
from rubrics import editing
from rubrics.card import Card, Criterion, Section
from rubrics.editing import sent as read
from rubrics.editing.doing import SUBJECT, do
from rubrics.editing.sent import Sent
from rubrics.selectors import card_for, skill_names
from rubrics.services import editing as service
from rubrics.views import board
from rubrics.views.board import FORM


@require_GET
@requires(Permission.MANAGE_RUBRICS)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the draft of a rubric, one part of it as a form; without a draft, how to begin one."""
    found = board.versions(request, slug)
    if found.draft is None:
        return render_page(request, "rubrics/no_draft.html", {"rubric": found.rubric, "versions": found})
    card = card_for(found.draft)
    at = board.part_at(card, request.GET.get("at", ""))
    if wants_json(request):
        return board.answer(request, found, card, at, parts=(FORM,))
    return render_page(request, "rubrics/edit.html", board.context(request, found, card, at))


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Store one part as its form has it; a field that cannot be read keeps what it had, and says why."""
    found = board.versions(request, slug)
    draft = board.draft_of(found)
    part = _Saved(request)
    card = service.change(
        draft, part.make, by=person(request), now=timezone.now(), at=part.at, tag=request.POST.get("tag", "")
    )
    if not wants_json(request):
        return redirect(f"{reverse('rubrics:edit', args=[slug])}?{urlencode({'at': part.at})}")
    found = board.versions(request, slug)
    parts = (FORM,) if part.what else ()
    return board.answer(request, found, card, part.at, parts=parts, errors=part.errors, focus=part.focus)


class _Saved:
    """Turn a posted form into a change of the card, remembering what could not be read."""

    def __init__(self, request: HttpRequest) -> None:
        self.sent = Sent(dict(request.POST.lists()))
        self.at = self.sent.get("at")
        self.what = self.sent.get("do")
        self.errors: dict[str, str] = {}
        self.focus = ""

    def make(self, card: Card) -> Card:
        """Apply the form."""
        part = None if self.at == editing.WHOLE else editing.part_of(card, self.at)
        if isinstance(part, Criterion):
            return self._criterion(card, part)
        if isinstance(part, Section):
            got = read.section(self.sent, part)
        elif part is not None:
            got = read.settings(self.sent, part)
        else:
            raise editing.Gone(self.at)
        self.errors = dict(got.errors)
        changed = editing.with_part(card, self.at, got.part)
        return _with_section_weights(changed) if isinstance(got.part, Card) else changed

    def _criterion(self, card: Card, stored: Criterion) -> Card:
        got = read.criterion(self.sent, stored, skills=skill_names())
        self.errors = dict(got.errors)
        assert isinstance(got.part, Criterion)
        criterion, self.focus = do(self.what, got.part, self.sent, card)
        # A condition that was pointed elsewhere begins anew: what was wrong with the old one is gone with it.
        if anew := SUBJECT.fullmatch(self.what):
            row = f"when-{anew[1]}-"
            self.errors = {name: said for name, said in self.errors.items() if not name.startswith(row)}
        changed = editing.with_part(card, self.at, criterion)
        into = self.sent.get("section", "")
        if self.what == "section" and any(section.lineage == into for section in card.sections):
            changed, self.focus = editing.place(changed, self.at, section=into), "section"
        return changed


def _with_section_weights(card: Card) -> Card:
    """Give sections a weight when none has one yet, so that changing the mode does not leave a card without a score."""
    if any(section.weight for section in card.sections):
        return card
    return replace(card, sections=tuple(replace(section, weight=Decimal(1)) for section in card.sections))


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what the rubric is called and what it is for."""
    found = board.versions(request, slug)
    service.rename(
        found.rubric,
        name=request.POST.get("name", "").replace("\0", ""),
        description=request.POST.get("description", "").replace("\0", ""),
        by=person(request),
        now=timezone.now(),
    )
    if wants_json(request):
        return JsonResponse({"name": found.rubric.name})
    return redirect(f"{reverse('rubrics:edit', args=[slug])}?at=settings")
