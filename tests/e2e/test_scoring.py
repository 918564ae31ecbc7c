"""The scoring workspace in a real browser: every key, pins in both directions, two tabs, and nothing ever lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from conversations.messages import Message
from conversations.text import plain_text
from reviews.models import CommentTemplate, Pin, Review
from reviews.services import claims, comment_templates
from reviews.services.comment_templates import Wording
from tests.factories.accounts import AgentFactory, person
from tests.factories.conversations import transcribe
from tests.factories.reviews import drawn_items, specialist
from tests.support.browser import Complaints, axe, axe_everywhere, follow, longest_task
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
SAID = [
    Message(role="customer", text="😀😀 I was charged twice.\nWhere is my refund?"),
    Message(role="agent", text="👍🏽 Sorry, Dana! One of them is only a reservation."),
    Message(role="system", text='{"order": 7}'),
    Message(role="customer", text="It is not a reservation & never was."),
    Message(role="agent", text="You are right: it is refunded."),
]


def begun(count: int = 1) -> tuple[User, Review]:
    """Put conversations with emoji into the queue and claim the first."""
    for item in drawn_items(count, agent=AgentFactory(name="Leila Haddad")):
        item.transcript = transcribe(item.conversation, SAID, now=timezone.now())
        item.save()
    user = specialist()
    review = claims.next_item(by=user, now=timezone.now())
    assert review is not None
    return user, review


def opened(browse: Browse, user: User, review: Review, **options: Any) -> Page:
    page = browse(user, **options)
    page.goto(f"/reviews/{review.pk}/")
    page.locator("#workspace[data-live]").wait_for()
    return page


def stored(review: Review) -> dict[str, Any]:
    draft: dict[str, Any] = Review.objects.get(pk=review.pk).draft
    return draft


def pins_of(review: Review) -> list[dict[str, int]]:
    pins: list[dict[str, int]] = stored(review).get("answers", {}).get("understood", {}).get("pins", [])
    return pins


def criterion(page: Page, number: int) -> Any:
    return page.locator(f"#criterion-{number}")


def message(page: Page, index: int) -> Any:
    return page.locator(f"#message-{index}")


def select(page: Page, index: int, words: str) -> None:
    """Select words of a message as a mouse would."""
    page.evaluate(
        """([index, words]) => {
          const text = document.querySelector(`#message-${index} [data-words]`).firstChild;
          const at = text.data.indexOf(words);
          window.getSelection().setBaseAndExtent(text, at, text, at + words.length);
        }""",
        [index, words],
    )


def highlighted(page: Page, name: str) -> list[str]:
    """Return the words that the page highlights without changing its text."""
    found: list[str] = page.evaluate("(name) => [...CSS.highlights.get(name)].map(String)", name)
    return found


def test_every_key_does_what_the_list_of_keys_says(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)
    press = page.keyboard.press

    press("j")
    expect(criterion(page, 2)).to_have_attribute("aria-current", "true")
    press("k")
    expect(criterion(page, 1)).to_have_attribute("aria-current", "true")
    press("2")
    expect(criterion(page, 1)).to_have_attribute("data-state", "needs-comment")
    press("c")
    page.keyboard.type("You asked twice, 3 times")
    press("Escape")
    expect(criterion(page, 1).locator("[data-open-criterion]")).to_be_focused()  # never into nothing
    expect(criterion(page, 1)).to_have_attribute("data-state", "answered")
    press("ArrowDown")
    press("ArrowDown")
    expect(message(page, 1)).to_be_focused()
    press("p")
    expect(criterion(page, 1).locator("[data-evidence] li")).to_have_count(1)
    press("m")
    page.keyboard.type("Said kindly")
    press("Escape")
    page.keyboard.type("j3jn")
    expect(criterion(page, 3).locator("[data-answer]")).to_have_text("N/A")
    press("s")
    page.keyboard.type("Good work")
    press("Escape")
    press("Control+s")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert stored(review) == {
        "answers": {
            "understood": {"option": "partly", "comment": "You asked twice, 3 times", "pins": [{"message": 1}]},
            "solved": {"option": "yes"},
            "data-protected": {"not_applicable": True},
        },
        "notes": [{"message": 1, "text": "Said kindly"}],
        "summary": "Good work",
    }

    press("/")
    page.keyboard.type("reservation")
    expect(page.locator("[data-search-count]")).to_have_text("2 messages")
    press("Enter")
    expect(message(page, 3)).to_have_attribute("aria-current", "true")
    assert highlighted(page, "found-words") == ["reservation"] * 2
    press("Escape")
    expect(message(page, 3)).to_be_focused()
    expect(page.locator("[data-search-count]")).to_have_text("")
    press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    axe(page)
    press("Escape")
    with page.expect_navigation(url="**/queue/"):
        page.keyboard.type("gq")  # in one go: the second key has to come soon after the first


def test_keys_that_were_turned_off_stay_off_and_a_minute_without_a_sign_of_life_counts_no_more(browse: Browse) -> None:
    user, review = begun()
    page = browse(user)
    page.clock.install()
    page.goto(f"/reviews/{review.pk}/")
    page.locator("#workspace[data-live]").wait_for()
    page.clock.pause_at(timezone.now() + timedelta(seconds=30))  # how long this machine takes is nobody's work
    page.keyboard.press("?")
    page.locator("#keys-dialog [data-keys-switch]").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("3")
    page.keyboard.press("Control+s")

    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert stored(review) == {}
    page.clock.run_for(300_000)
    page.keyboard.press("Control+s")
    until(lambda: Review.objects.get(pk=review.pk).active_seconds >= 60, what="the minute is saved")
    assert Review.objects.get(pk=review.pk).active_seconds <= 75


def test_pinned_words_count_code_points_and_lead_both_ways(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)
    page.keyboard.press("1")

    for index, words in ((0, "charged twice.\nWhere"), (1, "only a reservation"), (3, "reservation & never")):
        select(page, index, words)
        page.keyboard.press("p")
    until(lambda: len(pins_of(review)) == 3, what="three pins are saved")

    pins = pins_of(review)
    assert [plain_text(SAID[pin["message"]])[pin["start"] : pin["end"]] for pin in pins] == [
        "charged twice.\nWhere",
        "only a reservation",
        "reservation & never",
    ]
    page.reload()
    evidence = criterion(page, 1).locator("[data-evidence] q")
    expect(evidence).to_have_text(["charged twice. Where", "only a reservation", "reservation & never"])
    assert highlighted(page, "pinned-words") == ["charged twice.\nWhere", "only a reservation", "reservation & never"]
    page.keyboard.press("j")
    message(page, 3).locator(".pin").click()
    expect(criterion(page, 1)).to_have_attribute("aria-current", "true")
    criterion(page, 1).locator("[data-jump-message='1']").click()
    expect(message(page, 1)).to_be_focused()
    criterion(page, 1).locator("[data-remove-pin='0']").click()
    until(lambda: len(pins_of(review)) == 2, what="the pin is taken away")


def test_nothing_needs_the_keyboard_either(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)

    criterion(page, 1).locator(".rating").get_by_text("Partly").click()
    message(page, 1).locator("[data-words]").click()
    page.get_by_role("button", name="Pin to 1").click()
    expect(page.get_by_role("button", name="Pinned to 1")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.keyboard.type("Here")
    criterion(page, 2).get_by_role("button").first.click()
    expect(page.get_by_role("button", name="Pin to 2")).to_be_visible()
    until(lambda: bool(stored(review).get("notes")), what="the draft is saved")

    assert stored(review)["answers"] == {"understood": {"option": "partly", "pins": [{"message": 1}]}}


def test_what_is_missing_is_listed_and_focused_and_then_the_next_one_opens(
    browse: Browse, complaints: Complaints
) -> None:
    complaints.expect(r"status of 422")
    user, review = begun(2)
    page = opened(browse, user, review)
    page.keyboard.press("1")

    page.keyboard.press("Control+Enter")

    notice = page.locator("[data-subject~=submit]")
    expect(notice).to_contain_text("4 things are missing before this can be submitted.")
    expect(notice.get_by_role("button")).to_have_text(
        ["1 Understood the problem", "2 Solved it", "3 Protected the data"]
    )
    expect(criterion(page, 1).locator("[data-comment]")).to_be_focused()
    axe(page)
    page.keyboard.type("It was asked twice.")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("pj3")
    expect(notice).to_contain_text("One thing is still missing.")
    expect(notice.get_by_role("button")).to_have_text(["3 Protected the data"])
    page.keyboard.type("j2")
    expect(notice).to_have_count(0)
    before = page.url
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != before)
    page.locator("#workspace[data-live]").wait_for()

    review.refresh_from_db()
    assert review.status == Review.Status.SUBMITTED
    assert Pin.objects.get(review=review).message_index == 0
    assert page.url.endswith(f"/reviews/{Review.objects.get(item__claimed_by=user).pk}/") is True
    expect(page.locator("[data-undo]")).to_contain_text(f"Change {review.conversation.external_id}")
    page.keyboard.press("u")
    page.wait_for_url(f"**/reviews/{review.pk}/")
    expect(page.get_by_role("button", name="Change it")).to_be_visible()


def test_of_two_tabs_the_later_is_told_and_may_keep_its_own(browse: Browse, complaints: Complaints) -> None:
    complaints.expect(r"status of 409")
    user, review = begun()
    left, right = opened(browse, user, review), opened(browse, user, review)
    left.locator("#summary").fill("Left")
    expect(left.locator("[data-saved]")).to_have_text("Saved")

    right.locator("#summary").fill("Right")

    notice = right.locator("[data-subject=stale]")
    expect(notice).to_contain_text("changed in another tab")
    right.keyboard.press("Control+Enter")
    assert stored(review)["summary"] == "Left"
    notice.get_by_role("button", name="Keep mine").click()
    expect(right.locator("[data-saved]")).to_have_text("Saved")
    assert stored(review)["summary"] == "Right"


def test_a_skip_needs_a_reason_and_leads_back_to_the_queue(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)
    page.get_by_role("button", name="Skip…").first.click()
    expect(page.locator("#skip-dialog")).to_be_visible()
    axe(page)

    page.get_by_label("Conflict of interest").check()
    follow(page.locator("#skip-dialog").get_by_role("button", name="Skip"))

    page.wait_for_url("**/queue/")
    review.item.refresh_from_db()
    assert (review.item.status, review.item.skip_reason) == ("skipped", "conflict")


def test_the_workspace_is_fit_for_every_screen_and_shows_one_pane_on_a_phone(browse: Browse) -> None:
    user, review = begun()
    page = opened(browse, user, review)
    axe_everywhere(page)

    phone = opened(browse, user, review, width=390, height=844)
    expect(phone.locator("[data-criteria]")).to_be_hidden()
    phone.locator(".segment", has_text="Rubric").click()
    expect(phone.locator("[data-messages]")).to_be_hidden()
    criterion(phone, 1).locator(".rating").get_by_text("Yes").click()
    until(lambda: stored(review).get("answers") == {"understood": {"option": "yes"}}, what="the answer is saved")
    axe(phone)


def test_a_template_is_inserted_and_kept_by_keyboard_alone(browse: Browse) -> None:
    user, review = begun()
    manager = person(Role.MANAGER)
    for name, text in (("Praise", "Well done, {agent}: {answer}."), ("Policy", "See {criterion} in {conversation}.")):
        comment_templates.create(Wording(name, text), shared=True, by=manager, now=timezone.now())
    page = opened(browse, user, review)
    press, dialog = page.keyboard.press, page.locator("#templates-dialog")

    press("3")
    press("t")
    page.keyboard.type("prai")
    expect(dialog.locator(".picker-item:visible")).to_have_count(1)
    axe(page)
    press("Enter")
    comment = criterion(page, 1).locator("[data-comment]")
    expect(comment).to_be_focused()
    expect(comment).to_have_value("Well done, Leila Haddad: Yes.")
    page.keyboard.type(" Again!")
    press("Escape")
    press("t")
    page.locator("#picker-name").fill("Mine")
    press("Enter")
    expect(dialog).to_be_hidden()
    press("Escape")
    press("j")
    press("t")
    page.keyboard.type("mine")
    press("ArrowDown")
    press("Enter")

    expect(criterion(page, 2).locator("[data-comment]")).to_have_value("Well done, Leila Haddad: Yes. Again!")
    until(lambda: "solved" in stored(review).get("answers", {}), what="the draft is saved")
    assert CommentTemplate.objects.of(user).get().text == "Well done, Leila Haddad: Yes. Again!"


def test_what_a_mail_repeats_is_folded_and_words_in_it_can_be_pinned(browse: Browse) -> None:
    user, review = begun()
    mail = "Still broken.\n\nOn Tue, 3 Mar 2026 at 10:04, Leila wrote:\n> Please restart it.\n> Then tell me 😀 more."
    transcribed = transcribe(review.conversation, [Message(role="customer", text=mail)], now=timezone.now())
    Review.objects.filter(pk=review.pk).update(transcript=transcribed)
    page = opened(browse, user, review)
    quoted, unfold = page.locator("#quoted-0"), page.get_by_role("button", name="Quoted message")

    expect(quoted).to_have_attribute("hidden", "until-found")
    expect(unfold).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("/")
    page.keyboard.type("restart it")
    expect(quoted).to_be_visible()
    page.keyboard.press("Escape")
    unfold.click()
    expect(quoted).to_be_hidden()
    unfold.click()
    expect(quoted).to_be_visible()
    page.evaluate(
        """() => {
          const text = document.querySelector("#quoted-0").firstChild;
          const at = text.data.indexOf("tell me 😀 more");
          window.getSelection().setBaseAndExtent(text, at, text, at + "tell me 😀 more".length);
        }"""
    )
    page.keyboard.press("p")
    until(lambda: len(pins_of(review)) == 1, what="the pin is saved")

    (pin,) = pins_of(review)
    assert mail[pin["start"] : pin["end"]] == "tell me 😀 more"
    page.reload()
    page.locator("#workspace[data-live]").wait_for()
    assert highlighted(page, "pinned-words") == ["tell me 😀 more"]
    axe(page)


def test_a_long_transcript_is_walked_searched_and_pinned_by_keys_and_stays_fluid(browse: Browse) -> None:
    user, review = begun()
    long = [Message(role=("customer", "agent")[n % 2], text=f"Message {n}: " + "words " * 40) for n in range(500)]
    transcribed = transcribe(review.conversation, long, now=timezone.now())
    Review.objects.filter(pk=review.pk).update(transcript=transcribed)
    page = opened(browse, user, review)

    page.mouse.move(300, 500)

    def work() -> None:
        for key in (*["ArrowDown"] * 20, "3", "p", "j", "2", "c"):
            page.keyboard.press(key)
        page.keyboard.type("Asked for twice")
        for key in ("Escape", "k", "/"):
            page.keyboard.press(key)
        page.keyboard.type("Message 49")
        page.keyboard.press("Enter")
        expect(page.locator("[data-search-count]")).to_have_text("11 messages")
        expect(message(page, 490)).to_have_attribute("aria-current", "true")
        for _turn in range(4):
            page.mouse.wheel(0, -4000)
            page.evaluate("new Promise(requestAnimationFrame)")
        expect(page.locator("[data-saved]")).to_have_text("Saved")

    assert 0 < longest_task(page, work) <= 50
