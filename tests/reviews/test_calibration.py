"""A calibration session: drawn, scored blind by several, revealed, agreed on, closed; and it counts nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notification, User
from accounts.roles import Role
from core.models import AuditEvent, Job
from core.refusals import Refused
from reviews.models import AgreedAnswer, CalibrationSession, CalibrationUnit, Cell, Conflict, QueueItem, Review
from reviews.selectors import calibration_frames
from reviews.selectors.calibration_pages import session_page
from reviews.selectors.calibration_units import unit_page
from reviews.selectors.reasons import why_this
from reviews.services import (
    calibrating,
    calibration_replays,
    claims,
    expiry,
    filling,
    handing_over,
    second_seats,
    settling,
    skipping,
)
from reviews.services.settling import Agreed
from sampling.design import prn, unit_name
from sampling.models import PeriodKey, Pick
from sampling.services.keys import secret
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, AgentIdentityFactory, TeamFactory, person
from tests.factories.calibration import DUE, STANDS, drafted, frame, score, seats_of, started, wanted, whole
from tests.factories.reviews import specialist

pytestmark = pytest.mark.django_db
LOW = {"understood": "no", "solved": "yes", "data-protected": "yes"}


def code_of(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.code


def kinds(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


@pytest.mark.any_database
def test_a_session_from_its_draw_to_its_end(client: Client) -> None:
    ada, ben, cleo, manager = specialist(), specialist(), specialist(), person(Role.MANAGER)
    draw = frame(7)
    filling.fill(now=NOW)
    sample = {pick.conversation_id: pick for pick in draw.picks.all()}
    cells = list(Cell.objects.values_list("metric", "n"))

    session = started([ada, ben, cleo], draw=draw, by=manager, number=2)

    # Whoever has the key and the frame comes to the same conversations: those of the sample are passed over.
    key = secret(draw.plan.period_keys.select_related("master", "plan").get(period=draw.period))
    frame_units = [unit for stratum in draw.strata.all() for unit in stratum.units]
    numbers = {unit[1]: prn(key, f"calib|{draw.period}", unit_name("zen", unit[5], 1)) for unit in frame_units}
    order = sorted(numbers, key=lambda pk: numbers[pk])
    free = [pk for pk in order if pk not in sample][:2]
    units = list(session.units.all())
    assert [unit.conversation_id for unit in units if not unit.passed_over] == free
    assert [unit.conversation_id for unit in units] == order[: order.index(free[-1]) + 1]
    assert {unit.passed_over for unit in units if unit.conversation_id in sample} <= {"queued"}
    assert (session.status, session.frame_size, draw.picks.count()) == ("scoring", 7, len(sample))
    replayed = calibration_frames.replay(session)
    assert replayed is not None
    assert (replayed.is_same, replayed.looked_at) == (True, len(units))
    assert [one["unit"][1] for one in calibration_frames.receipt(session, now=NOW)["units"]] == [
        unit.conversation.external_id for unit in session.units.select_related("conversation")
    ]

    # It looks like any other item, in the words too, and nobody was told.
    seat, other = seats_of(session, ada)[0], QueueItem.objects.filter(purpose="primary").select_related("pick__draw")[0]
    assert (why_this(seat), seat.pool, seat.plan_id) == (why_this(other), "random", draw.plan_id)
    assert [seat.seat for user in (ada, ben, cleo) for seat in seats_of(session, user)] == [1, 1, 2, 2, 3, 3]
    client.force_login(ada)
    assert "calibration" not in client.get("/queue/").content.decode().lower()
    assert kinds(ada) == []

    # One last score reveals it, and not a moment earlier; nobody's answers are on any page before.
    score(session, ada, answers=LOW, summary="Ada's words.")
    score(session, ben)
    before = session_page(whole(session), manager, now=NOW)
    assert (before.total, [row.scored for row in before.units], before.done, before.given) == (None, [0, 0], 4, 6)
    assert unit_page(whole(session), 1, manager) is None
    score(session, cleo, answers=LOW)
    session = whole(session)
    assert (session.status, session.revealed_by) == ("revealed", None)
    assert [kinds(one) for one in (ada, cleo, manager)] == [["calibration.revealed"]] * 3

    # Who chose what: two of three said no.
    page = session_page(session, manager, now=NOW)
    assert page.total is not None
    assert page.worst is not None
    assert {line.key: line.exact for line in page.lines} == {
        "understood": pytest.approx(1 / 3), "solved": 1.0, "data-protected": 1.0,
    }  # fmt: skip
    assert (page.worst.key, page.total.alpha, page.worst.reason.startswith("not enough pairs")) == (
        "understood", None, True,
    )  # fmt: skip
    first = unit_page(session, 1, ada)
    assert first is not None
    row = first.rows[0]
    column, line = row.cells[0]
    assert (column.user, column.is_own, line.answer if line else None) == (ada, True, "No")
    assert [(one.criterion.lineage, one.differs, one.common) for one in first.rows] == [
        ("understood", True, ""), ("solved", False, "yes"), ("data-protected", False, "yes"),
    ]  # fmt: skip
    assert [words for _column, words in first.remarks] == ["Ada's words."]

    # Agreed with a reason where people differed; then own answers beside it, and no score changed.
    for number in (1, 2):
        found = unit_page(session, number, manager)
        assert found is not None
        settling.agree(found.unit, STANDS, by=manager, now=NOW)
    session = settling.resolve(session, by=manager, now=NOW)
    after = session_page(whole(session), ada, now=NOW)
    own = {one.user: (one.same, one.compared, one.deviation.n if one.deviation else None) for one in after.people}
    assert own == {ada: (4, 6, 2), ben: (6, 6, 2), cleo: (4, 6, 2)}
    assert all(one.deviation and one.deviation.bias is None for one in after.people)  # two conversations are too few
    assert [row.agreed_score for row in after.units] == [100, 100]
    settling.close(session, by=manager, now=NOW)
    assert list(Cell.objects.values_list("metric", "n")) == cells
    assert set(Review.objects.filter(purpose="calibration").values_list("status", flat=True)) == {"submitted"}
    recorded = AuditEvent.objects.filter(verb__startswith="calibration.").order_by("pk")
    assert list(recorded.values_list("verb", flat=True)) == [
        "calibration.created", "calibration.started", "calibration.revealed", "calibration.agreed",
        "calibration.agreed", "calibration.resolved", "calibration.closed",
    ]  # fmt: skip


def test_nobody_scores_their_own_conversation_or_in_conflict_and_too_few_pass_a_unit_over() -> None:
    ada, ben, cleo, team = specialist(), specialist(), specialist(), TeamFactory()
    mine = AgentFactory(name="Mine", user=ada)
    AgentIdentityFactory(agent=mine, source="zen", external_id="mine")
    draw = frame(5, of=mine, team=team)

    with_conflict = [ada, ben, cleo]
    Conflict.objects.create(user=cleo, agent=mine, reason="Kin.", created_at=NOW, created_by=cleo)
    manager = person(Role.MANAGER)
    assert code_of(lambda: started(with_conflict, draw=draw, by=manager)) == "frame_too_small"
    assert CalibrationUnit.objects.count() == QueueItem.objects.filter(purpose="calibration").count() == 0
    session = started([*with_conflict, manager], draw=draw, by=manager, title="Two are left")

    assert {user.pk: len(seats_of(session, user)) for user in (*with_conflict, manager)} == {
        ada.pk: 0, ben.pk: 2, cleo.pk: 0, manager.pk: 2,
    }  # fmt: skip
    score(session, ben)
    score(session, manager)
    # Ada took part, but of her own conversations she sees nothing, not even revealed.
    session = whole(session)
    assert session.status == "revealed"
    assert session_page(session, ada, now=NOW).units == []
    assert unit_page(session, 1, ada) is None
    assert unit_page(session, 1, ben) is not None


def test_who_is_late_is_named_and_what_they_hold_ends(client: Client) -> None:
    ada, ben, cleo, manager = specialist(), specialist(), specialist(), person(Role.MANAGER)
    session = started([ada, ben, cleo], by=manager)
    assert code_of(lambda: settling.reveal(session, by=manager, now=NOW)) == "nothing_to_compare"
    score(session, ada)
    score(session, ben, answers=LOW)
    held = claims.take(seats_of(session, cleo)[0], by=cleo, now=NOW)
    skipping.skip(claims.take(seats_of(session, cleo)[1], by=cleo, now=NOW).item, reason="language", by=cleo, now=NOW)
    assert QueueItem.objects.filter(pick__calibration_unit__session=session).count() == 6  # nobody takes her place
    assert code_of(
        lambda: handing_over.hand_over(held.item, reason="Ill.", by=manager, now=NOW, to=ada)
    ) == "nobody_free"  # fmt: skip
    assert second_seats.pass_on(now=NOW) == 0
    later = DUE - timedelta(days=1)
    assert (settling.remind(now=later), settling.remind(now=later), kinds(cleo)) == (1, 0, ["item.due"])

    settling.reveal(session, by=manager, now=NOW)

    page = session_page(whole(session), manager, now=NOW)
    assert {one.user: one.missed for one in page.late} == {cleo: {"skipped": 1, "withdrawn": 1}}
    held.item.refresh_from_db()
    assert (held.item.status, kinds(cleo)[-1]) == ("withdrawn", "calibration.revealed")
    client.force_login(manager)
    assert "1 put aside" in client.get(f"/calibration/{session.pk}/").content.decode()


def test_time_ends_it_and_reveals_what_can_be_compared() -> None:
    ada, ben, cleo = specialist(), specialist(), specialist()
    session = started([ada, ben, cleo])
    score(session, ada)
    alone = started([ada, ben], draw=session.draw, title="Nobody came", number=1)
    score(session, ben)

    assert settling.reveal_finished(now=NOW) == 0
    expiry.expire(now=DUE + timedelta(days=30))
    assert (settling.reveal_finished(now=NOW), settling.reveal_finished(now=NOW)) == (1, 0)

    assert (whole(session).status, whole(alone).status) == ("revealed", "scoring")
    assert {one.user for one in session_page(whole(session), ada, now=NOW).late} == {cleo}
    # Two sessions over one frame never take the same conversation.
    taken = CalibrationUnit.objects.filter(passed_over="").values_list("conversation", flat=True)
    assert len(taken) == len(set(taken)) == 3


def test_what_is_refused_and_when() -> None:
    ada, ben, manager = specialist(), specialist(), person(Role.MANAGER)
    draw = frame()
    asked = (
        ("title", {"title": " "}), ("number", {"number": 0}), ("due_at", {"due_at": NOW}),
        ("due_at", {"due_at": NOW.replace(year=9999)}), ("people", {"people": [ada]}),
    )  # fmt: skip
    for field, wrong in asked:
        with pytest.raises(Refused) as refused:
            calibrating.make(wanted(draw, **{"people": [ada, ben], **wrong}), by=manager, now=NOW)
        assert (refused.value.refusal.status, refused.value.refusal.details) == (422, {"field": field})
    session = drafted([ada, ben], draw=draw, by=manager)
    calibrating.change(session, wanted(draw, [ada, ben], number=1, title="One"), by=manager, now=NOW)
    assert code_of(lambda: calibrating.start(session, by=ada, now=NOW)) == "wrong_role"
    assert code_of(lambda: calibrating.start(session, by=manager, now=DUE)) == "past"
    assert code_of(lambda: settling.reveal(session, by=manager, now=NOW)) == "not_scoring"

    session = calibrating.start(session, by=manager, now=NOW)
    assert code_of(lambda: calibrating.start(session, by=manager, now=NOW)) == "begun"
    assert code_of(lambda: calibrating.change(session, wanted(draw, [ada, ben]), by=manager, now=NOW)) == "begun"
    assert code_of(lambda: calibrating.cancel(session, reason=" ", by=manager, now=NOW)) == "reason_missing"
    unit = session.units.select_related("session", "agent").get(passed_over="")
    assert code_of(lambda: settling.agree(unit, STANDS, by=manager, now=NOW)) == "not_revealed"
    for user, answers in ((ada, None), (ben, LOW)):
        score(session, user, answers=answers)
    assert code_of(lambda: calibrating.cancel(whole(session), reason="Ill.", by=manager, now=NOW)) == "too_late"
    assert code_of(lambda: settling.resolve(whole(session), by=manager, now=NOW)) == "not_settled"
    assert code_of(lambda: settling.close(whole(session), by=manager, now=NOW)) == "not_resolved"

    unit = CalibrationUnit.objects.select_related("session", "agent", "conversation").get(pk=unit.pk)
    wrong_ones = {
        "understood": [Agreed("understood", option="yes"), *STANDS[1:]],  # no reason, though they differ
        "solved": [STANDS[0], Agreed("solved", option="perhaps"), STANDS[2]],
        "data-protected": STANDS[:2],
        "kindness": [*STANDS, Agreed("kindness", option="yes")],
        "": [*STANDS, STANDS[1]],
    }
    for criterion, answers in wrong_ones.items():
        with pytest.raises(Refused) as refused:
            settling.agree(unit, answers, by=manager, now=NOW)
        assert [one["criterion"] for one in refused.value.refusal.details["problems"]] == [criterion]
    assert AgreedAnswer.objects.count() == 0
    settling.agree(unit, STANDS, by=manager, now=NOW)
    settling.agree(unit, [Agreed("understood", "It was not said.", option="no"), *STANDS[1:]], by=manager, now=NOW)
    assert list(unit.agreed.order_by("pk").values_list("option__key", flat=True)) == ["no", "yes", "yes"]
    settling.resolve(whole(session), by=manager, now=NOW)
    assert code_of(lambda: settling.agree(unit, STANDS, by=manager, now=NOW)) == "settled"


def test_cancelled_is_over_for_everybody_and_nobody_ever_compares() -> None:
    ada, ben, manager = specialist(), specialist(), person(Role.MANAGER)
    session = started([ada, ben], by=manager)
    review = score(session, ada)[0]
    assert Review.objects.not_blind_to(manager).filter(pk=review.pk).exists() is False

    calibrating.cancel(session, reason="The rubric changes.", by=manager, now=NOW)

    assert {item.status for item in seats_of(session, ben)} == {"withdrawn"}
    assert Review.objects.not_blind_to(manager).filter(pk=review.pk).exists() is False
    assert Review.objects.not_blind_to(ada).filter(pk=review.pk).exists() is True
    assert list(CalibrationSession.objects.visible_to(ada)) == []
    assert code_of(lambda: settling.reveal(whole(session), by=manager, now=NOW)) == "not_scoring"
    assert Pick.objects.filter(calibration_unit__session=session, stratum__isnull=False).count() == 0


def test_pages_keep_what_was_typed_and_lead_on(client: Client) -> None:
    ada, ben, manager = specialist(), specialist(), person(Role.MANAGER)
    draw = frame()
    client.force_login(manager)
    version = draw.plan.rubric.versions.get(status="published")
    form = {"title": "Solved?", "draw": draw.pk, "number": 1, "rubric_version": version.pk, "last_day": "2026-03-09"}

    wrong = client.post("/calibration/new/", {**form, "people": [ada.pk]})
    made = client.post("/calibration/new/", {**form, "people": [ada.pk, ben.pk]})
    session = CalibrationSession.objects.get()
    edited = client.post(f"/calibration/{session.pk}/edit/", {**form, "title": "Solved!", "people": [ada.pk, ben.pk]})
    client.post(f"/calibration/{session.pk}/start/")
    for user, answers in ((ada, None), (ben, LOW)):
        score(session, user, answers=answers)
    path = f"/calibration/{session.pk}/1/"
    refused = client.post(f"{path}agree/", {"stands.understood": "yes", "stands.solved": "yes"})
    agreed = client.post(
        f"{path}agree/",
        {
            "stands.understood": "yes", "stands.solved": "yes", "stands.data-protected": "yes",
            "rationale.understood": "It is in message 2.",
        },
    )  # fmt: skip
    client.post(f"/calibration/{session.pk}/resolve/")
    # A large frame is drawn again in the background, when somebody asks for it.
    page, api = f"/calibration/{session.pk}/", f"/api/v1/calibration-sessions/{session.pk}/replay/"
    small, at_once = client.get(page).content.decode(), client.get(api).json()
    CalibrationSession.objects.update(frame_size=200_000)
    before, not_yet = client.get(page).content.decode(), client.get(api).json()
    first, again = client.post(f"{page}replay/"), client.post(api)
    during, waits = client.get(page).content.decode(), client.get(api)
    job = Job.objects.get(kind="calibration_replay")
    assert calibration_replays.work(job.pk, clock=timezone.now) is False
    after = client.get(page).content.decode()

    drawn_again = "the same conversations in the same order."
    assert [drawn_again in text for text in (small, before, during, after)] == [True, False, False, True]
    assert ["/replay/" in text for text in (small, before, during, after)] == [False, True, False, True]
    assert (not_yet["code"], first["Location"], again.status_code) == ("replay_not_started", page, 202)
    assert (waits.status_code, waits.json()["id"], client.get(api).json()) == (202, job.pk, at_once)
    PeriodKey.objects.all().delete()
    calibration_replays.work(client.post(api).json()["id"], clock=timezone.now)
    assert (client.get(api).json()["code"], "There is nothing to compare" in client.get(page).content.decode()) == (
        "replay_failed", True,
    )  # fmt: skip
    assert (wrong.status_code, "Solved?" in wrong.content.decode()) == (422, True)
    assert (made.status_code, made["Location"], edited.status_code) == (302, f"/calibration/{session.pk}/", 302)
    assert (refused.status_code, refused.content.decode().count("field-error")) == (422, 2)
    assert agreed.status_code == 302
    client.force_login(ada)
    own = client.get(path).content.decode()
    assert ("“Yes” stands" in own, "It is in message 2." in own, "agree/" in own) == (True, True, False)
    assert client.get("/calibration/?status=resolved").content.decode().count("row-link") == 1
