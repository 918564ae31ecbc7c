"""Who runs a calibration session and when, and the words when not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import may, why_not
from accounts.models import User
from accounts.roles import Permission
from core.refusals import Refusal
from reviews.models import AgreedAnswer, CalibrationSession, CalibrationUnit, Review
from rubrics.models import RubricVersion
from sampling.models import Draw

S = CalibrationSession.Status
MOST_CONVERSATIONS = 30
MOST_PEOPLE = 20
LONGEST_TITLE = 120
LONGEST = timedelta(days=366)


def why_not_run(user: User | None) -> Refusal | None:
    """Refuse everyone but those who run the programme."""
    return None if user is None else why_not(user, Permission.MANAGE_SAMPLING)


def why_not_set_up(
    user: User, *, title: str, number: int, version: RubricVersion, draw: Draw, people: Collection[User],
    due_at: datetime, now: datetime,
) -> Refusal | None:  # fmt: skip
    """Refuse a session that makes no sense; the first thing that is wrong, with the field it is about."""
    if refusal := why_not_run(user):
        return refusal
    if not title.strip() or len(title) > LONGEST_TITLE:
        return _wrong("title", _("Give the session a title of at most 120 characters."))
    if not 1 <= number <= MOST_CONVERSATIONS:
        return _wrong("number", _("Choose from 1 to 30 conversations."))
    if due_at <= now:
        return _wrong("due_at", _("This day is over already. People need time to score."))
    if due_at > now + LONGEST:
        return _wrong("due_at", _("Choose a day within a year."))
    if not 2 <= len(people) <= MOST_PEOPLE:
        return _wrong("people", _("Choose from 2 to 20 people: to compare takes two."))
    strangers = [one.name for one in people if not (one.is_active and may(one, Permission.SCORE))]
    if strangers:
        return _wrong("people", _("%(name)s does not score conversations.") % {"name": strangers[0]})
    return _why_stale(version, draw)


def _wrong(field: str, sentence: str) -> Refusal:
    return Refusal("bad_session", 422, sentence, {"field": field})


def _why_stale(version: RubricVersion, draw: Draw) -> Refusal | None:
    if version.status != RubricVersion.Status.PUBLISHED:
        return Refusal("not_published", 409, _("This version of the rubric is not in use. Choose the published one."))
    if draw.voided_at is not None:
        return Refusal("draw_voided", 409, _("This draw was voided. Choose another one to draw from."))
    return None


def why_not_change(user: User, session: CalibrationSession) -> Refusal | None:
    """Refuse to change what has begun."""
    if refusal := why_not_run(user):
        return refusal
    if session.status != S.DRAFT:
        return Refusal("begun", 409, _("This session has begun, so it stays as it was set up."))
    return None


def why_not_start(user: User, session: CalibrationSession, *, now: datetime) -> Refusal | None:
    """Refuse to start twice, too late, or with what is not in use any more."""
    if refusal := why_not_run(user):
        return refusal
    if session.status != S.DRAFT:
        return Refusal("begun", 409, _("This session was started already."))
    if session.due_at <= now:
        return Refusal("past", 409, _("Its deadline is over. Set a later one first."))
    return _why_stale(session.rubric_version, session.draw)


def why_not_reveal(user: User | None, session: CalibrationSession) -> Refusal | None:
    """Refuse to reveal what is not being scored, and what cannot be compared yet."""
    if refusal := why_not_run(user):
        return refusal
    if session.status != S.SCORING:
        return Refusal("not_scoring", 409, _("This session is not being scored, so there is nothing to reveal."))
    if not is_comparable(session):
        sentence = _("No conversation was scored by two people yet, so there is nothing to compare.")
        return Refusal("nothing_to_compare", 409, sentence)
    return None


def is_comparable(session: CalibrationSession) -> bool:
    """Say whether two people have scored the same conversation."""
    rows = Review.objects.filter(item__pick__calibration_unit__session=session.pk, status=Review.Status.SUBMITTED)
    picks = list(rows.values_list("item__pick", flat=True))
    return len(picks) > len(set(picks))


def why_not_agree(user: User, unit: CalibrationUnit) -> Refusal | None:
    """Refuse to settle before everybody may see, after it is settled, and about oneself."""
    if refusal := why_not_run(user):
        return refusal
    if unit.agent.user_id == user.pk:
        sentence = _("You handled this conversation, so somebody else settles its answers.")
        return Refusal("own_conversation", 409, sentence)
    return _why_not_revealed(unit.session)


def _why_not_revealed(session: CalibrationSession) -> Refusal | None:
    if session.status in {S.DRAFT, S.SCORING}:
        return Refusal("not_revealed", 409, _("Answers are agreed on when all of them are revealed."))
    if session.status != S.REVEALED:
        words = {"status": session.get_status_display().lower()}
        return Refusal("settled", 409, _("This session is %(status)s, so its answers stay as they are.") % words)
    return None


def why_not_resolve(user: User, session: CalibrationSession) -> Refusal | None:
    """Refuse to resolve while a conversation lacks its agreed answers."""
    if refusal := why_not_run(user) or _why_not_revealed(session):
        return refusal
    taken = session.units.filter(passed_over="")
    settled = AgreedAnswer.objects.filter(unit__in=taken).values("unit").distinct().count()
    lacking = taken.count() - settled
    if lacking:
        sentence = ngettext(
            "One of the conversations lacks its agreed answers.",
            "%(n)d of the conversations lack their agreed answers.",
            lacking,
        ) % {"n": lacking}
        return Refusal("not_settled", 409, sentence)
    return None


def why_not_close(user: User, session: CalibrationSession) -> Refusal | None:
    """Refuse to close what is not resolved."""
    if refusal := why_not_run(user):
        return refusal
    if session.status != S.RESOLVED:
        return Refusal("not_resolved", 409, _("A session is closed when its answers are agreed on."))
    return None


def why_not_cancel(user: User, session: CalibrationSession) -> Refusal | None:
    """Refuse to cancel what everybody has seen."""
    if refusal := why_not_run(user):
        return refusal
    if session.status not in {S.DRAFT, S.SCORING}:
        return Refusal("too_late", 409, _("What was revealed is not cancelled: agree on its answers and resolve it."))
    return None
