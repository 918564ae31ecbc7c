"""What one person skips as not eligible leaves the frame only when a second one agrees."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Notification, User
from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import QueueItem
from reviews.services import claims, filling, skip_checks, skipping
from sampling.models import Draw, Plan
from sampling.receipts import replay
from sampling.selectors.receipts import receipt_of
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import drawn_items, skipped, specialist
from tests.factories.sampling import PlanFactory, agent, drawn, master_key, week_of

pytestmark = pytest.mark.django_db


def first_skipped(reason: str = "spam", *, size: int = 6, quota: int = 2) -> tuple[QueueItem, User, Draw]:
    """Let one specialist skip the first of what was drawn from an agent's week."""
    master_key()
    plan = PlanFactory(quota_per_agent=quota)
    for completion in week_of(agent("Anna"), size):
        transcribe(completion.conversation, talk(), now=NOW)
    draw = drawn(plan)
    filling.fill(now=NOW)
    user = specialist()
    review = claims.next_item(by=user, now=NOW)
    assert review is not None
    skipping.skip(review.item, reason=reason, by=user, now=NOW, note="Looks like an advert.")
    return QueueItem.objects.get(pk=review.item_id), user, draw


def state(draw: Draw) -> tuple[int, int, int]:
    stratum = draw.strata.get()
    return stratum.prefix, stratum.eligible, stratum.drawn


def refusal(verb: object, item: QueueItem, by: User) -> tuple[str, int]:
    with pytest.raises(Refused) as raised:
        verb(QueueItem.objects.get(pk=item.pk), by=by, now=NOW)  # type: ignore[operator]
    return raised.value.refusal.code, raised.value.refusal.status


def test_a_second_person_confirms_once_and_the_receipt_still_replays() -> None:
    item, first, draw = first_skipped()
    second = specialist()
    assert list(QueueItem.objects.skips_to_check(second)) == [item]
    assert list(QueueItem.objects.skips_to_check(first)) == []
    assert state(draw) == (3, 3, 3)
    assert replay("".join(receipt_of(draw)).encode()).differences == ()

    skip_checks.confirm(item, by=second, now=NOW + timedelta(hours=1), note="An advert, yes.")

    item.refresh_from_db()
    assert (item.check_result, item.checked_by, item.check_note) == ("confirmed", second, "An advert, yes.")
    assert (state(draw), QueueItem.objects.open().count()) == ((3, 2, 2), 2)
    assert refusal(skip_checks.overrule, item, specialist()) == ("nothing_to_check", 409)
    assert replay("".join(receipt_of(draw)).encode()).differences == ()


def test_overruling_brings_it_back_beside_its_replacement_for_somebody_else() -> None:
    item, first, draw = first_skipped(quota=1)

    skip_checks.overrule(item, by=specialist(), now=NOW)

    item.pick.refresh_from_db()
    again = QueueItem.objects.get(pick=item.pick, seat=2)
    assert (item.pick.dropped, again.status, state(draw)) == ("", "available", (2, 2, 2))
    assert again not in QueueItem.objects.offered_to(first)
    assert Notification.objects.get(user=first).kind == "skip.overruled"
    assert AuditEvent.objects.filter(verb="pick.skip_overruled").count() == 1


def test_who_may_not_look() -> None:
    item, first, _draw = first_skipped()
    reviewee = person(Role.SPECIALIST)
    item.agent.user = reviewee
    item.agent.save()

    assert refusal(skip_checks.confirm, item, first) == ("own_skip", 409)
    assert refusal(skip_checks.confirm, item, reviewee) == ("own_conversation", 409)
    assert refusal(skip_checks.confirm, item, person(Role.SUPERVISOR)) == ("wrong_role", 403)
    assert refusal(skip_checks.confirm, item, specialist(TeamFactory())) == ("not_your_team", 404)
    assert list(QueueItem.objects.skips_to_check(reviewee)) == []


def test_the_rule_confirms_only_what_it_sees() -> None:
    wordless, spoken = drawn_items(2)
    wordless.conversation.agent_messages = 0
    wordless.conversation.save()

    seen = skipped(wordless, reason="no_agent_message")
    doubted = skipped(spoken, reason="no_agent_message")

    assert (seen.check_result, seen.checked_by, seen.checked_at) == ("confirmed", None, NOW)
    assert doubted.conversation.agent_messages > 0
    assert list(QueueItem.objects.skips_to_check(specialist())) == [doubted]


def test_the_page_shows_what_waits_and_takes_the_answer(client: Client) -> None:
    item, first, draw = first_skipped()
    client.force_login(specialist())

    queue, page = client.get("/queue/"), client.get("/queue/skips/")
    Plan.objects.update(hide_agent=True)
    blind = client.get("/queue/skips/")
    answered = client.post(f"/queue/skips/{item.pk}/confirm/", {"note": "\0Right"}, follow=True)
    again = client.post(f"/queue/skips/{item.pk}/overrule/")

    assert "One skip to check" in queue.content.decode()
    assert "Looks like an advert." in page.content.decode()
    # Whoever reads it to decide may have to score it: where the plan hides the agent, the page does, too.
    link = f'href="/conversations/{item.conversation_id}/"'
    assert [bool(re.search(r"\ba-1\b", one.content.decode())) for one in (page, blind)] == [True, False]
    assert [link in one.content.decode() for one in (page, blind)] == [True, False]
    assert "charged twice" in blind.content.decode()
    assert "Confirmed. It leaves the frame" in answered.content.decode()
    assert (again.status_code, state(draw)) == (409, (3, 2, 2))
    client.force_login(first)
    assert client.post(f"/queue/skips/{item.pk}/confirm/").status_code == 409
    client.force_login(person(Role.MANAGER))
    shown = client.get(f"/sampling/draws/{draw.pk}/").content.decode()
    assert "Eligible in all" in shown
    assert 'title="Estimated from what was looked at, with its 95 % limits">~</abbr>3' in shown
