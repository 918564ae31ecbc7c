"""The frame of a calibration session, and whether its draw still comes out the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.models import Job
from reviews.calibration_draw import design, numbered
from reviews.models import CalibrationSession
from sampling import units
from sampling.models import PeriodKey
from sampling.services import keys
from sampling.units import Unit

FORMAT = "qa-portal-calibration/1"
REPLAY = "calibration_replay"  # the kind of the job that draws a large one again
MOST_AT_ONCE = 5000  # conversations in a frame that is drawn again whenever its page is looked at


def frame_of(session: CalibrationSession) -> list[tuple[Unit, int]]:
    """Return the frozen frame of the session's draw, of one team where it names one, each unit with its agent."""
    strata = session.draw.strata.values_list("agent", "units").order_by("pk")
    found = [(unit, agent) for agent, kept in strata.iterator() for unit in units.read(kept)]
    return found if session.team_id is None else [one for one in found if one[0].team_id == session.team_id]


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whether the stored order is what the key and the frame give; `differs` is the first place that is not."""

    looked_at: int
    differs: int | None

    @property
    def is_same(self) -> bool:
        """Say whether every place came out the same."""
        return self.differs is None


def is_large(session: CalibrationSession) -> bool:
    """Say whether a session is drawn again in the background: its frame can be that of any draw."""
    return session.frame_size > MOST_AT_ONCE


def newest(session: CalibrationSession) -> Job | None:
    """Return the last time that a session was drawn again in the background."""
    return Job.objects.filter(kind=REPLAY, params__session=session.pk).order_by("-pk").first()


def replayed_by(job: Job | None) -> Replayed | None:
    """Return what such a job found; None where it found nothing yet."""
    return Replayed(**job.result) if job is not None and job.status == Job.Status.DONE else None


def replay(session: CalibrationSession) -> Replayed | None:
    """Draw again from the frozen frame and compare; None before there is a draw, or where its key is not known."""
    key = _key(session)
    stored = list(session.units.order_by("place").values_list("completion", flat=True))
    if key is None or not stored:
        return None
    again = numbered(frame_of(session), key=keys.secret(key), period=session.draw.period)
    pairs = zip(stored, [one.unit.completion_id for one in again[: len(stored)]], strict=False)
    differs = next((place for place, (was, now) in enumerate(pairs, start=1) if was != now), None)
    return Replayed(len(stored), differs if len(again) >= len(stored) else differs or len(again) + 1)


def receipt(session: CalibrationSession, *, now: datetime) -> dict[str, Any]:
    """Return what repeats the draw beside the receipt of the sample, which holds the frame and the key."""
    rows = session.units.select_related("completion", "conversation__source", "team").order_by("place")
    key = _key(session)
    return {
        "format": FORMAT,
        "session": session.title,
        "plan": str(session.draw.plan.identity),
        "period": session.draw.period,
        "design": design(session.draw.period),
        "key": keys.secret(key).hex() if key else None,
        "fingerprint": session.draw.fingerprint,
        "frame_digest": session.draw.frame_digest,
        "team": session.team.slug if session.team else None,
        "frame_size": session.frame_size,
        "wanted": session.number,
        "units": [
            {
                "place": row.place,
                "unit": [row.conversation.source.slug, row.conversation.external_id, row.completion.number],
                "u": row.u,
                "passed_over": row.passed_over,
            }
            for row in rows
        ],
        "written_at": now.isoformat(),
    }


def _key(session: CalibrationSession) -> PeriodKey | None:
    rows = PeriodKey.objects.select_related("master", "plan")
    return rows.filter(plan=session.draw.plan_id, period=session.draw.period).first()
