"""One rubric from nothing to a dispute that it decides: built, changed with a what-if, scored by, and argued about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from reviews.models import Dispute, Review
from rubrics.models import RubricVersion
from rubrics.selectors import card_for
from tests.e2e.test_rubric_editor import add, saved
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.reviews import claimed, drawn_items, published, specialist
from tests.support.browser import Complaints, axe, axe_everywhere, follow

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
FIRST, SECOND = "understood-the-problem", "solved-it"


def test_a_rubric_is_built_changed_scored_by_and_disputed(browse: Browse, complaints: Complaints) -> None:
    complaints.expect("status of 422")  # a reason is forgotten on purpose
    team, scorer, second = TeamFactory(), specialist(), specialist()
    leila = AgentFactory(name="Leila Haddad", user=person(Role.AGENT))
    author = browse(person(Role.MANAGER))

    build_by_keyboard(author)
    stored_under_the_first_version(scorer)
    waiting = claimed(drawn_items(version=version_in_use())[0], by=second, now=timezone.now())
    change_a_weight(author)
    look_at_what_moving_a_draft_would_change(browse(second), waiting)

    drawn_items(agent=leila, team=team, version=version_in_use())
    review = score_by_keyboard(browse(scorer))
    hers, theirs = browse(leila.user), browse(second)
    dispute(hers, review)
    judge_by_keyboard(theirs)
    decide(theirs)
    see_the_decision(browse(person(Role.SUPERVISOR, team=team)))
    see_the_decision(hers)
    axe_everywhere(hers)
    hers.goto(f"/feedback/{review.pk}/")
    expect(hers.get_by_text("Score from 18.8 to 81.3")).to_be_visible()
    axe_everywhere(hers)


def version_in_use() -> RubricVersion:
    return RubricVersion.objects.get(rubric__slug="store-chat", status="published")


def build_by_keyboard(page: Page) -> None:
    """Make a rubric of two criteria, the second moved to the top and back, and publish it."""
    press, write = page.keyboard.press, page.keyboard.type
    page.goto("/rubrics/new/")
    page.locator("[name=name]").focus()
    write("Store chat")
    press("Enter")
    page.locator("[data-editor][data-live]").wait_for()
    add(page, "Understood the problem")
    write("The agent says in own words what is wrong.")
    saved(page)
    add(page, "Solved it")
    write("The question is answered.")
    replace(page, "weight", "30")
    saved(page)
    press("Alt+ArrowUp")
    number = page.locator("#edit-outline [aria-current=true] > span").first
    expect(number).to_have_text("1")
    press("Alt+ArrowDown")
    expect(number).to_have_text("2")
    page.locator('#edit-outline [data-at="settings"]').focus()
    press("Enter")
    replace(page, "pass_mark", "75")
    saved(page)
    publish(page, 1, "The first one")

    version = version_in_use()
    assert (version.number, version.note, card_for(version).pass_mark) == (1, "The first one", 75)
    assert [(one.lineage, one.weight, one.guidance) for one in card_for(version).criteria()] == [
        (FIRST, 10, "The agent says in own words what is wrong."),
        (SECOND, 30, "The question is answered."),
    ]


def replace(page: Page, name: str, text: str) -> None:
    """Type over what a field of the editor holds."""
    page.locator(f"[name={name}]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def publish(page: Page, number: int, note: str) -> None:
    page.keyboard.press("Alt+p")
    page.locator("#publish-dialog[open] [name=note]").focus()
    page.keyboard.type(note)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/versions/{number}/")


def stored_under_the_first_version(by: User) -> None:
    """Publish three reviews: all good; not understood but solved, which passes; understood but not solved."""
    for place, (first, second) in enumerate([("yes", "yes"), ("no", "yes"), ("yes", "no")]):
        (item,) = drawn_items(agent=AgentFactory(name=f"Agent {place}"), version=version_in_use())
        published(item, by=by, answers={FIRST: first, SECOND: second})


def change_a_weight(page: Page) -> None:
    """Let the first criterion count most, see who would move, and publish that."""
    page.get_by_role("button", name="Edit").focus()
    page.keyboard.press("Enter")
    page.locator("[data-editor][data-live]").wait_for()
    page.locator(f'#edit-outline [data-at="criterion.{FIRST}"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-title]")).to_have_text("Understood the problem")
    expect(page.locator("#f-name")).to_be_focused()
    replace(page, "weight", "50")
    replace(page, "guidance", "The agent says in own words what went wrong.")
    saved(page)
    banner = page.locator("#edit-banner")
    expect(banner).to_contain_text("The weight of “Understood the problem” went from 10 to 50.")
    page.get_by_role("button", name="Replay stored answers").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#what-if")).to_contain_text("1 of 3 reviews changes its outcome.")
    axe_everywhere(page)
    follow(page.locator("#what-if").get_by_role("link", name="All of it"))
    expect(page.get_by_role("heading", name="What if version 2 were used?")).to_be_visible()
    axe_everywhere(page)
    page.goto("/rubrics/store-chat/compare/1/2/")
    expect(page.locator(".reworded del")).to_have_text("is")
    axe_everywhere(page)
    page.goto("/rubrics/store-chat/edit/")
    page.locator("[data-editor][data-live]").wait_for()
    publish(page, 2, "Understanding counts more")
    assert version_in_use().number == 2


def look_at_what_moving_a_draft_would_change(page: Page, waiting: Review) -> None:
    page.goto(f"/reviews/{waiting.pk}/")
    follow(page.get_by_role("link", name="See what moving it to the version in use would change"))
    page.get_by_role("button", name="Move to version 2").wait_for()
    axe_everywhere(page)
    follow(page.get_by_role("button", name="Move to version 2"))
    page.locator("#workspace[data-live]").wait_for()
    waiting.refresh_from_db()
    assert waiting.rubric_version.number == 2


def score_by_keyboard(page: Page) -> Review:
    """Answer No and Partly with the reason and a pinned message, and publish it."""
    press, write = page.keyboard.press, page.keyboard.type
    page.goto("/queue/")
    press("Enter")
    page.locator("#workspace[data-live]").wait_for()
    press("ArrowDown")
    for key, words in (("1", "Asked for what was said."), ("2", "The refund is not dated.")):
        press(key)
        press("p")
        press("c")
        write(words)
        press("Escape")
        press("j")
    press("Control+s")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    axe_everywhere(page)
    press("Control+Enter")
    page.wait_for_url("**/queue/")
    review = Review.objects.get(agent__name="Leila Haddad")
    page.goto(f"/reviews/{review.pk}/")
    page.get_by_role("button", name="Publish now").focus()
    press("Enter")
    page.get_by_text("Leila Haddad can read it now.").wait_for()
    review.refresh_from_db()
    assert (review.status, review.rubric_version.number) == ("published", 2)
    return review


def dispute(page: Page, review: Review) -> None:
    page.goto(f"/feedback/{review.pk}/")
    follow(page.get_by_role("link", name="Dispute…"))
    page.get_by_role("checkbox", name="Understood the problem").check()
    page.get_by_role("checkbox", name="Solved it").check()
    axe(page)
    follow(page.get_by_role("button", name="Dispute these answers"))
    expect(page.get_by_text("Say why you do not agree with").first).to_be_visible()
    whys = page.get_by_label("Why do you not agree?").filter(visible=True)
    expect(whys).to_have_count(2)
    for place, words in enumerate(("I restated it in message 2.", "It went out.")):
        whys.nth(place).fill(words)
    follow(page.get_by_role("button", name="Dispute these answers"))
    page.get_by_text("Somebody else judges these answers afresh").wait_for()
    axe(page)


def judge_by_keyboard(page: Page) -> None:
    """Judge the disputed answers as any other item of the queue: nothing tells that there was a first answer."""
    page.goto("/queue/")
    page.keyboard.press("Enter")
    page.locator("#workspace[data-live]").wait_for()
    expect(page.locator("[data-criterion]")).to_have_count(2)
    expect(page.locator("main").get_by_text("disput", exact=False)).to_have_count(0)
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("No date was given.")
    page.keyboard.press("Escape")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    axe(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/queue/")


def decide(page: Page) -> None:
    page.goto("/notifications/")
    axe(page)
    follow(page.get_by_role("button", name="Open").first)
    page.get_by_role("group", name="The answer that stands").first.get_by_label("Yes").check()
    page.get_by_role("group", name="The answer that stands").last.get_by_label("Partly").check()
    whys = ("It is in message 2.", "She asked twice.")
    for field, words in zip(page.get_by_label("Why", exact=False).all(), whys, strict=True):
        field.fill(words)
    axe(page)
    follow(page.get_by_role("button", name="Decide all 2"))
    page.get_by_text("Decided. Both sides can read it now.").wait_for()
    assert Dispute.objects.get().status == "decided"


def see_the_decision(page: Page) -> None:
    page.goto("/disputes/")
    follow(page.locator(".row-link"))
    expect(page.get_by_text("Decided: the score went from 18.8 to 81.3.")).to_be_visible()
    expect(page.get_by_text("Changed from “No” to “Yes”")).to_be_visible()
    expect(page.get_by_text("“Partly” stays")).to_be_visible()
    axe(page)
