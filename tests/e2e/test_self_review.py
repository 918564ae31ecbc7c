"""An agent scores their own conversation first, sees where both differ, and asks; the reviewer answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.roles import Role
from reviews.models import Review
from reviews.services import claims, submitting
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.reviews import drawn_items, filled, specialist
from tests.factories.sampling import PlanFactory
from tests.support.browser import axe_everywhere, follow, wait_htmx

pytestmark = pytest.mark.django_db(transaction=True)
LOW = {"understood": "no", "solved": "partly", "data-protected": "yes"}


def test_from_scoring_oneself_to_an_answer(browse: Callable[..., Page]) -> None:
    now, user, author = timezone.now(), person(Role.AGENT), specialist()
    item = drawn_items(agent=AgentFactory(user=user), team=TeamFactory(), plan=PlanFactory(self_review=True))[0]
    review = claims.take(item, by=author, now=now)
    submitting.submit(review, filled(LOW), by=author, now=now)
    Review.objects.filter(pk=review.pk).update(release_at=now)

    agent = browse(user)
    agent.goto("/feedback/")
    axe_everywhere(agent)
    follow(agent.get_by_role("button", name="Score it"))
    agent.locator("#workspace[data-live]").wait_for()
    axe_everywhere(agent)
    for key in ("3", "j", "3", "j", "2"):
        agent.keyboard.press(key)
    agent.keyboard.press("Control+Enter")
    agent.wait_for_url(f"**/feedback/{review.pk}/")
    wait_htmx(agent)
    agent.get_by_text("You gave yourself 100, the review gives 40. 2 of 4 answers differ.").wait_for()
    agent.get_by_label("Your question to the reviewer").fill("Which message do you mean?")
    follow(agent.get_by_role("button", name="Ask"))
    agent.get_by_text("Asked. You are told when somebody answers.").wait_for()
    axe_everywhere(agent)

    reviewer = browse(author)
    reviewer.goto(f"/reviews/{review.pk}/")
    reviewer.get_by_text("The agent gave 100, the review gives 40. 2 of 4 answers differ.").wait_for()
    reviewer.get_by_label("Your answer").fill("The second one.")
    follow(reviewer.get_by_role("button", name="Answer", exact=True))
    reviewer.get_by_text("Answered. The agent is told.").wait_for()
    agent.reload()
    agent.get_by_text("The second one.").wait_for()
