"""Receipts: they repeat the draw, and a change is refused with the line that differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sampling.design import fingerprint, period_key, prn, random_design, unit_name
from sampling.prefix import reach
from sampling.receipt_lines import body, canonical, check, digest, repeats_a_name
from sampling.receipts import (
    DrawnPick,
    NotAReceipt,
    StratumFrame,
    StratumSample,
    all_lines,
    replay,
    write,
)

PLAN, PERIOD = "7b0e8e42-1c7d-4d31-9f0e-5d4f7a1a9b10", "2026-W10"
KEY = period_key(b"m" * 32, PLAN, PERIOD)
Tamper = Callable[[dict[str, Any]], None]


def receipt(*, skips: dict[int, tuple[str, str, bool]] | None = None) -> bytes:
    """Draw 3 of 8 and 3 of 2 by the rules, with skips by rank in the first stratum, and write the receipt."""
    strata = [frame("zen:anna", 8, 3), frame("zen:bört", 2, 3)]
    samples = [sample(strata[0], skips or {}), sample(strata[1], {})]
    drawn = list(zip(strata, samples, strict=True))
    return "".join(write(lambda: all_lines(facts(strata), key_facts(), drawn))).encode()


def frame(agent: str, size: int, quota: int) -> StratumFrame:
    names = [("zen", f"{agent}-#{i}: チ", 1 + i % 2) for i in range(size)]
    units = sorted((prn(KEY, random_design(PLAN, PERIOD), unit_name(*name)), *name) for name in names)
    return StratumFrame(agent=agent, label="all", quota=quota, units=units)


def sample(stratum: StratumFrame, skips: dict[int, tuple[str, str, bool]]) -> StratumSample:
    vacated = [rank for rank, (_, _, handed_on) in skips.items() if handed_on]
    ineligible = [rank for rank, (dropped, _, _) in skips.items() if dropped == "ineligible"]
    prefix = reach(len(stratum.units), stratum.quota, vacated=vacated, ineligible=ineligible)
    picks = [DrawnPick(rank, "random", *skips.get(rank, ("", "", False))) for rank in range(1, prefix.k + 1)]
    return StratumSample(k=prefix.k, n_e=prefix.n_e, m=prefix.m, picks=picks)


def facts(strata: list[StratumFrame]) -> dict[str, Any]:
    return {
        "plan": PLAN, "name": "Retail, weekly", "period": PERIOD, "starts_at": "2026-03-02T00:00:00Z",
        "ends_at": "2026-03-09T00:00:00Z", "time_zone": "Europe/London", "design": random_design(PLAN, PERIOD),
        "settings": {"population": {"channel": ["chat"]}}, "frame_size": sum(len(one.units) for one in strata),
        "too_late": 0, "without_reviewee": 1, "frozen_at": "2026-03-10T00:00:00Z",
    }  # fmt: skip


def key_facts() -> dict[str, Any]:
    return {"key": KEY.hex(), "fingerprint": fingerprint(KEY), "published_at": "2026-02-20T00:00:00Z"}


def tampered(change: Tamper, *, content: bytes | None = None) -> bytes:
    """Change a receipt and write it back, as somebody with an editor would."""
    file = json.loads(content or receipt())
    change(file)
    return json.dumps(file).encode()


def resealed(change: Tamper) -> bytes:
    """Change a receipt and make all seals anew, as somebody who knows the format would."""

    def change_and_seal(file: dict[str, Any]) -> None:
        change(file)
        for number, line in enumerate(file["lines"], start=2):
            line["line"] = number
            line["check"] = check(body(line))
        file["digest"] = digest(map(body, file["lines"]))
        file["frame_digest"] = digest(
            body(line) for line in file["lines"] if line["kind"] in {"draw", "key", "stratum", "unit"}
        )

    return tampered(change_and_seal)


def lines_of_kind(content: bytes, kind: str) -> list[int]:
    return [line["line"] for line in json.loads(content)["lines"] if line["kind"] == kind]


def test_a_receipt_repeats_its_draw() -> None:
    result = replay(receipt())

    assert result.differences == ()
    assert (result.plan, result.period, result.strata, result.units, result.picks) == (PLAN, PERIOD, 2, 10, 5)


@pytest.mark.parametrize(
    ("skips", "picks"),
    [
        ({1: ("ineligible", "spam", True)}, 6),
        ({1: ("ineligible", "spam", True), 4: ("ineligible", "test", True)}, 7),
        ({2: ("nonresponse", "too_long", True)}, 6),
        ({2: ("nonresponse", "expired", False)}, 5),
        ({2: ("", "", True)}, 6),  # overruled: both stay in
        (dict.fromkeys(range(1, 9), ("ineligible", "test", True)), 10),  # nothing left
    ],
)
def test_a_receipt_repeats_its_draw_after_skips(skips: dict[int, tuple[str, str, bool]], picks: int) -> None:
    result = replay(receipt(skips=skips))

    assert (result.differences, result.picks) == ((), picks)


def test_the_number_of_a_line_is_its_number_in_the_file() -> None:
    rows = receipt().decode().splitlines()

    assert [json.loads(row.rstrip(","))["line"] for row in rows[1:-1]] == list(range(2, len(rows)))


def test_a_receipt_that_was_only_laid_out_anew_still_matches() -> None:
    assert replay(json.dumps(json.loads(receipt()), indent=4).encode()).matches


def set_to(kind: str, name: str, value: object, *, nth: int = 0) -> tuple[Tamper, int]:
    content = receipt()
    number = lines_of_kind(content, kind)[nth]

    def change(file: dict[str, Any]) -> None:
        file["lines"][number - 2][name] = value

    return change, number


EVERY_FIELD = [
    ("draw", "plan", "7b0e8e42-1c7d-4d31-9f0e-5d4f7a1a9b11", 0), ("draw", "name", "Another", 0),
    ("draw", "period", "2026-W11", 0), ("draw", "starts_at", "2026-03-01T00:00:00Z", 0),
    ("draw", "time_zone", "UTC", 0), ("draw", "design", "random|other", 0), ("draw", "settings", {}, 0),
    ("draw", "frame_size", 11, 0), ("draw", "too_late", 9, 0), ("draw", "without_reviewee", 0, 0),
    ("draw", "frozen_at", "2026-03-11T00:00:00Z", 0), ("draw", "check", "0" * 16, 0),
    ("key", "key", "00" * 32, 0), ("key", "key", "not hex", 0), ("key", "fingerprint", "0" * 64, 0),
    ("key", "published_at", "2026-03-20T00:00:00Z", 0), ("stratum", "agent", "zen:carl", 1), ("stratum", "N", 3, 1),
    ("stratum", "n", 1, 0), ("stratum", "label", "chat", 0), ("stratum", "stratum", 7, 1),
    ("unit", "unit", ["zen", "swapped", 1], 4), ("unit", "u", "0.5", 3), ("unit", "place", 9, 2),
    ("unit", "stratum", 2, 0), ("unit", "unit", ["zen"], 1), ("unit", "line", 99, 1), ("unit", "line", "x", 1),
    ("sample", "k", 4, 0), ("sample", "n_e", 2, 0), ("sample", "m", 1, 1), ("pick", "unit", ["zen", "other", 1], 1),
    ("pick", "rank", 2, 0), ("pick", "rank", 0, 0), ("pick", "pool", "manual", 0), ("pick", "dropped", "ineligible", 2),
    ("pick", "reason", "spam", 1), ("pick", "vacated", True, 0), ("pick", "kind", "unit", 0), ("pick", "note", "hi", 0),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "value", "nth"), EVERY_FIELD)
def test_a_change_is_refused_and_its_line_is_named(kind: str, name: str, value: object, nth: int) -> None:
    change, number = set_to(kind, name, value, nth=nth)

    result = replay(tampered(change))

    assert number in {difference.line for difference in result.differences}


@pytest.mark.parametrize(
    ("kind", "name", "value", "nth"),
    [case for case in EVERY_FIELD if case[1] not in {"check", "line"} and (case[0], case[1]) not in {
        ("draw", "name"), ("draw", "starts_at"), ("draw", "time_zone"), ("draw", "settings"), ("draw", "too_late"),
        ("draw", "without_reviewee"), ("draw", "frozen_at"), ("key", "published_at"), ("stratum", "agent"),
        ("stratum", "label"),
    }],
)  # fmt: skip
def test_a_change_to_the_draw_itself_shows_even_when_every_seal_was_made_anew(
    kind: str, name: str, value: object, nth: int
) -> None:
    change, _ = set_to(kind, name, value, nth=nth)

    assert not replay(resealed(change)).matches


def test_a_fact_beside_the_draw_that_was_resealed_shows_in_the_digest_that_the_plan_keeps() -> None:
    change, _ = set_to("draw", "name", "Another")

    result = replay(resealed(change))

    assert result.matches
    assert result.frame_digest != replay(receipt()).frame_digest


@pytest.mark.parametrize("nth", [0, 3, 7])
def test_a_conversation_that_was_removed_is_named_by_its_line(nth: int) -> None:
    number = lines_of_kind(receipt(), "unit")[nth]

    result = replay(tampered(lambda file: file["lines"].pop(number - 2)))

    assert (number, "the line", "missing") in {(one.line, one.what, one.found) for one in result.differences}


def test_a_line_that_was_added_is_named() -> None:
    number = lines_of_kind(receipt(), "unit")[2]

    result = replay(tampered(lambda file: file["lines"].insert(number - 2, dict(file["lines"][number - 2]))))

    assert number + 1 in {difference.line for difference in result.differences}


def test_two_picks_that_changed_places_are_named() -> None:
    first, second = lines_of_kind(receipt(), "pick")[:2]

    def swap(file: dict[str, Any]) -> None:
        one, other = file["lines"][first - 2], file["lines"][second - 2]
        one["unit"], other["unit"] = other["unit"], one["unit"]

    result = replay(tampered(swap))

    assert sorted({difference.line for difference in result.differences}) == [first, second]


def test_a_conversation_that_stands_twice_in_the_frame_is_named_even_when_resealed() -> None:
    numbers = lines_of_kind(receipt(), "unit")

    def repeat(file: dict[str, Any]) -> None:
        first, last = file["lines"][numbers[0] - 2], file["lines"][numbers[-1] - 2]
        last["unit"], last["u"] = first["unit"], first["u"]

    found = replay(resealed(repeat)).differences

    assert [(one.line, one.what) for one in found if one.expected == "once in the frame"] == [
        (numbers[-1], "the conversation")
    ]


def test_a_fact_that_stands_twice_in_a_line_is_refused() -> None:
    number = lines_of_kind(receipt(), "pick")[0]
    content = receipt().replace(b'"kind":"pick",', b'"kind":"pick","rank":9,', 1)

    result = replay(content)

    assert [(one.line, one.what) for one in result.differences] == [(number, "the names in the line")]


def test_a_checksum_made_to_fit_shows_in_the_digest() -> None:
    def change(file: dict[str, Any]) -> None:
        file["lines"][0]["name"] = "Another"
        file["lines"][0]["check"] = check(body(file["lines"][0]))

    result = replay(tampered(change))

    assert [difference.line for difference in result.differences] == [1, 1]


@pytest.mark.parametrize("kind", ["draw", "key"])
def test_a_receipt_without_draw_or_key_is_refused(kind: str) -> None:
    def remove(file: dict[str, Any]) -> None:
        file["lines"] = [line for line in file["lines"] if line["kind"] != kind]

    assert not replay(tampered(remove)).matches


@pytest.mark.parametrize("kind", ["draw", "key", "stratum", "sample"])
def test_a_line_that_may_stand_only_once_is_refused_twice(kind: str) -> None:
    number = lines_of_kind(receipt(), kind)[0]

    def repeat(file: dict[str, Any]) -> None:
        file["lines"].append(dict(file["lines"][number - 2]))

    assert not replay(resealed(repeat)).matches


def test_a_pick_that_is_missing_is_named_even_when_resealed() -> None:
    def remove(file: dict[str, Any]) -> None:
        file["lines"].pop()

    result = replay(resealed(remove))

    assert [(one.what, one.found) for one in result.differences] == [("a pick", "missing")]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"[]", b"{}", b"null", b"\xff\xfe", receipt()[:-40], b'{"format": 1}',
        b"[" * 100_000, b'{"format":"x","frame_digest":"","digest":"","lines":["a"]}', b'{"a":"\\ud800"}',
        receipt().replace(b"receipt/2", b"receipt/3"), receipt().replace(b'"lines"', b'"more":1,"lines"'),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NotAReceipt) as caught:
        replay(content)

    assert str(caught.value)[-1] == "."


@pytest.mark.parametrize("text", [b'"a"', b"1", b"[]", b"null", b'{"kind":"pick","line":1e400}', b'{"kind":1}'])
def test_a_line_that_is_no_line_is_a_difference(text: bytes) -> None:
    content = receipt().replace(b'"lines":[\n', b'"lines":[\n' + text + b",\n")

    assert not replay(content).matches


@pytest.mark.parametrize("depth", [50, 300, 900, 990, 5_000, 100_000])
def test_a_line_nested_without_end_is_refused(depth: int) -> None:
    deep = b'{"kind":"draw","settings":' + b"[" * depth + b"]" * depth + b"}"

    assert refused(receipt().replace(b'"lines":[\n', b'"lines":[\n' + deep + b",\n"))


def refused(content: bytes) -> bool:
    try:
        return not replay(content).matches
    except NotAReceipt:
        return True


@pytest.mark.parametrize(
    ("text", "twice"), [(b'{"a":1}', False), (b'{"a":1,"a":1}', True), (b'{"b":{"a":1,"a":2}}', True)]
)
def test_names_that_stand_twice_are_found_at_any_depth(text: bytes, twice: bool) -> None:
    assert repeats_a_name(text) is twice


def test_the_receipt_of_an_empty_frame_matches() -> None:
    content = "".join(write(lambda: all_lines(facts([]), key_facts(), []))).encode()

    result = replay(content)

    assert (result.differences, result.units, result.picks) == ((), 0, 0)


@pytest.mark.parametrize("kind", ["unit", "pick", "draw", ["unit"]])
@pytest.mark.parametrize("text", ["".join(map(chr, range(0x300))), '"\\/<>\u2028\ufeff\U0001f600', "half of \ud83d"])
def test_the_text_of_a_line_is_that_of_the_standard_library_whoever_writes_it(kind: Any, text: str) -> None:
    line = {"kind": kind, "unit": [text, "zen", 10**30, True, None], "b": {"z": [], "a": {}}, "a": -1, text: 2**63}
    said = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert canonical(line) == said.encode("utf-8", "surrogatepass")
