"""What nobody reviewed in time ends: counted, replaced by nothing, its draft kept and its author told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Notification
from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import QueueItem, QueueRules
from reviews.services import claims, drafting, expiry, filling, submitting
from sampling.models import FrameStratum
from sampling.services import draws
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import claimed, drawn_items, filled, specialist
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(days=5)
OVER = DUE + timedelta(days=7, seconds=1)  # the usual grace


def statuses(items: list[QueueItem]) -> list[str]:
    return [QueueItem.objects.get(pk=item.pk).status for item in items]


def test_it_ends_after_due_date_and_grace_and_releases_nothing() -> None:
    strict = PlanFactory()
    QueueRules.objects.filter(plan=strict).update(grace_days=0)
    over, within, soon = (
        drawn_items(2, due_at=DUE),
        drawn_items(1, due_at=DUE + timedelta(hours=1)),
        drawn_items(1, due_at=OVER),
    )
    early = drawn_items(1, plan=strict, due_at=OVER - timedelta(minutes=1))

    ended = expiry.expire(now=OVER)

    assert (ended, statuses([*over, *within, *soon, *early])) == (
        3, ["expired", "expired", "available", "available", "expired"],
    )  # fmt: skip
    stratum = FrameStratum.objects.get(pk=over[0].pick.stratum_id)
    assert (stratum.prefix, stratum.eligible, stratum.drawn) == (2, 2, 2)
    over[0].pick.refresh_from_db()
    assert (over[0].pick.dropped, over[0].pick.drop_reason, over[0].pick.vacated) == ("nonresponse", "expired", False)
    assert AuditEvent.objects.filter(verb="item.expired").count() == 3
    assert (filling.fill(now=OVER), expiry.expire(now=OVER)) == (0, 0)


def test_a_killed_sweep_leaves_whole_batches_and_the_next_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    items = drawn_items(3, due_at=DUE)
    monkeypatch.setattr(expiry, "BATCH", 2)

    first, second = expiry.expire(now=OVER, batches=1), expiry.expire(now=OVER)

    assert (first, second, statuses(items)) == (2, 1, ["expired"] * 3)


def test_a_draft_is_kept_its_author_told_and_who_is_at_it_gets_a_day_more(client: Client) -> None:
    idle, busy = drawn_items(2, due_at=DUE)
    author, worker = specialist(), specialist()
    draft = claimed(idle, by=author, now=NOW)
    drafting.save(draft, filled(summary="Half."), number=0, by=author, now=NOW)
    going = claimed(busy, by=worker, now=OVER)

    assert expiry.expire(now=OVER) == 1
    submitting.submit(going, filled(), by=worker, now=OVER)

    draft.refresh_from_db()
    assert draft.draft["summary"] == "Half."
    assert Notification.objects.get(user=author).kind == "item.expired"
    with pytest.raises(Refused, match=r"expired meanwhile\. Your draft is kept"):
        submitting.submit(draft, filled(), by=author, now=OVER)
    client.force_login(author)
    page = client.get("/queue/").content.decode()
    assert "Ended without you" in page
    assert "it was not reviewed by its due date and the days of grace" in page


def test_somebody_who_holds_it_for_days_is_not_waited_for() -> None:
    item = drawn_items(1, due_at=DUE - timedelta(days=1))[0]
    claimed(item, now=OVER)

    assert (expiry.expire(now=OVER), statuses([item])) == (1, ["expired"])


def test_what_a_voided_draw_takes_back_is_told_and_shown_on_the_draw(client: Client) -> None:
    item, other = drawn_items(2)
    author = specialist()
    draft = claimed(item, by=author)
    drafting.save(draft, filled(summary="Half."), number=0, by=author, now=NOW)
    expiry.expire(now=NOW)
    draws.void(item.pick.draw, reason="Wrong population", by=None, now=NOW)  # type: ignore[arg-type]

    assert filling.withdraw(now=NOW) == 2

    assert statuses([item, other]) == ["withdrawn", "withdrawn"]
    assert Notification.objects.get(user=author).kind == "item.withdrawn"
    assert claims.next_item(by=specialist(), now=NOW) is None
    client.force_login(person(Role.MANAGER))
    shown = client.get(f"/sampling/draws/{item.pick.draw_id}/work/").content.decode()
    assert "<dt>Withdrawn</dt><dd>2</dd>" in shown
    assert "What nobody reviewed 7 days after its due date expires" in shown
