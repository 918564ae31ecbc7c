"""Give drawn conversations to reviewers by a keyed hash (statistics.md 1.10): nobody chooses, nobody can foresee it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from reviews.models import QueueItem, QueueRules
from reviews.models.queue import QueueItemQuerySet
from reviews.selectors.desk import Desk, Place, Seats, desk
from sampling.design import assign_reviewer, unit_name
from sampling.models import Draw, PeriodKey, Pick
from sampling.services import keys

BATCH = 500
PREASSIGNED = QueueRules.Distribution.PREASSIGNED


def assign(items: Sequence[QueueItem], *, now: datetime) -> None:
    """Name a reviewer on items that are not saved yet, where their plan gives them out by name."""
    plans = {item.plan_id for item in items}
    preassigned = set(
        QueueRules.objects.filter(plan__in=plans, distribution=PREASSIGNED).values_list("plan", flat=True)
    )
    chosen = [item for item in items if item.plan_id in preassigned]
    if chosen:
        for item, person in _drawn(chosen, desk(preassigned, now=now)):
            item.assigned_to_id = person


def reassign(*, now: datetime) -> int:
    """Give what waits for somebody who is away or gone to the next in line; the number given.

    What is due a day or more after they are back waits for them. Where nobody else may, the item goes to whoever is
    free and may take it.
    """
    lost = _lost(now)
    return sum(_reassign(lost[first : first + BATCH], now=now) for first in range(0, len(lost), BATCH))


def next_in_line(item: QueueItem, *, without: Iterable[int], now: datetime) -> int | None:
    """Return who comes next for an item when some people do not."""
    found = desk([item.plan_id], now=now)
    seated = Seats([item]).at(item) | frozenset(without)
    return _choose(item, _place(item, seated), found, _secrets([item], now=now))


def _lost(now: datetime) -> list[int]:
    """Return what waits for nobody, or for somebody who may not have it any more; not what nobody at all may have.

    Asked every minute of all that waits, so of six columns: what is lost is read whole after that, and it is little.
    """
    columns = ("pk", "plan_id", "agent_id", "team_id", "due_at", "assigned_to_id")
    rows = list(_waiting().order_by().values_list(*columns))
    found = desk({plan for _pk, plan, *_rest in rows}, now=now)

    def is_lost(person: int | None, place: Place) -> bool:
        return bool(found.shares(place)) if person is None else not found.fits(person, place)

    return sorted(pk for pk, *place, person in rows if is_lost(person, Place(*place)))


def _waiting() -> QueueItemQuerySet:
    # In a plan whose work anybody takes, too, something may have been handed to a person.
    return QueueItem.objects.open().filter(
        Q(plan__queue_rules__distribution=PREASSIGNED) | Q(assigned_to__isnull=False),
        status=QueueItem.Status.AVAILABLE, purpose=QueueItem.Purpose.PRIMARY, pool__in=DRAWN,
    )  # fmt: skip


DRAWN = (Pick.Pool.RANDOM, Pick.Pool.TARGETED)
NAMED = ("pick__draw", "pick__completion", "conversation__source")


@transaction.atomic
def _reassign(pks: list[int], *, now: datetime) -> int:
    rows = list(_waiting().filter(pk__in=pks).select_related(*NAMED).order_by("pk"))
    found = desk({item.plan_id for item in rows}, now=now)
    lost = [
        item for item in rows if item.assigned_to_id is None or not found.fits(item.assigned_to_id, _place(item))
    ]  # fmt: skip
    moved = 0
    for item, person in _drawn(lost, found):
        if person != item.assigned_to_id:
            free = QueueItem.objects.filter(pk=item.pk, status=QueueItem.Status.AVAILABLE)
            moved += free.filter(assigned_to=item.assigned_to_id).update(assigned_to=person)
    return moved


def _drawn(items: Sequence[QueueItem], found: Desk) -> list[tuple[QueueItem, int | None]]:
    seats, secrets = Seats(items), _secrets(items, now=found.now)
    return [(item, _choose(item, _place(item, seats.at(item)), found, secrets)) for item in items]


def _place(item: QueueItem, seated: frozenset[int] | None = None) -> Place:
    return Place(item.plan_id, item.agent_id, item.team_id, item.due_at, seated or frozenset())


def _choose(item: QueueItem, place: Place, found: Desk, secrets: Mapping[int, bytes]) -> int | None:
    draw, completion = item.pick.draw, item.pick.completion
    if draw is None:
        return None
    unit = unit_name(item.conversation.source.slug, item.conversation.external_id, completion.number)
    chosen = assign_reviewer(secrets[draw.pk], draw.period, unit, found.shares(place))
    return int(chosen) if chosen is not None else None


def secrets_of(draws: Iterable[Draw], *, now: datetime) -> dict[int, bytes]:
    """Return the secret behind each draw (its id); the newest master's where no key was published for its period."""
    wanted = {draw.pk: (draw.plan_id, draw.period) for draw in draws}
    rows = PeriodKey.objects.filter(plan__in={plan for plan, _period in wanted.values()})
    known = {(key.plan_id, key.period): keys.secret(key) for key in rows.select_related("master", "plan")}
    return {pk: known.get(name) or bytes(keys.master(now).secret) for pk, name in wanted.items()}


def _secrets(items: Sequence[QueueItem], *, now: datetime) -> dict[int, bytes]:
    return secrets_of({item.pick.draw for item in items if item.pick.draw is not None}, now=now)
