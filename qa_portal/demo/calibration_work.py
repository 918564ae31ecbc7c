"""Two calibration sessions: in one everything is agreed on, in the other the answers were revealed this morning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from qa_portal.demo import reviewing
from qa_portal.demo.founding import Founded
from qa_portal.demo.people import Company, ReviewerProfile
from qa_portal.demo.phrasebook import load
from qa_portal.demo.stories import Truth
from reviews.models import CalibrationSession, QueueItem
from reviews.selectors.calibration import asked_in, differing, scored_in
from reviews.services import calibrating, claims, settling, submitting
from reviews.services.calibrating import Wanted
from reviews.services.settling import Agreed
from rubrics.scoring import NOT_APPLICABLE
from rubrics.selectors import card_for
from sampling.models import Draw

PEOPLE = 4
# How many conversations each has, and how many days ago it started.
RESOLVED, REVEALED = (4, 12), (3, 4)
Scorer = tuple[ReviewerProfile, User]


@transaction.atomic
def calibrate(founded: Founded, company: Company, truths: Mapping[str, Truth], *, seed: int, now: datetime) -> int:
    """Let some reviewers score the same conversations and compare; the number of sessions."""
    if CalibrationSession.objects.exists():
        return 0
    scorers = [(one, founded.reviewers[one.email]) for one in company.reviewers if "en" in one.languages][:PEOPLE]
    titles, made = load("comments")["calibration"]["titles"], 0
    for title, (number, days) in zip(titles, (RESOLVED, REVEALED), strict=True):
        begins = now - timedelta(days=days)
        draws = Draw.objects.standing().filter(plan=founded.plans[0].pk, frozen_at__lt=begins)
        draw = draws.select_related("plan", "rubric_version").order_by("-starts_at").first()
        if draw is None or len(scorers) < 2:
            continue
        wanted = Wanted(
            title=title, draw=draw, rubric_version=draw.rubric_version, number=number,
            due_at=begins + timedelta(days=7), people=[user for _profile, user in scorers],
        )  # fmt: skip
        session = calibrating.make(wanted, by=founded.manager, now=begins)
        calibrating.start(session, by=founded.manager, now=begins)
        for place, scorer in enumerate(scorers):
            _score(session, scorer, truths, seed=seed, now=begins + timedelta(hours=20 + 2 * place))
        made += 1
        if (number, days) == RESOLVED:
            _settle(session, by=founded.manager, now=begins + timedelta(days=5))
    return made


def _score(
    session: CalibrationSession, scorer: Scorer, truths: Mapping[str, Truth], *, seed: int, now: datetime
) -> None:
    profile, user = scorer
    seats = QueueItem.objects.open().filter(pick__calibration_unit__session=session.pk, assigned_to=user)
    for place, seat in enumerate(seats.select_related("agent", "conversation").order_by("u")):
        at = now + timedelta(minutes=9 * place)
        review = claims.take(seat, by=user, now=at)
        truth, card = truths[seat.conversation.external_id], card_for(session.rubric_version)
        whole = reviewing.score(truth, card, reviewer=profile, agent=seat.agent.name, seed=seed)
        submitting.submit(review, whole, by=user, now=at + timedelta(minutes=6), active_seconds=330)


def _settle(session: CalibrationSession, *, by: User, now: datetime) -> None:
    """Agree on what most answered, with a reason where somebody answered otherwise."""
    reasons: Sequence[str] = load("comments")["calibration"]["rationales"]
    units = session.units.filter(passed_over="").select_related("session", "agent", "conversation")
    for unit in units.order_by("place"):
        scored = scored_in(session, [unit.pick_id])[unit.pick_id or 0]
        differs, answers = differing(scored), []
        for place, criterion in enumerate(asked_in(unit)):
            said = Counter(one.keys[criterion.lineage] for one in scored if criterion.lineage in one.keys)
            key = min(said, key=lambda one: (-said[one], one))
            answers.append(
                Agreed(
                    criterion.lineage,
                    rationale=reasons[place % len(reasons)] if criterion.lineage in differs else "",
                    option="" if key == NOT_APPLICABLE else key,
                    not_applicable=key == NOT_APPLICABLE,
                )
            )
        settling.agree(unit, answers, by=by, now=now)
    settling.resolve(session, by=by, now=now + timedelta(minutes=20))
