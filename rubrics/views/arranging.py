"""Arrange a draft: add, move, copy, remove and bring back sections and criteria."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import wants_json
from core.refusals import Refusal, Refused
from rubrics import editing
from rubrics.card import Card, Criterion, Kind, Section
from rubrics.document import criterion_to_plain, parse_criterion, parse_section, section_to_plain
from rubrics.document.reading import Unreadable
from rubrics.document.reading import read as read_text
from rubrics.editing.scales import Scale, options_of, with_scale
from rubrics.editing.sent import Sent
from rubrics.editor import name_of
from rubrics.selectors import lineages_ever, skill_names
from rubrics.services import editing as service
from rubrics.views import board
from rubrics.views.board import FORM


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def arrange(request: HttpRequest, slug: str) -> HttpResponse:
    """Do one thing to the outline. What is removed comes along in the answer, so that it can be brought back."""
    found = board.versions(request, slug)
    draft = board.draft_of(found)
    act = _Act(Sent(dict(request.POST.lists())), taken=lineages_ever(found.rubric))
    # What is taken away must still be what the person saw; other acts lose nothing of anybody's. A section goes with
    # everything in it, so that counts, too.
    seen = {"at": act.at, "tag": request.POST["tag"]} if act.removes and "tag" in request.POST else {}
    if seen:
        seen["inside"] = request.POST.get("inside", "")
    card = service.change(draft, act.make, by=person(request), now=timezone.now(), **seen)
    at = board.part_at(card, request.POST.get("stay", "") or act.at)
    if not wants_json(request):
        return redirect(f"{reverse('rubrics:edit', args=[slug])}?{urlencode({'at': at})}")
    found = board.versions(request, slug)
    return board.answer(request, found, card, at, parts=(FORM,), focus=act.focus, undo=act.undo, moved=act.at)


class _Act:
    """Turn a posted act into a change of the card; afterwards `at` is the part to show."""

    def __init__(self, sent: Sent, *, taken: set[str]) -> None:
        self.sent = sent
        self.taken = taken
        self.at = sent.get("at", "")
        self.focus = ""
        self.undo: dict[str, Any] | None = None

    @property
    def removes(self) -> bool:
        """Say whether something is taken away."""
        return self.sent.get("do") == "remove"

    def make(self, card: Card) -> Card:
        """Change the card as asked; refuse what nobody knows."""
        act = self.acts().get(self.sent.get("do", ""))
        if act is None:
            raise Refused(Refusal("unknown_act", 422, _("There is nothing like this to do.")))
        return act(card)

    def acts(self) -> dict[str, Callable[[Card], Card]]:
        """Return what can be done, by name."""
        return {
            "add-section": self._add_section,
            "add-criterion": self._add_criterion,
            "up": lambda card: editing.move(card, self.at, step=-1),
            "down": lambda card: editing.move(card, self.at, step=1),
            "place": self._place,
            "copy": self._copy,
            "remove": self._remove,
            "restore": self._restore,
        }

    def _name(self) -> str:
        name = " ".join(self.sent.get("name", "").replace("\0", "").split())[:200]
        if not name:
            raise Refused(Refusal("name_missing", 422, _("Give it a name first.")))
        return name

    def _add_section(self, card: Card) -> Card:
        name = self._name()
        lineage = editing.lineage_for(name, taken=self.taken, otherwise="section")
        self.at, self.focus = editing.at_section(lineage), "name"
        made = Section(lineage=lineage, name=name, weight=Decimal(1))
        return editing.add_section(card, made, after=self.sent.get("section", ""))

    def _add_criterion(self, card: Card) -> Card:
        name = self._name()
        card, section = self._home(card)
        lineage = editing.lineage_for(name, taken=self.taken, otherwise="criterion")
        wanted = self.sent.get("scale", "")
        scale = Scale(wanted) if wanted in set(Scale) else Scale.THREE
        made = Criterion(lineage=lineage, name=name, weight=Decimal(10), options=options_of(Scale.THREE))
        made = made if scale == Scale.CUSTOM else with_scale(made, scale)
        if made.kind == Kind.INFORMATION:
            made = Criterion(lineage=lineage, name=name, kind=Kind.INFORMATION)
        self.at, self.focus = editing.at_criterion(lineage), "guidance"
        return editing.add_criterion(card, made, section=section, after=self.sent.get("after", ""))

    def _home(self, card: Card) -> tuple[Card, str]:
        """Return the section that a new criterion goes into: the one chosen, else the last; a first one is made."""
        wanted = self.sent.get("section", "")
        if any(section.lineage == wanted for section in card.sections):
            return card, wanted
        if card.sections:
            return card, card.sections[-1].lineage
        lineage = editing.lineage_for(_("Conversation"), taken=self.taken, otherwise="section")
        self.taken.add(lineage)
        return editing.add_section(card, Section(lineage=lineage, name=_("Conversation"), weight=Decimal(1))), lineage

    def _place(self, card: Card) -> Card:
        return editing.place(
            card, self.at, section=self.sent.get("section", ""), before=self.sent.get("before", "")
        )  # fmt: skip

    def _copy(self, card: Card) -> Card:
        name = _("%(name)s (copy)") % {"name": name_of(self.at, card)[:190]}
        copied, self.at = editing.copy(card, self.at, name=name, taken=self.taken)
        self.focus = "name"
        return copied

    def _remove(self, card: Card) -> Card:
        after = editing.remove(card, self.at)
        self.undo = _kept(card, self.at)
        numbered = [editing.at_criterion(one.lineage) for one in card.criteria()]
        left = {editing.at_criterion(one.lineage) for one in after.criteria()}
        following = numbered[numbered.index(self.at) + 1 :] if self.at in numbered else []
        near = [*following, *reversed(numbered)]
        self.at = next((one for one in near if one in left), editing.SETTINGS)
        return after

    def _restore(self, card: Card) -> Card:
        part = _given_back(self.sent.get("part", ""), is_section="section" not in self.sent)
        self.at = editing.at_section(part.lineage) if isinstance(part, Section) else editing.at_criterion(part.lineage)
        place = self.sent.get("position", "")
        position = int(place) if place.isascii() and place.isdecimal() and len(place) < 5 else 0
        return editing.restore(card, part, section=self.sent.get("section", ""), position=position)


def _kept(card: Card, at: str) -> dict[str, Any]:
    """Write down what is removed and where it stood."""
    for place, section in enumerate(card.sections):
        if editing.at_section(section.lineage) == at:
            return {"name": section.name, "part": _json(section_to_plain(section)), "position": place}
        for number, criterion in enumerate(section.criteria):
            if editing.at_criterion(criterion.lineage) == at:
                part = _json(criterion_to_plain(criterion))
                return {"name": criterion.name, "part": part, "section": section.lineage, "position": number}
    raise editing.Gone(at)


def _json(plain: dict[str, Any]) -> str:
    return msgspec.json.Encoder(decimal_format="number").encode(plain).decode()


def _given_back(text: str, *, is_section: bool) -> Section | Criterion:
    """Read what was removed as the page sends it back: like a file, because a page can send anything."""
    unusable = Refusal("unreadable_part", 422, _("What was removed could not be read, so it was not brought back."))
    try:
        plain = read_text(text)
    except Unreadable:
        raise Refused(unusable) from None
    if is_section:
        section, flaws = parse_section(plain, skills=skill_names())
        part: Section | Criterion = section
        wrong = [flaw for flaw in flaws if flaw.path != "criteria"]
    else:
        part, flaws = parse_criterion(plain, skills=skill_names())
        wrong = list(flaws)
    if wrong or not part.lineage or not _is_usable(part):
        raise Refused(unusable)
    return part


def _is_usable(part: Section | Criterion) -> bool:
    """Say whether every key is there once; the database keeps no two."""
    criteria = part.criteria if isinstance(part, Section) else (part,)
    if len({one.lineage for one in criteria}) < len(criteria):
        return False
    for one in criteria:
        options, causes = [option.key for option in one.options], [cause.key for cause in one.root_causes]
        if len(set(options)) < len(options) or len(set(causes)) < len(causes):
            return False
    return True
