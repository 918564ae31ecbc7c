"""The weekly look: what the weekly sums say about each agent's skills, and where the trigger stands after it.

A look of a week is current in the week after it (that is when the reviews of its conversations come in) and is run
again until then; later it stays. Running it twice changes nothing: it steps from the look of the week before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet, Sum

from accounts.models import TeamMembership
from coaching import weeks
from coaching.models import Look, Plan
from coaching.standing import Span, standing
from coaching.targets import target_of
from coaching.windows import WEEKS, AgentWeeks, Level, levels, pools_of
from reviews.models import Cell
from rubrics.models import Skill
from stats.plan_states import PlanState, plan_step

METRIC = "skill:"
A_DAY = timedelta(days=1)  # no time zone is further from UTC
COMPUTED = [
    "n", "n_effective", "mean", "level", "level_sd", "target", "probability", "flag", "reason", "newest_review_id",
    "newest_published_at", "state", "above", "below", "cooldown", "baseline", "baseline_sd",
]  # fmt: skip


def due(*, now: datetime) -> dict[str, list[Skill]]:
    """Return week → skills to look at, oldest week first: what was missed, and the newest complete week again.

    A skill starts again at its own newest look, because reviews may have come since it was made.
    """
    newest = weeks.last_complete(now)
    oldest = weeks.shifted(newest, 1 - WEEKS)
    last = dict(Look.objects.order_by().values("skill").annotate(last=Max("week")).values_list("skill", "last"))
    first = _first_weeks(since=oldest)
    found: dict[str, list[Skill]] = {week: [] for week in weeks.between(weeks.shifted(oldest, -1), newest)}
    for skill in Skill.objects.order_by("pk"):
        start = last.get(skill.pk) or first.get(skill.slug)
        for week in found:
            if start is not None and week >= min(start, newest):
                found[week].append(skill)
    return {week: skills for week, skills in found.items() if skills}


@transaction.atomic
def run(skill: Skill, *, week: str, now: datetime) -> int:
    """Look at every agent with reviews of one skill in the window; the number of looks that are new or changed."""
    sums = window(skill, week=week)
    known = {look.agent_id: look for look in Look.objects.filter(skill=skill, week=week)}
    for agent in known.keys() - sums.keys():
        sums[agent] = AgentWeeks()  # what the look rested on was taken back
    found = levels(sums, pools=pools_of(_teams(sums, week=week)), target=target_of(skill))
    before, spans = _previous(skill, week=week), _spans(skill, week=week)
    made = [
        _look(sums[agent], found[agent], before=before.get(agent), spans=spans.get(agent, []), week=week, agent=agent)
        for agent in sorted(found)
    ]
    changed = []
    for look in made:
        look.skill, look.target, look.looked_at = skill, target_of(skill), now
        if _values(look) != _values(known.get(look.agent_id)):
            changed.append(look)
    # In order of agents: two sweeps at once wait for each other instead of dead-locking.
    Look.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["agent", "skill", "week"],
        update_fields=["looked_at", *COMPUTED],
        batch_size=200,
    )
    return len(changed)


def window(skill: Skill, *, week: str) -> dict[int, AgentWeeks]:
    """Read the weekly sums of a skill over 26 weeks up to one: agent id → sums. Random pool only, people only."""
    oldest = weeks.shifted(week, 1 - WEEKS)
    rows = (
        _cells(since=oldest)
        .filter(
            metric=f"{METRIC}{skill.slug}",
            stratum__agent__is_bot=False,
            stratum__draw__ends_at__lte=weeks.end_of(week) + A_DAY,
        )
        .values("stratum__agent_id", "stratum__draw__ends_at", "stratum__draw__time_zone")
        .annotate(
            count=Sum("n"), points=Sum("total"), spread=Sum("squares"),
            newest=Max("newest_at"), review=Max("newest_review_id"),
        )
        .order_by()
    )  # fmt: skip
    found: dict[int, AgentWeeks] = {}
    for row in rows:
        drawn = weeks.of_draw(row["stratum__draw__ends_at"], time_zone=row["stratum__draw__time_zone"])
        if oldest <= drawn <= week:
            agent = found.setdefault(row["stratum__agent_id"], AgentWeeks())
            _add(agent, place=WEEKS - 1 - weeks.apart(drawn, week), row=row)
    return found


def _cells(*, since: str) -> QuerySet[Cell]:
    return Cell.objects.filter(
        pool="random",
        n__gt=0,
        stratum__draw__voided_at=None,
        stratum__draw__ends_at__gt=weeks.start_of(since) - A_DAY,
    )


def _add(agent: AgentWeeks, *, place: int, row: Mapping) -> None:
    agent.n[place] += row["count"]
    agent.total[place] += row["points"]
    agent.squares += row["spread"]
    if agent.newest_at is None or row["newest"] > agent.newest_at:
        agent.newest_at, agent.newest_review_id = row["newest"], row["review"]


def _look(sums: AgentWeeks, level: Level, *, before: Look | None, spans: list[Span], week: str, agent: int) -> Look:
    newer = _is_newer(sums, before)
    state = standing(_state(before), since=before.week if before else None, week=week, spans=spans)
    after = plan_step(state, p=level.probability, ok=level.reason is None and newer, person_decides=True)
    return Look(
        agent_id=agent,
        week=week,
        n=level.n,
        n_effective=level.n_effective,
        mean=level.mean,
        level=level.level,
        level_sd=level.level_sd,
        probability=level.probability,
        flag=level.reason is None,
        reason=level.reason or ("" if newer else "nothing_new"),
        newest_review_id=sums.newest_review_id,
        newest_published_at=sums.newest_at,
        state=after.name,
        above=after.above,
        below=after.below,
        cooldown=after.cooldown_left,
        baseline=level.baseline,
        baseline_sd=level.baseline_sd,
    )


def _is_newer(sums: AgentWeeks, before: Look | None) -> bool:
    """Say whether a look rests on a review that the previous look could not use.

    That is one published later, or one of the look's own week: the previous look's window ended before it, though
    it may itself have been run again after that review was published.
    """
    if before is None or before.newest_published_at is None or sums.n[-1] > 0:
        return True
    return sums.newest_at is not None and sums.newest_at > before.newest_published_at


def _state(look: Look | None) -> PlanState:
    if look is None:
        return PlanState()
    return PlanState(look.state, above=look.above, below=look.below, cooldown_left=look.cooldown)  # type: ignore[arg-type]


def _values(look: Look | None) -> list[object]:
    return [] if look is None else [getattr(look, name) for name in COMPUTED]


def _previous(skill: Skill, *, week: str) -> dict[int, Look]:
    """Return each agent's newest look before a week: most are of the week before, so the rest are few."""
    found = {look.agent_id: look for look in Look.objects.filter(skill=skill, week=weeks.shifted(week, -1))}
    newest = (
        Look.objects.filter(skill=skill, week__lt=weeks.shifted(week, -1), week__gte=weeks.shifted(week, -WEEKS))
        .exclude(agent__in=Look.objects.filter(skill=skill, week=weeks.shifted(week, -1)).values("agent"))
        .order_by("week")
    )
    return {look.agent_id: look for look in newest} | found


def _spans(skill: Skill, *, week: str) -> dict[int, list[Span]]:
    """Return when each agent's plans for a skill were open, as far back as a look can reach."""
    since = weeks.start_of(weeks.shifted(week, -WEEKS))
    is_recent = Q(closed_at__gte=since) | Q(closed_at=None, decided_at__gte=since)
    found: dict[int, list[Span]] = {}
    for plan in Plan.objects.filter(~Q(status__in=Plan.ENDED) | is_recent, skill=skill):
        found.setdefault(plan.agent_id, []).append(span_of(plan))
    return found


def span_of(plan: Plan) -> Span:
    """Return the weeks in which a plan was open, as the looks count them."""
    asked = plan.trigger.get("week")
    first = weeks.shifted(asked, 1) if asked else weeks.name_of(plan.proposed_at)
    ended = plan.closed_at or plan.decided_at if plan.status in Plan.ENDED else None
    return Span(first, weeks.name_of(ended) if ended else None)


def _teams(agents: Mapping[int, AgentWeeks], *, week: str) -> dict[int, int | None]:
    """Return agent id → team id at the end of a week."""
    teams = dict(TeamMembership.objects.at(weeks.end_of(week)).values_list("agent_id", "team_id"))
    return {agent: teams.get(agent) for agent in agents}


def _first_weeks(*, since: str) -> dict[str, str]:
    """Return skill slug → a week before which a look could have seen nothing."""
    rows = (
        _cells(since=since)
        .filter(metric__startswith=METRIC)
        .order_by()
        .values("metric")
        .annotate(first=Min("stratum__draw__ends_at"))
    )
    return {row["metric"].removeprefix(METRIC): weeks.name_of(row["first"] - A_DAY) for row in rows}
