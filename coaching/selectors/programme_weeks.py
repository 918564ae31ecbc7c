"""Read the weekly sums of a programme's groups, for its chart."""

from __future__ import annotations

from coaching.effects import Side
from coaching.models import Programme
from coaching.programme_charts import WeeklyMean, groups_chart, title_of, weekly_means
from coaching.programme_effects import Part, groups_of
from coaching.selectors.outcomes import rubrics_of, weekly_spans
from coaching.selectors.programme_bases import part_of
from coaching.selectors.programmes import ProgrammePage, coached_elsewhere
from coaching.selectors.sides import by_week
from coaching.spans import Weeks
from core.charts import LineChart


def means_of(programme: Programme, shown: ProgrammePage) -> list[WeeklyMean]:
    """Return the groups' means of a measured programme week by week; none while nothing is measured."""
    if not shown.outcomes or shown.weeks is None:
        return []
    return weekly_means(shown.outcomes[0].inputs, weekly(programme, shown.weeks), shown.weeks, held=shown.held)


def chart_of(programme: Programme, shown: ProgrammePage) -> LineChart | None:
    """Draw the groups of a measured programme week by week; None while nothing is measured."""
    means = means_of(programme, shown)
    if not means or shown.weeks is None:
        return None
    title = title_of(groups_of(shown.outcomes[0].inputs), skill=programme.skill.name)
    return groups_chart(means, shown.weeks, title=title)


def weekly(programme: Programme, compared: Weeks) -> dict[Part, dict[str, list[Side]]]:
    """Return group → week → each agent's sums, of the agents and rubrics that the outcome compares."""
    groups, slug = dict(programme.members.values_list("agent", "group")), programme.skill.slug
    spans = weekly_spans(compared, begun=programme.started_at)
    rubrics = rubrics_of(groups, skill=slug, draws=list(spans[0].draws))
    elsewhere = coached_elsewhere(programme, compared)
    found: dict[Part, dict[str, list[Side]]] = {}
    for span in spans:
        for agent, by_weeks in sorted(by_week(slug, span, rubrics=rubrics).items()):
            if agent in elsewhere and agent not in groups:
                continue
            for week, side in by_weeks.items():
                found.setdefault(part_of(groups.get(agent)), {}).setdefault(week, []).append(side)
    return found
