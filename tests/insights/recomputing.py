"""A team's average, worked out from what the API exports, by arithmetic that shares nothing with the product's."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Any

import msgspec
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

# Ask the API: path (below /api/v1/) → body.
Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class Recomputed:
    """What the numbers should be: mean and 95 % limits in points, n scores of m drawn."""

    mean: float
    low: float
    high: float
    n: int
    m: int

    @property
    def places(self) -> int:
        """Return how many decimals are shown."""
        return 1 if self.n >= 30 else 0


Stratum = tuple[str, float, int, list[float]]


def strata(fetch: Fetch) -> Iterator[Stratum]:
    """Yield (agent, eligible conversations, drawn, scores) of each stratum."""
    rows = csv.DictReader(io.StringIO(fetch("reviews/export/?format=csv&status=published").decode("utf-8-sig")))
    score = {row["conversation"]: float(row["final_score"]) for row in rows if row["pool"] == "random"}
    for draw in _listed(fetch, "draws/"):
        of_agent: dict[str, list[float]] = defaultdict(list)
        for pick in _listed(fetch, f"draws/{draw['id']}/picks/?page_size=100"):
            name = pick["conversation"]["external_id"]
            if pick["dropped"] == "" and name in score:
                of_agent[pick["agent"]["name"]].append(score[name])
        for stratum in _listed(fetch, f"draws/{draw['id']}/strata/?page_size=100"):
            name = stratum["agent"]["name"]
            yield name, _eligible(stratum), stratum["drawn"], of_agent[name]


def recomputed(found: list[Stratum]) -> Recomputed:
    """Average the strata by their eligible conversations (Cochran 1977, 5.4; Satterthwaite's degrees of freedom)."""
    whole = sum(size for _name, size, _m, _y in found)
    mean = sum(size / whole * fmean(y) for _name, size, _m, y in found)
    by_agent: dict[str, list[float]] = defaultdict(list)
    for name, _size, _m, y in found:
        by_agent[name] += y
    pool = sum((len(y) - 1) * variance(y) for y in by_agent.values()) / sum(len(y) - 1 for y in by_agent.values())
    parts = [
        ((size / whole) ** 2 * max(0.0, 1 - len(y) / size) * (variance(y) if len(y) > 1 else pool) / len(y), len(y))
        for _name, size, _m, y in found
    ]
    se = math.sqrt(sum(part for part, _n in parts))
    df = se**4 / sum(part**2 / (n - 1) for part, n in parts if n > 1)
    margin = float(stdtrit(df, 0.975)) * se
    n, m = sum(len(y) for _name, _size, _m, y in found), sum(m for _name, _size, m, _y in found)
    return Recomputed(mean, max(0.0, mean - margin), min(100.0, mean + margin), n, m)


def adjusted(
    fetch: Fetch, class_of: Callable[[str], str], *, pending: set[str], score: dict[str, float] | None = None
) -> float:
    """Let the reviews of each class stand for all that was drawn of it, but for what is not due yet (Little 1986).

    score: conversation → what it was scored on one criterion, skill or section; the whole score without it.
    """
    rows = csv.DictReader(io.StringIO(fetch("reviews/export/?format=csv&status=published").decode("utf-8-sig")))
    score = score or {row["conversation"]: float(row["final_score"]) for row in rows}
    held: dict[str, float] = defaultdict(float)
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for draw in _listed(fetch, "draws/"):
        strata = _listed(fetch, f"draws/{draw['id']}/strata/?page_size=100")
        picks = _listed(fetch, f"draws/{draw['id']}/picks/?page_size=100")
        due = [pick for pick in picks
               if pick["dropped"] != "ineligible" and pick["conversation"]["external_id"] not in pending]  # fmt: skip
        of_agent = Counter(pick["agent"]["name"] for pick in due)
        stands_for = {
            name: _eligible(one) / of_agent[name] for one in strata if (name := one["agent"]["name"]) in of_agent
        }
        for pick in due:
            name, weight = pick["conversation"]["external_id"], stands_for[pick["agent"]["name"]]
            held[class_of(name)] += weight
            if name in score:
                seen[class_of(name)].append((weight, score[name]))
    means = {of: sum(w * y for w, y in rows) / sum(w for w, _y in rows) for of, rows in seen.items()}
    return sum(held[of] * mean for of, mean in means.items()) / sum(held[of] for of in means)


def _eligible(stratum: dict[str, Any]) -> float:
    """Estimate the eligible conversations of a frame (Haldane 1945), never fewer than were found."""
    size, k, eligible = stratum["frame_size"], stratum["prefix"], stratum["eligible"]
    if k == size:
        return float(eligible)
    estimate = size * (eligible - 1) / (k - 1) if eligible > 1 else size * eligible / k
    return max(float(estimate), float(eligible))


def _listed(fetch: Fetch, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode(fetch(path))["results"]
    return found
