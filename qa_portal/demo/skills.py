"""How good somebody is at each skill in a given week, and what one conversation shows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

SKILLS = (
    "written-communication",
    "empathy",
    "problem-solving",
    "product-knowledge",
    "time-management",
    "adaptability",
    "attention-to-detail",
    "process-compliance",
)
# The share of conversations in which the skill shows as it should, before anything personal.
LEVELS = {"entry": 0.80, "experienced": 0.86, "senior": 0.90, "lead": 0.94}
WEAK = 0.38
COACHED_GAIN = 0.44
# Breaking a rule about customer data is rarer than a lukewarm sentence.
EASIER = {"process-compliance": 0.09, "written-communication": 0.03, "adaptability": -0.03}
DECLINING = ("problem-solving", "empathy", "time-management")
DECLINE_FROM_WEEK = 4
DECLINE_A_WEEK, DECLINE_WEEKS = 0.36, 2
RISE_A_WEEK = 0.012

GOOD, PARTLY, POOR = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Talent:
    """Somebody's lasting skill levels (0–1, the expected share of full marks) and where they are going."""

    base: dict[str, float]
    weak: str = ""
    story: str = ""
    coached: dict[str, int] = field(default_factory=dict)

    def level(self, skill: str, week: int) -> float:
        """Return the skill level in a week, between 0.05 and 0.98."""
        value = self.base[skill]
        if self.story == "declines" and skill in DECLINING:
            value -= DECLINE_A_WEEK * min(DECLINE_WEEKS, max(0, week - DECLINE_FROM_WEEK))
        if self.story == "rises":
            value += RISE_A_WEEK * week
        if self.story == "improves" and skill in self.coached:
            # New habits take two weeks to settle.
            value += COACHED_GAIN * min(1.0, max(0, week - self.coached[skill]) / 2)
        return min(0.98, max(0.05, value))


def draw_talent(random: Random, *, level: str, weak: str = "", story: str = "") -> Talent:
    """Return the lasting skill levels of one person."""
    general = random.gauss(0, 0.02)
    base = {skill: LEVELS[level] + EASIER.get(skill, 0) + general + random.gauss(0, 0.03) for skill in SKILLS}
    if weak:
        base[weak] = WEAK
    return Talent(base=base, weak=weak, story=story)


def draw_grade(random: Random, level: float) -> int:
    """Return how a skill shows in one conversation: good, partly or poor, with mean 2 × level."""
    if random.random() < 0.5:
        return GOOD if random.random() < level else POOR
    return sum(random.random() < level for _ in range(2))


def draw_grades(random: Random, talent: Talent, *, week: int, difficulty: float = 0.0) -> dict[str, int]:
    """Return the grade of every skill in one conversation; a bad day lowers all of them a little."""
    day = random.gauss(0, 0.04) - difficulty
    return {skill: draw_grade(random, min(0.99, max(0.02, talent.level(skill, week) + day))) for skill in SKILLS}
