"""How many picks each stratum gets, pure: per agent, per team or a share of the conversations (statistics.md 1.4).

A stratum here is one agent's conversations of one class. Everything that decides a quota stands in the receipt, so
that a replay works the quotas out again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from sampling.allocation import allocate, share_out
from sampling.strata import RISK_CLASSES, risk_class_of

PER_AGENT, PER_TEAM, PERCENTAGE = "per_agent", "per_team", "percentage"
PROPORTIONAL, NEYMAN, BY_RISK = "proportional", "neyman", "risk"
PUBLISHED, INSIDE = 2, 1  # the least of a class that a team is reported by, and of a stratum inside an agent
RISK_SHARES = (3, 2, 1)


@dataclass(frozen=True, slots=True)
class Size:
    """One stratum before it has a quota. numbers: its units' u, ascending; spread: S_h in points, None when unknown."""

    agent: str
    team: str
    label: str
    numbers: Sequence[float]
    extra: int = 0
    spread: float | None = None

    @property
    def N(self) -> int:  # noqa: N802 - the letter of the source
        """Return the number of units."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """The part of a plan's terms that quotas follow from, by the names of the plan."""

    quota_kind: str = PER_AGENT
    quota_per_agent: int = 3
    quota_per_team: int = 20
    quota_percent: float = 5.0
    quota_minimum: int = 1
    allocation: str = PROPORTIONAL
    risk_shares: Sequence[int] = ()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> QuotaTerms:
        """Return what the settings of a plan or a receipt say; what they do not name has its default."""
        return cls(**{name: settings[name] for name in cls.__dataclass_fields__ if name in settings})

    def for_agent(self, size: int) -> int:
        """Return the picks of an agent with so many conversations, before any boost."""
        if self.quota_kind == PERCENTAGE:
            # Of the number as it is written: 0.1 % of 1,000 is 1, and not the 2 of binary fractions.
            return max(self.quota_minimum, math.ceil(size * Fraction(str(self.quota_percent)) / 100))
        return self.quota_per_agent


def quotas(strata: Sequence[Size], terms: QuotaTerms) -> list[int]:
    """Return the quota of each stratum, in the order given. What a frame cannot hold stays on its largest stratum."""
    found = [0] * len(strata)
    base = _by_team(strata, terms) if terms.quota_kind == PER_TEAM else None
    for places in _groups(strata, range(len(strata)), lambda one: one.agent):
        mine = [strata[place] for place in places]
        if base is None:
            shares = _share(mine, terms.for_agent(sum(one.N for one in mine)) + mine[0].extra, terms, n_min=INSIDE)
        else:
            shares = _with_extra(mine, [base[place] for place in places])
        for place, share in zip(places, shares, strict=True):
            found[place] = share
    return found


def _by_team(strata: Sequence[Size], terms: QuotaTerms) -> list[int]:
    """Share each team's quota among its classes, and that of a class among the agents."""
    found = [0] * len(strata)
    for team in _groups(strata, range(len(strata)), lambda one: one.team):
        classes = _groups(strata, team, lambda one: one.label)
        whole = [_joined([strata[place] for place in places]) for places in classes]
        for places, quota in zip(classes, _share(whole, terms.quota_per_team, terms, n_min=PUBLISHED), strict=True):
            shares = _share([strata[place] for place in places], quota, QuotaTerms(), n_min=INSIDE)
            for place, share in zip(places, shares, strict=True):
                found[place] = share
    return found


def _share(strata: Sequence[Size], n: int, terms: QuotaTerms, *, n_min: int) -> list[int]:
    """Share a quota among strata by the plan's allocation.

    With fewer picks than strata no rule of sizes is fair: the same small strata would never be seen. Then the n
    smallest numbers of all of them together decide, so that every unit has the same chance.
    """
    if n < sum(1 for one in strata if one.N):
        smallest = sorted((u, place) for place, one in enumerate(strata) for u in one.numbers[:n])[:n]
        return [sum(1 for _u, place in smallest if place == mine) for mine in range(len(strata))]
    sizes = [one.N for one in strata]
    shares = _allocated(strata, n, terms, n_min=n_min)
    shares[max(range(len(sizes)), key=lambda place: (sizes[place], -place))] += n - sum(shares)
    return shares


def _allocated(strata: Sequence[Size], n: int, terms: QuotaTerms, *, n_min: int) -> list[int]:
    sizes = [one.N for one in strata]
    if terms.allocation == BY_RISK:
        return share_out(n, _risk_weights(strata, terms), N_h=sizes, n_min=n_min)
    return allocate(sizes, n, _spreads(strata) if terms.allocation == NEYMAN else None, n_min)


def _risk_weights(strata: Sequence[Size], terms: QuotaTerms) -> list[Fraction]:
    """Return each risk class's share, split among its strata by their sizes."""
    classes = [risk_class_of(one.label) for one in strata]
    held = {risk: sum(one.N for one, at in zip(strata, classes, strict=True) if at == risk) for risk in set(classes)}
    shares = dict(zip(RISK_CLASSES, terms.risk_shares or RISK_SHARES, strict=False))
    return [
        Fraction(shares.get(risk, 1)) * one.N / held[risk] if held[risk] else Fraction(0)
        for one, risk in zip(strata, classes, strict=True)
    ]


def _spreads(strata: Sequence[Size]) -> list[float] | None:
    """Return S_h of each stratum; where one is not known yet, the mean of the others; None when none is known."""
    known = [one.spread for one in strata if one.spread is not None]
    if not known:
        return None
    usual = math.fsum(known) / len(known)
    return [usual if one.spread is None else one.spread for one in strata]


def _with_extra(strata: Sequence[Size], shares: list[int]) -> list[int]:
    """Add an agent's boost to a share of the team's quota, where there is room for it."""
    extra = strata[0].extra
    room = [max(one.N - share, 0) for one, share in zip(strata, shares, strict=True)]
    more = allocate(room, extra, None, 0)
    more[max(range(len(room)), key=lambda place: (strata[place].N, -place))] += extra - sum(more)
    return [share + added for share, added in zip(shares, more, strict=True)]


def _joined(strata: Sequence[Size]) -> Size:
    known = [one.spread for one in strata if one.spread is not None]
    numbers = sorted(u for one in strata for u in one.numbers)
    return Size("", strata[0].team, strata[0].label, numbers, spread=known[0] if known else None)


def _groups(strata: Sequence[Size], places: Iterable[int], by: Callable[[Size], str]) -> list[list[int]]:
    ordered = sorted(places, key=lambda place: (by(strata[place]), place))
    return [list(group) for _, group in groupby(ordered, key=lambda place: by(strata[place]))]
