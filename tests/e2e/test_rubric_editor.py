"""The rubric editor in a real browser: by keyboard alone, by dragging, two people at once, a lost connection."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from rubrics.card import Card, Kind
from rubrics.models import RubricVersion
from rubrics.selectors import card_for
from rubrics.services import editing, starters
from tests.factories.accounts import person
from tests.factories.rubrics import draft_version
from tests.support.browser import Complaints, axe_everywhere

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


def opened(browse: Browse, user: User, version: RubricVersion, at: str = "", **options: Any) -> Page:
    page = browse(user, **options)
    page.goto(f"/rubrics/{version.rubric.slug}/edit/{f'?at={at}' if at else ''}")
    page.locator("[data-editor][data-live]").wait_for()
    return page


def saved(page: Page) -> None:
    page.locator('.saved[data-state="saved"]').wait_for()


def stored(version: RubricVersion) -> Card:
    return card_for(RubricVersion.objects.get(pk=version.pk))


def add(page: Page, name: str) -> None:
    """Add a criterion by keyboard, from outside any field."""
    page.locator("#edit-outline [aria-current=true]").focus()
    page.keyboard.press("a")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator("[data-title]")).to_have_text(name)


def test_what_is_removed_comes_back_by_one_key_and_the_outline_is_walked_by_arrows(browse: Browse) -> None:
    version = draft_version()
    page = opened(browse, person(Role.MANAGER), version)
    before = stored(version)
    page.locator('#edit-outline [data-at="criterion.understood"]').focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-title]")).to_have_text("Solved it")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+r")
    expect(page.locator("#edit-undo")).to_contain_text("“Solved it” was removed.")
    assert stored(version).criterion("solved") is None
    page.keyboard.press("Control+z")
    expect(page.locator("[data-title]")).to_have_text("Solved it")

    assert stored(version) == before


def test_a_criterion_is_dragged_into_another_section(browse: Browse) -> None:
    version = draft_version()
    page = opened(browse, person(Role.MANAGER), version)

    page.locator('[data-at="criterion.understood"]').first.drag_to(
        page.locator('#edit-outline [data-at="criterion.topic"]'), target_position={"x": 20, "y": 3}
    )
    expect(page.locator('#edit-outline [data-at="criterion.understood"] > span').first).to_have_text("3")

    assert [one.lineage for one in stored(version).criteria()] == ["solved", "data-protected", "understood", "topic"]


def test_the_later_of_two_people_is_told_and_overwrites_nothing(browse: Browse, complaints: Complaints) -> None:
    complaints.expect("409")
    version, dana = draft_version(), person(Role.MANAGER, name="Dana Cole")
    late = opened(browse, person(Role.MANAGER), version, "criterion.solved")
    early = opened(browse, dana, version, "criterion.solved")

    early.locator("[name=weight]").fill("30")
    saved(early)
    late.locator("[name=guidance]").fill("My words")
    notice = late.locator('[data-subject="stale"]')
    expect(notice).to_contain_text("Dana Cole changed this meanwhile.")
    criterion = stored(version).criterion("solved")
    assert criterion is not None
    assert (criterion.weight, criterion.guidance) == (30, "")
    expect(late.locator("[name=guidance]")).to_have_value("My words")
    notice.get_by_role("button", name="Keep mine").click()
    saved(late)

    criterion = stored(version).criterion("solved")
    assert criterion is not None
    assert criterion.guidance == "My words"


def test_a_lost_connection_loses_nothing(browse: Browse, complaints: Complaints) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    version = draft_version()
    page = opened(browse, person(Role.MANAGER), version, "criterion.solved")

    page.context.set_offline(True)
    page.locator("[name=guidance]").fill("Typed in a tunnel")
    expect(page.locator('[data-subject="offline"]')).to_be_visible()
    page.locator('#edit-outline [data-at="criterion.topic"]').click()
    page.locator('.saved[data-state="not_saved"]').wait_for()  # tried once more, still in the tunnel
    expect(page.locator("[name=guidance]")).to_have_value("Typed in a tunnel")
    page.context.set_offline(False)
    page.keyboard.press("Control+s")
    saved(page)

    criterion = stored(version).criterion("solved")
    assert criterion is not None
    assert criterion.guidance == "Typed in a tunnel"


def test_answers_causes_and_conditions_are_edited_in_the_form(browse: Browse) -> None:
    version = draft_version()
    page = opened(browse, person(Role.MANAGER), version, "criterion.solved")

    page.locator("#f-scale").select_option("five")
    expect(page.locator(".edit-option")).to_have_count(5)
    page.get_by_role("button", name="Add a cause").click()
    expect(page.locator("[name=causes-0-label]")).to_be_focused()
    page.keyboard.type("Slow tools")
    page.locator("[name=causes-0-owner]").select_option("product")
    page.get_by_role("button", name="Add a condition").click()
    page.locator("[name=when-0-options][value=yes]").check()
    page.locator("[name=weight]").fill("heavy")
    expect(page.locator('[data-error="weight"]')).to_have_text("Write a number from 0 to 1000, such as 10.")
    page.locator("[name=weight]").fill("12")
    expect(page.locator('[data-error="weight"]')).to_be_hidden()
    saved(page)

    criterion = stored(version).criterion("solved")
    assert criterion is not None
    assert (len(criterion.options), criterion.kind, criterion.weight) == (5, Kind.SCORED, Decimal(12))
    assert [(cause.label, cause.owner) for cause in criterion.root_causes] == [("Slow tools", "product")]
    assert criterion.visible_when is not None


@pytest.mark.parametrize("at", ["", "settings"])
def test_the_editor_is_fit_for_every_screen_and_reader(browse: Browse, at: str) -> None:
    now = timezone.now()
    (version, *_others) = starters.install(by=None, now=now)
    manager = person(Role.MANAGER)
    editing.start(version.rubric, source=version, by=manager, now=now)
    page = opened(browse, manager, version, at)

    axe_everywhere(page)
