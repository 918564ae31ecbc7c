"""Who may do what to a queue item or a review, and the words when not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.access import may, reach
from accounts.models import User, Workspace
from accounts.roles import Permission
from conversations.models import Conversation
from core.refusals import Refusal
from reviews.models import CommentTemplate, Conflict, QueueItem, Review
from sampling import policies as sampling_policies
from sampling.policies import reviewee_of, why_not_pick_by_hand

MOST_TEMPLATES = 200  # of one person, and of all: beyond that nobody finds anything


def why_not_claim(user: User, item: QueueItem, *, now: datetime) -> Refusal | None:
    """Explain why a person may not take an item."""
    if not reach(user, Permission.SCORE).covers(item.team_id):
        return Refusal("not_your_team", 404, _("This item is not in a team that you score."))
    if item.agent.user_id == user.pk:
        return Refusal("own_conversation", 409, _("You handled this conversation, so someone else reviews it."))
    if item.status not in {QueueItem.Status.AVAILABLE, QueueItem.Status.CLAIMED}:
        words = {"status": item.get_status_display().lower()}
        return Refusal("item_ended", 409, _("This item is already %(status)s.") % words)
    if held_by_another(user, item, now=now):
        return Refusal("taken", 409, _("Someone else is reviewing this conversation. Take the next one."))
    if in_conflict(user, item.agent_id):
        return Refusal(
            "conflict", 409, _("A conflict of interest is noted for you here, so someone else reviews this.")
        )
    if item.is_by_hand:
        return why_not_theirs(user, item)
    if not QueueItem.objects.offered_to(user).filter(pk=item.pk).exists():
        return Refusal("not_for_you", 409, _("The plan gives this item to other reviewers."))
    return None


def why_not_theirs(user: User, item: QueueItem) -> Refusal | None:
    """Explain why a conversation that somebody picked by hand is not a person's to take up."""
    if item.reviews.filter(author=user).exists():
        return None
    return Refusal(
        "not_for_you",
        409,
        _("Someone picked this conversation by hand for themselves. The queue does not give it out."),
    )


def held_by_another(user: User, item: QueueItem, *, now: datetime) -> bool:
    """Say whether somebody else holds a running lease."""
    running = item.claimed_until is not None and item.claimed_until >= now
    return running and item.claimed_by_id != user.pk


def why_not_draft(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not write into a draft."""
    if review.author_id != user.pk:
        return Refusal("not_your_review", 404, _("There is no such review for you."))
    if review.status != Review.Status.DRAFT and not review.is_reopened:
        return Refusal("already_submitted", 409, _("This review was submitted already, perhaps in another tab."))
    if review.purpose == QueueItem.Purpose.SELF:
        return None  # about their own work, so no team of theirs to score for
    if not reach(user, Permission.SCORE).covers(review.team_id):
        return Refusal("not_your_team", 403, _("You no longer score for this team. Your draft is kept."))
    return None


def why_lost(user: User, item: QueueItem, *, now: datetime) -> Refusal | None:
    """Explain why a draft can no longer be submitted: its item has ended, or somebody else has it."""
    if item.status == QueueItem.Status.SUBMITTED:
        return Refusal("lease_lost", 409, _("Someone else has submitted this conversation. Your draft is kept."))
    if item.status not in {QueueItem.Status.AVAILABLE, QueueItem.Status.CLAIMED}:
        if item.purpose == QueueItem.Purpose.SELF:
            return why_over(item)
        words = {"status": item.get_status_display().lower()}
        return Refusal("item_ended", 409, _("This item was %(status)s meanwhile. Your draft is kept.") % words)
    if item.assigned_to_id not in {None, user.pk} and item.claimed_by_id != user.pk:
        return Refusal("handed_over", 409, _("This conversation was given to somebody else. Your draft is kept."))
    if held_by_another(user, item, now=now):
        return Refusal(
            "lease_lost", 409, _("Your hold on this item ran out and someone else took it. Your draft is kept.")
        )
    if item.claimed_by_id != user.pk and in_conflict(user, item.agent_id):
        sentence = _("A conflict of interest is noted for you here, so someone else reviews this. Your draft is kept.")
        return Refusal("conflict", 409, sentence)
    return None


def in_conflict(user: User, agent_id: int) -> bool:
    """Say whether a conflict of interest of a reviewer with an agent is noted."""
    return Conflict.objects.standing().filter(user=user, agent=agent_id).exists()


def why_not_held(user: User, item: QueueItem, *, now: datetime) -> Refusal | None:
    """Explain why an item is not in a person's hands right now, even if it can be taken again."""
    if item.claimed_by_id == user.pk and item.claimed_until is not None and item.claimed_until >= now:
        return None
    return why_lost(user, item, now=now) or Refusal(
        "hold_ran_out",
        409,
        _("You do not hold this item right now. It is yours again with the next change you make, if nobody is faster."),
    )


def why_not_skip(user: User, item: QueueItem) -> Refusal | None:
    """Explain why a person may not skip an item: only its holder may, and only what was drawn."""
    if item.is_by_hand:
        return Refusal(
            "not_drawn", 409, _("You picked this conversation yourself, so nothing replaces it. Give it up.")
        )
    if item.purpose == QueueItem.Purpose.SELF:
        return Refusal("not_drawn", 409, _("This is your own conversation. Leave it, and its time ends by itself."))
    if item.status != QueueItem.Status.CLAIMED or item.claimed_by_id != user.pk:
        return Refusal("not_held", 409, _("You do not hold this item any more, so there is nothing to skip."))
    return None


def why_not_check_skip(user: User, item: QueueItem) -> Refusal | None:
    """Explain why a person may not judge a skip as not eligible: a second one who scores the team does, once."""
    if not may(user, Permission.SCORE):
        return why_not_score(user)
    if item.check_result or item.status != QueueItem.Status.SKIPPED:
        return Refusal("nothing_to_check", 409, _("No skip waits here for a second pair of eyes."))
    if item.ended_by_id == user.pk:
        return Refusal("own_skip", 409, _("You skipped this yourself, so somebody else looks at it."))
    return sampling_policies.why_not_check(user, item.pick)


def why_not_reopen(user: User, review: Review, *, now: datetime) -> Refusal | None:
    """Explain why a person may not change what was submitted: its author may, for as long as the edit window is open.

    A review that a second reader sent back is open for longer: until it is submitted again.
    """
    if review.author_id != user.pk:
        return Refusal("not_your_review", 403, _("Only its author changes a review."))
    if review.status != Review.Status.SUBMITTED or review.purpose != "primary" or review.current is None:
        return Refusal("not_waiting", 409, _("Only a review that waits to be published can be changed."))
    if review.is_reopened:
        return Refusal("being_changed", 409, _("You are changing this review already."))
    if not reach(user, Permission.SCORE).covers(review.team_id):
        return Refusal("not_your_team", 403, _("You no longer score for this team."))
    minutes = Workspace.current().edit_window_minutes
    if review.returned_at is None and now > review.current.created_at + timedelta(minutes=minutes):
        sentence = _("A review can be changed for %(minutes)d minutes after it was submitted. That time is over.")
        return Refusal("window_closed", 409, sentence % {"minutes": minutes})
    return None


def why_not_keep(user: User, review: Review) -> Refusal | None:
    """Explain why there is no change to give up."""
    if review.author_id != user.pk:
        return Refusal("not_your_review", 403, _("Only its author changes a review."))
    if not review.is_reopened:
        return Refusal("not_reopened", 409, _("You are not changing this review, so it stays as it is."))
    return None


def why_not_void(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not void a review: a QA manager may, and never one about themself."""
    if not reach(user, Permission.MANAGE_SAMPLING).everywhere or review.agent.user_id == user.pk:
        return Refusal("not_yours_to_void", 403, _("Only a QA manager voids a review, and never one about themself."))
    if review.status == Review.Status.VOIDED:
        return Refusal("voided", 409, _("This review is voided already."))
    if review.status == Review.Status.DRAFT:
        return Refusal("not_submitted", 409, _("A draft is its author's alone. There is nothing to void."))
    return None


def why_not_acknowledge(user: User, review: Review) -> Refusal | None:
    """Explain why a person may not acknowledge feedback."""
    if review.agent.user_id != user.pk:
        return Refusal("not_your_feedback", 404, _("There is no such feedback for you."))
    if review.status != Review.Status.PUBLISHED:
        return Refusal("not_published", 404, _("There is no such feedback for you."))
    if review.acknowledged_at is not None:
        return Refusal("already_acknowledged", 409, _("You acknowledged this feedback already."))
    return None


def why_not_score(user: User) -> Refusal | None:
    """Explain why a person may not score at all."""
    if may(user, Permission.SCORE):
        return None
    return Refusal("wrong_role", 403, _("Scoring is for QA specialists and managers. Ask an admin if you need it."))


def why_not_make_template(user: User, *, shared: bool) -> Refusal | None:
    """Explain why a person may not keep one more comment template."""
    refusal = _why_not_share(user) if shared else why_not_score(user)
    if refusal is not None:
        return refusal
    kept = CommentTemplate.objects.shared() if shared else CommentTemplate.objects.of(user)
    if kept.count() < MOST_TEMPLATES:
        return None
    sentence = _("There are %(n)d templates already. Remove one that nobody uses first.") % {"n": MOST_TEMPLATES}
    return Refusal("too_many_templates", 409, sentence)


def why_not_change_template(user: User, template: CommentTemplate) -> Refusal | None:
    """Explain why a person may not change or remove a comment template."""
    if template.is_shared:
        return _why_not_share(user)
    if template.owner_id != user.pk:
        return Refusal("not_your_template", 404, _("There is no such template for you."))
    return why_not_score(user)


def _why_not_share(user: User) -> Refusal | None:
    if may(user, Permission.MANAGE_RUBRICS):
        return None
    return Refusal("wrong_role", 403, _("Shared templates are kept by QA managers. You can keep your own."))


def why_not_review_by_hand(user: User, conversation: Conversation) -> Refusal | None:
    """Explain why a person may not review a conversation that they came upon."""
    if refusal := why_not_score(user):
        return refusal
    if not reach(user, Permission.SCORE).covers(conversation.as_it_ended.team_id):
        return Refusal("not_your_team", 403, _("You do not score for the team of this conversation."))
    if refusal := why_not_pick_by_hand(conversation):
        return refusal
    reviewee = reviewee_of(conversation)
    if reviewee is not None and reviewee.user_id == user.pk:
        return Refusal("own_conversation", 409, _("You handled this conversation, so someone else reviews it."))
    if reviewee is not None and in_conflict(user, reviewee.pk):
        sentence = _("A conflict of interest with %(agent)s is noted for you, so someone else reviews this.")
        return Refusal("conflict", 409, sentence % {"agent": reviewee.name})
    return None


def why_taken(item: QueueItem) -> Refusal:
    """Say who reviews a conversation by hand right now, and when others may read it."""
    sentence = _(
        "%(name)s is reviewing this conversation with this rubric right now. Once it is submitted, everybody who may"
        " read the reviews of this team finds it here."
    )
    return Refusal("under_review", 409, sentence % {"name": item.claimed_by})


def why_not_self_review(user: User, item: QueueItem) -> Refusal | None:
    """Explain why a person may not score a conversation as its agent, before they see the review."""
    if item.purpose != QueueItem.Purpose.SELF or item.agent.user_id != user.pk:
        return Refusal("not_yours_to_score", 404, _("Nobody asked you to score this conversation."))
    if item.status in {QueueItem.Status.AVAILABLE, QueueItem.Status.CLAIMED}:
        return None
    return why_over(item)


def why_over(item: QueueItem) -> Refusal:
    """Say why an agent does not score a conversation any more."""
    if item.status == QueueItem.Status.SUBMITTED:
        return Refusal("item_ended", 409, _("You have scored this conversation already."))
    if item.status == QueueItem.Status.EXPIRED:
        return Refusal("item_ended", 409, _("The time to score it yourself is over. What you wrote is kept."))
    return Refusal("item_ended", 409, _("You are not asked to score this any more. What you wrote is kept."))
