"""The skeleton: each page as the least that one would write in Django, over HTTP. The floor that the goals are held to.

A session, the person it belongs to, the models, one transaction a write, and JSON. No templates, no policies, no audit,
no forms, no scoring. Nothing here is slower than it has to be in the ORM's own words.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone

from accounts.models import Agent
from conversations.models import Conversation
from reviews.models import Answer, Cell, Comment, QueueItem, Review, Revision
from rubrics.models import Criterion
from sampling.models import FrameStratum

LEASE = timedelta(minutes=20)
ANSWERS, CELLS, LIST = 10, 20, 50
COPIED = ("conversation_id", "transcript_id", "agent_id", "team_id", "rubric_version_id")


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("ok")


@login_required
@transaction.atomic
def claim(request: HttpRequest) -> HttpResponse:
    """Take the first open item and begin its review."""
    now = timezone.now()
    # The product's words for open and free: on SQLite they are what lets the index of open items be used.
    item = QueueItem.objects.claimable(now).in_working_order().select_for_update(skip_locked=True).first()
    if item is None:
        return JsonResponse({"review": None})
    QueueItem.objects.filter(pk=item.pk).update(status="claimed", claimed_by=request.user, claimed_until=now + LEASE)
    copied = {name: getattr(item, name) for name in COPIED}
    review = Review.objects.create(item=item, author=request.user, created_at=now, updated_at=now, **copied)
    return JsonResponse({"review": review.pk})


@login_required
def workspace(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft with its conversation and transcript."""
    review = get_object_or_404(Review.objects.select_related("conversation", "transcript"), pk=pk, author=request.user)
    said = review.conversation
    facts = (review.pk, review.draft, review.draft_number, said.external_id, said.channel, said.subject)
    return JsonResponse(
        {"facts": facts, "completed_at": said.completed_at, "messages": json.loads(review.transcript.body)}
    )


@login_required
@transaction.atomic
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Store a draft, one that the product can read as well, and keep the item."""
    now = timezone.now()
    review = get_object_or_404(Review, pk=pk, author=request.user, status="draft")
    draft = {"summary": request.POST["summary"]} if len(request.POST) > 1 else {}
    Review.objects.filter(pk=pk).update(draft=draft, draft_number=F("draft_number") + 1, updated_at=now)
    QueueItem.objects.filter(pk=review.item_id, claimed_by=request.user).update(claimed_until=now + LEASE)
    return JsonResponse({"saved": True})


@login_required
@transaction.atomic
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Store ten answers and twenty cells, and end the item."""
    now, fields = timezone.now(), len(request.POST)
    review = get_object_or_404(Review.objects.select_related("item__pick"), pk=pk, author=request.user, status="draft")
    ended = {"status": "submitted", "claimed_by": None, "claimed_until": None, "ended_at": now}
    QueueItem.objects.filter(pk=review.item_id, claimed_by=request.user).update(ended_by=request.user, **ended)
    revision = Revision.objects.create(
        review=review, number=1, author=request.user, created_at=now, raw_score="87.5", final_score="87.5",
        outcome="pass", coverage=1,
    )  # fmt: skip
    criteria = Criterion.objects.filter(version=review.rubric_version_id).values_list("pk", flat=True)[:ANSWERS]
    Answer.objects.bulk_create(
        [Answer(revision=revision, criterion_id=criterion, state="scored", value=1) for criterion in criteria]
    )
    Review.objects.filter(pk=pk).update(
        status="submitted", submitted_at=now, release_at=now + LEASE, updated_at=now, current=revision, draft={}
    )
    key: dict[str, Any] = {
        "stratum_id": review.item.pick.stratum_id, "rubric_version_id": review.rubric_version_id,
        "reviewer": request.user, "pool": "skeleton",
    }  # fmt: skip
    sums = {"n": 1, "total": 875_000, "squares": 875_000**2, "newest_review_id": pk, "newest_at": now}
    Cell.objects.bulk_create(
        [Cell(metric=f"metric:{number:02}", **key, **sums) for number in range(CELLS)],
        update_conflicts=True, unique_fields=["stratum", "metric", "rubric_version", "reviewer", "pool"],
        update_fields=["n", "total", "squares"],
    )  # fmt: skip
    return JsonResponse({"submitted": pk, "fields": fields})


@login_required
def conversations(request: HttpRequest) -> HttpResponse:
    """Send a filtered page of fifty, and how many there are."""
    found = Conversation.objects.filter(channel=request.GET["channel"], completed_at__isnull=False)
    rows = found.order_by("-completed_at", "-id").values_list(
        "id", "external_id", "channel", "subject", "completed_at", "csat", "message_count", "assignee__name",
        "team__name",
    )  # fmt: skip
    return JsonResponse({"count": found.count(), "rows": list(rows[:LIST])})


@login_required
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one's own published review with its answers, comments and transcript."""
    mine = Review.objects.filter(agent__user=request.user, status="published")
    review = get_object_or_404(mine.select_related("current", "conversation", "transcript"), pk=pk)
    revision = review.current
    assert revision is not None
    answers = Answer.objects.filter(revision=revision).values_list("criterion", "state", "option", "value")
    comments = Comment.objects.filter(review=review).values_list("criterion", "message_index", "text")
    return JsonResponse(
        {
            "facts": (review.pk, revision.final_score, revision.outcome, revision.section_scores),
            "conversation": review.conversation.external_id,
            "answers": list(answers),
            "comments": list(comments),
            "messages": json.loads(review.transcript.body),
        }
    )


@login_required
def team(request: HttpRequest) -> HttpResponse:
    """Send a team's people, their strata of nine weeks and the sums of these."""
    since = timezone.now() - timedelta(weeks=9)
    people = Agent.objects.filter(memberships__team=1, memberships__ends_at=None).values_list("id", "name")
    strata = FrameStratum.objects.filter(team=1, draw__voided_at=None, draw__ends_at__gt=since)
    shown = strata.values_list("id", "agent", "draw__starts_at", "frame_size", "drawn")
    sums = Cell.objects.filter(stratum__in=strata, metric="total", pool="random").values("stratum").order_by()
    sums = sums.annotate(Sum("n"), Sum("total"), Sum("squares"))
    return JsonResponse({"people": list(people), "strata": list(shown), "sums": list(sums)})


urlpatterns = [
    path("healthz", healthz),
    path("claim", claim),
    path("reviews/<int:pk>", workspace),
    path("reviews/<int:pk>/save", save),
    path("reviews/<int:pk>/submit", submit),
    path("conversations", conversations),
    path("feedback/<int:pk>", feedback),
    path("team", team),
]
