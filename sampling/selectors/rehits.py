"""Compare the risk rules that a receipt says hit a conversation with what the rules hit in this database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from conversations.models import Completion
from core.refusals import Refused
from sampling import risks
from sampling.differences import Difference, name
from sampling.receipt_lines import DrawLine, Unit, UnitLine
from sampling.receipts import Replay
from sampling.risks import Fact, Rule
from sampling.selectors.candidates import completions
from sampling.selectors.hits import hits
from sampling.selectors.rechecks import LOOK_BACK, draws_of, is_usable, terms_of
from sampling.terms import Terms

TO_FREEZE = timedelta(hours=1)  # what an import knew when it began, it may have written while the frame was frozen


@dataclass(frozen=True, slots=True)
class Rehits:
    """What differs; how many conversations changed since, so that nothing follows from them; and unknown rules.

    unknown: the words of the rules that rest on what only the installation that drew knows.
    """

    differences: tuple[Difference, ...] = ()
    compared: int = 0
    changed: int = 0
    unknown: tuple[str, ...] = ()


def against_hits(replay: Replay) -> Rehits:
    """Derive anew which risk rules hit the conversations of a frame, where they stand here as they were then.

    A conversation that was imported again with other facts after the frame was frozen is counted, not compared: its
    class was frozen. Critical errors are known only where the draw was made.
    """
    draw = replay.draw
    if draw is None or not is_usable(draw) or not draw.settings.get("risk_rules"):
        return Rehits()
    rules = _rules(draw)
    if isinstance(rules, Difference):
        return Rehits((rules,))
    try:
        terms = terms_of(draw)
    except Refused:
        return Rehits()  # the comparison of the frame has said so
    if not terms.needs_priorities:
        return Rehits()
    frozen_at = datetime.fromisoformat(draw.frozen_at)
    rows = _rows(terms, draw)
    found = hits(rows, terms, known_by=frozen_at)
    changed = _changed(rows, frozen_at)
    is_here = bool(draws_of(replay))
    known = [place for place, rule in enumerate(rules) if is_here or not _needs_signals(rule)]
    here = {unit: pk for pk, unit in _units(rows)}
    lines = [line for stratum in replay.frame for line in stratum.units if line.unit in here]
    asked = [(line, found.get(here[line.unit], ())) for line in lines if here[line.unit] not in changed]
    return Rehits(
        differences=tuple(_differences(asked, known, rules)),
        compared=len(asked),
        changed=len(lines) - len(asked),
        unknown=tuple(rule.words for place, rule in enumerate(rules) if place not in known),
    )


def _rules(draw: DrawLine) -> list[Rule] | Difference:
    """Read the rules of a receipt, which anybody may have written."""
    try:
        rules = risks.read(draw.settings["risk_rules"])
        wrong = next((why for rule in rules if (why := risks.why_not_a_rule(rule.when))), None)
    except (KeyError, TypeError, ValueError, AttributeError):
        wrong = "others"
    return Difference(draw.line, "the risk rules", "those of this product", wrong) if wrong else rules


def _rows(terms: Terms, draw: DrawLine) -> QuerySet[Completion]:
    starts_at, ends_at = datetime.fromisoformat(draw.starts_at), datetime.fromisoformat(draw.ends_at)
    return completions(terms).filter(completed_at__gte=starts_at - LOOK_BACK, completed_at__lt=ends_at)


def _units(rows: QuerySet[Completion]) -> Iterator[tuple[int, Unit]]:
    named = rows.values_list("pk", "conversation__source__slug", "conversation__external_id", "number")
    return ((pk, (source, external_id, number)) for pk, source, external_id, number in named.iterator(chunk_size=5000))


def _changed(rows: QuerySet[Completion], frozen_at: datetime) -> set[int]:
    """Return the completions whose conversation was changed after the frame was frozen, not only read in anew."""
    later = rows.filter(conversation__updated_at__gt=frozen_at - TO_FREEZE)
    later = later.filter(conversation__updated_at__gt=F("conversation__imported_at"))
    return set(later.values_list("pk", flat=True))


def _needs_signals(rule: Rule) -> bool:
    return any(condition.fact == Fact.CRITICAL_ERROR for condition in rule.when)


def _differences(
    asked: Sequence[tuple[UnitLine, Sequence[int]]], known: Sequence[int], rules: Sequence[Rule]
) -> Iterator[Difference]:
    for line, here in asked:
        expected = [place for place in known if place in here]
        said = [place for place in known if place in line.hits]
        if expected != said:
            what = f"the risk rules that hit {name(line.unit)}, in this database"
            yield Difference(line.line, what, _named(expected, rules), _named(said, rules))


def _named(places: Sequence[int], rules: Sequence[Rule]) -> str:
    return ", ".join(f"{place + 1} ({rules[place].words})" for place in places) or "none"
