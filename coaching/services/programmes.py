"""Programmes: put one together, draw who starts first, begin the members' plans, and end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agent, User
from coaching import spans
from coaching.models import Member, Plan, Programme
from coaching.policies import why_not_start
from coaching.programme_effects import LEAST_FRESH
from coaching.programme_policies import (
    why_not_begin_with,
    why_not_edit_programme,
    why_not_many,
    why_not_move_programme,
    why_not_run,
    why_not_start_second,
    why_not_start_yet,
    why_not_with,
)
from coaching.selectors import programmes as read
from coaching.services import contents, follow_up, plans
from coaching.services.plans import ActionEdit, Terms
from coaching.waiting import drawn, key_of
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.models import Skill
from sampling.numbers import fingerprint
from sampling.services import boosts, keys

BASELINE_WEEKS = 3
SPARE = 2
"""More fresh reviews are asked for than are needed: some conversations cannot be reviewed."""


@dataclass(frozen=True, slots=True)
class CommonAction:
    """What every member is to do, some days after the start."""

    kind: str
    text: str
    days: int
    link: str = ""
    check_key: str = ""


@dataclass(frozen=True, slots=True)
class ProgrammeEdit:
    """What the form of a programme holds; `number` is the state that was edited."""

    number: int
    name: str
    skill: Skill
    agents: Sequence[Agent]
    focus: str = ""
    actions: Sequence[CommonAction] = ()
    follow_up_weeks: int = spans.FOLLOW_UP_WEEKS
    follow_up_quota: int = contents.FOLLOW_UP_REVIEWS
    has_waiting_list: bool = False
    has_fresh_baseline: bool = False


@transaction.atomic
def draft(edited: ProgrammeEdit, *, by: User, now: datetime) -> Programme:
    """Put a programme together; the fingerprint of its draw is fixed before anybody can know who is drawn."""
    refuse(_why_not_with(edited, by=by, now=now))
    behind = keys.master(now)
    made = Programme(owner=by, master=behind, created_at=now, updated_at=now, **_values(edited, now=now))
    made.fingerprint = fingerprint(key_of(bytes(behind.secret), made.identity))
    made.save()
    # Asked of the row itself, so that a team out of reach is out of reach here, too.
    refuse(why_not_run(by, made))
    _enrol(made, edited.agents)
    record("programme.drafted", target=made, by=by, at=now, params={"members": len(edited.agents)})
    return made


@transaction.atomic
def edit(programme: Programme, edited: ProgrammeEdit, *, by: User, now: datetime) -> Programme:
    """Change a draft; the later of two edits is told."""
    refuse(why_not_run(by, programme))
    refuse(why_not_edit_programme(programme))
    refuse(_why_not_with(edited, by=by, now=now))
    rows = Programme.objects.filter(pk=programme.pk, edit_number=edited.number, status=Programme.Status.DRAFT)
    if not rows.update(**_values(edited, now=now), edit_number=edited.number + 1, updated_at=now):
        raise Refused(Refusal("stale_programme", 409, _("Someone else changed this programme. Load it again.")))
    programme.refresh_from_db()
    refuse(why_not_run(by, programme))
    _enrol(programme, edited.agents)
    record("programme.edited", target=programme, by=by, at=now, fields=["members", "design", "actions"])
    return programme


@transaction.atomic
def begin(programme: Programme, *, by: User, now: datetime) -> Programme:
    """Begin a programme: collect the fresh baseline where one was chosen, else start and share the first plans."""
    refuse(why_not_run(by, programme))
    row = _locked(programme)
    if row.has_fresh_baseline and row.status == Programme.Status.DRAFT:
        refuse(why_not_begin_with(_agents(row), row.skill))
        starts = spans.first_day_after(now)
        _move(row, Programme.Status.BASELINE, by=by, now=now, baseline_from=starts)
        _ask_fresh(row, starts=starts)
        return row
    ready = _ready(row, by=by, now=now)
    refuse(why_not_start_yet(row, read.fresh_counts(row), now=now))
    refuse(why_not_move_programme(row, Programme.Status.RUNNING))
    refuse(why_not_many(len(ready), has_waiting_list=row.has_waiting_list))
    refuse(why_not_begin_with(ready, row.skill))
    on = (now + timedelta(weeks=row.follow_up_weeks)).date()
    starts = max(spans.first_day(on), spans.first_day_after(now))
    _move(row, Programme.Status.RUNNING, by=by, now=now, started_at=now, follow_up_from=starts, follow_up_on=on)
    _draw(row, ready)
    for member in row.members.filter(group=Member.Group.FIRST).select_related("agent"):
        _start(row, member, on=on, by=by, now=now)
    _ask_waiting(row, starts=starts, on=on)
    return row


@transaction.atomic
def start_second(programme: Programme, *, by: User, now: datetime) -> Programme:
    """Let those who were drawn to wait start, once the first group is measured."""
    refuse(why_not_run(by, programme))
    row = _locked(programme)
    refuse(why_not_start_second(row))
    ready = {agent.pk for agent in _ready(row, by=by, now=now)}
    waiting = [one for one in row.members.filter(group=Member.Group.SECOND, plan=None) if one.agent_id in ready]
    refuse(why_not_begin_with([one.agent for one in waiting], row.skill))
    for member in waiting:
        _start(row, member, on=(now + timedelta(weeks=row.follow_up_weeks)).date(), by=by, now=now)
    Programme.objects.filter(pk=row.pk).update(second_started_at=now, updated_at=now)
    record("programme.second_started", target=row, by=by, at=now, params={"members": len(waiting)})
    row.refresh_from_db()
    return row


@transaction.atomic
def close(programme: Programme, *, by: User, now: datetime) -> Programme:
    """End a programme. Plans that run go on as plans of their own; nothing more is drawn for those who wait."""
    refuse(why_not_run(by, programme))
    row = _locked(programme)
    _move(row, Programme.Status.CLOSED, by=by, now=now, closed_at=now)
    boosts.end(_prefix(row), now=now)
    return row


def _values(edited: ProgrammeEdit, *, now: datetime) -> dict[str, Any]:
    teams = {contents.team_of(agent.pk, now=now) for agent in edited.agents}
    return {
        "name": edited.name.strip(),
        "skill": edited.skill,
        "team_id": teams.pop() if len(teams) == 1 else None,
        "focus": edited.focus.strip() or contents.focus_of(edited.skill.slug),
        "actions": [asdict(one) for one in edited.actions],
        "follow_up_weeks": edited.follow_up_weeks,
        "follow_up_quota": edited.follow_up_quota,
        "has_waiting_list": edited.has_waiting_list,
        "has_fresh_baseline": edited.has_fresh_baseline,
    }


def _enrol(programme: Programme, agents: Sequence[Agent]) -> None:
    programme.members.exclude(agent__in=agents).delete()
    known = set(programme.members.values_list("agent", flat=True))
    Member.objects.bulk_create(Member(programme=programme, agent=one) for one in agents if one.pk not in known)


def _draw(programme: Programme, ready: Sequence[Agent]) -> None:
    """Write down who starts first: everybody who is ready, or the half that the keyed numbers give."""
    if not programme.has_waiting_list:
        programme.members.filter(agent__in=ready).update(group=Member.Group.FIRST)
        return
    key = key_of(bytes(programme.master.secret), programme.identity)
    for lot in drawn(key, programme.identity, [agent.pk for agent in ready]):
        group = Member.Group.FIRST if lot.is_first else Member.Group.SECOND
        programme.members.filter(agent=lot.agent).update(group=group, u=lot.u)


def _start(programme: Programme, member: Member, *, on: date, by: User, now: datetime) -> None:
    actions = [
        ActionEdit(
            None, one["kind"], one["text"], (now + timedelta(days=one["days"])).date(), one["link"], one["check_key"]
        )
        for one in programme.actions
    ]
    terms = Terms(programme.focus, programme.name, on, programme.follow_up_quota, actions)
    plan = plans.start_for_programme(member.agent, programme.skill, terms=terms, by=by, now=now)
    # What rests on a disputed review is shared by its supervisor once that is decided.
    if not Plan.objects.filter(pk=plan.pk).paused().exists():
        plans.share(plan, by=by, now=now)
    Member.objects.filter(pk=member.pk).update(plan=Plan.objects.get(pk=plan.pk))


def _ask_fresh(programme: Programme, *, starts: date) -> None:
    """Ask for new random reviews of every member before anybody is coached."""
    begins = spans.day_start(starts)
    for agent in _agents(programme):
        boosts.ask(
            f"{_prefix(programme)}fresh:{agent.pk}", agent=agent, skill=programme.skill, extra=LEAST_FRESH + SPARE,
            starts_at=begins, ends_at=begins + timedelta(weeks=BASELINE_WEEKS),
        )  # fmt: skip


def _ask_waiting(programme: Programme, *, starts: date, on: date) -> None:
    """Let those who wait be followed up as closely as those who started."""
    days = {"starts_at": spans.day_start(starts), "ends_at": spans.day_start(spans.last_day(on)) + timedelta(days=1)}
    extra = follow_up.extra_of(programme.follow_up_quota, **days)
    for member in programme.members.filter(group=Member.Group.SECOND).select_related("agent"):
        boosts.ask(
            f"{_prefix(programme)}waiting:{member.agent_id}",
            agent=member.agent,
            skill=programme.skill,
            extra=extra,
            **days,
        )


def _agents(programme: Programme) -> list[Agent]:
    return list(Agent.objects.filter(programme_memberships__programme=programme).order_by("pk"))


def _ready(programme: Programme, *, by: User, now: datetime) -> list[Agent]:
    """Return the members who can start: whoever has left, or is in a team out of reach by now, is passed over."""
    return [
        agent
        for agent in _agents(programme)
        if why_not_start(by, agent, team_id=contents.team_of(agent.pk, now=now)) is None
    ]


def _why_not_with(edited: ProgrammeEdit, *, by: User, now: datetime) -> Refusal | None:
    teams = {contents.team_of(agent.pk, now=now) for agent in edited.agents}
    return why_not_with(by, edited.agents, teams=teams, has_waiting_list=edited.has_waiting_list)


def _locked(programme: Programme) -> Programme:
    # The programme's row is the lock: of two people at once, the second sees what the first one did.
    rows = Programme.objects.select_for_update(of=("self",)).select_related("skill", "master", "owner", "team")
    return rows.get(pk=programme.pk)


def _move(programme: Programme, status: str, *, by: User, now: datetime, **values: Any) -> None:
    refuse(why_not_move_programme(programme, status))
    before = programme.status
    Programme.objects.filter(pk=programme.pk).update(status=status, updated_at=now, **values)
    programme.refresh_from_db()
    record(f"programme.{status}", target=programme, by=by, at=now, params={"from": before})


def _prefix(programme: Programme) -> str:
    return f"programme:{programme.pk}:"
