"""When a review goes out, and what its author, its second reader and a QA manager may still do with it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.refusals import Refusal, Refused
from core.whole_numbers import whole_numbers
from reviews.forms import text
from reviews.models import Review
from reviews.services import publishing, revising, second_reads, voiding


@require_POST
@requires(Permission.SCORE)
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a review go out at a time, as the browser's own field writes it."""
    review = _get(request, pk)
    field = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    try:
        at = field.clean(request.POST.get("at", ""))
    except forms.ValidationError as error:
        raise Refused(Refusal("bad_time", 422, _("Choose a day and a time."))) from error
    publishing.schedule(review, at=at, by=person(request), now=timezone.now())
    messages.success(request, _("It goes out at the time you chose."))
    return redirect("reviews:review", pk)


@require_POST
@requires(Permission.SCORE)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a review back until the agent's next 1:1."""
    publishing.hold(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("Kept back until a day before the next 1:1, for two weeks at most."))
    return redirect("reviews:review", pk)


@require_POST
@requires(Permission.SCORE)
def publish_chosen(request: HttpRequest) -> HttpResponse:
    """Publish the reviews that were ticked in the list, as far as this person may."""
    user = person(request)
    ids = whole_numbers(request.POST.getlist("review"))
    rows = Review.objects.visible_to(user).filter(pk__in=ids[: publishing.MOST_AT_ONCE]).select_related("agent")
    chosen = list(rows.order_by("pk"))
    if not chosen:
        raise Refused(Refusal("nothing_chosen", 422, _("Tick the reviews to publish.")))
    count = publishing.publish_many(chosen, by=user, now=timezone.now())
    left = len(chosen) - count
    said = ngettext("%(count)d published.", "%(count)d published.", count) % {"count": count}
    if left:
        said += " " + ngettext(
            "One could not be: open it to see why.", "%(left)d could not be: open them to see why.", left
        ) % {"left": left}  # fmt: skip
    messages.success(request, said)
    return redirect("reviews:list")


@require_POST
@requires(Permission.SCORE)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one's own submitted review in the workspace again."""
    revising.reopen(_get(request, pk), by=person(request), now=timezone.now())
    return redirect("reviews:review", pk)


@require_POST
@requires(Permission.SCORE)
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a change up: the review stays as it was submitted."""
    revising.keep(_get(request, pk), by=person(request), now=timezone.now())
    messages.success(request, _("It stays as it was submitted."))
    return redirect("reviews:review", pk)


@require_POST
@requires(Permission.SCORE)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a review to its author, as its second reader."""
    note = text(request.POST, "note", longest=second_reads.LONGEST + 1)
    second_reads.send_back(_get(request, pk), note=note, by=person(request), now=timezone.now())
    messages.success(request, _("Sent back. The author can change it now."))
    return redirect("reviews:review", pk)


@require_POST
@requires(Permission.MANAGE_SAMPLING)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a review out of everything it counts in."""
    reason = text(request.POST, "reason", longest=voiding.LONGEST + 1)
    voiding.void(_get(request, pk), reason=reason, by=person(request), now=timezone.now())
    messages.success(request, _("Voided. No average counts it any more."))
    return redirect("reviews:review", pk)


def _get(request: HttpRequest, pk: int) -> Review:
    rows = Review.objects.visible_to(person(request)).select_related("agent", "current", "item")
    found: Review = get_object_or_404(rows, pk=pk)
    return found
