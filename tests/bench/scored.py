"""Reviews by the thousand, as submitting and publishing would have left them, with the sums that they add up to."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Notification
from core.models import AuditEvent
from reviews.models import Answer, Cell, Comment, QueueItem, Review, Revision
from reviews.selectors.cells import measures
from rubrics import scoring
from rubrics.models import Criterion
from rubrics.selectors import card_for
from sampling.models import Pick
from tests.bench.company import Company
from tests.bench.copying import load

PATTERNS = 40
ITEM = (
    "id", "pick_id", "purpose", "seat", "status", "plan_id", "conversation_id", "transcript_id", "agent_id", "team_id",
    "rubric_version_id", "pool", "u", "due_at", "skip_reason", "skip_note", "ended_at", "ended_by_id", "created_at",
)  # fmt: skip
REVIEW = (
    "id", "item_id", "author_id", "status", "purpose", "pool", "conversation_id", "transcript_id", "agent_id",
    "team_id", "rubric_version_id", "draft", "draft_number", "active_seconds", "created_at", "updated_at",
    "submitted_at", "release_at", "published_at", "read_at", "acknowledged_at", "reply", "void_reason", "current_id",
)  # fmt: skip
REVISION = (
    "id", "review_id", "number", "author_id", "reason", "created_at", "raw_score", "final_score", "outcome",
    "failed_by", "coverage", "bonus", "section_scores", "skill_scores", "errors",
)  # fmt: skip
ANSWER = ("revision_id", "criterion_id", "state", "option_id", "value")
COMMENT = ("review_id", "revision_id", "author_id", "text", "created_at")
CELL = (
    "stratum_id", "metric", "rubric_version_id", "reviewer_id", "pool", "n", "total", "squares", "newest_review_id",
    "newest_at",
)  # fmt: skip
EVENT = (
    "at", "actor_id", "actor", "verb", "target_type", "target_id", "target", "fields", "params", "request_id", "salt",
)  # fmt: skip
PICKED = ("pk", "stratum_id", "conversation_id", "conversation__external_id", "agent_id", "team_id", "u")


@dataclass(frozen=True)
class Pattern:
    """One way to fill in the card: the scores, the answers, and what the weekly sums learn from it."""

    scores: tuple[Any, ...]
    answers: tuple[tuple[Any, ...], ...]
    measures: dict[str, int]


@dataclass(frozen=True)
class Done:
    """One review that was submitted and published. Its revision has the same id."""

    pk: int
    item_id: int
    picked: Sequence[Any]
    author: Any
    pattern: Pattern
    submitted_at: datetime

    @property
    def published_at(self) -> datetime:
        """Return when its edit window was over."""
        return self.submitted_at + timedelta(minutes=15)


class Scorers:
    """Put picks into the queue and review the first of them."""

    def __init__(self, company: Company, *, reviews: int) -> None:
        self.company, self.left = company, reviews
        self.items = self.reviews = 0  # the last ids that were given
        self.patterns = patterns(company)

    def work(self, draw: Any) -> int:
        """Make the items of a draw and the reviews of as many as are wanted; the number of items left open."""
        picks = list(Pick.objects.filter(draw=draw).order_by("pk").values_list(*PICKED))
        begun = draw.frozen_at
        items = list(enumerate(picks, start=self.items + 1))
        self.items += len(items)
        done = [self._done(item_id, picked, begun) for item_id, picked in items[: self.left]]
        self.left -= len(done)
        by_item = {one.item_id: one for one in done}
        load(QueueItem, ITEM, (self._item(pk, picked, draw, by_item.get(pk)) for pk, picked in items))
        if done:
            self._store(done)
        return len(items) - len(done)

    def passed_over(self, reviews: int) -> None:
        """Go on after reviews, and as many items, that somebody else has made."""
        self.go_on([self.items + reviews, self.reviews + reviews, self.left - reviews])

    def counts(self) -> list[int]:
        """Return what `go_on` wants, for whoever goes on from here."""
        return [self.items, self.reviews, self.left]

    def go_on(self, counts: Sequence[int]) -> None:
        """Go on after a batch, also one that another process has made."""
        self.items, self.reviews, self.left = counts

    def _done(self, item_id: int, picked: Sequence[Any], begun: datetime) -> Done:
        self.reviews += 1
        pk = self.reviews
        # One person scores an agent's week, another one the week after.
        author = self.company.reviewers[(picked[1] * 7) % len(self.company.reviewers)]
        pattern = self.patterns[(pk * 7 + picked[4]) % PATTERNS]
        return Done(pk, item_id, picked, author, pattern, begun + timedelta(seconds=pk % 300_000))

    def _item(self, pk: int, picked: Sequence[Any], draw: Any, done: Done | None) -> tuple[Any, ...]:
        return (
            pk, picked[0], "primary", 1, "submitted" if done else "available", draw.plan_id, picked[2], picked[2],
            picked[4], picked[5], draw.rubric_version_id, "random", picked[6], draw.due_at, "", "",
            done.submitted_at if done else None, done.author.pk if done else None, draw.frozen_at,
        )  # fmt: skip

    def _store(self, done: Sequence[Done]) -> None:
        load(Review, REVIEW, (self._review(one) for one in done))
        load(Revision, REVISION, (_revision(one) for one in done))
        load(Answer, ANSWER, ((one.pk, *answer) for one in done for answer in one.pattern.answers))
        load(
            Comment,
            COMMENT,
            ((one.pk, one.pk, one.author.pk, f"Well held together. ({one.pk})", one.submitted_at) for one in done),
        )
        load(Cell, CELL, self._cells(done))
        load(AuditEvent, EVENT, (event for one in done for event in _events(one)))
        mine = [one for one in done if one.picked[4] == 1]
        told = ("user_id", "kind", "params", "path", "created_at")
        agent, kind = self.company.agent.pk, "feedback.published"
        load(Notification, told, ((agent, kind, {}, f"/feedback/{one.pk}/", one.published_at) for one in mine))

    def _review(self, one: Done) -> tuple[Any, ...]:
        read = one.published_at + timedelta(days=1) if one.pk % 4 else None
        return (
            one.pk, one.item_id, one.author.pk, "published", "primary", "random", one.picked[2], one.picked[2],
            one.picked[4], one.picked[5], self.company.version.pk, {}, 3, 240 + one.pk % 300,
            one.submitted_at - timedelta(minutes=6), one.published_at, one.submitted_at, one.published_at,
            one.published_at, read, read, "", "", one.pk,
        )  # fmt: skip

    def _cells(self, done: Iterable[Done]) -> Iterator[tuple[Any, ...]]:
        sums: dict[tuple[int, str, int], list[Any]] = {}
        for one in done:
            for metric, y in one.pattern.measures.items():
                kept = sums.setdefault((one.picked[1], metric, one.author.pk), [0, 0, 0, 0, one.published_at])
                kept[0] += 1
                kept[1] += y
                kept[2] += y * y
                # As publishing keeps it: the newest, and of those at the same moment the first.
                if not kept[3] or one.published_at > kept[4]:
                    kept[3:] = [one.pk, one.published_at]
        for (stratum, metric, reviewer), kept in sorted(sums.items()):
            yield (stratum, metric, self.company.version.pk, reviewer, "random", *kept)


def patterns(company: Company) -> list[Pattern]:
    """Fill in the card in some different ways, most answers good."""
    chance = random.Random(7)
    card = card_for(company.version)
    rows = Criterion.objects.filter(version=company.version).prefetch_related("options")
    criteria = {row.lineage: row for row in rows}
    made = []
    for _place in range(PATTERNS):
        given = {
            one.lineage: chance.choices(one.options, weights=[1, *[3] * (len(one.options) - 2), 12])[0].key
            for one in card.criteria()
        }
        answers = {lineage: scoring.Answer(option=key) for lineage, key in given.items()}
        made.append(_pattern(scoring.score(card, answers), given, criteria))
    return made


def _pattern(result: scoring.Score, given: dict[str, str], criteria: dict[str, Criterion]) -> Pattern:
    failed = [
        {"reason": one.reason.value, "criterion": one.criterion, "dimension": one.dimension.value}
        for one in result.failed_by
    ]
    revision = Revision(
        final_score=result.final_score,
        failed_by=failed,
        section_scores={one.lineage: None if one.score is None else str(one.score) for one in result.sections},
        skill_scores={one.skill: None if one.score is None else str(one.score) for one in result.skills},
    )
    answers = []
    for part in result.contributions:
        criterion = criteria[part.criterion]
        option = next(one for one in criterion.options.all() if one.key == given[part.criterion])
        value = part.value if part.zeroed_by in {"", part.criterion} else part.given
        answers.append(Answer(criterion=criterion, state=part.state.value, option=option, value=value))
    errors = {dimension.value: number for dimension, number in result.errors.items() if number}
    return Pattern(
        scores=(
            result.raw_score, result.final_score, result.outcome.value, failed, result.coverage, result.bonus,
            revision.section_scores, revision.skill_scores, errors,
        ),
        answers=tuple((one.criterion_id, one.state, one.option_id, one.value) for one in answers),
        measures=dict(measures(revision, answers)),
    )  # fmt: skip


def _revision(one: Done) -> tuple[Any, ...]:
    return (one.pk, one.pk, 1, one.author.pk, "", one.submitted_at, *one.pattern.scores)


def _events(one: Done) -> Iterator[tuple[Any, ...]]:
    name, salt = str(one.author), f"{one.pk:016x}"
    item, review = str(one.item_id), f"Review {one.pk} of {one.picked[3]}"
    claimed = one.submitted_at - timedelta(minutes=6)
    yield (
        claimed,
        one.author.pk,
        name,
        "item.claimed",
        "reviews.queueitem",
        item,
        f"{one.picked[3]} (primary 1)",
        [],
        {},
        "",
        salt,
    )
    yield (
        one.submitted_at,
        one.author.pk,
        name,
        "review.submitted",
        "reviews.review",
        str(one.pk),
        review,
        [],
        {"revision": 1},
        "",
        salt,
    )
    yield (one.published_at, None, "", "review.published", "reviews.review", str(one.pk), review, [], {}, "", salt)
