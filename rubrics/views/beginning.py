"""Begin: a new rubric from nothing, a starter or a copy; the next draft of one that exists; and how a draft ends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, requires
from accounts.models import User
from accounts.roles import Permission
from core.http import render_page
from core.refusals import Refused
from rubrics.differences import Change, changes, needs_new_version
from rubrics.forms import NewForm
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import Versions, card_for, rubrics_with_versions, source_card, sources, versions_of
from rubrics.services import editing, wording
from rubrics.services import starters as starter_services
from rubrics.views import board


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_RUBRICS)
def new(request: HttpRequest) -> HttpResponse:
    """Make a rubric with a first draft, and go to its editor."""
    user = person(request)
    given = request.POST if request.method == "POST" else None
    form = NewForm(given, choices=_sources(user), initial={"source": request.GET.get("from", NewForm.NOTHING)})
    if request.method != "POST":
        return render_page(request, "rubrics/new.html", {"form": form})
    if not form.is_valid():
        return render_page(request, "rubrics/new.html", {"form": form}, status=422)
    card = source_card(form.cleaned_data["source"], visible=RubricVersion.objects.visible_to(user))
    if card is None:
        form.add_error("source", _("This is not there any more. Choose another start."))
        return render_page(request, "rubrics/new.html", {"form": form}, status=422)
    now = timezone.now()
    starter_services.install_skills(by=user, now=now)
    version = editing.create(form.cleaned_data["name"], card=card, by=user, now=now)
    return redirect("rubrics:edit", version.rubric.slug)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the next version as a copy of one of this rubric; with a draft already there, go on with that one."""
    rubric = get_object_or_404(Rubric.objects.visible_to(person(request)), slug=slug)
    number = request.POST.get("from", "")
    usable = number if number.isascii() and number.isdecimal() and len(number) < 10 else "0"
    source = get_object_or_404(rubric.versions.all(), number=int(usable))
    try:
        editing.start(rubric, source=source, by=person(request), now=timezone.now())
    except Refused as refused:
        if refused.refusal.code != "draft_exists":
            raise
        messages.info(request, refused.refusal.sentence)
    return redirect("rubrics:edit", slug)


@require_POST
@requires(Permission.MANAGE_RUBRICS)
def reword(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the words of the draft into the version in use, without a new version."""
    draft = board.draft_of(board.versions(request, slug))
    version = wording.apply(draft, by=person(request), now=timezone.now())
    messages.success(request, _("Version %(number)s has the new words. No score moved.") % {"number": version.number})
    return redirect("rubrics:detail", slug)


@require_GET
@requires(Permission.READ_RUBRICS)
def compare(request: HttpRequest, slug: str, before: int, after: int) -> HttpResponse:
    """Say in sentences what differs between any two versions of a rubric."""
    rubrics = rubrics_with_versions(Rubric.objects.visible_to(person(request)))
    found = versions_of(get_object_or_404(rubrics, slug=slug))
    return render_page(request, "rubrics/compare.html", _compared(found, before, after))


@require_GET
@requires(Permission.READ_RUBRICS)
def choose_comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the comparison that two lists of versions were set to; without a choice, the two newest."""
    rubrics = rubrics_with_versions(Rubric.objects.visible_to(person(request)))
    found = versions_of(get_object_or_404(rubrics, slug=slug))
    known = {str(version.number): version.number for version in found.versions}
    numbers = sorted(known.values())[-2:] or [1]
    before = known.get(request.GET.get("before", ""), numbers[0])
    after = known.get(request.GET.get("after", ""), numbers[-1])
    return redirect(reverse("rubrics:compare", args=[slug, before, after]))


def _compared(found: Versions, before: int, after: int) -> dict[str, Any]:
    earlier, later = found.numbered(before), found.numbered(after)
    if earlier is None or later is None:
        raise Http404
    old, new_card = card_for(earlier), card_for(later)
    differences = changes(old, new_card)
    return {
        "rubric": found.rubric,
        "versions": found,
        "before": earlier,
        "after": later,
        "groups": _grouped(differences),
        "count": len(differences),
        "needs_new_version": needs_new_version(old, new_card),
    }


def _grouped(differences: tuple[Change, ...]) -> list[tuple[str, list[Change]]]:
    """Put the changes that move scores first."""
    return [
        (effect, found)
        for effect in ("score", "rules", "wording")
        if (found := [change for change in differences if change.effect == effect])
    ]


def _sources(user: User) -> list[Any]:
    """Offer what a rubric can start from: nothing, a starter, or a copy of any version within reach."""
    found = sources(RubricVersion.objects.visible_to(user))
    ready = [one for one in found if one[0].startswith("starter.")]
    own = [one for one in found if one[0].startswith("version.")]
    return [found[0], (_("Ready-made"), ready), *([(_("Copy of"), own)] if own else [])]
