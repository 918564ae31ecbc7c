"""A week once more for other weeks: the database writes it itself, with other ids and days, from one that is there.

A row that Python makes costs some forty microseconds, ten million of them seven minutes of a processor; so it costs a
third of that. What is repeated keeps its words; its content hash is made up, and its draw cannot be replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, Max, Min, Model

from conversations.models import Completion, Conversation, Participant, SearchText, Transcript
from core.models import AuditEvent
from reviews.models import Answer, Cell, Comment, QueueItem, Review, Revision
from sampling import periods
from sampling.models import Draw, FrameStratum, Pick

MADE_UP = {"postgresql": "encode(sha256(external_id::bytea), 'hex')", "sqlite": "printf('%064x', id)"}
LATER = {
    "postgresql": "{} + make_interval(days => {})",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', {}, '{} days')",
}


SCORED = ("item.claimed", "review.submitted", "review.published")


@dataclass(frozen=True)
class Week:
    """What a week of conversations, its draw and its reviews stand between: ids by table, both included."""

    conversations: tuple[int, int]
    draw: int = 0
    strata: tuple[int, int] = (1, 0)
    picks: tuple[int, int] = (1, 0)
    reviews: tuple[int, int] = (1, 0)  # and items, which are as many
    events: tuple[int, int] = (1, 0)

    @classmethod
    def of(cls, draw: Draw, *, conversations: range, reviews: int, events_after: int) -> Week:
        """Look up a week that was drawn and reviewed whole, as the first of all."""
        scored = AuditEvent.objects.filter(pk__gt=events_after, verb__in=SCORED)
        return cls(
            (conversations[0], conversations[-1]), draw.pk, _ends(FrameStratum.objects.filter(draw=draw)),
            _ends(Pick.objects.filter(draw=draw)), (1, reviews), _ends(scored),
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return it in words that can be kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Week:
        """Return it as it was kept."""
        return cls(**{name: ends if name == "draw" else (ends[0], ends[1]) for name, ends in kept.items()})


def last_event() -> int:
    """Return the id of the newest audit event."""
    return AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def repeat_conversations(week: Week, *, add: int, later: timedelta, with_words: bool) -> None:
    """Write the conversations of a week once more. Those before the first id there can be are left out."""
    first, last = week.conversations
    ids, moved = (max(first, 1 - add), last), {"conversation_id": f"conversation_id + {add}"}
    external = f"'zen-' || (id + {add})"
    changed = {
        "id": f"id + {add}", "external_id": external, "content_hash": MADE_UP[connection.vendor],
        "transcript_id": f"transcript_id + {add}" if with_words else "NULL",
    }  # fmt: skip
    _copy(Conversation, "id", ids, changed, later)
    _copy(Completion, "conversation_id", ids, moved, later)
    _copy(Conversation.tagged.through, "conversation_id", ids, moved, later)
    if with_words:
        _copy(Transcript, "conversation_id", ids, {"id": f"id + {add}", **moved}, later)
        _copy(Participant, "conversation_id", ids, moved, later)
        # The number is among the words that are searched, where it stands first.
        numbered = f"replace(words, ' zen ' || conversation_id || ' ', ' zen ' || (conversation_id + {add}) || ' ')"
        about = {**moved, "transcript_id": f"transcript_id + {add}", "words": numbered}
        _copy(SearchText, "conversation_id", ids, about, later)


@transaction.atomic
def repeat_reviews(week: Week, times: int, *, add: int, later: timedelta) -> None:
    """Write the draw of a week, its queue and its reviews once more: for the conversations that `add` leads to."""
    old, new = week.draw, _draw(Draw.objects.select_related("plan").get(pk=week.draw), later).pk
    strata, picks, reviews = (times * (last - first + 1) for first, last in (week.strata, week.picks, week.reviews))
    about = {"conversation_id": f"conversation_id + {add}", "transcript_id": f"transcript_id + {add}"}
    completion = (
        f"(SELECT c.id FROM {Completion._meta.db_table} c "
        f"WHERE c.conversation_id = {Pick._meta.db_table}.conversation_id + {add})"
    )
    drawn = {"id": f"id + {strata}", "draw_id": f"{new}"}
    _copy(FrameStratum, "draw_id", (old, old), drawn, later)
    picked = {"id": f"id + {picks}", "draw_id": f"{new}", "stratum_id": f"stratum_id + {strata}"}
    picked |= {"conversation_id": about["conversation_id"], "completion_id": completion}
    _copy(Pick, "draw_id", (old, old), picked, later)
    own = {"id": f"id + {reviews}"}
    _copy(QueueItem, "id", week.reviews, {**own, **about, "pick_id": f"pick_id + {picks}"}, later)
    of_item = {"item_id": f"item_id + {reviews}", "current_id": f"current_id + {reviews}"}
    _copy(Review, "id", week.reviews, {**own, **about, **of_item}, later)
    of_review, of_revision = {"review_id": f"review_id + {reviews}"}, {"revision_id": f"revision_id + {reviews}"}
    _copy(Revision, "id", week.reviews, {**own, **of_review}, later)
    _copy(Answer, "revision_id", week.reviews, of_revision, later)
    _copy(Comment, "review_id", week.reviews, {**of_review, **of_revision}, later)
    newest = {"stratum_id": f"stratum_id + {strata}", "newest_review_id": f"newest_review_id + {reviews}"}
    _copy(Cell, "stratum_id", week.strata, newest, later)
    target = {"target_id": f"CAST(CAST(target_id AS INTEGER) + {reviews} AS VARCHAR(40))"}
    _copy(AuditEvent, "id", week.events, target, later)


def _draw(draw: Draw, later: timedelta) -> Draw:
    fields = {field.attname: getattr(draw, field.attname) for field in Draw._meta.concrete_fields}
    del fields["id"]
    for name in ("starts_at", "ends_at", "frozen_at", "due_at"):
        fields[name] += later
    fields["period"] = periods.containing(draw.plan, fields["starts_at"]).label
    return Draw.objects.create(**fields)


def _copy(model: type[Model], key: str, ids: tuple[int, int], changed: Mapping[str, str], later: timedelta) -> None:
    """Let the database copy the rows between two ids; days are shifted, the rest stays unless it is changed."""
    values: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        column = connection.ops.quote_name(field.column)
        if field.attname in changed:
            values[column] = changed[field.attname]
        elif not field.primary_key:  # which the database gives
            shifted = LATER[connection.vendor].format(column, later.days)
            values[column] = shifted if isinstance(field, DateTimeField) else column
    table = connection.ops.quote_name(model._meta.db_table)
    written = f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(f"{written} WHERE {key} BETWEEN {ids[0]} AND {ids[1]}")


def _ends(rows: Any) -> tuple[int, int]:
    found = rows.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    return found["first"] or 1, found["last"] or 0
