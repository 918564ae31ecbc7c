"""Review a conversation that somebody came upon: fed back and coached on like any other, never in an average."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from conversations.models import Conversation
from core.refusals import Refusal, Refused, refuse
from reviews.models import QueueItem, Review
from reviews.policies import held_by_another, why_not_more, why_not_review_by_hand, why_taken
from reviews.services import claims
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import current_version
from sampling.services import by_hand

DUE = timedelta(days=7)


@transaction.atomic
def begin(conversation: Conversation, *, rubric: Rubric, by: User, now: datetime) -> Review:
    """Open a person's review of a conversation by hand; the same one when they ask again.

    Raises Refused: what `why_not_review_by_hand` says, and with 409 `not_published`, `reviewed_already`,
    `drawn_for_you`, `under_review` or `too_many_held`.
    """
    # Two tabs of one person ask one after the other, and so do two people who press at the same moment.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    rows = Conversation.objects.select_related("assignee", "most_active_agent", "last_agent")
    found = rows.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
    refuse(why_not_review_by_hand(by, found))
    refuse(_why_not_again(found, rubric, by=by))
    item = _item(found, rubric, by=by, now=now)
    if not claims.renew(item, by=by, now=now):
        refuse(why_not_more(by, now=now))
        if not claims.lease(item.pk, by=by, now=now):
            item.refresh_from_db()
            raise Refused(why_taken(item))
    return claims.opened(item.pk, by=by, now=now)


def _item(conversation: Conversation, rubric: Rubric, *, by: User, now: datetime) -> QueueItem:
    """Return the seat to sit on: the own one, one whose hold ran out, or a new one."""
    version = current_version(rubric)
    rows = QueueItem.objects.open().by_hand().filter(conversation=conversation, rubric_version__rubric=rubric)
    for item in rows.select_related("claimed_by"):
        if held_by_another(by, item, now=now):
            raise Refused(why_taken(item))
        # A draft in progress stays on its version; somebody who comes new scores by the one in use.
        if item.rubric_version == version or item.reviews.filter(author=by).exists():
            return item
    if version is None:
        raise Refused(
            Refusal("not_published", 409, _("This rubric has no published version, so nothing is scored by it."))
        )
    return _new_item(conversation, version, by=by, now=now)


def _new_item(conversation: Conversation, version: RubricVersion, *, by: User, now: datetime) -> QueueItem:
    pick = by_hand.pick(conversation, by=by, now=now)
    assert conversation.transcript_id is not None  # else there was nothing to pick
    return QueueItem.objects.create(
        pick=pick,
        conversation=conversation,
        transcript_id=conversation.transcript_id,
        agent_id=pick.agent_id,
        team_id=pick.team_id,
        rubric_version=version,
        pool=pick.pool,
        due_at=now + DUE,
        created_at=now,
    )


def _why_not_again(conversation: Conversation, rubric: Rubric, *, by: User) -> Refusal | None:
    """Refuse somebody who has judged this ending by this rubric, or is doing so because it was drawn."""
    own = Review.objects.filter(
        author=by, conversation=conversation, rubric_version__rubric=rubric, purpose=QueueItem.Purpose.PRIMARY
    )
    drawn = own.filter(status=Review.Status.DRAFT, item__in=QueueItem.objects.open().drawn()).first()
    if drawn is not None:
        sentence = _("This conversation was drawn, and you have begun to review it. Go on there: that one counts.")
        return Refusal("drawn_for_you", 409, sentence, {"review": drawn.pk})
    newest = conversation.completions.order_by("-number").values("pk")[:1]
    done = own.filter(status__in=[Review.Status.SUBMITTED, Review.Status.PUBLISHED], item__pick__completion=newest)
    if (review := done.first()) is not None:
        sentence = _("You have reviewed this conversation with this rubric already.")
        return Refusal("reviewed_already", 409, sentence, {"review": review.pk})
    return None
