"""The main job as four people do it: import, draw, score, publish, read, propose, decide, work on it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis
from playwright.sync_api import Page

from coaching.models import Plan
from coaching.tasks import sweep_coaching
from conversations.models import Conversation
from reviews.models import QueueItem, Review
from reviews.tasks import fill_queue
from rubrics.card import Criterion, Kind
from rubrics.selectors import card_for
from sampling.models import Draw
from tests.e2e import history
from tests.support.background import Worker
from tests.support.browser import axe, wait_htmx
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]
Shoot = Callable[[Page, str], list[Path]]


def test_the_main_job_from_a_file_to_a_coaching_plan_that_is_worked_on(
    browse: Browse,
    shoot_everywhere: Shoot,
    tmp_path: Path,
    celery_worker_real: Worker,
    broker: redis.Redis,
) -> None:
    people = history.cast()
    file = history.conversations_file(tmp_path)

    manager = browse(people.manager)
    import_file(manager, file, shoot_everywhere)
    draw_last_week(manager, shoot_everywhere)
    fill_queue.delay()
    until(lambda: QueueItem.objects.count() == 2, what="the worker fills the queue")

    specialist = browse(people.specialist)
    score_by_keyboard(specialist, shoot_everywhere)
    publish_all(specialist, shoot_everywhere)

    agent = browse(people.agent_user)
    read_feedback(agent, shoot_everywhere)

    sweep_coaching.delay()
    until(lambda: Plan.objects.proposed().exists(), what="the worker proposes a plan", seconds=60)

    supervisor = browse(people.supervisor)
    decide(supervisor, shoot_everywhere)
    work_on_it(agent, shoot_everywhere)


def import_file(page: Page, file: Path, shoot: Shoot) -> None:
    page.goto("/imports/new/")
    axe(page)
    page.locator("input[name=file]").set_input_files(file)
    page.locator("input[name=source]").fill("help-desk")
    page.get_by_role("button", name="Import").click()

    until(lambda: Conversation.objects.count() == 2, what="the worker imports the file", seconds=60)
    page.get_by_text("Done", exact=True).first.wait_for()
    axe(page)
    shoot(page, "import")
    page.goto("/conversations/")
    page.get_by_role("link", name="Charged twice, case 1").click()
    axe(page)
    shoot(page, "conversation")


def draw_last_week(page: Page, shoot: Shoot) -> None:
    page.goto("/sampling/new/")
    axe(page)
    page.locator("input[name=name]").fill("Retail weekly")
    page.locator("select[name=rubric]").select_option(label="General chat")
    page.locator("input[name=quota_per_agent]").fill("2")
    page.get_by_role("button", name="Make the plan").click()
    page.get_by_role("heading", name="Retail weekly").wait_for()
    axe(page)
    shoot(page, "sampling-plan")
    page.get_by_role("button", name="Draw this period").first.click()

    until(lambda: Draw.objects.filter(plan__name="Retail weekly").exists(), what="the draw stands")
    wait_htmx(page)
    axe(page)
    shoot(page, "draw")


def score_by_keyboard(page: Page, shoot: Shoot) -> None:
    page.goto("/queue/")
    axe(page)
    shoot(page, "queue")
    page.keyboard.press("Enter")

    for place in range(2):
        page.locator("#workspace").wait_for()
        if place == 0:
            axe(page)
        fill_in(page)
        if place == 0:
            shoot(page, "workspace")
            axe(page)
        before = page.url
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before)

    assert Review.objects.filter(status="submitted").count() == 2


def fill_in(page: Page) -> None:
    """Answer every criterion by keys: the lowest for empathy, commented and pinned; the best elsewhere."""
    review = Review.objects.get(pk=int(page.url.rstrip("/").rsplit("/", 1)[1]))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    for criterion in card_for(review.rubric_version).criteria():
        page.locator(f"[data-criterion={criterion.lineage}] [data-open-criterion]").focus()
        if not criterion.options:
            continue
        low = criterion.skill == history.SKILL
        page.keyboard.press("1" if low or criterion.kind == Kind.BONUS else best(criterion))
        if low:
            page.keyboard.press("p")
            page.keyboard.press("c")
            page.keyboard.type("No word about the rent 😟")
            page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.keyboard.type("Correct, but cold. Name what it means for the customer first.")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.get_by_text("Saved", exact=True).wait_for()


def best(criterion: Criterion) -> str:
    """Return the key of the option that is worth most."""
    worth = [option.value or Decimal(0) for option in criterion.options]
    return str(worth.index(max(worth)) + 1)


def publish_all(page: Page, shoot: Shoot) -> None:
    page.goto("/reviews/")
    page.get_by_role("button", name="Publish all 2 now").click()
    until(lambda: Review.objects.published().count() == 2, what="both are published")
    axe(page)
    shoot(page, "reviews")


def read_feedback(page: Page, shoot: Shoot) -> None:
    page.goto("/")
    axe(page)
    shoot(page, "feedback-list")
    page.get_by_role("link", name="Charged twice, case 1").click()
    page.get_by_text("No word about the rent 😟").first.wait_for()
    until(lambda: Review.objects.exclude(read_at=None).count() == 1, what="reading is noted")
    axe(page)
    shoot(page, "feedback")
    page.get_by_role("button", name="Acknowledge").first.click()
    page.locator("dialog[open] textarea").fill("I will.")
    page.locator("dialog[open] button[type=submit]", has_text="Acknowledge").click()
    until(lambda: Review.objects.exclude(acknowledged_at=None).count() == 1, what="it is acknowledged")


def decide(page: Page, shoot: Shoot) -> None:
    page.goto("/")
    axe(page)
    shoot(page, "team")
    page.get_by_role("link", name="Decide").click()
    axe(page)
    shoot(page, "coaching-board")
    page.get_by_role("link", name="Leila Haddad").first.click()
    page.get_by_text("No word about the rent 😟").first.wait_for()
    axe(page)
    shoot(page, "coaching-plan")
    page.get_by_role("link", name="Edit").click()
    axe(page)
    page.locator("textarea[name=focus]").fill("Name what it means for the customer before solving it.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Share with Leila Haddad").click()
    until(lambda: Plan.objects.filter(status="shared").exists(), what="the plan is shared")


def work_on_it(page: Page, shoot: Shoot) -> None:
    page.goto("/my-coaching/")
    axe(page)
    page.get_by_role("link", name="Empathy").click()
    axe(page)
    shoot(page, "my-plan")
    page.get_by_role("button", name="Done").first.click()
    until(lambda: Plan.objects.filter(status="active").exists(), what="the first action makes the plan active")

    plan: Any = Plan.objects.get()
    assert (plan.focus, plan.actions.exclude(done_at=None).count()) == (
        "Name what it means for the customer before solving it.",
        1,
    )
