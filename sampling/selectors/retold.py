"""What a replay found, as it is kept and shown: the same of one that was made at once and one in the background."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings

from core.models import Job
from sampling import receipts
from sampling.models import Draw
from sampling.receipts import Replay
from sampling.selectors.receipts import receipt_of
from sampling.selectors.rechecks import against_kept_digest, draws_of
from sampling.selectors.regathering import Became, regather
from sampling.steps import Steps, Tell, between, silently

KIND = "draw_replay"
MOST = 100  # of the things that differ or stand otherwise; all are counted
SHOWN = 20  # of them on a page
WRITTEN = 0.4  # the share of the time that writing a receipt takes, beside repeating the draw from it

Told = dict[str, Any]


def is_large(draw: Draw) -> bool:
    """Say whether a frame is replayed in the background, and not while a page waits for it."""
    return draw.frame_size > settings.REPLAY_AT_ONCE


def newest(draw: Draw) -> Job | None:
    """Return the last background replay of a draw."""
    return Job.objects.filter(kind=KIND, params__draw=draw.pk).order_by("-pk").first()


def of_receipt(result: Replay) -> Told:
    """Return what a replay found, also against the digest that was kept when the frame was frozen."""
    found = [*result.differences, *against_kept_digest(result)]
    return {
        "matches": not found,
        "plan": result.plan,
        "name": result.name,
        "period": result.period,
        "units": result.units,
        "picks": result.picks,
        "found": len(found),
        "differences": [asdict(one) for one in found[:MOST]],
        "draws": [draw.pk for draw in draws_of(result)],
    }


def of_draw(draw: Draw, *, tell: Tell = silently) -> Told:
    """Repeat a draw from its own receipt."""
    lines = Steps(between(tell, 0, WRITTEN), total=draw.frame_size).over(receipt_of(draw))
    content = b"".join(piece.encode() for piece in receipts.in_pieces(lines))
    return of_receipt(receipts.replay(content, tell=between(tell, WRITTEN, 1)))


def of_conversations(draw: Draw) -> Told:
    """Return how the population of a draw stands today."""
    today = regather(draw)
    return {
        "same": today.same,
        "changed": len(today.changes),
        "counts": [[became.value, n] for became, n in today.counts],
        "changes": [asdict(one) for one in today.changes[:MOST]],
        "why_not": today.why_not,
    }


def in_words(told: Told) -> Told:
    """Return it for reading: what became of conversations in the words of the reader's language."""
    today = told.get("today")
    if today is None:
        return told
    changes = [{**one, "why": str(Became(one["became"]).label)} for one in today["changes"]]
    counts = [(Became(became), n) for became, n in today["counts"]]
    return {**told, "today": {**today, "changes": changes, "counts": counts}}


def on_page(told: Told) -> Told:
    """Return what a page says of it: the first things that differ, and how many more do."""
    result = in_words(told)
    shown = {
        "result": result,
        "matches": result["matches"],
        "differences": result["differences"][:SHOWN],
        "more": max(0, result["found"] - SHOWN),
    }
    today = result.get("today")
    if today:
        more = max(0, today["changed"] - SHOWN)
        shown["regathered"] = {"today": today, "changes": today["changes"][:SHOWN], "more": more}
    return shown
