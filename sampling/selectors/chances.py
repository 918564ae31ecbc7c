"""How the targeted pool would take each person's conversations, from the last periods: what a planner needs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sampling import risks, targeting
from sampling.selectors.candidates import completions, reviewee, with_reviewee
from sampling.selectors.hits import hits, priorities
from sampling.selectors.scales import scale_from
from sampling.selectors.sizes import Sizes
from sampling.terms import Terms

Chances = dict[int, tuple[tuple[float, float], ...]]


def chances(terms: Terms, found: Sizes, *, now: datetime) -> Chances:
    """Return agent id → (share of their conversations, pi^T of these); what no rule hits is left out.

    c is worked out from the same periods, as a draw works it out. A statement for each rule and one more.
    """
    if not terms.has_targeted_pool or not found.agents:
        return {}
    rows = with_reviewee(completions(terms), terms).filter(
        completed_at__gte=found.starts_at, completed_at__lt=found.ends_at
    )
    hit = hits(rows, terms, known_by=now)
    x = priorities(hit, terms)
    scale = scale_from(hit, terms, terms.targeted_per_period * found.periods)
    sure = risks.certain(terms.rules)
    counted: dict[int, Counter[float]] = {}
    for pk, agent_id in rows.values_list("pk", reviewee(terms)).iterator(chunk_size=5000):
        if pk in hit:
            chance = targeting.chance(x[pk], scale=scale, is_certain=targeting.is_certain(hit[pk], sure))
            counted.setdefault(agent_id, Counter())[chance] += 1
    whole = {one.agent_id: one.count for one in found.agents}
    return {
        agent_id: tuple((count / whole[agent_id], chance) for chance, count in sorted(mine.items()) if chance > 0)
        for agent_id, mine in counted.items()
        if agent_id in whole
    }
