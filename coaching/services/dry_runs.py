"""Try trigger rules on the last quarter, in the background: what they would have asked for. Nothing else is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agent, TeamMembership, User
from coaching import dry_results, rehearsal, weeks
from coaching.declines import declines
from coaching.policies import why_not_set_rules
from coaching.rehearsal import Fired, Rehearsal
from coaching.rules import Rules, from_json, to_json
from coaching.selectors import cells, criticals, targets
from coaching.selectors.dry_runs import KIND
from coaching.services.rules import why_not_these
from coaching.windows import levels, pools_of
from core.models import Job
from core.refusals import refuse
from core.services import jobs
from rubrics.models import Skill

QUARTER = 13
WARM_UP = 8
"""Weeks before the quarter, so that plans which would have been open already are."""
SLICE_SECONDS = 45.0
KEPT = 10
QUIET_AFTER_DECLINE = 8
LOOK_AFTER = timedelta(days=7)


@transaction.atomic
def start(rules: Rules, *, by: User, now: datetime) -> Job:
    """Write down which rules are to be tried; the caller enqueues the job. Older dry runs go, but for the last few."""
    refuse(why_not_set_rules(by))
    refuse(why_not_these(rules))
    newest = weeks.last_complete(now)
    params = {"rules": to_json(rules), "first": weeks.shifted(newest, 1 - QUARTER), "last": newest}
    made = jobs.create(KIND, by=by, now=now, total=QUARTER + WARM_UP, unit="weeks", params=params)
    jobs.forget(Job.objects.filter(kind=KIND), keep=KEPT)
    return made


def cancel(job: Job, *, by: User, now: datetime) -> None:
    """Ask a dry run to stop."""
    refuse(why_not_set_rules(by))
    jobs.stop(job, now=now)


def work(job_id: int, *, clock: Callable[[], datetime], seconds: float = SLICE_SECONDS) -> bool:
    """Try one slice of weeks; True when it is to be called again, at once."""

    def do(job: Job) -> bool:
        finished = _run(job, clock=clock, deadline=time.monotonic() + seconds)
        return _settle(job, finished=finished, now=clock())

    broken = _("The dry run stopped because of an error in QA Portal, which is in the log.")
    return jobs.slice_of(job_id, clock=clock, do=do, broken=broken)


def waiting(now: datetime) -> list[int]:
    """Return the dry runs that nobody is working on, for the sweep."""
    return jobs.waiting(KIND, now=now)


def _run(job: Job, *, clock: Callable[[], datetime], deadline: float) -> bool:
    """Go on week by week until the end, the deadline or a wish to stop; True at the end."""
    rules, last = from_json(job.params["rules"]), job.params["last"]
    tried = rehearsal.load(rules, job.cursor)
    done = job.done
    while done < (job.total or 0):
        week = weeks.shifted(last, done + 1 - (job.total or 0))
        _try(tried, week, counts=week >= job.params["first"])
        done += 1
        if not jobs.advance(job, now=clock(), done=done, cursor=rehearsal.dump(tried)):
            return False
        if time.monotonic() > deadline:
            return done == job.total
    return True


def _try(tried: Rehearsal, week: str, *, counts: bool) -> None:
    teams = dict(TeamMembership.objects.at(weeks.end_of(week)).order_by().values_list("agent_id", "team_id"))
    for skill in Skill.objects.order_by("pk"):
        sums = cells.window(f"{cells.SKILLS}{skill.slug}", week=week).agents
        of = targets.by_agent(skill, tried.rules)
        pools = pools_of({agent: teams.get(agent) for agent in sums})
        tried.look(week, skill.pk, sums, levels(sums, pools=pools, targets=of), of)
    tried.close(week, counts=counts)
    if counts and tried.rules.watches_decline:
        tried.add(_declined(tried.rules, week, teams), quiet=QUIET_AFTER_DECLINE)
    if counts and tried.rules.watches_critical:
        tried.add(_repeated(tried.rules, week), quiet=QUARTER)


def _declined(rules: Rules, week: str, teams: dict[int, int]) -> list[Fired]:
    sums = cells.window("total", week=week).agents
    pools = pools_of({agent: teams.get(agent) for agent in sums})
    found = declines(sums, pools=pools, limit=rules.decline_limit)
    return [
        Fired("decline", week, one.agent_id, None, None, one.after, one.before, one.n_after, *one.limits)
        for one in found
    ]


def _repeated(rules: Rules, week: str) -> list[Fired]:
    """Return what had come again by the end of the week in which this week's look is current."""
    until = weeks.end_of(week) + LOOK_AFTER
    since = until - timedelta(days=rules.critical_days)
    found = criticals.repeated(since=since, until=until, times=rules.critical_count)
    return [Fired("critical", week, one.agent_id, one.skill_id, n=one.times) for one in found]


def _settle(job: Job, *, finished: bool, now: datetime) -> bool:
    """Say what became of the job; True when another slice is needed."""
    if finished:
        tried = rehearsal.load(from_json(job.params["rules"]), job.cursor)
        gone = set(Agent.objects.exclude(deactivated_at=None).values_list("pk", flat=True))
        fired = [one for one in tried.fired if one.agent_id not in gone and one.week >= job.params["first"]]
        jobs.finish(job, now=now, result=dry_results.result_of(fired))
        Job.objects.filter(pk=job.pk).update(cursor={})
        return False
    return jobs.rest(job, now=now)
