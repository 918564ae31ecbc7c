"""Find the answers that speak for a plan: what was lost on a skill, in published reviews of one agent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import ExpressionWrapper, F, FloatField, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from reviews.models import Answer, Review

MOST = 6  # of a new plan
MOST_NEW = 3  # of one more signal
AT_ONCE = 500
TWINS = 3  # as many reviews of one conversation are looked through, of plans that overlap
Event = tuple[int, str]  # conversation, lineage of the criterion


def _scored(*, since: datetime | None = None) -> QuerySet[Answer]:
    """Return scored answers in published primary reviews, current revisions only."""
    rows = Answer.objects.filter(
        revision__review__current=F("revision"),
        revision__review__status=Review.Status.PUBLISHED,
        revision__review__purpose="primary",
        state=Answer.State.SCORED,
        value__isnull=False,
    )
    return rows.filter(revision__review__published_at__gte=since) if since else rows


def strongest(agent_id: int, skill_id: int, *, since: datetime | None = None, most: int = MOST) -> list[Answer]:
    """Return the answers that lost most on a skill, newest first among equals.

    since: when the review was published, at the earliest.
    """
    rows = _scored(since=since).filter(revision__review__agent=agent_id, criterion__skill=skill_id)
    return once(_by_loss(rows)[: most * TWINS])[:most]


def strongest_of(
    pairs: Collection[tuple[int, int]], *, since: datetime | None, most: int = MOST
) -> dict[tuple[int, int], list[Answer]]:
    """Return the same for many at once. pairs: (agent, skill). One query."""
    rows = _scored(since=since).filter(
        revision__review__agent__in={agent for agent, _skill in pairs},
        criterion__skill__in={skill for _agent, skill in pairs},
    )
    place = Window(
        RowNumber(),
        partition_by=[F("revision__review__agent"), F("criterion__skill")],
        order_by=[F("lost").desc(), F("revision__review_id").desc()],
    )
    found: dict[tuple[int, int], list[Answer]] = {pair: [] for pair in pairs}
    for answer in _by_loss(rows).annotate(place=place).filter(place__lte=most * TWINS):
        pair = (answer.revision.review.agent_id, answer.criterion.skill_id or 0)
        if pair in found:
            found[pair].append(answer)
    return {pair: once(answers)[:most] for pair, answers in found.items()}


def newer(
    after: Mapping[tuple[int, int], datetime], *, most: int, seen: Mapping[tuple[int, int], Collection[Event]]
) -> dict[tuple[int, int], list[Answer]]:
    """Return the answers that lost most and were published after a moment, for many at once.

    after: (agent, skill) → the moment, which is left out; seen: what is known of each, which a second review may judge
    again. One query for each five hundred.
    """
    found: dict[tuple[int, int], list[Answer]] = {}
    wanted = sorted(after)
    for start in range(0, len(wanted), AT_ONCE):
        chunk = wanted[start : start + AT_ONCE]
        rows = _scored(since=min(after[pair] for pair in chunk)).filter(
            revision__review__agent__in={agent for agent, _skill in chunk},
            criterion__skill__in={skill for _agent, skill in chunk},
        )
        for answer in _by_loss(rows):
            review = answer.revision.review
            pair = (review.agent_id, answer.criterion.skill_id or 0)
            known = found.setdefault(pair, [])
            is_wanted = pair in after and review.published_at is not None and review.published_at > after[pair]
            if is_wanted and len(known) < most and event(answer) not in seen.get(pair, ()):
                found[pair] = once([*known, answer])
    return found


def once(answers: Iterable[Answer]) -> list[Answer]:
    """Return the first answer about each conversation and criterion.

    Where plans overlap several reviews judge the same event, which is one piece of evidence however many saw it.
    """
    found: dict[Event, Answer] = {}
    for answer in answers:
        found.setdefault(event(answer), answer)
    return list(found.values())


def event(answer: Answer) -> Event:
    """Return what an answer judges: the conversation, and the lineage of the criterion."""
    return answer.revision.review.conversation_id, answer.criterion.lineage


def _by_loss(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    lost = ExpressionWrapper((Value(1) - F("value")) * F("criterion__weight"), output_field=FloatField())
    rows = rows.filter(value__lt=1).annotate(lost=lost).select_related("revision__review", "criterion")
    return rows.order_by("-lost", "-revision__review_id")


def lost_points(answer: Answer) -> float:
    """Return what an answer lost of its own weight, in points 0–100."""
    return float((1 - (answer.value or 0)) * 100)
