"""A coached agent and some peers around, for the tests of outcomes."""

from __future__ import annotations

from datetime import timedelta

from coaching import weeks
from coaching.models import Outcome
from coaching.services import outcomes
from tests.factories.accounts import TeamFactory
from tests.factories.coaching import member, plan, reviewer, sampling_plan, skill, sums

BEFORE = ["2026-W02", "2026-W09"]
AFTER = ["2026-W12", "2026-W15"]
DECIDED = weeks.start_of("2026-W10") + timedelta(days=1)
DUE_ON = weeks.start_of("2026-W16").date()
DONE = weeks.end_of(AFTER[-1]) + timedelta(days=4)
SCORES = {"low": [20, 60], "middle": [90, 60], "high": [100, 80], "better": [90, 80, 100]}


class World:
    """One coached agent and some peers, scored by sums: sixteen reviews before, twelve in the follow-up."""

    def __init__(self, coached, team, *, peers=10):
        self.scoring, self.by, self.team, self.skill = sampling_plan(), reviewer(), team, skill("empathy")
        self.coached, self.peers = coached, [member(TeamFactory()) for _ in range(peers)]
        self.score(coached, before="low", after="better")
        for place, peer in enumerate(self.peers):
            # Each peer has a level of their own; all rise a little.
            self.score(peer, before="high" if place % 2 else "middle", after="better", plus=place % 3)

    def score(self, agent, *, before, after, plus=0, **terms):
        terms = {"plan": self.scoring, "by": self.by, **terms}
        for week in BEFORE:
            sums(agent, [score - plus for score in SCORES[before]] * 4, week=week, **terms)
        for week in AFTER:
            sums(agent, [score - plus for score in SCORES[after]] * 2, week=week, **terms)

    def due(self, **fields):
        usual = {
            "agent": self.coached, "team": self.team, "skill": self.skill, "decided_at": DECIDED,
            "shared_at": DECIDED, "baseline_since": weeks.start_of("2025-W36"), "follow_up_on": DUE_ON,
            "follow_up_from": weeks.start_of(AFTER[0]).date(),
        }  # fmt: skip
        return plan("due", **{**usual, **fields})


def measured(world, **fields):
    made = world.due(**fields)
    outcomes.sweep(now=DONE)
    return Outcome.objects.get(plan=made)
