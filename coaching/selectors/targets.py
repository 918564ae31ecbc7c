"""The target of each agent at a skill."""

from __future__ import annotations

from accounts.models import Agent
from coaching.rules import Rules
from rubrics.models import Skill


def by_agent(skill: Skill, rules: Rules) -> dict[int, float]:
    """Return agent id → target in points, by the agent's level."""
    people = Agent.objects.order_by().values_list("pk", "level")
    by_level = {level: rules.target_of(skill.slug, level) for level in ("", *Agent.Level.values)}
    return {pk: by_level.get(level, by_level[""]) for pk, level in people}
