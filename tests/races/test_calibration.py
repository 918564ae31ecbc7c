"""The last two scores, and the reveal, at the same moment: one reveal, and nobody both late and compared."""

from __future__ import annotations

import pytest

from accounts.models import Notification
from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from reviews.services import calibrating, claims, settling, submitting
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.calibration import drafted, frame, score, seats_of, started, whole
from tests.factories.reviews import filled, specialist
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_last_scores_and_two_reveals_have_one_reveal() -> None:
    people, managers = [specialist() for _ in range(4)], [person(Role.MANAGER) for _ in range(2)]
    session = started(people, number=1)
    score(session, people[0])
    score(session, people[1])
    late = [claims.take(seats_of(session, user)[0], by=user, now=NOW) for user in people[2:]]

    results = at_once(
        *[lambda by=by: settling.reveal(whole(session), by=by, now=NOW) for by in managers],
        *[lambda one=one: submitting.submit(one, filled(), by=one.author, now=NOW) for one in late],
    )

    assert [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    assert set(codes(results)) <= {"CalibrationSession", "Review", "item_ended", "not_scoring"}
    assert whole(session).status == "revealed"
    assert AuditEvent.objects.filter(verb="calibration.revealed").count() == 1
    assert Notification.objects.filter(kind="calibration.revealed", user=people[0]).count() == 1
    ended = [seats_of(session, user)[0].status for user in people]
    assert set(ended) <= {"submitted", "withdrawn"}
    assert codes(results).count("Review") == ended.count("submitted") - 2


def test_two_sessions_that_start_at_once_take_different_conversations() -> None:
    manager, people, draw = person(Role.MANAGER), [specialist(), specialist()], frame(6)
    sessions = [drafted(people, draw=draw, by=manager, title=title) for title in ("One", "Two")]

    results = at_once(*[lambda one=one: calibrating.start(whole(one), by=manager, now=NOW) for one in sessions])

    assert codes(results) == ["CalibrationSession", "CalibrationSession"]
    taken = [
        unit.conversation_id for one in sessions for unit in one.units.filter(passed_over="").order_by("place")
    ]  # fmt: skip
    assert len(taken) == len(set(taken)) == 4
