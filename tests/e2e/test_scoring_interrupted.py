"""What may happen in the middle of a review: nothing is lost, and the person is told what happened and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from conversations.messages import Message
from reviews.models import QueueItem, Review
from reviews.services import claims, submitting
from rubrics.models import RubricVersion
from rubrics.services import publishing
from tests.e2e.test_scoring import Browse, begun, criterion, message, opened, pins_of, stored
from tests.factories.conversations import transcribe
from tests.factories.reviews import filled, specialist
from tests.support.browser import Complaints
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = "[data-saved]"


def lapse(review: Review) -> None:
    """Let the hold run out."""
    QueueItem.objects.filter(pk=review.item_id).update(claimed_until=timezone.now() - timedelta(seconds=1))


def look_back(page: Page) -> None:
    """Come back to the tab, which asks whether something happened meanwhile."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def type_summary(page: Page, text: str) -> None:
    page.locator("#summary").fill(text)


def test_a_lost_connection_keeps_everything_and_saves_when_it_is_back(browse: Browse, complaints: Complaints) -> None:
    complaints.expect(r"ERR_FAILED|Failed to load resource")
    user, review = begun()
    page = opened(browse, user, review)
    page.route("**/draft/", lambda route: route.abort())

    type_summary(page, "Written while the line was down")

    expect(page.locator("[data-subject=offline]")).to_contain_text("Keep this page open: everything is kept here")
    assert stored(review) == {}
    page.unroute("**/draft/")
    expect(page.locator(SAVED)).to_have_text("Saved")
    expect(page.locator("[data-subject=offline]")).to_have_count(0)
    assert stored(review)["summary"] == "Written while the line was down"


def test_a_hold_that_ran_out_comes_back_with_the_next_change(browse: Browse) -> None:
    user, review = begun()
    lapse(review)
    page = opened(browse, user, review)
    notice = page.locator("[data-subject~=lost]")
    expect(notice).to_contain_text("You do not hold this item right now.")

    type_summary(page, "Back from lunch")
    expect(page.locator(SAVED)).to_have_text("Saved")
    expect(notice).to_have_count(0)

    item = QueueItem.objects.get(pk=review.item_id)
    assert (item.claimed_by, stored(review)["summary"]) == (user, "Back from lunch")


def test_when_somebody_else_took_it_the_draft_is_kept_and_both_are_told(browse: Browse, complaints: Complaints) -> None:
    complaints.expect(r"status of 409")
    user, review = begun()
    page = opened(browse, user, review)
    type_summary(page, "Half done")
    expect(page.locator(SAVED)).to_have_text("Saved")
    lapse(review)
    other = claims.next_item(by=specialist(), now=timezone.now())
    assert other is not None

    type_summary(page, "Half done, and more")
    expect(page.locator("[data-subject~=lost]")).to_have_text(
        "Your hold on this item ran out and someone else took it. Your draft is kept."
    )
    submitting.submit(other, filled(), by=other.author, now=timezone.now())
    with page.expect_response("**/submit/") as answer:
        page.keyboard.press("Control+Enter")

    assert answer.value.status == 409
    expect(page.locator("[data-subject~=submit], [data-subject~=lost]").last).to_contain_text("Your draft is kept.")
    assert stored(review)["summary"] == "Half done, and more"
    assert Review.objects.get(pk=review.pk).status == "draft"


def test_a_rubric_that_is_retired_in_the_middle_is_scored_to_its_end(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)
    version = RubricVersion.objects.get(pk=review.rubric_version_id)
    page.keyboard.press("3")
    publishing.retire(version, by=None, now=timezone.now())
    look_back(page)
    expect(page.locator("[data-subject=retired]")).to_have_text(
        "This review is scored by version 1, which new reviews do not use any more. You can finish it as it is."
    )

    for key in ("j", "3", "j", "2"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")

    page.wait_for_url("**/queue/")
    done = Review.objects.get(pk=review.pk)
    assert (done.status, done.rubric_version_id) == ("submitted", version.pk)


def test_a_conversation_that_is_imported_again_is_judged_as_it_was(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)
    transcribe(review.conversation, [Message(role="customer", text="All is new")], now=timezone.now())
    page.locator("#message-1 [data-words]").click()
    page.keyboard.press("p")
    expect(criterion(page, 1).locator("[data-evidence] li")).to_have_count(1)
    until(lambda: bool(pins_of(review)), what="the pin is saved")
    look_back(page)
    notice = page.locator("[data-subject=imported]")
    expect(notice.get_by_role("button", name="See what changed")).to_be_visible()

    page.reload()

    expect(message(page, 1)).to_contain_text("only a reservation")
    expect(notice).to_contain_text("This conversation was imported again after it was drawn.")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="See what changed").click()
    expect(popup.value.locator(".message").last).to_contain_text("All is new")
    expect(criterion(page, 1).locator("[data-evidence] li")).to_have_count(1)


def test_a_session_that_ended_says_so_and_goes_on_after_logging_in_again(
    browse: Browse, complaints: Complaints
) -> None:
    complaints.expect(r"status of 4\d\d")
    user, review = begun()
    page = opened(browse, user, review)
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")

    type_summary(page, "Typed after the night")
    expect(page.locator("[data-subject~=refused]")).to_contain_text("Log in again in another tab")
    page.context.add_cookies(kept)
    type_summary(page, "Typed after the night, and in the morning")

    expect(page.locator(SAVED)).to_have_text("Saved")
    assert stored(review)["summary"] == "Typed after the night, and in the morning"


def test_a_closed_page_asks_first_while_something_is_not_saved(browse: Browse, complaints: Complaints) -> None:
    complaints.expect(r"ERR_FAILED|Failed to load resource")
    user, review = begun()
    page = opened(browse, user, review)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/draft/", refuse)
    type_summary(page, "Not saved yet")
    expect(page.locator("[data-subject=offline]")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.dismiss())

    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)

    assert asked.value.type == "beforeunload"
