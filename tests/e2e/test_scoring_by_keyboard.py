"""A whole day's smallest piece: one review of a real rubric, from the queue and back to it, without a mouse."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from reviews.models import Review
from rubrics.models import RubricVersion
from rubrics.services import starters
from tests.e2e.test_scoring import SAID, Browse
from tests.factories.accounts import AgentFactory, person
from tests.factories.conversations import transcribe
from tests.factories.reviews import drawn_items, specialist

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_whole_review_of_eleven_criteria_needs_no_mouse(browse: Browse) -> None:
    starters.install(by=person(Role.MANAGER), now=timezone.now())
    version = RubricVersion.objects.get(rubric__slug="general-chat", status="published")
    item = drawn_items(1, agent=AgentFactory(name="Leila Haddad"), version=version)[0]
    item.transcript = transcribe(item.conversation, SAID, now=timezone.now())
    item.save()
    user = specialist()
    page = browse(user)
    press, kind = page.keyboard.press, page.keyboard.type

    page.goto("/queue/")
    press("Enter")
    page.locator("#workspace[data-live]").wait_for()
    criteria = page.locator("[data-criterion]:not([hidden])").all()
    answers = [one.locator("[data-key]:not([data-key=n])").count() for one in criteria]
    assert len(answers) >= 10
    press("ArrowDown")
    press("p")
    press("c")
    kind("Asked for what was in the first message.")
    press("Escape")
    press("ArrowDown")
    press("ArrowDown")
    press("1")
    # The last two, a bonus and what it was about, want words when something special is claimed.
    for best in (*answers[1:-2], 1, 1):
        press("j")
        press(str(best))
    press("s")
    kind("Read up once, then answer.")
    press("Escape")
    press("ArrowDown")
    press("p")
    press("m")
    kind("This was kind.")
    press("Escape")
    press("Control+s")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    press("Control+Enter")

    page.wait_for_url("**/queue/")
    done = Review.objects.get(item=item)
    assert (done.status, done.comments.count(), done.pins.count()) == ("submitted", 3, 2)
