"""The lines of a receipt, pure: their kinds, their one canonical text, and the seals over them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec

FORMAT = "qa-portal-draw-receipt"
VERSION = 2  # 1 had no quotas to work out, no classes and no targeted pool
VERSIONS = {f"{FORMAT}/{number}": number for number in (1, VERSION)}
FIRST_LINE = 2  # the first line of the file holds the digests
CHECK_LENGTH = 16
SHORTEST = 60  # bytes that a line takes at the least, with its kind, number and checksum; most take three times that
# The kinds of which there are many hold text and whole numbers, which both encoders write alike; one does in a tenth of
# the time. Of other numbers they do not.
MANY = ("unit", "pick")
FAST = msgspec.json.Encoder(order="sorted")
FRAME_KINDS = ("draw", "key", "targeted", "stratum", "unit")  # compared, not looked up: a file may say anything

Count = Annotated[int, msgspec.Meta(ge=0)]
Place = Annotated[int, msgspec.Meta(ge=1)]
Unit = tuple[str, str, int]
# A number as `exactly` writes it: text, since other programs write numbers in other ways.
Exact = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}(\.[0-9]{1,30})?(e[+-]?[0-9]{1,3})?$")]


class NotAReceipt(Exception):
    """Say in one sentence why a file is not a receipt at all."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A receipt as read from a file, its lines not yet believed."""

    format: str
    frame_digest: str
    digest: str
    lines: list[msgspec.Raw]

    @property
    def version(self) -> int:
        """Return the version of the format."""
        return VERSIONS[self.format]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every line carries: its number in the file, and a checksum of its own."""

    line: int
    check: str


class DrawLine(Line, frozen=True, tag="draw"):
    """The draw, and the plan as it stood when the frame was frozen."""

    plan: str
    name: str
    period: str
    starts_at: str
    ends_at: str
    time_zone: str
    design: str
    settings: dict[str, Any]
    frame_size: Count
    too_late: Count
    without_reviewee: Count
    frozen_at: str


class KeyLine(Line, frozen=True, tag="key"):
    """The key of the period, and the fingerprint that was public before."""

    key: str
    fingerprint: str
    published_at: str


class TargetedLine(Line, frozen=True, tag="targeted"):
    """The targeted pool: its design, c, and the periods that c was worked out from."""

    design: str
    scale: Exact
    derived_from: str

    def __post_init__(self) -> None:
        _refuse_endless(self.scale)


class StratumLine(Line, frozen=True, tag="stratum"):
    """One stratum of the frame: whose it is, its class, its size and its quota, and what the quota followed from."""

    stratum: int
    agent: str
    label: str
    N: Count
    n: Count
    team: str = ""
    extra: Count = 0
    spread: Exact | None = None

    def __post_init__(self) -> None:
        _refuse_endless(self.spread)


class UnitLine(Line, frozen=True, tag="unit"):
    """One completion of one conversation, at its place in ascending u."""

    stratum: int
    place: int
    unit: Unit
    u: str
    # Where risk rules hit it: their places in the settings, x, and its chance and number in the targeted pool.
    hits: tuple[Count, ...] = ()
    x: str = ""
    pi: str = ""
    ut: str = ""


class SampleLine(Line, frozen=True, tag="sample"):
    """How far a stratum was looked at."""

    stratum: int
    k: Count
    n_e: Count
    m: Count


class PickLine(Line, frozen=True, tag="pick"):
    """One pick, and what became of it."""

    stratum: int
    rank: Place
    pool: Literal["random", "targeted"]
    unit: Unit
    dropped: Literal["", "claimed", "ineligible", "nonresponse"]
    reason: str
    vacated: bool


AnyLine = DrawLine | KeyLine | TargetedLine | StratumLine | UnitLine | SampleLine | PickLine


def read(content: bytes) -> File:
    """Read a file; refuse what is not a receipt with one sentence."""
    try:
        receipt = msgspec.json.decode(content, type=File)
    except msgspec.ValidationError as error:
        raise NotAReceipt(f"This is not a receipt of a draw: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAReceipt("This is not a receipt of a draw: it is not a JSON file, or it is cut off.") from error
    if receipt.format not in VERSIONS:
        known = " and ".join(map(repr, VERSIONS))
        raise NotAReceipt(f"This receipt has the format {receipt.format[:80]!r}; only {known} can be read.")
    if len(receipt.lines) * SHORTEST > len(content):  # each would be named: many times the memory of the file
        raise NotAReceipt("This is not a receipt of a draw: its lines are too short to say anything.")
    return receipt


def canonical(line: Mapping[str, Any]) -> bytes:
    """Return the one text of a line: keys sorted, no spaces, UTF-8."""
    if line.get("kind") in MANY:
        with contextlib.suppress(UnicodeEncodeError):  # half a character, which only `json` writes
            return FAST.encode(line)
    text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def body(line: Mapping[str, Any]) -> bytes:
    """Return the text that the seals are over: that of the line without its checksum."""
    return canonical({name: value for name, value in line.items() if name != "check"} if "check" in line else line)


def check(text: bytes) -> str:
    """Return the checksum of the body of one line, which tells where a file was changed."""
    return hashlib.sha256(text).hexdigest()[:CHECK_LENGTH]


def digest(bodies: Iterable[bytes]) -> str:
    """Return SHA-256 over the bodies of lines, each ended by a line feed."""
    whole = hashlib.sha256()
    for one in bodies:
        whole.update(one + b"\n")
    return whole.hexdigest()


def written(u: float) -> str:
    """Write a drawn number for people; a replay derives it again."""
    return f"{u:.17f}"


def exactly(number: float) -> str:
    """Write a number so that it is read back as the very same: settings and scales decide picks."""
    return repr(float(number))


def repeats_a_name(text: bytes) -> bool:
    """Say whether an object in a JSON text has a name twice, so that two readers could see two things."""
    repeated = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        made = dict(items)
        repeated = repeated or len(made) != len(items)
        return made

    json.loads(text, object_pairs_hook=pairs)
    return repeated


def _refuse_endless(number: str | None) -> None:
    """Refuse what the pattern lets through and no float holds."""
    if number is not None and not math.isfinite(float(number)):
        raise ValueError(f"{number} is too large a number")
