"""Ask the database what a plan would need to know, and answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from statistics import median_low

from django.utils.translation import gettext as _

from core.charts import LineChart, Point, Series, line_chart
from core.figures import figure
from insights.planning import evidence
from insights.planning.precision import Answer, Question, answer
from insights.planning.yields import other_quota
from sampling.quotas import PER_AGENT, Size, quotas
from sampling.selectors.chances import chances
from sampling.selectors.sizes import Sizes, sizes
from sampling.strata import WHOLE
from sampling.terms import Terms

STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30)


def ask(terms: Terms, *, precision: float, difference: float, now: datetime) -> Answer | None:
    """Answer for the population, quota and cycle of some terms; None when nobody is in the population."""
    found = sizes(terms, now=now)
    agent_ids = {one.agent_id for one in found.agents}
    each = _quotas(terms, found)
    usual = terms.quota_per_agent if each is None else median_low(each) if each else 1
    question = Question(usual, precision, difference, terms.cycle)
    by_risk = chances(terms, found, now=now)
    return answer(
        question,
        quotas=each,
        by_risk=[by_risk.get(one.agent_id, ()) for one in found.agents],
        is_mixed=terms.has_targeted_pool,
        sizes=found,
        spread=evidence.spread(agent_ids, now=now),
        response=evidence.response(agent_ids, now=now),
        pace=evidence.pace(rubric_id=terms.rubric_id or None, now=now),
    )


def with_quota(terms: Terms, quota: int | None) -> Terms:
    """Return terms with so many for each agent; the plan's own for nothing."""
    return terms if quota is None else replace(terms, quota_kind=PER_AGENT, quota_per_agent=quota)


def _quotas(terms: Terms, found: Sizes) -> list[int] | None:
    """Return each person's picks in a usual period, where they are not the same for all."""
    if terms.quota_kind == PER_AGENT:
        return None
    held = [one.per_period(found.periods) for one in found.agents]
    people = [
        Size(str(one.agent_id), one.team, WHOLE, [(place + 0.5) / size for place in range(size)])
        for one, size in zip(found.agents, held, strict=True)
    ]
    return [min(size, quota) for size, quota in zip(held, quotas(people, terms.quota), strict=True)]


def chart(found: Answer) -> LineChart:
    """Draw what other quotas would give a person with a usual number of conversations, if all were reviewed."""
    quota, four = found.question.quota, found.periods_in_four_weeks
    # Beyond the conversations there are, every quota gives the same.
    enough = next((step for step in STEPS if step >= found.typical.size), STEPS[-1])
    steps = sorted({step for step in STEPS if step <= enough} | {quota})
    brings = [other_quota(found.usual, step) for step in steps]
    widths = [one.half_widths(found.typical.size) for one in brings]
    names = [_("One period"), _("Four weeks")] if four > 1 else [_("One period")]
    series = [
        Series(name, [Point(str(one.quota), each[place]) for one, each in zip(brings, widths, strict=True)], place + 1)
        for place, name in enumerate(names)
    ]
    title = _("%(n)s a period: ±%(one)s in one period, ±%(four)s in four weeks") % {
        "n": quota, "one": figure(found.typical.period), "four": figure(found.typical.four_weeks),
    }  # fmt: skip
    return line_chart(
        title,
        series,
        note=_("Half of the 95 % interval of one person's average, in points, by conversations drawn a period"),
        bounds=(0.0, 100.0),
        step_name=_("Drawn a period"),
    )
