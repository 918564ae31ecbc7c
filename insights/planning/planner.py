"""Ask the database what a plan would need to know, and answer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.charts import LineChart, Point, Series, line_chart
from core.figures import figure
from insights.planning import evidence
from insights.planning.precision import Answer, Question, Yield, answer
from sampling.selectors.sizes import sizes
from sampling.terms import Terms

STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30)


def ask(terms: Terms, *, precision: float, difference: float, now: datetime) -> Answer | None:
    """Answer for the population, quota and cycle of some terms; None when nobody is in the population."""
    found = sizes(terms, now=now)
    agent_ids = {one.agent_id for one in found.agents}
    question = Question(terms.quota_per_agent, precision, difference, terms.cycle)
    return answer(
        question,
        sizes=found,
        spread=evidence.spread(agent_ids, now=now),
        response=evidence.response(agent_ids, now=now),
        pace=evidence.pace(rubric_id=terms.rubric_id or None, now=now),
    )


def chart(found: Answer) -> LineChart:
    """Draw what other quotas would give a person with a usual number of conversations, if all were reviewed."""
    quota, four = found.question.quota, found.periods_in_four_weeks
    # Beyond the conversations there are, every quota gives the same.
    enough = next((step for step in STEPS if step >= found.typical.size), STEPS[-1])
    steps = sorted({step for step in STEPS if step <= enough} | {quota})
    brings = [Yield(step, rate=found.response.rate, sd=found.spread.sd, four=four) for step in steps]
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
