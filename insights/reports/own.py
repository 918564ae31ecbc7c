"""What an agent sees of their own level: each skill over the weeks with its band. Never anything of a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import Agent
from coaching.models import Look
from coaching.selectors import bases
from coaching.selectors.bases import Bases, Basis
from insights.reports.agent import LEAST_REVIEWS, Z95

WEEKS = 12


@dataclass(frozen=True)
class Step:
    """One week's estimate in points with its 95 % band; all None while fewer than three reviews are known."""

    week: str
    level: float | None
    low: float | None
    high: float | None
    n: int
    rests_on: Basis

    @property
    def reason(self) -> str:
        """Say why there is no level."""
        return "" if self.level is not None else _("fewer than 3 reviews")


@dataclass(frozen=True)
class Trend:
    """One skill over the last weeks, oldest first."""

    skill: str
    target: float
    steps: list[Step]

    @property
    def last(self) -> Step:
        """Return where it stands now."""
        return self.steps[-1]

    @property
    def standing(self) -> str:
        """Say whether the level is above or below the target beyond doubt: above, below, unsure, or unknown."""
        now = self.last
        if now.level is None or now.low is None or now.high is None:
            return "unknown"
        return "above" if now.low >= self.target else "below" if now.high < self.target else "unsure"

    @property
    def values(self) -> list[float | None]:
        """Return the levels as a line."""
        return [step.level for step in self.steps]

    @property
    def lows(self) -> list[float | None]:
        """Return the lower ends of the band."""
        return [step.low for step in self.steps]

    @property
    def highs(self) -> list[float | None]:
        """Return the upper ends of the band."""
        return [step.high for step in self.steps]


@dataclass(frozen=True)
class Report:
    """The own skills, the strongest first, and in one sentence where they stand."""

    sentence: str
    trends: list[Trend]
    last_day: date | None


def load(agent: Agent, *, now: datetime) -> Report:
    """Read the weekly looks at one agent, and what each rests on. Seven queries."""
    looks: dict[int, list[Look]] = {}
    for look in Look.objects.filter(agent=agent).select_related("skill").order_by("week"):
        looks.setdefault(look.skill_id, []).append(look)
    shown = [rows[-WEEKS:] for rows in looks.values()]
    known = bases.read((bases.window_at(look) for rows in shown for look in rows), now=now)
    found = [_trend(rows, known) for rows in shown]
    found.sort(key=lambda one: (one.last.level is None, one.target - (one.last.level or 0), one.skill))
    weeks = [rows[-1].week for rows in looks.values()]
    return Report(sentence(found), found, _end_of(max(weeks)) if weeks else None)


def sentence(trends: Sequence[Trend]) -> str:
    """Say what is strong, then what is not, then what nobody can tell."""
    if not trends:
        return _("Nothing can be said about your skills yet: that takes a few weeks of reviews.")
    names = {kind: ", ".join(one.skill for one in trends if one.standing == kind) for kind in ("above", "below")}
    said = []
    if names["above"]:
        said.append(_("Clearly above the target: %(names)s.") % {"names": names["above"]})
    if names["below"]:
        said.append(_("Clearly below it: %(names)s.") % {"names": names["below"]})
    if any(one.standing in {"unsure", "unknown"} for one in trends):
        rest = _("For the others the reviews cannot tell yet.")
        said.append(rest if said else _("Your reviews cannot tell yet on which side of the target you are."))
    return " ".join(said)


def _trend(rows: Sequence[Look], known: Bases) -> Trend:
    return Trend(rows[-1].skill.name, rows[-1].target, [_step(look, known.of(bases.window_at(look))) for look in rows])


def _step(look: Look, rests_on: Basis) -> Step:
    if look.level is None or look.level_sd is None or look.n < LEAST_REVIEWS:
        return Step(look.week, None, None, None, look.n, rests_on)
    spread = Z95 * look.level_sd
    low, high = max(0.0, look.level - spread), min(100.0, look.level + spread)
    return Step(look.week, look.level, low, high, look.n, rests_on)


def _end_of(week: str) -> date:
    return date.fromisocalendar(int(week[:4]), int(week[-2:]), 7)
