"""Read stored answers for a replay: a fixed number of queries for each few hundred reviews, ids only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from accounts.models import Workspace
from conversations.models import Conversation
from reviews import facts as conversation_facts
from reviews.models import Answer, Flip, Review, WhatIf
from reviews.period import between
from reviews.selectors.replay_weights import Row, at_random
from rubrics.models import Criterion, Option, RootCause, Rubric, RubricVersion
from rubrics.scoring import Facts
from rubrics.scoring.replay import Given, Replay, Rule
from sampling.models import FrameStratum
from sampling.selectors import overlaps

NOT_APPLICABLE = Answer.State.NOT_APPLICABLE.value
STATES = (Review.Status.SUBMITTED, Review.Status.PUBLISHED)


def reviews_of(rubric: Rubric, user: Any, *, since: date | None, until: date | None) -> QuerySet[Review]:
    """Return the primary reviews made by any version of a rubric that a person may read, submitted in these days."""
    versions = list(RubricVersion.objects.filter(rubric=rubric).values_list("pk", flat=True))
    rows = Review.objects.visible_to(user).filter(
        rubric_version__in=versions, status__in=STATES, purpose="primary", current__isnull=False
    )
    start, end = between(since, until, zone=ZoneInfo(Workspace.current().time_zone))
    if start is not None:
        rows = rows.filter(submitted_at__gte=start)
    return rows.filter(submitted_at__lt=end) if end is not None else rows


def rests_on(rows: QuerySet[Review]) -> dict[str, Any]:
    """Return what an average of some reviews rests on: N, how many of them were drawn at random, and are reviewed.

    repeated: how often a conversation stands in the frame of a further plan, which N counts once; what was drawn is
    work, of which each pick counts.
    """
    drawn_at_random = at_random(rows)
    strata = FrameStratum.objects.filter(pk__in=drawn_at_random.values("item__pick__stratum"))
    whole = strata.aggregate(size=Sum("frame_size"), drawn=Sum("drawn"))
    size, drawn = overlaps.frame_size(strata), whole["drawn"] or 0
    rate = min(1.0, drawn_at_random.count() / drawn) if drawn else None
    repeated = (whole["size"] or 0) - size
    return {"frame_size": size, "repeated": repeated, "drawn": drawn, "response_rate": rate, "pool": "random"}


def in_progress(rubric: Rubric) -> int:
    """Count the drafts of reviews that somebody is filling in."""
    return Review.objects.filter(rubric_version__rubric=rubric, status=Review.Status.DRAFT).count()


@dataclass(frozen=True, slots=True)
class Stored:
    """One review with its stored score and its answers in the words of the replay."""

    review: int
    agent: int
    final: int | None
    outcome: str
    given: list[Given]
    dropped: int
    facts: Facts | None


class Reader:
    """Read reviews in slices, translating the ids of any version into the proposed card by lineage and key."""

    def __init__(self, rubric: Rubric, replay: Replay) -> None:
        self._replay = replay
        versions = RubricVersion.objects.filter(rubric=rubric)
        criteria = Criterion.objects.filter(version__in=versions).values_list("pk", "lineage")
        rules = {pk: replay.rules.get(lineage) for pk, lineage in criteria}
        options = Option.objects.filter(criterion__version__in=versions)
        # What an answer with this option, or N/A, is to the replay; None where the proposed card has no such thing.
        self._chosen: dict[int, Given | None] = {
            pk: _given(rules[criterion], key) for pk, criterion, key in options.values_list("pk", "criterion_id", "key")
        }
        self._left_out = {pk: (rule, rule.not_applicable, False) if rule else None for pk, rule in rules.items()}
        self._elsewhere = {pk: (one[0], one[1], True) for pk, one in self._chosen.items() if one}
        causes = RootCause.objects.filter(criterion__version__in=versions)
        self._foreign = {
            pk
            for pk, criterion, key in causes.values_list("pk", "criterion_id", "key")
            if (rule := rules[criterion]) and key in rule.foreign_causes
        }

    def read(self, rows: Sequence[Row]) -> Iterator[Stored]:
        """Return the reviews of these rows with their answers."""
        given, dropped = self._answers([row.revision for row in rows])
        known = self._facts([row.conversation for row in rows]) if self._replay.facts else {}
        for row in rows:
            yield Stored(
                row.pk, row.agent, _whole(row.final), row.outcome, given[row.revision], dropped.get(row.revision, 0),
                known.get(row.conversation),
            )  # fmt: skip

    def _answers(self, revisions: list[int]) -> tuple[dict[int, list[Given]], dict[int, int]]:
        given: dict[int, list[Given]] = {revision: [] for revision in revisions}
        dropped: dict[int, int] = {}
        chosen, elsewhere, left_out, foreign = self._chosen, self._elsewhere, self._left_out, self._foreign
        for revision, criterion, option, cause, state in answers_of(revisions):
            if option is not None:
                one = chosen[option] if cause not in foreign else elsewhere.get(option)
            elif state == NOT_APPLICABLE:
                one = left_out[criterion]
            else:
                continue  # not asked, not answered, or a few words of information
            if one is None:
                dropped[revision] = dropped.get(revision, 0) + 1
            else:
                given[revision].append(one)
        return given, dropped

    def _facts(self, conversations: list[int]) -> dict[int, Facts]:
        return {one.pk: conversation_facts.of(one) for one in Conversation.objects.filter(pk__in=conversations)}


def _given(rule: Rule | None, key: str) -> Given | None:
    choice = rule.options.get(key) if rule else None
    return (rule, choice, False) if rule and choice else None


def answers_of(revisions: list[int]) -> Iterator[tuple[int, int, int | None, int | None, str]]:
    """Return the answers of these revisions as plain rows."""
    rows = Answer.objects.filter(revision__in=revisions).order_by()
    return rows.values_list("revision_id", "criterion_id", "option_id", "root_cause_id", "state").iterator()


def flips_for(what_if: WhatIf, user: Any) -> QuerySet[Flip]:
    """Return the flips that a person may look at: what somebody still judges blind is left out."""
    open_to = Review.objects.visible_to(user).not_blind_to(user)
    rows = Flip.objects.filter(what_if=what_if, review__in=open_to)
    return rows.select_related("review__conversation", "review__agent").order_by("pk")


def _whole(score: Decimal | None) -> int | None:
    return None if score is None else int(score * 10_000)
