"""What the conversation's page offers to somebody who would review it: the rubrics, the likely one first chosen."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from conversations.models import Conversation
from core.refusals import Refusal
from reviews.models import QueueItem, Review
from reviews.policies import why_not_review_by_hand
from rubrics.models import Rubric, RubricVersion


@dataclass(frozen=True)
class Offer:
    """The rubrics that a conversation can be reviewed with, or why it cannot; the own draft when there is one."""

    rubrics: list[Rubric]
    chosen: Rubric | None
    refusal: Refusal | None
    draft: Review | None


def offer(user: User, conversation: Conversation) -> Offer:
    """Say how a person may review a conversation that they came upon."""
    own = Review.objects.filter(author=user, conversation=conversation, status=Review.Status.DRAFT)
    judged = own.exclude(purpose=QueueItem.Purpose.SELF)
    draft = judged.filter(item__in=QueueItem.objects.open()).select_related("item").last()
    refusal = why_not_review_by_hand(user, conversation)
    found = rubrics() if refusal is None else []
    return Offer(rubrics=found, chosen=suggested(user, conversation, found), refusal=refusal, draft=draft)


def rubrics() -> list[Rubric]:
    """Return the rubrics in use, by name."""
    return list(Rubric.objects.filter(versions__in=RubricVersion.objects.published()).order_by("name"))


def suggested(user: User, conversation: Conversation, among: list[Rubric]) -> Rubric | None:
    """Return the rubric used last: in the team and on the channel, else on the channel; else the first by name.

    What the person used goes before what anybody used.
    """
    known = {rubric.pk: rubric for rubric in among}
    on_channel = Review.objects.filter(
        conversation__channel=conversation.channel, rubric_version__rubric__in=known
    ).order_by("-pk")
    in_team = on_channel.filter(team=conversation.team_id)
    for rows in (in_team.filter(author=user), in_team, on_channel.filter(author=user), on_channel):
        last = rows.values_list("rubric_version__rubric", flat=True).first()
        if last is not None:
            return known[last]
    return next(iter(among), None)
