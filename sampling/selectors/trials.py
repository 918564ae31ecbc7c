"""Try risk rules on the last periods: how many each hits, and for some conversations why. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from conversations.models import Completion, Conversation
from sampling import cycles, risks, strata, targeting
from sampling.cycles import Era, Period
from sampling.risks import Condition, Fact, Rule
from sampling.selectors.candidates import completions, with_reviewee
from sampling.selectors.hits import Hits, hits, priorities
from sampling.selectors.preview import newest_ending
from sampling.terms import Terms

PERIODS = 4
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """One rule, and how many conversations of each period it hits, oldest first."""

    rule: Rule
    counts: list[int]

    @property
    def total(self) -> int:
        """Return how many it hits in all periods together."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class RiskClass:
    """A risk class, and how many conversations are in it."""

    risk: str
    count: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one rule hit one conversation: the rule, and what was found."""

    rule: Rule
    found: str


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation that is hit, its priority and class, its chance in the targeted pool, and why."""

    completion: Completion
    x: float
    risk: str
    chance: float
    reasons: list[Reason]

    @property
    def conversation(self) -> Conversation:
        """Return the conversation."""
        return self.completion.conversation


@dataclass(frozen=True, slots=True)
class Trial:
    """What rules would do: per rule and period, per risk class, and in the targeted pool of one period."""

    periods: list[Period]
    totals: list[int]
    rules: list[RuleTrial]
    classes: list[RiskClass]
    expected: float
    examples: list[Example]


def trial(terms: Terms, *, now: datetime) -> Trial:
    """Run the rules over the last four closed periods, or the newest four that hold something."""
    eras = [Era(terms.cycle, terms.time_zone)]
    window = _back(eras, cycles.before(eras, cycles.containing(eras, now)))
    rows = with_reviewee(completions(terms), terms)
    if not rows.filter(completed_at__gte=window[0].starts_at, completed_at__lt=window[-1].ends_at).exists():
        newest = newest_ending(terms, before=window[0].starts_at)
        window = _back(eras, cycles.containing(eras, newest)) if newest else window
    over = rows.filter(completed_at__gte=window[0].starts_at, completed_at__lt=window[-1].ends_at)
    when = dict(over.values_list("pk", "completed_at"))
    places = {pk: _place(window, moment) for pk, moment in when.items()}
    found = hits(over, terms, known_by=now)
    x = priorities(found, terms)
    scale = _scale(terms, found, x, periods=len(set(places.values())))
    return Trial(
        periods=window,
        totals=[sum(1 for place in places.values() if place == at) for at in range(PERIODS)],
        rules=_by_rule(terms, found, places),
        classes=_classes(terms, x, len(when)),
        expected=sum(_chance(terms, found[pk], x[pk], scale) for pk in found) / (len(set(places.values())) or 1),
        examples=_examples(terms, found, x, scale),
    )


def _back(eras: list[Era], last: Period) -> list[Period]:
    window = [last]
    while len(window) < PERIODS:
        window.insert(0, cycles.before(eras, window[0]))
    return window


def _place(window: Sequence[Period], moment: datetime) -> int:
    return next(place for place, period in enumerate(window) if moment < period.ends_at)


def _scale(terms: Terms, found: Hits, x: dict[int, float], *, periods: int) -> float:
    sure = risks.certain(terms.rules)
    open_x = [x[pk] for pk, places in found.items() if not targeting.is_certain(places, sure)]
    return targeting.scale_for(open_x, terms.targeted_per_period * periods, certain=len(found) - len(open_x))


def _chance(terms: Terms, places: Sequence[int], x: float, scale: float) -> float:
    if not terms.has_targeted_pool:
        return 0.0
    return targeting.chance(x, scale=scale, is_certain=targeting.is_certain(places, risks.certain(terms.rules)))


def _by_rule(terms: Terms, found: Hits, places: dict[int, int]) -> list[RuleTrial]:
    counted = Counter((rule, places[pk]) for pk, rules in found.items() for rule in rules if pk in places)
    return [
        RuleTrial(rule, [counted[number, period] for period in range(PERIODS)])
        for number, rule in enumerate(terms.rules)
    ]


def _classes(terms: Terms, x: dict[int, float], total: int) -> list[RiskClass]:
    counted = Counter(strata.risk(one, high_from=terms.risk_high_from) for one in x.values())
    counted[strata.NORMAL] = total - sum(counted.values())
    return [RiskClass(risk, counted[risk]) for risk in strata.RISK_CLASSES]


def _examples(terms: Terms, found: Hits, x: dict[int, float], scale: float) -> list[Example]:
    """Return some conversations, so that each rule is shown at work: the newest of each, then the riskiest."""
    rules = terms.rules
    first = {rule: max((pk for pk, places in found.items() if rule in places), default=0) for rule in range(len(rules))}
    ranked = sorted(found, key=lambda pk: (-x[pk], -pk))
    chosen = list(dict.fromkeys([*filter(None, first.values()), *ranked]))[:SAMPLES]
    rows = Completion.objects.select_related("conversation__assignee").in_bulk(chosen)
    return [
        Example(
            completion=rows[pk],
            x=x[pk],
            risk=strata.risk(x[pk], high_from=terms.risk_high_from),
            chance=_chance(terms, found[pk], x[pk], scale),
            reasons=[Reason(rules[place], _why(rules[place], rows[pk].conversation)) for place in found[pk]],
        )
        for pk in sorted(chosen, key=lambda pk: (-x[pk], -pk))
    ]


def _why(rule: Rule, conversation: Conversation) -> str:
    return ", ".join(filter(None, (_found(one, conversation) for one in rule.when)))


def _found(asked: Condition, of: Conversation) -> str:
    """Say what was found in a conversation that a condition asks about; nothing where the condition says it all."""
    minutes = {
        Fact.LONGEST_WAIT: of.longest_response_seconds,
        Fact.FIRST_REPLY: of.first_response_seconds,
        Fact.DURATION: of.duration_seconds,
    }
    if asked.fact in minutes:
        return _("%(n)s minutes") % {"n": (minutes[Fact(asked.fact)] or 0) // 60}
    if asked.fact in {Fact.CSAT_AT_MOST, Fact.CSAT_AT_LEAST}:
        return _("CSAT %(n)s") % {"n": f"{float(of.csat):g}" if of.csat is not None else "–"}
    if asked.fact == Fact.REOPENED:
        return _("opened again %(n)s ×") % {"n": of.reopen_count}
    if asked.fact in {Fact.MESSAGES_AT_LEAST, Fact.MESSAGES_AT_MOST}:
        return _("%(n)s messages") % {"n": of.message_count}
    if asked.key:
        return f"{asked.key}: {str(of.metadata.get(asked.key, ''))[:60]}"
    return str(asked.words)
