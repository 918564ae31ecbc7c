"""Those who oversee act at the same moment, or while somebody reviews: each change once, and no item in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Absence, QueueItem, Review
from reviews.services import absences, claims, drafting, filling, handing_over, skipping, submitting
from sampling.models import Draw, MasterKey, PeriodKey, Plan, PlanPause
from sampling.services import draws, keys, plans
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import claimed, drawn_items, filled, specialist
from tests.factories.sampling import PlanFactory
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)
S = QueueItem.Status


def fresh(review: Review) -> Review:
    return Review.objects.select_related("item", "conversation", "transcript", "rubric_version").get(pk=review.pk)


def unexpected(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]


def recorded(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def test_an_item_that_is_handed_over_twice_while_its_holder_saves_and_submits_is_in_one_hand() -> None:
    review, manager, others = claimed(), person("manager"), [specialist() for _place in range(2)]
    item = QueueItem.objects.get(pk=review.item_id)

    results = at_once(
        lambda: handing_over.hand_over(item, reason="Holidays.", by=manager, now=NOW, to=others[0]),
        lambda: handing_over.hand_over(item, reason="Holidays.", by=manager, now=NOW, to=others[1]),
        lambda: drafting.save(fresh(review), filled(summary="Mine."), number=0, by=review.author, now=NOW),
        lambda: submitting.submit(fresh(review), filled(), by=review.author, now=NOW),
    )

    assert unexpected(results) == []
    item.refresh_from_db()
    assert recorded("item.handed_over") == codes(results[:2]).count("QueueItem")
    if item.status == S.SUBMITTED:
        assert Review.objects.get(pk=review.pk).status == "submitted"
    else:
        assert (item.status, item.claimed_by) == (S.AVAILABLE, None)
        assert item.assigned_to in others
        # What was saved a moment before is still there for its author.
        assert Review.objects.get(pk=review.pk).draft.get("summary", "") == (
            "Mine." if codes([results[2]]) == ["Saved"] else ""
        )


def test_a_draw_that_is_voided_twice_while_its_items_are_claimed_skipped_and_submitted_leaves_none_open() -> None:
    manager, other = person("manager"), specialist()
    items = drawn_items(3)
    drafts = [claimed(item) for item in items[:2]]
    draw = Draw.objects.get()

    results = at_once(
        *[lambda: draws.void(draw, reason="Wrong week.", by=manager, now=NOW)] * 2,
        lambda: submitting.submit(fresh(drafts[0]), filled(), by=drafts[0].author, now=NOW),
        lambda: skipping.skip(items[1], reason="spam", by=drafts[1].author, now=NOW),
        lambda: claims.next_item(by=other, now=NOW),
        lambda: filling.fill(now=NOW),
    )
    filling.fill(now=NOW)

    assert unexpected(results) == []
    assert (codes(results[:2]).count("Draw"), recorded("draw.voided")) == (1, 1)
    assert set(QueueItem.objects.values_list("status", flat=True)) <= {S.WITHDRAWN, S.SUBMITTED, S.SKIPPED}
    assert QueueItem.objects.exclude(claimed_by=None, claimed_until=None).filter(status=S.WITHDRAWN).exists() is False


def test_absences_that_are_entered_at_once_never_overlap() -> None:
    user = specialist()
    days = {"starts_at": NOW + timedelta(days=2), "ends_at": NOW + timedelta(days=5)}

    results = at_once(*[lambda: absences.be_away(user, by=user, now=NOW, **days)] * 3)

    assert codes(results) == ["Absence", "overlaps", "overlaps"]
    assert Absence.objects.count() == recorded("absence.planned") == 1


def test_two_who_change_the_master_key_while_plans_promise_theirs_leave_one_that_holds() -> None:
    manager, plan = person("admin"), PlanFactory()
    keys.publish(plan, now=NOW)

    results = at_once(
        *[lambda: keys.rotate(by=manager, now=NOW)] * 2, lambda: keys.publish(PlanFactory(), now=NOW)
    )  # fmt: skip

    assert unexpected(results) == []
    newest = MasterKey.objects.get(retired_at=None)
    assert (MasterKey.objects.count(), newest.number) == (3, 3)
    to_come = PeriodKey.objects.filter(starts_at__gt=NOW)
    assert set(to_come.values_list("master", flat=True)) == {newest.pk}


def test_a_plan_that_is_paused_resumed_and_archived_at_once_is_one_of_them() -> None:
    plan, manager = PlanFactory(), person("manager")
    keys.publish(plan, now=NOW)

    results = at_once(
        *[lambda: plans.pause(plan, by=manager, now=NOW)] * 2,
        lambda: plans.resume(plan, by=manager, now=NOW),
        lambda: plans.archive(plan, by=manager, now=NOW),
    )

    assert unexpected(results) == []
    assert Plan.objects.get().status == "archived"
    paused, resumed = recorded("plan.paused"), recorded("plan.resumed")
    assert PlanPause.objects.count() == paused
    assert PlanPause.objects.exclude(ends_at=None).count() == resumed
