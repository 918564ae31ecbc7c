"""Your own conversations: import them, draw the last complete week, open the queue. No score is ever invented."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db.models import Count

from accounts.models import Agent, RoleGrant, Team, TeamMembership, User
from accounts.roles import Role
from accounts.services import agents, grants, people, workspace
from accounts.services import teams as people_teams
from conversations.models import Completion, ImportRun, Source
from conversations.services import teams
from qa_portal.demo import desk_work, summary
from qa_portal.demo.founding import SOURCE as COMPANY
from qa_portal.demo.people import PASSWORD, address
from qa_portal.demo.summary import Summary
from rubrics.models import Rubric
from rubrics.services import starters
from sampling import periods
from sampling.cycles import Period
from sampling.models import Draw, Plan
from sampling.services import plans
from sampling.terms import Terms

SOURCE = "own-file"
PLAN = "Every agent, every week"
RUBRIC = "general-chat"
TEAM = "Everyone"
PROGRESS_EVERY = 1.0
Say = Callable[[str], None]


class NothingToDraw(Exception):
    """The file holds nothing that could be drawn; the sentence says why."""


def why_not_own() -> str | None:
    """Return why a file must not be opened beside what is here, or None."""
    if Source.objects.filter(slug=COMPANY).exists():
        return (
            "This database holds the demo company. Your conversations would mix with it: "
            "set QA_VAR to an empty folder for them."
        )
    return None


def open_queue(path: Path, *, now: datetime, say: Say) -> Summary:
    """Import a file, draw its last complete week and put the picks into the queue; again changes nothing."""
    started = time.monotonic()
    workspace.change(by=None, now=now, is_demo=True)
    log_ins = _log_ins(now=now)
    manager = log_ins[Role.MANAGER]
    starters.install(by=manager, now=now)
    run = _read(path, by=manager, now=now, say=say)
    say(
        f"{path.name}: {run.received:,} read, {run.created:,} new, {run.updated:,} changed, "
        f"{run.unchanged:,} unchanged, {run.rejected:,} rejected (each with its line and reason on its import page)."
    )
    _gather(by=log_ins[Role.ADMIN], now=now)
    plan = _plan(by=manager, now=now)
    period = last_complete(plan, now=now)
    made = desk_work.draw(plan, moment=period.starts_at, by=manager, now=now)
    agent = _agent_log_in(made, by=log_ins[Role.ADMIN], now=now)
    counted = summary.count(seconds=time.monotonic() - started)
    for line in _words(made, period, log_ins, agent):
        say(line)
    return counted


def last_complete(plan: Plan, *, now: datetime) -> Period:
    """Return the last week that is over and that the completions cover to its end; raises NothingToDraw.

    The week of the newest completion counts when no later work day is missing: from Friday on, or when it is the
    only one.
    """
    over = Completion.objects.filter(completed_at__lt=periods.containing(plan, now).starts_at)
    newest = over.order_by("-completed_at").values_list("completed_at", flat=True).first()
    if newest is None:
        raise NothingToDraw(_why_nothing())
    period = periods.containing(plan, newest)
    before = periods.previous(plan, period)
    covered = period.ends_at - newest < timedelta(days=3)
    earlier = over.filter(completed_at__gte=before.starts_at, completed_at__lt=before.ends_at).exists()
    return period if covered or not earlier else before


def _why_nothing() -> str:
    if Completion.objects.exists():
        return "All conversations of the file ended in the running week. It is drawn when the week is over."
    return "No conversation of the file has ended, so there is nothing to draw yet."


def _read(path: Path, *, by: User, now: datetime, say: Say) -> ImportRun:
    shown = time.monotonic()

    def go_on(run: ImportRun) -> bool:
        nonlocal shown
        if time.monotonic() - shown > PROGRESS_EVERY:
            shown = time.monotonic()
            say(f"{path.name}: {run.received:,} conversations …")
        return True

    with path.open("rb") as file:
        return desk_work.read(file, name=path.name, source=SOURCE, by=by, now=now, go_on=go_on)


def _log_ins(*, now: datetime) -> dict[Role, User]:
    """Make one person for each role that needs no agent."""
    encoded = make_password(PASSWORD)
    wanted = {
        Role.ADMIN: ("admin", "Admin"),
        Role.MANAGER: ("manager", "QA manager"),
        Role.SPECIALIST: ("reviewer", "QA specialist"),
        Role.SUPERVISOR: ("supervisor", "Supervisor"),
    }
    return {role: _person(local, name, role, encoded, now=now) for role, (local, name) in wanted.items()}


def _person(local: str, name: str, role: Role, encoded: str, *, now: datetime, team: Team | None = None) -> User:
    user = User.objects.filter(email=address(local)).first()
    if user is None:
        user = people.create_user(address(local), name=name, by=None, now=now, encoded_password=encoded)
    if not RoleGrant.objects.filter(user=user, role=role).exists():
        grants.grant(user, role, by=None, now=now, team=team)
    return user


def _gather(*, by: User, now: datetime) -> None:
    """Put agents who are in no team into one, so that somebody supervises them."""
    team = Team.objects.filter(slug="everyone").first()
    if team is None:
        team = people_teams.create_team(TEAM, slug="everyone", by=by, now=now)
    for agent in Agent.objects.exclude(pk__in=TeamMembership.objects.filter(ends_at=None).values("agent")):
        agents.move(agent, team, by=by, now=now)
    while teams.fill(by=by, now=now):
        pass


def _plan(*, by: User, now: datetime) -> Plan:
    """Make the default plan; it draws by itself from the running week on."""
    plan = Plan.objects.filter(name=PLAN).first()
    if plan is not None:
        return plan
    terms = Terms(rubric_id=Rubric.objects.get(slug=RUBRIC).pk)
    return plans.create(PLAN, terms=terms, starts_on=now.date(), by=by, now=now)


def _agent_log_in(made: Draw, *, by: User, now: datetime) -> Agent | None:
    """Give a log-in to the agent with the most conversations in the draw, so that feedback has a reader."""
    known = Agent.objects.filter(user__email=address("agent")).first()
    if known is not None:
        return known
    drawn = Agent.objects.people().filter(picks__draw=made).annotate(count=Count("picks"))
    agent = drawn.order_by("-count", "pk").first()
    if agent is None:
        return None
    membership = TeamMembership.objects.filter(agent=agent, ends_at=None).select_related("team").first()
    team = membership.team if membership else None
    user = _person("agent", agent.name, Role.AGENT, make_password(PASSWORD), now=now, team=team)
    return agents.link(agent, user, by=by, now=now)


def _words(made: Draw, period: Period, log_ins: dict[Role, User], agent: Agent | None) -> list[str]:
    lines = [
        f"Drawn: week {period.label}, {made.picked} of {made.frame_size} conversations, by the rubric “General chat”. "
        "Nothing is scored until a person scores it.",
        f"Log in with the password {PASSWORD} as:",
        *(f"  {role.label:<18} {user.email}" for role, user in log_ins.items()),
    ]
    return [*lines, f"  {'Agent':<18} {address('agent')} ({agent.name})"] if agent else lines
