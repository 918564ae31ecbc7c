"""Averages by team, agent, criterion, skill or section: the newest period and the last four, and how they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Agent, Team
from insights.reports import averages, sums
from insights.reports.agent import metric_variances, team_variances
from insights.reports.averages import Average
from insights.reports.strata import AgentSums, by_teams
from rubrics.models import Criterion, Section, Skill
from stats import Difference

WEEKS = 4
KINDS = ("team", "agent", "criterion", "skill", "section")
METRIC_KINDS = ("criterion", "skill", "section")


@dataclass(frozen=True, slots=True)
class Params:
    """Which kind of thing, in which teams or of which agent, up to when."""

    kind: str
    team_ids: frozenset[int] | None
    now: datetime
    agent: int | None = None
    running: bool = False  # the newest period that was drawn, even where none of it is reviewed yet


@dataclass(frozen=True, slots=True)
class Line:
    """One team, agent, criterion, skill or section. `key` is its id, lineage or slug; before: the period before."""

    key: str
    name: str
    newest: Average
    before: Average
    rolling: Average
    change: Difference
    agent_id: int | None = None

    @property
    def why_no_change(self) -> str:
        """Say why the two periods are not compared; empty when they are."""
        return averages.sentence(self.change.reason or "")


@dataclass(frozen=True, slots=True)
class Report:
    """The lines in the order of their names: averages are no ranking.

    newest_on: the first day of the period that stands as the newest one: the newest with a review, or where the running
    one is asked for, the newest that was drawn. newer: drawn periods after it, none of which is reviewed yet.
    """

    kind: str
    lines: list[Line]
    newest_on: date | None = None
    newer: int = 0


def load(params: Params) -> Report:
    """Load the report in a number of queries that does not follow the number of lines."""
    window: dict[str, Any] = {"weeks": WEEKS, "until": params.now, "teams": params.team_ids, "agent": params.agent}
    if params.kind in METRIC_KINDS:
        by_metric = sums.read_all(f"{params.kind}:", **window)
        newest, newer = _newest([one for agents in by_metric.values() for one in agents], running=params.running)
        lines = _by_metric(params, by_metric, newest)
    else:
        found = sums.read(**window)
        newest, newer = _newest(found, running=params.running)
        lines = _by_people(params, found, newest)
    return Report(params.kind, sorted(lines, key=lambda line: (line.name, line.key)), newest, newer)


def _newest(found: Iterable[AgentSums], *, running: bool) -> tuple[date | None, int]:
    """Return the first day of the newest period with a review, and how many were drawn after it."""
    weeks = [week for one in found for week in one.weeks]
    drawn = {week.starts_on for week in weeks}
    reviewed = {week.starts_on for week in weeks if week.reviewed}
    if running or not reviewed:
        return max(drawn, default=None), 0
    return max(reviewed), sum(1 for day in drawn if day > max(reviewed))


def _by_people(params: Params, found: list[AgentSums], newest: date | None) -> Iterator[Line]:
    if params.kind == "agent":
        names = dict(Agent.objects.filter(pk__in=[one.agent_id for one in found]).values_list("pk", "name"))
        # The spread of an agent's own page: the same average has the same interval wherever it stands.
        spreads = team_variances(params.team_ids, now=params.now) if found else {}
        for one in found:
            name, spread = names[one.agent_id], spreads.get(one.team_id)
            yield _line(str(one.agent_id), name, [one], newest, v_team=spread, agent_id=one.agent_id)
        return
    teams = by_teams(found)
    named = dict(Team.objects.filter(pk__in=[pk for pk in teams if pk]).values_list("pk", "name"))
    for pk, agents in teams.items():
        yield _line(str(pk or ""), named.get(pk or 0, "No team"), agents, newest)


def _by_metric(params: Params, found: Mapping[str, list[AgentSums]], newest: date | None) -> Iterator[Line]:
    keys = {metric: metric.partition(":")[2] for metric in found}
    versions = {pk for agents in found.values() for one in agents for week in one.weeks for pk in week.versions}
    names, changed = _names(params.kind, versions), _changed(params.kind, versions)
    spreads: Mapping[str, float | None] = {}
    if params.agent is not None and found:
        spreads = metric_variances(f"{params.kind}:", agent=params.agent, now=params.now)
    for metric, agents in found.items():
        key = keys[metric]
        yield _line(
            key, names.get(key, key), agents, newest, v_team=spreads.get(metric),
            same_question=params.kind == "criterion" and key not in changed,
        )  # fmt: skip


def _line(
    key: str, name: str, agents: list[AgentSums], newest_on: date | None, *, v_team: float | None = None,
    same_question: bool = False, agent_id: int | None = None,
) -> Line:  # fmt: skip
    days = sorted({week.starts_on for one in agents for week in one.weeks})
    shown = [day for day in days if newest_on is None or day <= newest_on]
    newest, before = shown[-1:], shown[-2:-1]
    now, former = (_average(agents, period, v_team=v_team) for period in (newest, before))
    change = averages.compare(former, now, same_question=same_question)
    return Line(key, name, now, former, _average(agents, days, v_team=v_team), change, agent_id)


def _average(agents: list[AgentSums], days: Sequence[date], *, v_team: float | None) -> Average:
    within = [one.during(days) for one in agents]
    if len(within) == 1:
        return averages.of_agent(within[0], v_team=averages.variance(agents) if v_team is None else v_team)
    return averages.of_agents([one for one in within if one.weeks], v_pool=averages.variance(agents))


def _names(kind: str, versions: set[int]) -> Mapping[str, str]:
    """Return what lineages and slugs are called; where versions word a thing differently, the newest."""
    if kind == "skill":
        return dict(Skill.objects.values_list("slug", "name"))
    rows = (Criterion if kind == "criterion" else Section).objects.filter(version__in=versions)
    return dict(rows.order_by("version__number", "pk").values_list("lineage", "name"))


def _changed(kind: str, versions: set[int]) -> set[str]:
    """Return the lineages of the criteria that the versions do not ask in the same way: options, values, what fails."""
    if kind != "criterion":
        return set()
    asked: dict[str, set[tuple[object, ...]]] = {}
    rows = Criterion.objects.filter(version__in=versions).prefetch_related("options")
    for one in rows:
        options = tuple(sorted((option.key, option.value, option.fail_scope) for option in one.options.all()))
        asked.setdefault(one.lineage, set()).add((one.kind, one.not_applicable, options))
    return {lineage for lineage, ways in asked.items() if len(ways) > 1}
