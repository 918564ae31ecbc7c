"""Compare a receipt with this installation: its own draws, and the conversations it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from core.refusals import Refused
from sampling.models import Draw
from sampling.population import local
from sampling.receipt_lines import FIRST_LINE, DrawLine, Unit
from sampling.receipts import Difference, Replay
from sampling.selectors.candidates import REVIEWEE_FIELD, Candidate, candidates, completions
from sampling.terms import Terms

# The period before is at most a month and a change of zone long.
LOOK_BACK = timedelta(days=33)
EARLIEST = 1900  # the year; no help desk is older
NO_RUBRIC = 0  # which rubric judges a conversation says nothing about which one is drawn


def draws_of(replay: Replay) -> list[Draw]:
    """Return the draws of this installation that a receipt speaks of."""
    try:
        identity = UUID(replay.plan)
    except ValueError:
        return []
    return list(Draw.objects.filter(plan__identity=identity, period=replay.period).select_related("plan"))


def against_kept_digest(replay: Replay) -> list[Difference]:
    """Return a difference when this installation froze another frame than the receipt shows."""
    kept = [draw.frame_digest for draw in draws_of(replay)]
    if not kept or replay.frame_digest in kept:
        return []
    return [Difference(1, "the digest of the frame that the plan keeps", " or ".join(kept), replay.frame_digest)]


def against_conversations(replay: Replay) -> list[Difference]:
    """Return where the frame would not come together from the conversations of this database.

    Every conversation of the frame has to be here with the reviewee it was drawn for, and every completion of the
    period that population and reviewee rule take in has to be in the frame. What ended in the period before came
    late: it is looked up, but not missed.
    """
    if replay.draw is None or not is_usable(replay.draw):
        return [Difference(FIRST_LINE, "the settings of the plan", "those of this product", "others")]
    try:
        here = {(one.source, one.external_id, one.number): one.completed_at for one in _candidates(replay.draw)}
    except Refused as refused:
        return [Difference(replay.draw.line, "the population, in this database", "known", str(refused.refusal))]
    start = datetime.fromisoformat(replay.draw.starts_at)
    lines = {line.unit: line.line for stratum in replay.frame for line in stratum.units}
    found = [
        Difference(line, "the conversation, in this database", _name(unit), "none")
        for unit, line in lines.items()
        if unit not in here
    ]
    found += [
        Difference(replay.draw.line, "a conversation of the period that is in this database", _name(unit), "none")
        for unit, completed_at in here.items()
        if unit not in lines and completed_at >= start
    ]
    return sorted(found, key=lambda difference: difference.line)


def is_usable(draw: DrawLine) -> bool:
    """Say whether the settings of a receipt, which anybody may have written, can be drawn by."""
    try:
        moments = [datetime.fromisoformat(moment) for moment in (draw.starts_at, draw.ends_at)]
    except ValueError:
        return False
    settings = draw.settings
    return (
        all(moment.tzinfo is not None and moment.year > EARLIEST for moment in moments)
        and settings.get("reviewee_rule") in list(REVIEWEE_FIELD)
        and isinstance(settings.get("population"), dict)
    )


def terms_of(draw: DrawLine) -> Terms:
    """Return the terms that a receipt was drawn by; Refused when this database does not know its population."""
    settings = {**draw.settings, "population": local(draw.settings["population"]), "rubric_id": NO_RUBRIC}
    return Terms.from_json(settings)


def _candidates(draw: DrawLine) -> Iterator[Candidate]:
    terms = terms_of(draw)
    starts_at, ends_at = datetime.fromisoformat(draw.starts_at), datetime.fromisoformat(draw.ends_at)
    rows = completions(terms).filter(completed_at__gte=starts_at - LOOK_BACK, completed_at__lt=ends_at)
    return (
        one for one in candidates(rows, terms) if one.agent_id is not None and (terms.includes_bots or not one.is_bot)
    )


def _name(unit: Unit) -> str:
    return f"{unit[0]} {unit[1]} ({unit[2]})"
