"""Read the weekly sums of a programme's groups, for its chart."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from coaching import weeks
from coaching.effects import Side
from coaching.models import Programme
from coaching.programme_charts import WeeklyMean, groups_chart, title_of, weekly_means
from coaching.programme_effects import Part, groups_of
from coaching.selectors.outcomes import VALUES, cells_of, draws_in, rubrics_of
from coaching.selectors.programme_bases import part_of
from coaching.selectors.programmes import ProgrammePage, coached_elsewhere
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
    before = draws_in(compared.baseline_first, compared.baseline_last)
    cells = cells_of(slug, draws_in(compared.baseline_first, compared.last))
    cells = cells.filter(rubric_version__rubric__in=rubrics_of(groups, skill=slug, draws=before), n__gt=0)
    rows: Any = cells.values("stratum__agent", "stratum__draw__ends_at", "stratum__draw__time_zone").order_by()
    found: dict[tuple[Part, str, int], list[int]] = {}
    elsewhere = coached_elsewhere(programme, compared)
    for row in rows.annotate(**{f"sum_{name}": Sum(name) for name in VALUES}):
        agent = row["stratum__agent"]
        if agent in elsewhere and agent not in groups:
            continue
        week = weeks.of_draw(row["stratum__draw__ends_at"], time_zone=row["stratum__draw__time_zone"])
        sums = found.setdefault((part_of(groups.get(agent)), week, agent), [0, 0, 0])
        for place, name in enumerate(VALUES):
            sums[place] += int(row[f"sum_{name}"])
    by_group: dict[Part, dict[str, list[Side]]] = {}
    for (part, week, _agent), sums in sorted(found.items()):
        by_group.setdefault(part, {}).setdefault(week, []).append(Side(*sums))
    return by_group
