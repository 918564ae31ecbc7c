"""Draws with strata, risk classes and a targeted pool: what is frozen, drawn, released, and repeated."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Agent
from conversations.models import Conversation
from sampling import units
from sampling.design import dual_pi, period_key, prn
from sampling.models import Draw, Pick, Plan
from sampling.receipt_lines import body, check, digest, exactly
from sampling.receipts import NotAReceipt, replay
from sampling.selectors.receipts import receipt_of
from sampling.selectors.rechecks import against_kept_digest
from sampling.selectors.rehits import Rehits, against_hits
from sampling.services import draws, signals, skips
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory
from tests.factories.sampling import SECRET, WEEK, PlanFactory, agent, completion, drawn, ended, master_key, week_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
UNHAPPY = {
    "name": "Unhappy", "weight": 4.0, "certain": False, "when": [{"fact": "csat_at_most", "value": "2", "key": ""}]
}  # fmt: skip
LONG = {"name": "", "weight": 2.0, "certain": False, "when": [{"fact": "messages_at_least", "value": "20", "key": ""}]}
VIP = {"name": "VIP", "weight": 1.0, "certain": True, "when": [{"fact": "field_is", "value": "yes", "key": "vip"}]}
RULES = [UNHAPPY, LONG, VIP]


@pytest.fixture(autouse=True)
def _the_same_numbers_every_time() -> None:
    master_key()


def risky_week(name: str, *, monday: Any = WEEK, size: int = 24) -> None:
    """Make a week in which every fourth customer is unhappy, every third talk is long, and one is a VIP's."""
    person = agent(name) if not name.startswith("=") else None
    for place in range(size):
        completion(
            person, at=monday + timedelta(hours=9 + 2 * place), name=f"{name}-{place}", csat=1 if place % 4 == 0 else 5,
            message_count=30 if place % 3 == 0 else 5, metadata={"vip": "yes"} if place == 7 else {},
            channel="email" if place % 2 else "chat",
        )  # fmt: skip


def content(draw: Draw) -> bytes:
    return "".join(receipt_of(Draw.objects.select_related("plan").get(pk=draw.pk))).encode()


def targeted_plan(**terms: Any) -> Plan:
    terms = {"identity": UUID("7b0e8e42-1c7d-4d31-9f0e-5d4f7a1a9b10"), "quota_per_agent": 3, **terms}
    return PlanFactory(**{"risk_rules": RULES, "targeted_per_period": 5, **terms})


def test_strata_have_their_own_numbers_and_share_the_quota() -> None:
    plan = PlanFactory(quota_per_agent=4, strata=["channel"])
    risky_week("Anna")

    draw = drawn(plan)

    strata = {one.stratum: one for one in draw.strata.all()}
    sizes = {name: (one.frame_size, one.quota, one.drawn) for name, one in strata.items()}
    assert sizes == {"chat": (12, 2, 2), "email": (12, 2, 2)}
    key = period_key(SECRET, str(plan.identity), "2026-W09")
    for label, one in strata.items():
        unit = one.unit_at(1)
        design = f"random|{plan.identity}|2026-W09|{label}"
        assert unit.u == prn(key, design, f"zen\x1f{unit.external_id}\x1f1")
    assert replay(content(draw)).differences == ()


def test_several_kinds_of_strata_are_joined_and_a_class_is_frozen() -> None:
    plan = PlanFactory(
        quota_per_agent=6, strata=["risk", "channel", "tenure", "language"], allocation="risk", risk_rules=[UNHAPPY]
    )
    anna = agent("Anna", hired_on=WEEK.date() - timedelta(days=30))
    for place in range(12):
        completion(
            anna, at=WEEK + place * timedelta(hours=1), name=f"a-{place}", csat=1 if place < 3 else 5, language="de"
        )
    completion(agent("Bert"), at=WEEK, name="little known", csat=1, channel="messaging")
    longest = "messaging / hiring day unknown / language not given / high risk"
    signals.spread(plan, longest, 12.5, now=NOW - DAY)  # a name that both tables hold

    draw = drawn(plan)
    anna_rated_later = draw.picks.first()
    assert anna_rated_later is not None
    anna_rated_later.conversation.csat = 1
    anna_rated_later.conversation.save()

    sizes = {one.stratum: (one.frame_size, one.quota) for one in draw.strata.all()}
    assert sizes == {
        "chat / new agents / de / normal risk": (9, 5), "chat / new agents / de / high risk": (3, 1), longest: (1, 6),
    }  # fmt: skip
    assert replay(content(draw)).differences == ()


def test_neymans_allocation_uses_the_spread_that_was_known_when_the_frame_was_frozen() -> None:
    plan = PlanFactory(quota_per_agent=8, strata=["channel"], allocation="neyman")
    risky_week("Anna")
    signals.spread(plan, "chat", 10.0, now=NOW - 7 * DAY)
    signals.spread(plan, "email", 99.0, now=NOW - 9 * DAY)
    signals.spread(plan, "email", 30.0, now=NOW - 7 * DAY)

    draw = drawn(plan)
    signals.spread(plan, "chat", 90.0, now=NOW + DAY)

    shared = {one.stratum: (one.spread, one.quota) for one in draw.strata.all()}
    assert shared == {"chat": (10.0, 2), "email": (30.0, 6)}
    assert replay(content(draw)).differences == ()


@pytest.mark.parametrize(
    ("terms", "quotas"),
    [
        ({"quota_kind": "per_team", "quota_per_team": 6}, {"Anna": 5, "Bert": 1, "Carl": 6}),
        ({"quota_kind": "percentage", "quota_percent": 12.5, "quota_minimum": 2}, {"Anna": 3, "Bert": 2, "Carl": 2}),
    ],
)
def test_other_quotas_are_drawn_and_repeated(terms: dict[str, Any], quotas: dict[str, int]) -> None:
    retail, travel = TeamFactory(name="Retail"), TeamFactory(name="Travel")
    plan = PlanFactory(**terms)
    for name, size, team in (("Anna", 24, retail), ("Bert", 8, retail), ("Carl", 9, travel)):
        week_of(agent(name), size, team=team)

    draw = drawn(plan)

    assert {one.agent.name: one.quota for one in draw.strata.all()} == quotas
    assert replay(content(draw)).differences == ()


def test_the_targeted_pool_takes_what_its_own_number_says_and_all_that_is_certain() -> None:
    plan = targeted_plan()
    risky_week("Anna")
    risky_week("Bert")

    draw = drawn(plan)

    assert (draw.targeted_from, draw.receipt_version) == ("frame", 2)
    assert sum(one.targeted for one in draw.strata.all()) == pytest.approx(5.0)
    key = period_key(SECRET, str(plan.identity), "2026-W09")
    pools: Counter[str] = Counter()
    for stratum in draw.strata.all():
        picks = {pick.rank: pick for pick in stratum.picks.all()}
        for place, unit in enumerate(units.read(stratum.units), start=1):
            number = prn(key, f"targeted|{plan.identity}|2026-W09", f"zen\x1f{unit.external_id}\x1f1")
            chance = 1.0 if 2 in unit.hits else min(1.0, (draw.targeted_scale or 0) * unit.x)
            pool = "random" if place <= 3 else "targeted" if number < chance else ""
            pick = picks.get(place)
            assert (pick.pool if pick else "") == pool
            pools[pool] += 1
            if pick:
                assert (pick.pi_targeted, pick.u_targeted) == (chance, number)
                assert stratum.chance(chance) == dual_pi(3, 24, [chance])[0]
    assert (pools["random"], pools["targeted"] >= 2) == (6, True)
    vip = Pick.objects.get(draw=draw, conversation__external_id="Anna-7")
    assert (vip.pi_targeted, draw.picked) == (1.0, pools["random"] + pools["targeted"])


def test_the_scale_comes_from_the_four_periods_before() -> None:
    plan = targeted_plan(risk_rules=[UNHAPPY], targeted_per_period=3)
    person = agent("Anna")
    for weeks in (1, 2):
        for place in range(12):
            completion(person, at=WEEK - weeks * 7 * DAY + place * timedelta(hours=1), csat=1)
    completion(person, at=WEEK, csat=1)

    draw = drawn(plan)

    # 24 unhappy ones in the two weeks that had any: c · 4 · 24 = 2 · 3.
    assert (draw.targeted_scale, draw.targeted_from) == (pytest.approx(6 / 96), "2026-W05 to 2026-W08")


def test_the_random_pool_is_the_same_with_a_targeted_pool_and_without_it() -> None:
    plan = targeted_plan()
    risky_week("Anna")

    first = drawn(plan)
    draws.void(first, reason="with", by=None, now=NOW)
    Plan.objects.filter(pk=plan.pk).update(targeted_per_period=0)
    second = drawn(Plan.objects.get(pk=plan.pk))

    random = [
        list(draw.picks.filter(pool="random").order_by("rank").values_list("conversation__external_id", flat=True))
        for draw in (first, second)
    ]
    assert random[0] == random[1]
    assert second.picks.filter(pool="targeted").count() == 0


def test_what_the_random_pool_reaches_later_is_in_both_and_picked_once() -> None:
    plan = targeted_plan(targeted_per_period=40)
    risky_week("Anna")
    draw = drawn(plan)
    stratum = draw.strata.get()
    targeted = draw.picks.filter(pool="targeted").order_by("rank").first()
    assert targeted is not None

    while stratum.prefix < targeted.rank:
        front = draw.picks.filter(pool="random", dropped="").order_by("rank").first()
        assert front is not None
        skips.record(front, reason="too_long", by=None, now=NOW)
        stratum.refresh_from_db()

    targeted.refresh_from_db()
    assert (targeted.pool, targeted.u_targeted is not None) == ("random", True)
    assert draw.picks.filter(completion=targeted.completion).count() == 1
    assert replay(content(draw)).differences == ()


def test_skipping_what_only_the_targeted_pool_took_releases_nothing_and_moves_no_probability() -> None:
    plan = targeted_plan(targeted_per_period=20)
    risky_week("Anna")
    draw = drawn(plan)
    before = draw.strata.get()
    last = draw.picks.filter(pool="targeted").order_by("rank").last()
    assert last is not None

    skips.record(last, reason="too_long", by=None, now=NOW)

    after = draw.strata.get()
    assert (after.prefix, after.eligible, after.drawn) == (before.prefix, before.eligible, before.drawn)
    assert draw.picks.count() == draw.picked
    assert replay(content(draw)).differences == ()


def test_a_late_rating_does_not_move_a_unit_and_a_reopened_one_is_a_unit_of_its_own() -> None:
    plan = targeted_plan(risk_rules=[UNHAPPY], strata=["risk"], targeted_per_period=0)
    person = agent("Anna")
    late = completion(person, at=WEEK, name="late", csat=5)
    ended(late.conversation, at=WEEK + DAY, number=2)

    first = drawn(plan)
    late.conversation.csat = 1
    late.conversation.save()
    ended(late.conversation, at=WEEK + 8 * DAY, number=3)
    second = drawn(plan, moment=WEEK + 7 * DAY, now=NOW + 8 * DAY)

    assert [(one.stratum, one.frame_size) for one in first.strata.all()] == [("normal risk", 2)]
    assert [(one.stratum, one.frame_size) for one in second.strata.all()] == [("high risk", 1)]


def test_an_empty_frame_with_every_term_is_recorded_and_repeated() -> None:
    draw = drawn(targeted_plan(strata=["channel", "risk"], allocation="risk", quota_kind="per_team"))

    assert (draw.frame_size, draw.picked) == (0, 0)
    assert replay(content(draw)).differences == ()


# ---- tampering with what version 2 adds


def tampered(draw: Draw, kind: str, change: dict[str, Any], *, nth: int = 0) -> list[str]:
    """Change a line and make all seals anew; return what a replay says, and what the kept digest says."""
    file = json.loads(content(draw))
    line = [one for one in file["lines"] if one["kind"] == kind and ("hits" in one or kind != "unit")][nth]
    result = replay(json.dumps(sealed(file, line, change)).encode())
    said = [f"{one.line - line['line']} {one.what}" for one in result.differences]
    return said or [one.what for one in against_kept_digest(result)]


def sealed(file: Any, line: dict[str, Any], change: dict[str, Any]) -> Any:
    """Change a line, and make all seals anew."""
    line.update(change)
    for one in file["lines"]:
        one["check"] = check(body(one))
    frame = [one for one in file["lines"] if one["kind"] not in {"sample", "pick"}]
    file["digest"], file["frame_digest"] = digest(map(body, file["lines"])), digest(map(body, frame))
    return file


def leaves(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value of a file that holds no other."""
    inner = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    ways = [way for name, value in inner for way in leaves(value, (*path, name))]
    yield from ways or [path]


def otherwise(value: Any) -> Any:
    """Return another value of the same kind."""
    return not value if isinstance(value, bool) else value + "0" if isinstance(value, str) else value + 1


def test_whatever_is_changed_in_a_receipt_is_refused_with_its_line() -> None:
    plan = targeted_plan(strata=["channel", "risk"], allocation="neyman", quota_kind="per_team", quota_per_team=4)
    signals.spread(plan, "chat / normal risk", 12.5, now=NOW - DAY)
    risky_week("Anna", size=8)
    draw = drawn(plan)
    skips.record(draw.picks.order_by("rank").first(), reason="spam", by=None, now=NOW)
    file = json.loads(content(draw))
    assert replay(json.dumps(file).encode()).matches

    unnoticed = []
    for way in leaves(file):
        *outer, last = way
        within: Any = reduce(getitem, outer, file)
        kept = within[last]
        within[last] = otherwise(kept) if kept != [] and kept != {} else 1
        try:
            said = {one.line for one in replay(json.dumps(file).encode()).differences}
        except NotAReceipt:
            said = {1}  # the format, or a digest
        within[last] = kept
        if (way[1] + 2 if way[0] == "lines" else 1) not in said:
            unnoticed.append(way)

    assert unnoticed == []
    assert {line["kind"] for line in file["lines"]} == {"draw", "key", "targeted", "stratum", "unit", "sample", "pick"}


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("stratum", {"n": 9}, "0 the quota"),
        ("stratum", {"spread": "1e999"}, "the size of the frame"),  # a line that cannot be read is none
        ("stratum", {"extra": 3}, "0 the quota"),
        ("stratum", {"label": "email"}, "1 the drawn number"),
        ("stratum", {"team": "other"}, "the digest of the frame that the plan keeps"),
        ("unit", {"x": "9.0"}, "0 the priority"),
        ("unit", {"hits": [99]}, "0 the risk rules that hit it"),
        ("unit", {"pi": "0.5"}, "0 the chance in the targeted pool"),
        ("unit", {"ut": "0.00000000000000001"}, "0 the number in the targeted pool"),
        ("targeted", {"design": "targeted|x"}, "0 the design"),
        ("pick", {"pool": "targeted"}, "0 the pool"),
        ("draw", {"settings": {"quota_per_agent": "many"}}, "0 the settings of the plan"),
        ("draw", {"settings": {"risk_rules": RULES, "quota_per_agent": 4}}, "3 the quota"),
        ("targeted", {"scale": "0.9"}, "the chance in the targeted pool"),
    ],
)
def test_a_change_to_what_decides_the_draw_is_named_by_its_line(kind: str, change: dict[str, Any], said: str) -> None:
    plan = targeted_plan()
    risky_week("Anna")

    found = tampered(drawn(plan), kind, change)

    assert said in found[0]


def test_the_rules_that_hit_are_derived_again_from_the_conversations_and_the_line_that_lies_is_named(
    tmp_path: Path,
) -> None:
    error = {"name": "Critical", "weight": 1.0, "when": [{"fact": "critical_error", "value": "30", "key": ""}]}
    plan = targeted_plan(risk_rules=[*RULES, error])
    risky_week("Anna")
    signals.critical_error(Agent.objects.get(), now=WEEK - DAY)
    draw = drawn(plan)
    true = content(draw)
    file = json.loads(true)
    lie = next(one for one in file["lines"] if one.get("hits") == [0, 3] and float(one["ut"]) >= float(one["pi"]))
    weights = {"hits": [3], "x": "1.0", "pi": exactly(draw.targeted_scale or 0)}
    (tmp_path / "lie.json").write_text(json.dumps(sealed(file, lie, weights)))
    lied = replay((tmp_path / "lie.json").read_bytes())

    honest, found = against_hits(replay(true)), against_hits(lied)

    assert honest == Rehits(compared=24)
    assert lied.differences == ()  # everything follows from the hits; only the conversations know better
    (one,) = found.differences
    assert (one.line, one.expected, one.found) == (lie["line"], "1 (Unhappy), 4 (Critical)", "4 (Critical)")
    with pytest.raises(CommandError, match=f"line {lie['line']}: the risk rules that hit zen {lie['unit'][1]}"):
        call_command("replay", str(tmp_path / "lie.json"), "--database")
    # A rating that came later says nothing about the day of the draw; read in anew, it does.
    late = Conversation.objects.filter(external_id=lie["unit"][1])
    late.update(csat=5, updated_at=NOW + DAY)
    assert against_hits(replay(true)) == Rehits(compared=23, changed=1)
    late.update(imported_at=NOW + DAY)
    assert [one.line for one in against_hits(replay(true)).differences] == [lie["line"]]
    # Elsewhere nobody knows of the agent's errors, and the other rules are derived all the same.
    Plan.objects.update(identity=uuid4())
    elsewhere = against_hits(replay(true))
    assert (elsewhere.unknown, [one.found for one in elsewhere.differences]) == (("Critical",), ["1 (Unhappy)"])


def test_a_receipt_of_the_first_version_still_repeats() -> None:
    """Draws that were made before quotas stood in the receipt keep the lines that their digest was made over."""
    plan = PlanFactory(quota_per_agent=2)
    week_of(agent("Anna"), 6)
    draw = drawn(plan)
    Draw.objects.filter(pk=draw.pk).update(receipt_version=1)

    text = content(draw)

    assert json.loads(text)["format"] == "qa-portal-draw-receipt/1"
    assert {"team", "extra"} & set().union(*(line.keys() for line in json.loads(text)["lines"])) == set()
    assert replay(text).differences == ()
