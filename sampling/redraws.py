"""Repeat a draw from the lines of its receipt, pure: numbers, classes, quotas, both pools and the picks."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from sampling import receipt_lines, strata, targeting
from sampling.design import fingerprint, prn, random_design, targeted_design, unit_name
from sampling.differences import Derived, Difference, Stratum, name, same, short
from sampling.prefix import reach
from sampling.quotas import QuotaTerms, Size, quotas
from sampling.receipt_lines import AnyLine, DrawLine, KeyLine, PickLine, SampleLine, StratumLine, TargetedLine, Unit
from sampling.receipt_lines import UnitLine as UnitOf
from sampling.steps import Steps

Whole = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Number = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class RuleOf(msgspec.Struct, frozen=True):
    """What a replay needs of a risk rule."""

    weight: Number
    certain: bool = False


class Settings(msgspec.Struct, frozen=True):
    """What a replay needs of the plan's settings; anybody may have written them."""

    quota_kind: Literal["per_agent", "per_team", "percentage"] = "per_agent"
    quota_per_agent: Whole = 3
    quota_per_team: Whole = 20
    quota_percent: Annotated[float, msgspec.Meta(gt=0, le=100)] = 5.0
    quota_minimum: Whole = 1
    allocation: Literal["proportional", "neyman", "risk"] = "proportional"
    risk_shares: tuple[Whole, ...] = ()
    risk_combine: Literal["sum", "max"] = "sum"
    risk_high_from: Number = 4.0
    risk_rules: tuple[RuleOf, ...] = ()
    strata: tuple[str, ...] = ()

    @property
    def quota(self) -> QuotaTerms:
        """Return the part that quotas follow from."""
        return QuotaTerms(**{field: getattr(self, field) for field in QuotaTerms.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Again:
    """What everything is derived from."""

    plan: str
    period: str
    secret: bytes
    settings: Settings
    scale: float | None
    is_first_version: bool


def gather(lines: Iterable[tuple[AnyLine, msgspec.Raw]], found: list[Stratum]) -> Iterator[Difference]:
    """Put the lines of each stratum together; name those that belong to none, or come twice."""
    by_number: dict[int, Stratum] = {}
    for line, text in lines:
        if isinstance(line, DrawLine | KeyLine | TargetedLine):
            continue
        stratum = by_number.get(line.stratum)
        match line:
            case StratumLine() if stratum is None:
                found.append(by_number.setdefault(line.stratum, Stratum(line)))
            case UnitOf() if stratum is not None:
                stratum.texts.append(text)
            case PickLine() if stratum is not None:
                stratum.picks.append(line)
            case SampleLine() if stratum is not None and stratum.sample is None:
                stratum.sample = line
            case _:
                yield Difference(line.line, "the stratum of the line", "one of the frame, once", str(line.stratum))


def draw_again(
    draw: DrawLine,
    key: KeyLine,
    pool: TargetedLine | None,
    found: Sequence[Stratum],
    *,
    version: int,
    steps: Steps,
) -> Iterator[Difference]:
    """Derive everything that a receipt says, and name the lines that say something else."""
    try:
        secret = bytes.fromhex(key.key)
    except ValueError:
        yield Difference(key.line, "the key", "64 hexadecimal digits", short(key.key))
        return
    yield from same(key.line, "the fingerprint of the key", fingerprint(secret), key.fingerprint)
    yield from same(draw.line, "the design", random_design(draw.plan, draw.period), draw.design)
    yield from same(draw.line, "the size of the frame", sum(len(one.texts) for one in found), draw.frame_size)
    settings = _settings(draw.settings)
    if isinstance(settings, str):
        yield Difference(draw.line, "the settings of the plan", "those of this product", settings)
        return
    if pool is not None:
        yield from same(pool.line, "the design", targeted_design(draw.plan, draw.period), pool.design)
    scale = float(pool.scale) if pool is not None else None
    again = Again(draw.plan, draw.period, secret, settings, scale, is_first_version=version == 1)
    picks: list[Difference] = []
    for stratum in steps.over(found, lambda stratum: len(stratum.texts)):
        derived = Derived()
        yield from _units_again(stratum, again, derived)
        picks += _picks_again(stratum, derived)
        stratum.numbers = array("d", sorted(derived.numbers.values()))
    yield from _repeated(found)
    if not again.is_first_version:
        yield from _quotas_again(found, settings)
    yield from picks


def _settings(sent: Any) -> Settings | str:
    try:
        return msgspec.convert(sent, Settings)
    except msgspec.ValidationError as error:
        return short(error)


def _repeated(found: Sequence[Stratum]) -> Iterator[Difference]:
    """Name units that come twice. Only where two hashes are the same do names have to be held and compared."""
    marks = sorted(array("q", (hash(line.unit) for stratum in found for line in stratum.units)))
    twice = {one for one, next_one in pairwise(marks) if one == next_one}
    seen: set[Unit] = set()
    for line in (line for stratum in found if twice for line in stratum.units):
        if hash(line.unit) in twice:
            if line.unit in seen:
                yield Difference(line.line, "the conversation", "once in the frame", name(line.unit))
            seen.add(line.unit)


def _units_again(stratum: Stratum, again: Again, derived: Derived) -> Iterator[Difference]:
    """Derive each number from the ids, the order from the numbers, and the risk from the rules."""
    design = random_design(again.plan, again.period, stratum.head.label)
    units, numbers = stratum.units, derived.numbers
    yield from same(stratum.head.line, "the number of units", len(units), stratum.head.N)
    for line in units:
        numbers[line.unit] = prn(again.secret, design, unit_name(*line.unit))
        yield from same(line.line, "the drawn number", receipt_lines.written(numbers[line.unit]), line.u)
        yield from _risk_again(stratum, line, again, derived)
    order = sorted(units, key=lambda line: (numbers[line.unit], line.unit))
    for place, (line, expected) in enumerate(zip(units, order, strict=True), start=1):
        yield from same(line.line, f"the conversation at place {place}", name(expected.unit), name(line.unit))
        yield from same(line.line, "the place", place, line.place)


def _risk_again(stratum: Stratum, line: UnitOf, again: Again, derived: Derived) -> Iterator[Difference]:
    """Derive x from the rules that hit a unit, its class from x, and its chance and number in the targeted pool."""
    rules = again.settings.risk_rules
    if any(hit >= len(rules) for hit in line.hits):
        yield Difference(line.line, "the risk rules that hit it", f"at most {len(rules)} rules", short(line.hits))
        return
    weights = [rules[hit].weight for hit in line.hits]
    x = targeting.priority(weights, combine=again.settings.risk_combine)
    yield from same(line.line, "the priority", receipt_lines.exactly(x) if line.hits else "", line.x)
    if strata.RISK in again.settings.strata:
        risk = strata.risk(x, high_from=again.settings.risk_high_from)
        yield from same(line.line, "the risk class", risk, strata.risk_class_of(stratum.head.label))
    if again.scale is None or not line.hits:
        yield from same(line.line, "the chance in the targeted pool", "", line.pi)
        return
    certain = {place for place, rule in enumerate(rules) if rule.certain}
    chance = targeting.chance(x, scale=again.scale, is_certain=targeting.is_certain(line.hits, certain))
    number = prn(again.secret, targeted_design(again.plan, again.period), unit_name(*line.unit))
    yield from same(line.line, "the chance in the targeted pool", receipt_lines.exactly(chance), line.pi)
    yield from same(line.line, "the number in the targeted pool", receipt_lines.written(number), line.ut)
    if number < chance:
        derived.targeted.add(line.unit)


def _quotas_again(found: Sequence[Stratum], settings: Settings) -> Iterator[Difference]:
    """Derive every quota from the settings, the sizes, the boosts and the spreads."""
    heads = [one.head for one in found]
    sizes = [
        Size(
            head.agent, head.team, head.label, one.numbers, head.extra,
            None if head.spread is None else float(head.spread),
        )
        for head, one in zip(heads, found, strict=True)
    ]  # fmt: skip
    for head, quota in zip(heads, quotas(sizes, settings.quota), strict=True):
        yield from same(head.line, "the quota", quota, head.n)


def _picks_again(stratum: Stratum, derived: Derived) -> Iterator[Difference]:
    """Derive the prefix from quota and skips, and the picks from the prefix and the targeted pool."""
    if stratum.sample is None:
        yield Difference(stratum.head.line, "the sample of the stratum", "one line", "none")
        return
    order = derived.order
    prefix = reach(
        len(order),
        stratum.head.n,
        vacated=[pick.rank for pick in stratum.picks if pick.vacated],
        ineligible=[pick.rank for pick in stratum.picks if pick.dropped == "ineligible"],
    )
    for what in ("k", "n_e", "m"):
        yield from same(stratum.sample.line, what, getattr(prefix, what), getattr(stratum.sample, what))
    expected = [(rank, unit, "random") for rank, unit in enumerate(order[: prefix.k], start=1)]
    beyond = enumerate(order[prefix.k :], start=prefix.k + 1)
    expected += [(rank, unit, "targeted") for rank, unit in beyond if unit in derived.targeted]
    for place, pick in enumerate(stratum.picks):
        due = expected[place] if place < len(expected) else None
        yield from same(pick.line, f"pick {place + 1}", name(due[1]) if due else "no further pick", name(pick.unit))
        yield from same(pick.line, "the rank", due[0] if due else place + 1, pick.rank)
        yield from same(pick.line, "the pool", due[2] if due else pick.pool, pick.pool)
        if (pick.dropped == "") != (pick.reason == ""):
            yield Difference(pick.line, "the reason", "one where a pick was dropped", short(pick.reason or "none"))
    for _rank, unit, _pool in expected[len(stratum.picks) :]:
        yield Difference(stratum.sample.line, "a pick", name(unit), "missing")
