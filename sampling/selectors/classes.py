"""Divide a frame into its strata: by agent, and by the classes that the plan asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.models import Agent, AgentIdentity, Team
from sampling import quotas, strata
from sampling.cycles import Period
from sampling.design import prn, random_design, unit_name
from sampling.models import Draw, Plan, QuotaBoost
from sampling.selectors.candidates import Candidate, completions, teams_of, with_reviewee
from sampling.selectors.frames import Collected
from sampling.selectors.hits import Hits, hits, priorities
from sampling.selectors.spreads import spreads
from sampling.terms import Terms
from sampling.units import Unit


@dataclass(slots=True)
class StratumUnits:
    """One agent's conversations of one class, with their numbers."""

    agent_id: int
    identity: str
    team_id: int | None
    team: str
    label: str
    extra: int
    spread: float | None
    units: list[Unit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Classified:
    """A frame with everything that numbers and quotas will follow from."""

    collected: Collected
    terms: Terms
    hits: Hits
    x: Mapping[int, float]
    spreads: Mapping[str, float]
    last_day: date

    def strata(self, draw: Draw, secret: bytes) -> Iterator[StratumUnits]:
        """Yield the strata with their units' numbers, each from the design string of its class."""
        by_agent = self.collected.by_agent
        teams = teams_of((one for mine in by_agent.values() for one in mine), self.terms)
        slugs = dict(Team.objects.filter(pk__in={team for team in teams.values() if team}).values_list("pk", "slug"))
        identities, extra = _identities(by_agent), _boosts(draw)
        plan = str(draw.plan.identity)
        for agent_id, mine in by_agent.items():
            last = max(mine, key=lambda one: (one.completed_at, one.completion_id))
            team_id = teams[last.completion_id]
            found: dict[str, StratumUnits] = {}
            for one in mine:
                label = self.label_of(one)
                design = random_design(plan, draw.period, label)
                stratum = found.setdefault(
                    label,
                    StratumUnits(
                        agent_id, identities[agent_id], team_id, slugs.get(team_id or 0, ""), label,
                        extra.get(agent_id, 0), self.spreads.get(label),
                    ),
                )  # fmt: skip
                stratum.units.append(self._unit(one, teams[one.completion_id], secret, design))
            yield from found.values()

    def label_of(self, one: Candidate) -> str:
        """Return the class of a completion: the plan's kinds in their order, joined."""
        classes = {
            strata.CHANNEL: one.channel or "channel not given",
            strata.TENURE: strata.tenure(one.hired_on, on=self.last_day),
            strata.LANGUAGE: one.language or "language not given",
            strata.RISK: strata.risk(self.x.get(one.completion_id, 0.0), high_from=self.terms.risk_high_from),
        }
        return strata.label([classes[kind] for kind in strata.KINDS if kind in self.terms.strata])

    def _unit(self, one: Candidate, team_id: int | None, secret: bytes, design: str) -> Unit:
        u = prn(secret, design, unit_name(one.source, one.external_id, one.number))
        plain = Unit(one.completion_id, one.conversation_id, team_id, u, one.source, one.external_id, one.number)
        hit = self.hits.get(one.completion_id)
        return plain._replace(x=self.x[one.completion_id], hits=hit) if hit else plain


def classify(collected: Collected, plan: Plan, terms: Terms, period: Period, *, now: datetime) -> Classified:
    """Find out what decides the class and the priority of each unit. Frozen here: what comes later moves nothing."""
    found = _hits(collected, terms, now=now) if terms.needs_priorities else {}
    return Classified(
        collected=collected,
        terms=terms,
        hits=found,
        x=priorities(found, terms),
        spreads=spreads(plan, known_by=now) if terms.allocation == quotas.NEYMAN else {},
        last_day=period.ends_at.astimezone(ZoneInfo(period.time_zone)).date(),
    )


def _hits(collected: Collected, terms: Terms, *, now: datetime) -> Hits:
    units = {one.completion_id: one.completed_at for mine in collected.by_agent.values() for one in mine}
    if not units:
        return {}
    rows = completions(terms).filter(completed_at__gte=min(units.values()), completed_at__lte=max(units.values()))
    return {pk: places for pk, places in hits(with_reviewee(rows, terms), terms, known_by=now).items() if pk in units}


def _identities(agent_ids: Iterable[int]) -> dict[int, str]:
    """Return what the help desks call each agent; the name where none of them does, told apart where two share it."""
    wanted = list(agent_ids)
    named: dict[int, list[str]] = {agent_id: [] for agent_id in wanted}
    for identity in AgentIdentity.objects.filter(agent__in=wanted).order_by("source", "external_id"):
        named[identity.agent_id].append(f"{identity.source}:{identity.external_id}")
    nameless = [agent_id for agent_id, names in named.items() if not names]
    names = dict(Agent.objects.filter(pk__in=nameless).order_by("pk").values_list("pk", "name"))
    found = {agent_id: known[0][:400] for agent_id, known in named.items() if known}
    taken = set(found.values())
    for agent_id, name in names.items():
        plain = f"agent:{name}"[:390]
        free = (f"{plain} ({number})" if number > 1 else plain for number in range(1, len(names) + 2))
        found[agent_id] = next(one for one in free if one not in taken)
        taken.add(found[agent_id])
    return found


def _boosts(draw: Draw) -> dict[int, int]:
    """Return how many more picks some agents get in this period: the follow-up after coaching."""
    extra: dict[int, int] = {}
    boosts = QuotaBoost.objects.during(draw.starts_at, draw.ends_at).measuring(draw.rubric_version)
    for boost in boosts.order_by("pk"):
        more = boost.extra_within(draw.starts_at, draw.ends_at)
        extra[boost.agent_id] = extra.get(boost.agent_id, 0) + more
    return extra
