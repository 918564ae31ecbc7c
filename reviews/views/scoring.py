"""The workspace: read the transcript, fill in the card, save, submit."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from core.http import refusal_response, render_page, wants_json
from core.refusals import Refusal, Refused
from reviews import drafts
from reviews.cards import is_partial
from reviews.forms import draft_from, whole
from reviews.models import QueueItem, Review
from reviews.policies import why_lost, why_not_draft, why_not_held, why_not_reopen
from reviews.selectors import workspace as board
from reviews.selectors.news import news_of
from reviews.selectors.queue import ahead
from reviews.services import claims, drafting, submitting
from reviews.skips import REASONS
from reviews.words import workspace_words


def workspace(
    request: HttpRequest, review: Review, *, draft: drafts.Draft | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """Show the two panes for the author's own draft."""
    now, user = timezone.now(), person(request)
    is_self = review.purpose == QueueItem.Purpose.SELF
    filled = draft if draft is not None else drafts.parse(review.draft)
    running = board.running(review, filled)
    # What was submitted is held by nobody: its author changes it.
    ended = why_not_draft(user, review)
    lost = ended or (None if review.is_reopened else why_lost(user, review.item, now=now))
    held = None if review.is_reopened else why_not_held(user, review.item, now=now)
    context = {
        "review": review,
        "item": review.item,
        "rows": running.rows,
        "rail_at": reverse("reviews:feedback_list" if is_self else "reviews:queue"),
        "draft": filled,
        "notes": [(note, drafts.note_json(note)) for note in filled.notes],
        "words": workspace_words(),
        "comment_templates": board.comment_templates(user),
        "template_values": board.template_values(review, hide_agent=hides(review, "hide_agent")),
        "running": running,
        "progress_words": board.progress_words(running),
        "transcript_rows": board.messages(review),
        "hide_agent": hides(review, "hide_agent"),
        "is_partial": is_partial(review),
        "is_self": is_self,
        "may_skip": not (review.item.is_by_hand or review.is_reopened or is_self),
        "hide_score": hides(review, "hide_score"),
        "lost": lost,
        "not_held": ended or held,
        "waiting": ahead(user, now=now),
        "news": _news(review),
        "reasons": REASONS.values(),
        "problems": refusal.details.get("problems", []) if refusal else [],
        "refusal": refusal,
        "now": now,
    }
    status = refusal.status if refusal else 200
    return render_page(request, "reviews/workspace.html", context, status=status)


def hides(review: Review, what: str) -> bool:
    """Say whether the item's plan hides something from the reviewer; some of the card makes no score to show."""
    if what == "hide_score" and is_partial(review):
        return True
    if what == "hide_agent" and review.purpose == QueueItem.Purpose.SELF:
        return False
    return bool(review.item.plan and getattr(review.item.plan, what))


@require_POST
@requires(Permission.SCORE, Permission.READ_OWN_FEEDBACK)
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the draft and answer with the state of every criterion."""
    review = own(request, pk)
    try:
        draft = draft_from(request.POST)
        number, seconds = whole(request.POST, "number"), whole(request.POST, "active_seconds")
    except drafts.BadDraft as error:
        return refusal_response(request, bad(error))
    saved = drafting.save(review, draft, number=number, by=person(request), now=timezone.now(), active_seconds=seconds)
    body = board.payload(review, draft, hide_score=hides(review, "hide_score"))
    return JsonResponse({**body, "number": saved.number, "lost": saved.lost.sentence if saved.lost else ""})


@require_POST
@requires(Permission.SCORE, Permission.READ_OWN_FEEDBACK)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit the review and go to the next one; what is missing is listed and nothing is lost."""
    review = own(request, pk)
    try:
        draft = draft_from(request.POST)
        number, seconds = whole(request.POST, "number"), whole(request.POST, "active_seconds")
    except drafts.BadDraft as error:
        return refusal_response(request, bad(error))
    now = timezone.now()
    try:
        submitting.submit(review, draft, number=number, by=person(request), now=now, active_seconds=seconds)
    except Refused as refused:
        if wants_json(request) or refused.refusal.code != "incomplete":
            raise
        return workspace(request, review, draft=draft, refusal=refused.refusal)
    if review.item.is_by_hand:
        return _answer(request, reverse("reviews:review", args=[review.pk]))
    if review.purpose == QueueItem.Purpose.SELF:
        return _answer(request, reverse("reviews:self_review", args=[review.pk]))
    return _onward(request, review, to_next="stay" not in request.POST)


@require_POST
@requires(Permission.SCORE, Permission.READ_OWN_FEEDBACK)
def keep_alive(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew the lease while the page is open, and say what happened meanwhile."""
    review = own(request, pk)
    refusal = drafting.keep_held(review, by=person(request), now=timezone.now())
    return JsonResponse({"lost": refusal.sentence if refusal else "", "news": _news(review)})


def _news(review: Review) -> list[dict[str, str]]:
    """Return what happened meanwhile, each with the address at which to look at it."""
    return [
        {
            "subject": one.subject,
            "sentence": one.sentence,
            "label": one.label,
            "url": reverse(one.url_name, args=[review.pk]) if one.url_name else "",
        }
        for one in news_of(review)
    ]


def bad(error: drafts.BadDraft) -> Refusal:
    """Word a draft of the wrong shape."""
    return Refusal("bad_draft", 422, _("This could not be read: %(error)s.") % {"error": error})


def _onward(request: HttpRequest, done: Review, *, to_next: bool) -> HttpResponse:
    """Go to the next review, else to the queue; either way what was submitted can be opened again while that is so."""
    following = _following(request) if to_next else None
    undo = None
    if why_not_reopen(person(request), done, now=timezone.now()) is None:
        words = _("Change %(id)s") % {"id": done.conversation.external_id}
        undo = {"url": reverse("reviews:review", args=[done.pk]), "words": words}
    if following is not None:
        return _answer(request, reverse("reviews:review", args=[following.pk]), undo=undo)
    link = format_html(' <a href="{url}">{words}</a>', **undo) if undo else ""
    messages.success(request, format_html("{}{}", _("Submitted."), link))
    return _answer(request, reverse("reviews:queue"))


def _answer(request: HttpRequest, url: str, *, undo: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"next": url, "undo": undo}) if wants_json(request) else redirect(url)


def _following(request: HttpRequest) -> Review | None:
    try:
        return claims.next_item(by=person(request), now=timezone.now())
    except Refused:
        return None  # holding enough already: the queue page says so


def own(request: HttpRequest, pk: int) -> Review:
    """Return one's own review."""
    review = board.own(pk, by=person(request))
    if review is None:
        raise Http404
    return review
