"""What trigger rules would have asked for, week by week, without anything being written. Pure.

The state machine is the looks' own. Nobody decides in a rehearsal: every suggestion to close counts as followed, and
no plan that people started or closed is known. What was reviewed later is known from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from typing import Any

from coaching import weeks
from coaching.rules import Rules
from coaching.stepping import Before, is_newer, step, urgency
from coaching.windows import AgentWeeks, Level
from stats.plan_states import PlanState, plan_withheld

OPEN_PER_AGENT = 2
OPEN = ("opened", "open")
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fired:
    """One thing that the rules would have asked for; probability, level and target as they were in that week.

    low and high: the 95 % limits of the level; before_low and before_high: of what a decline came from, which is its
    target.
    """

    kind: str
    week: str
    agent_id: int
    skill_id: int | None
    probability: float | None = None
    level: float | None = None
    target: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    before_low: float | None = None
    before_high: float | None = None


@dataclass
class Rehearsal:
    """Where every trigger stands, by (agent, skill), and what fired so far."""

    rules: Rules
    before: dict[Key, Before] = field(default_factory=dict)
    clear: dict[Key, int] = field(default_factory=dict)
    fired: list[Fired] = field(default_factory=list)
    said: dict[tuple[str, int, int | None], str] = field(default_factory=dict)
    _week: list[tuple[float, Key, Fired]] = field(default_factory=list)
    _strong: dict[int, tuple[float, Fired]] = field(default_factory=dict)

    def look(self, week: str, skill: int, sums: Mapping[int, AgentWeeks], levels: Mapping[int, Level],
             targets: Mapping[int, float]) -> None:  # fmt: skip
        """Step every trigger of one skill by one week."""
        for agent, level in sorted(levels.items()):
            key, before = (agent, skill), self.before.get((agent, skill))
            newer = is_newer(sums[agent], before)
            state = before.state if before else PlanState()
            after = step(state, level, newer=newer, rules=self.rules, person_decides=False)
            newest = sums[agent].newest_at
            self.before[key] = Before(week, after, newest)
            found = Fired(
                "level", week, agent, skill, level.probability, level.level, targets[agent], level.n, *level.band
            )
            if after.name == "opened":
                asked = urgency(level.probability, level=level.level, target=targets[agent])
                self._week.append((-asked, key, found))
            self._praise(key, found, level, newer=newer)

    def close(self, week: str, *, counts: bool) -> None:
        """End a week: at most two open plans an agent, and one strength; the rest is withheld.

        counts: the week belongs to the time asked about; earlier ones only say which plans would be open.
        """
        asking = {key for _urgency, key, _fired in self._week}
        taken: dict[int, int] = {}
        for key, before in self.before.items():
            if before.state.name in OPEN and key not in asking:
                taken[key[0]] = taken.get(key[0], 0) + 1
        for _urgency, key, fired in sorted(self._week, key=lambda one: (one[0], one[1])):
            if taken.get(key[0], 0) < OPEN_PER_AGENT:
                taken[key[0]] = taken.get(key[0], 0) + 1
                self.fired += [fired] if counts else []
            else:
                held = self.before[key]
                state = plan_withheld(held.state, running=self.rules.running)
                self.before[key] = Before(held.week, state, held.newest_published_at)
        for _surest, fired in sorted(self._strong.values(), key=lambda one: one[1].agent_id):
            self._say(fired, quiet=self.rules.strength_weeks)
        self._week, self._strong = [], {}

    def add(self, found: Iterable[Fired], *, quiet: int) -> None:
        """Add what another rule asks for, unless the same was said of the agent less than so many weeks before."""
        for fired in found:
            self._say(fired, quiet=quiet)

    def _praise(self, key: Key, found: Fired, level: Level, *, newer: bool) -> None:
        is_clear = level.reason is None and level.probability is not None
        is_clear = is_clear and (level.probability or 0) < 1 - self.rules.strength_above
        self.clear[key] = self.clear.get(key, 0) + 1 if is_clear else 0
        if not self.rules.watches_strengths or not newer or self.clear[key] < self.rules.running:
            return
        surest = (level.probability or 0, -(level.level or 0))
        known = self._strong.get(key[0])
        if known is None or surest < (known[0], -(known[1].level or 0)):
            named = replace(found, kind="strength", probability=1 - surest[0])
            self._strong[key[0]] = (surest[0], named)

    def _say(self, fired: Fired, *, quiet: int) -> None:
        """Let something fire unless the same was said less than so many weeks before."""
        same = (fired.kind, fired.agent_id, fired.skill_id if fired.kind == "critical" else None)
        last = self.said.get(same)
        if last is None or last <= weeks.shifted(fired.week, -quiet):
            self.said[same] = fired.week
            self.fired.append(fired)


def dump(rehearsal: Rehearsal) -> dict[str, Any]:
    """Return a rehearsal as a job's cursor holds it, between two slices."""
    return {
        "before": [
            [*key, one.week, one.state.name, one.state.above, one.state.below, one.state.cooldown_left,
             one.newest_published_at.isoformat() if one.newest_published_at else None, rehearsal.clear.get(key, 0)]
            for key, one in rehearsal.before.items()
        ],
        "fired": [list(astuple(one)) for one in rehearsal.fired],
        "said": [[*same, week] for same, week in rehearsal.said.items()],
    }  # fmt: skip


def load(rules: Rules, stored: Mapping[str, Any]) -> Rehearsal:
    """Read what dump wrote; a new rehearsal from nothing."""
    made = Rehearsal(rules, fired=[Fired(*row) for row in stored.get("fired", ())])
    made.said = {(kind, agent, skill): week for kind, agent, skill, week in stored.get("said", ())}
    for agent, skill, week, name, above, below, cooldown, newest, clear in stored.get("before", ()):
        moment = datetime.fromisoformat(newest) if newest else None
        made.before[agent, skill] = Before(
            week, PlanState(name, above=above, below=below, cooldown_left=cooldown), moment
        )
        made.clear[agent, skill] = clear
    return made
