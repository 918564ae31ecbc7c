"""Between submission and feedback: changed by its author, scheduled, held, read by a second person, voided."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from accounts.roles import Role
from core.refusals import Refusal
from reviews import policies
from reviews.models import Cell, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.selectors.changes import history
from reviews.services import claims, drafting, publishing, revising, second_reads, submitting, voiding
from tests.api.asking import asking, post
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.disputes import disputed, feedback, fresh, refused, told
from tests.factories.reviews import drawn_items, filled, published, specialist, submitted

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BREACH = {"understood": "yes", "solved": "yes", "data-protected": "breach"}


def again(review: Review) -> Review:
    return Review.objects.select_related("current", "item", "conversation", "transcript", "rubric_version").get(
        pk=review.pk
    )


def said(refusal: Refusal | None) -> tuple[str, int] | None:
    return None if refusal is None else (refusal.code, refusal.status)


def failing(**fields: Any) -> Review:
    """Submit a review that fails the card where a second reader is wanted, with somebody there to be one."""
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    specialist()
    return again(submitted(answers=BREACH, **fields))


def second_reader(review: Review) -> tuple[User, Review]:
    """Let the chosen person judge the conversation, blind."""
    item = QueueItem.objects.get(purpose="second_read", pick=review.item.pick_id)
    user = item.assigned_to
    assert isinstance(user, User)
    mine = claims.take(item, by=user, now=NOW)
    return User.objects.get(pk=user.pk), submitting.submit(mine, filled(BREACH), by=user, now=NOW)


# ---- undo of submit


def test_an_author_changes_what_was_submitted_and_that_makes_a_revision() -> None:
    review = submitted(answers={"understood": "partly", "solved": "yes", "data-protected": "yes"}, summary="Hm.")
    revising.reopen(again(review), by=review.author, now=NOW + MINUTE)
    opened = again(review)
    draft = dict(opened.draft["answers"])
    number = opened.draft_number

    saved = drafting.save(opened, filled(summary="Good."), number=number, by=review.author, now=NOW + MINUTE)
    done = submitting.submit(again(review), filled(summary="Good."), by=review.author, now=NOW + 2 * MINUTE)

    assert {key: value["option"] for key, value in draft.items()} == {
        "understood": "partly", "solved": "yes", "data-protected": "yes",
    }  # fmt: skip
    assert (saved.lost, done.status, done.reopened_at, done.draft) == (None, "submitted", None, {})
    assert done.current is not None
    assert (done.current.number, done.current.reason, done.current.final_score) == (
        2, "Changed by its author", Decimal("100.0000"),
    )  # fmt: skip
    assert done.release_at == NOW + 17 * MINUTE
    (step,) = history(done)
    assert [(one.name, one.before, one.after) for one in step.answers] == [("Understood the problem", "Partly", "Yes")]


def test_what_is_being_changed_does_not_go_out() -> None:
    review = submitted()
    revising.reopen(again(review), by=review.author, now=NOW)

    by_clock = publishing.publish_due(now=NOW + DAY / 2)
    by_hand = refused(lambda: publishing.publish(again(review), by=review.author, now=NOW))

    assert (by_clock, by_hand, publishing.publish_of(review.author, now=NOW)) == (0, "being_changed", 0)


def test_a_change_that_is_given_up_leaves_what_was_submitted() -> None:
    first, second = submitted(), submitted()
    for review in (first, second):
        revising.reopen(again(review), by=review.author, now=NOW)

    revising.keep(again(first), by=first.author, now=NOW)
    closed = [revising.close_stale(now=NOW + 2 * DAY) for _time in range(2)]

    assert closed == [1, 0]
    assert [again(one).reopened_at for one in (first, second)] == [None, None]
    assert [again(one).revisions.count() for one in (first, second)] == [1, 1]
    assert publishing.publish_due(now=NOW + 2 * DAY) == 2


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("in time", None), ("too late", ("window_closed", 409)), ("somebody else", ("not_your_review", 403)),
        ("published", ("not_waiting", 409)), ("open already", ("being_changed", 409)),
        ("too late, but sent back", None), ("no longer scoring", ("not_your_team", 403)),
    ],
)  # fmt: skip
def test_when_a_review_may_be_changed(case: str, expected: tuple[str, int] | None) -> None:
    review = published() if case == "published" else submitted()
    user = specialist() if case == "somebody else" else User.objects.get(pk=review.author_id)
    if case == "open already":
        revising.reopen(review, by=user, now=NOW)
    if case == "too late, but sent back":
        Review.objects.filter(pk=review.pk).update(returned_at=NOW, return_note="Look again.")
    if case == "no longer scoring":
        user.grants.update(ends_at=NOW - DAY)
        user = User.objects.get(pk=user.pk)
    moment = NOW + (16 if "too late" in case else 15) * MINUTE

    assert said(policies.why_not_reopen(user, again(review), now=moment)) == expected


# ---- release


def test_a_review_goes_out_at_the_time_that_was_set() -> None:
    review = submitted()

    publishing.schedule(again(review), at=NOW + 3 * DAY, by=review.author, now=NOW)

    assert [publishing.publish_due(now=NOW + days * DAY) for days in (2, 4)] == [0, 1]


@pytest.mark.parametrize("at", [NOW, NOW - DAY, NOW + 91 * DAY])
def test_a_time_that_is_past_or_far_away_is_refused(at: Any) -> None:
    review = submitted()

    assert refused(lambda: publishing.schedule(review, at=at, by=review.author, now=NOW)) == "bad_time"


def test_several_are_published_at_once_as_far_as_one_may() -> None:
    mine, held = submitted(), submitted()
    revising.reopen(again(held), by=held.author, now=NOW)
    manager = person(Role.MANAGER)

    count = publishing.publish_many([again(mine), again(held)], by=manager, now=NOW)

    assert (count, again(mine).status, again(held).status) == (1, "published", "submitted")


# ---- second reader


def test_what_fails_the_card_waits_for_a_second_reader_who_is_blind() -> None:
    review = failing()
    user, _second = second_reader(review)

    review = again(review)
    assert (review.release_at, review.needs_second_read) == (None, True)
    assert (review.second_reader, review.second_read_at) == (user, NOW)
    assert said(policies.why_not_publish(User.objects.get(pk=review.author_id), review)) == ("needs_second_read", 409)
    assert publishing.publish_due(now=NOW + 9 * DAY) == 0
    assert told(user) == ["second_read.to_confirm"]
    publishing.publish(review, by=user, now=NOW)
    assert again(review).status == "published"
    assert Cell.objects.get(metric="total").n == 1


@pytest.mark.parametrize(("wanted", "answers"), [(False, BREACH), (True, None)])
def test_no_second_reader_where_none_is_wanted_or_nothing_failed(wanted: bool, answers: dict[str, str] | None) -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": wanted})
    specialist()

    review = submitted(answers=answers)

    assert (review.needs_second_read, review.release_at) == (False, NOW + 15 * MINUTE)
    assert QueueItem.objects.filter(purpose="second_read").exists() is False


def test_the_second_reader_sends_it_back_and_the_changed_review_goes_out_by_itself() -> None:
    review = failing()
    user, _second = second_reader(review)

    second_reads.send_back(again(review), note=" Message 2 has the check. ", by=user, now=NOW)
    early = refused(lambda: publishing.publish(again(review), by=review.author, now=NOW))
    revising.reopen(again(review), by=review.author, now=NOW + 3 * DAY)
    done = submitting.submit(again(review), filled(), by=review.author, now=NOW + 3 * DAY)

    assert (early, told(review.author)) == ("returned", ["review.returned"])
    assert done.current is not None
    assert (done.current.reason, done.return_note) == ("Sent back by the second reader", "Message 2 has the check.")
    assert publishing.publish_due(now=NOW + 4 * DAY) == 1
    assert refused(lambda: second_reads.send_back(again(review), note="Again.", by=user, now=NOW)) == "read_already"


def test_sending_back_needs_a_note_and_the_second_reader() -> None:
    review = failing()
    user, _second = second_reader(review)

    assert refused(lambda: second_reads.send_back(again(review), note=" ", by=user, now=NOW)) == "note_missing"
    assert refused(lambda: second_reads.send_back(again(review), note="No.", by=review.author, now=NOW)) == (
        "not_second_reader"
    )


def test_a_second_read_without_anybody_waits_until_somebody_comes() -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"second_reader_for_card_fail": True})
    submitted(answers=BREACH)
    before = QueueItem.objects.filter(purpose="second_read").count()
    specialist()

    found = [second_reads.find_people(now=NOW) for _time in range(2)]

    assert (before, found) == (0, [1, 0])


def test_a_manager_publishes_without_waiting_and_the_second_read_leaves_the_queue() -> None:
    review = failing()

    publishing.publish(review, by=person(Role.MANAGER), now=NOW)

    assert QueueItem.objects.get(purpose="second_read").status == "withdrawn"


# ---- void


def test_voiding_takes_a_review_out_of_the_averages_and_ends_its_dispute() -> None:
    review = feedback()
    dispute = disputed(review)
    manager = person(Role.MANAGER)

    voiding.void(again(review), reason="The wrong agent.", by=manager, now=NOW)

    review = again(review)
    assert (review.status, review.voided_by, review.void_reason) == ("voided", manager, "The wrong agent.")
    assert set(Cell.objects.values_list("n", flat=True)) == {0}
    assert list(compare()) == []
    assert fresh(dispute).status == "withdrawn"
    assert told(review.author)[-1] == "review.voided"


@pytest.mark.parametrize(
    ("who", "state", "expected"),
    [
        ("manager", "published", None), ("manager", "submitted", None), ("manager", "voided", ("voided", 409)),
        ("manager", "draft", ("not_submitted", 409)), ("author", "published", ("not_yours_to_void", 403)),
        ("supervisor", "published", ("not_yours_to_void", 403)),
        ("manager who is the agent", "published", ("not_yours_to_void", 403)),
    ],
)  # fmt: skip
def test_who_may_void_what(who: str, state: str, expected: tuple[str, int] | None) -> None:
    manager = person(Role.MANAGER)
    agent = AgentFactory(user=manager if who == "manager who is the agent" else person(Role.AGENT))
    review = submitted(drawn_items(agent=agent)[0])
    review.status = state
    users = {"author": review.author, "supervisor": person(Role.SUPERVISOR)}

    assert said(policies.why_not_void(users.get(who, manager), review)) == expected


def test_voiding_needs_a_reason() -> None:
    assert refused(lambda: voiding.void(published(), reason=" ", by=person(Role.MANAGER), now=NOW)) == "reason_missing"


# ---- pages and API


def test_the_buttons_of_a_submitted_review_do_what_they_say(client: Client) -> None:
    review = submitted()
    client.force_login(review.author)
    page = client.get(f"/reviews/{review.pk}/").content.decode()

    client.post(f"/reviews/{review.pk}/hold/")
    held = client.get(f"/reviews/{review.pk}/").content.decode()
    bad = client.post(f"/reviews/{review.pk}/schedule/", {"at": "soon"})
    client.post(f"/reviews/{review.pk}/schedule/", {"at": "2026-03-07T09:00"})
    client.post(f"/reviews/{review.pk}/reopen/")
    workspace = client.get(f"/reviews/{review.pk}/").content.decode()
    kept = client.post(f"/reviews/{review.pk}/keep/", follow=True).content.decode()

    assert [page.count(word) for word in ("Change it", "Publish later…", "Publish now", "Void this review")] == [
        1, 1, 1, 0,
    ]  # fmt: skip
    assert held.count("It is kept back for the 1:1. The agent sees it on Wed 18 Mar 10:00") == 1
    assert (bad.status_code, again(review).release_at) == (422, NOW.replace(day=7, hour=9))
    assert workspace.count("You are changing a review that was submitted.") == 1
    assert workspace.count("You do not hold this item right now") == 0
    assert kept.count("It stays as it was submitted.") == 1


def test_ticked_reviews_are_published_together(client: Client) -> None:
    first, second = submitted(), submitted()
    client.force_login(person(Role.MANAGER))
    page = client.get("/reviews/").content.decode()

    none = client.post("/reviews/publish-chosen/", {"review": ["x", "9" * 30, "9" * 5000]})
    client.post("/reviews/publish-chosen/", {"review": [first.pk]})

    assert (page.count('name="review"'), none.status_code) == (2, 422)
    assert [again(one).status for one in (first, second)] == ["published", "submitted"]


def test_the_second_reader_sees_both_and_decides(client: Client) -> None:
    review = failing()
    user, _second = second_reader(review)
    client.force_login(user)

    page = client.get(f"/reviews/{review.pk}/").content.decode()
    client.post(f"/reviews/{review.pk}/send-back/", {"note": "Look at message 2."})
    client.force_login(review.author)
    told_so = client.get(f"/reviews/{review.pk}/").content.decode()

    assert [page.count(word) for word in ("The second reader</h2>", "Every answer is the same.", "Send back…")] == [
        1, 1, 1,
    ]  # fmt: skip
    assert told_so.count("The second reader sent it back to its author: Look at message 2.") == 1


def test_a_voided_review_is_gone_for_the_agent_and_says_why_to_others(client: Client) -> None:
    review = feedback()
    manager = person(Role.MANAGER)
    client.force_login(manager)
    client.post(f"/reviews/{review.pk}/void/", {"reason": "The wrong agent."})
    text = client.get(f"/reviews/{review.pk}/").content.decode()
    assert review.agent.user is not None
    client.force_login(review.agent.user)

    assert text.count("wrote: The wrong agent.") == 1
    assert client.get(f"/feedback/{review.pk}/").status_code == 404


def test_the_same_over_the_api() -> None:
    review = submitted()
    author, manager = asking(review.author), asking(person(Role.MANAGER))
    path = f"reviews/{review.pk}"

    answers = [
        post(author, f"{path}/schedule/", {"at": "2026-03-07T09:00:00Z"}),
        post(author, f"{path}/hold/"),
        post(author, f"{path}/reopen/"),
        post(author, f"{path}/publish/"),
        post(author, f"{path}/keep/"),
        post(author, f"{path}/send-back/", {"note": "No."}),
        post(manager, "reviews/publish-chosen/", {"reviews": [review.pk]}),
        post(author, f"{path}/void/", {"reason": "No."}),
        post(manager, f"{path}/void/", {"reason": "The wrong agent."}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 409, 200, 403, 200, 403, 200]
    assert (answers[6].json(), answers[8].json()["status"]) == ({"count": 1}, "voided")
