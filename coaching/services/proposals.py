"""What a week's looks ask for: a plan, more evidence for one that is open, or closing one. People decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from coaching import evidence
from coaching.models import Look, Plan
from coaching.selectors.rules import Held, current
from coaching.services import contents, proposing
from coaching.services.failures import Notebook, Part
from coaching.stepping import urgency
from core import audit
from reviews.models import Answer

CHUNK = 100
T = TypeVar("T")
About = tuple[Look, Plan]
Spoken = tuple[Look, Plan, list[Answer]]


def propose(week: str, *, now: datetime, held: Held | None = None, notes: Notebook | None = None) -> int:
    """Do what the looks of a week ask for; the number of new plans. Doing it twice changes nothing.

    A look that a later one of the same agent and skill has followed asks for nothing any more: it is here again only
    because somebody else's was made late.
    """
    held, notes = held or current(), notes or Notebook(now=now)
    looks = Look.objects.filter(week=week).select_related("skill")
    newest = looks.filter(~Exists(_later()))
    known = set(Plan.objects.open().values_list("agent_id", "skill_id"))
    asking = [look for look in newest.filter(state=Look.State.OPENED) if key(look) not in known]
    asking.sort(key=_first_things_first)
    made = _in_chunks(asking, partial(proposing.write, now=now, held=held), lambda look: look, notes)
    plans = _open_plans()
    about: list[About] = [
        (look, plans[look.agent_id, look.skill_id])
        for look in newest.filter(Exists(_open_plan()))
        if (look.agent_id, look.skill_id) in plans
    ]
    again = {key(look): plan for look, plan in about if _speaks_again(look, plan, held)}
    found = _newer(again) if again else {}
    spoken = [(look, plan, found[key(look)]) for look, plan in about if found.get(key(look))]
    _in_chunks(spoken, partial(_strengthen, now=now), lambda one: one[0], notes)
    changed = [one for one in about if _is_suggested(one[0]) != (one[1].close_suggested_at is not None)]
    _in_chunks(changed, partial(_suggest_closing, now=now), lambda one: one[0], notes)
    return made


def _newer(plans: Mapping[tuple[int, int], Plan]) -> dict[tuple[int, int], list[Answer]]:
    """Return what was published since the last evidence of plans, and is none of it already."""
    known = contents.events_of(plans.values())
    return evidence.newer(
        {pair: _evidence_at(plan) for pair, plan in plans.items()},
        most=evidence.MOST_NEW,
        seen={pair: known[plan.pk] for pair, plan in plans.items()},
    )


def _in_chunks(
    rows: Sequence[T], work: Callable[[Sequence[T]], int], look_of: Callable[[T], Look], notes: Notebook
) -> int:
    """Do something for a hundred at once; where that fails for each alone, so that no one's failure stops another."""
    done = 0
    for first in range(0, len(rows), CHUNK):
        chunk = rows[first : first + CHUNK]
        try:
            with transaction.atomic():
                done += work(chunk)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 - whose it is shows below, where it is noted
            done += sum(_guarded(look_of(one), partial(work, [one]), notes) for one in chunk)
    return done


def key(look: Look) -> tuple[int, int]:
    """Return what a plan is about: agent and skill."""
    return look.agent_id, look.skill_id


def _later() -> QuerySet[Look]:
    return Look.objects.filter(agent=OuterRef("agent"), skill=OuterRef("skill"), week__gt=OuterRef("week"))


def _open_plan() -> QuerySet[Plan]:
    return Plan.objects.open().filter(agent=OuterRef("agent"), skill=OuterRef("skill"))


def _guarded(look: Look, work: Callable[[], int], notes: Notebook) -> int:
    key = f"{look.skill_id} {look.agent_id}"
    return notes.guard(Part.PROPOSAL, key, work, agent_id=look.agent_id, skill=look.skill, week=look.week)


def _first_things_first(look: Look) -> tuple[float, int, int]:
    """Order by P × gap, because an agent has at most two open plans."""
    return (-urgency(look.probability, level=look.level, target=look.target), look.agent_id, look.skill_id)


def _open_plans() -> dict[tuple[int, int], Plan]:
    """Return the open plans by agent and skill, with when evidence was last added and how much there is."""
    about = {"evidence_at": Max("evidence__added_at"), "evidence_n": Count("evidence")}
    plans = Plan.objects.open().annotate(**about).select_related("agent", "skill")
    return {(plan.agent_id, plan.skill_id): plan for plan in plans}


def _speaks_again(look: Look, plan: Plan, held: Held) -> bool:
    """Say whether a look finds the level likely low once more, from reviews newer than the plan's evidence.

    A plan that has as much evidence as a person can read takes no more.
    """
    if plan.evidence_n >= contents.MOST_EVIDENCE:  # type: ignore[attr-defined]
        return False
    is_low = look.reason == "" and (look.probability or 0) > held.rules.above
    return is_low and look.newest_published_at is not None and look.newest_published_at > _evidence_at(plan)


def _evidence_at(plan: Plan) -> datetime:
    found: datetime = plan.evidence_at or plan.proposed_at  # type: ignore[attr-defined]
    return found


def _strengthen(rows: Sequence[Spoken], *, now: datetime) -> int:
    """Add to plans what was published since their last evidence; the number of answers added."""
    list(Plan.objects.select_for_update(no_key=True).filter(pk__in=[plan.pk for _look, plan, _ in rows]).order_by("pk"))
    added = contents.attach_many([(plan, answers) for _look, plan, answers in rows], now=now)
    events = [
        audit.event(
            "plan.evidence_added", target=plan, by=None, at=now, params={"week": look.week, "answers": added[plan.pk]}
        )
        for look, plan, _answers in rows
        if added[plan.pk]
    ]
    audit.record_many(events)
    return sum(added.values())


def _is_suggested(look: Look) -> bool:
    return look.state == Look.State.CLOSE_SUGGESTED


def _suggest_closing(rows: Sequence[About], *, now: datetime) -> int:
    """Remember, or take back, that the numbers would let plans be closed; the number of plans."""
    changed = 0
    for suggested, verb in ((True, "plan.closing_suggested"), (False, "plan.closing_taken_back")):
        wanted = {plan.pk: (look, plan) for look, plan in rows if _is_suggested(look) == suggested}
        open_ones = Plan.objects.open().filter(pk__in=wanted, close_suggested_at__isnull=suggested)
        locked = list(open_ones.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        changed += Plan.objects.filter(pk__in=locked).update(
            close_suggested_at=now if suggested else None, updated_at=now
        )
        about = [wanted[pk] for pk in locked]
        audit.record_many(
            [audit.event(verb, target=plan, by=None, at=now, params={"week": look.week}) for look, plan in about]
        )
    return changed
