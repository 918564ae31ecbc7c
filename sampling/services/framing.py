"""Write what a draw froze: a stratum per agent with every unit's number, and the picks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import Agent, AgentIdentity
from sampling.design import prn, random_design, unit_name
from sampling.models import Draw, FrameStratum, PeriodKey, Pick, QuotaBoost
from sampling.prefix import reach
from sampling.selectors.candidates import Candidate, teams_of
from sampling.selectors.frames import Collected
from sampling.services import keys
from sampling.terms import Terms
from sampling.units import Unit

BATCH = 500


def write_strata(draw: Draw, collected: Collected, terms: Terms, key: PeriodKey) -> list[FrameStratum]:
    """Write one stratum per agent, its units in ascending u."""
    identities = _identities(collected.by_agent)
    extra = _boosts(draw)
    teams = teams_of((one for mine in collected.by_agent.values() for one in mine), terms)
    secret, design = keys.secret(key), random_design(str(draw.plan.identity), draw.period)
    strata = []
    for agent_id, found in collected.by_agent.items():
        units = sorted((_unit(one, teams, secret, design) for one in found), key=lambda unit: unit.order)
        last = max(found, key=lambda one: (one.completed_at, one.completion_id))
        made = _stratum(units, terms.quota_per_agent + extra.get(agent_id, 0))
        made.draw, made.agent_id, made.agent_identity = draw, agent_id, identities[agent_id]
        made.team_id = teams[last.completion_id]
        strata.append(made)
    return FrameStratum.objects.bulk_create(sorted(strata, key=lambda one: one.agent_identity), batch_size=BATCH)


def write_picks(strata: Iterable[FrameStratum], *, now: datetime) -> list[Pick]:
    """Write the picks of fresh strata: the prefix of each."""
    picks = [pick_at(stratum, rank, now=now) for stratum in strata for rank in range(1, stratum.prefix + 1)]
    return Pick.objects.bulk_create(picks, batch_size=BATCH)


def pick_at(stratum: FrameStratum, rank: int, *, now: datetime) -> Pick:
    """Return the pick of the unit at a place in ascending u, not saved yet."""
    unit = stratum.unit_at(rank)
    return Pick(
        draw_id=stratum.draw_id,
        stratum=stratum,
        conversation_id=unit.conversation_id,
        completion_id=unit.completion_id,
        agent_id=stratum.agent_id,
        team_id=unit.team_id,
        pool=Pick.Pool.RANDOM,
        rank=rank,
        u=unit.u,
        released_at=now,
    )


def _stratum(units: Sequence[Unit], quota: int) -> FrameStratum:
    prefix = reach(len(units), quota, vacated=(), ineligible=())
    return FrameStratum(
        frame_size=len(units), quota=quota, prefix=prefix.k, eligible=prefix.n_e, drawn=prefix.m, units=list(units)
    )


def _unit(one: Candidate, teams: dict[int, int | None], secret: bytes, design: str) -> Unit:
    u = prn(secret, design, unit_name(one.source, one.external_id, one.number))
    team_id = teams[one.completion_id]
    return Unit(one.completion_id, one.conversation_id, team_id, u, one.source, one.external_id, one.number)


def _identities(agent_ids: Iterable[int]) -> dict[int, str]:
    """Return what the help desks call each agent; the name where none of them does."""
    wanted = list(agent_ids)
    named: dict[int, list[str]] = {agent_id: [] for agent_id in wanted}
    for identity in AgentIdentity.objects.filter(agent__in=wanted).order_by("source", "external_id"):
        named[identity.agent_id].append(f"{identity.source}:{identity.external_id}")
    nameless = [agent_id for agent_id, names in named.items() if not names]
    names = dict(Agent.objects.filter(pk__in=nameless).values_list("pk", "name"))
    return {agent_id: (known[0] if known else f"agent:{names[agent_id]}")[:400] for agent_id, known in named.items()}


def _boosts(draw: Draw) -> dict[int, int]:
    """Return how many more picks some agents get in this period: the follow-up after coaching."""
    extra: dict[int, int] = {}
    boosts = QuotaBoost.objects.during(draw.starts_at, draw.ends_at).measuring(draw.rubric_version)
    for boost in boosts.order_by("pk"):
        more = boost.extra_within(draw.starts_at, draw.ends_at)
        extra[boost.agent_id] = extra.get(boost.agent_id, 0) + more
    return extra
