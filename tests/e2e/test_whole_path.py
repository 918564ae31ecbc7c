"""The main job as four people do it, from a file to what came of coaching, in one go.

Import, draw, score, publish, read, propose, edit, accept, share, work on it, reflect, meet; weeks later score what
the follow-up drew, without knowing; and read the outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import redis
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching import weeks
from coaching.models import Outcome, Plan
from coaching.questions import Question, shipped
from coaching.tasks import sweep_coaching, sweep_outcomes
from conversations.models import Conversation
from qa_portal.demo import desk_work
from reviews.models import QueueItem, Review
from reviews.tasks import fill_queue
from rubrics.card import Criterion, Kind
from rubrics.selectors import card_for
from sampling.models import Draw
from sampling.models import Plan as SamplingPlan
from tests.e2e import history, passing
from tests.support.background import Worker
from tests.support.browser import axe, axe_everywhere, fits_everywhere, follow
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


def test_the_main_job_from_a_file_to_what_came_of_a_coaching_plan(
    browse: Browse,
    tmp_path: Path,
    celery_worker_real: Worker,
    broker: redis.Redis,
) -> None:
    people = history.cast()
    file = history.conversations_file(tmp_path)

    manager = browse(people.manager)
    import_file(manager, file)
    draw_last_week(manager)
    fill_queue.delay()
    until(lambda: QueueItem.objects.count() == 2, what="the worker fills the queue")

    specialist = browse(people.specialist)
    score_by_keyboard(specialist)
    publish_all(specialist)

    agent = browse(people.agent_user)
    read_feedback(agent)

    sweep_coaching.delay()
    until(lambda: Plan.objects.proposed().exists(), what="the worker proposes a plan", seconds=60)

    supervisor = browse(people.supervisor)
    decide(supervisor)
    plan = Plan.objects.get()
    work_on_it(agent, plan)
    meet(supervisor, agent, plan)

    passing.weeks_pass(7)
    plan.refresh_from_db()
    bring_in_the_follow_up(plan, people, folder=tmp_path)
    score_without_knowing(specialist)
    sweep_coaching.delay()
    until(lambda: Plan.objects.filter(status="due").exists(), what="the follow-up day has come", seconds=60)
    sweep_outcomes.delay()
    until(lambda: Outcome.objects.exists(), what="the worker measures the outcome", seconds=60)
    read_the_outcome(supervisor, agent, plan)


def import_file(page: Page, file: Path) -> None:
    page.goto("/imports/new/")
    axe(page)
    page.locator("input[name=file]").set_input_files(file)
    page.locator("input[name=source]").fill("help-desk")
    follow(page.get_by_role("button", name="Import"))

    until(lambda: Conversation.objects.count() == 2, what="the worker imports the file", seconds=60)
    page.get_by_text("Done", exact=True).first.wait_for()
    axe(page)
    fits_everywhere(page)
    page.goto("/conversations/")
    follow(page.get_by_role("link", name="Charged twice, case 1"))
    axe(page)
    fits_everywhere(page)


def draw_last_week(page: Page) -> None:
    page.goto("/sampling/new/")
    axe(page)
    page.locator("input[name=name]").fill("Retail weekly")
    page.locator("select[name=rubric]").select_option(label="General chat")
    page.locator("input[name=quota_per_agent]").fill("2")
    follow(page.get_by_role("button", name="Make the plan"))
    page.get_by_role("heading", name="Retail weekly").wait_for()
    axe(page)
    fits_everywhere(page)
    follow(page.get_by_role("button", name="Draw this period").first)

    until(lambda: Draw.objects.filter(plan__name="Retail weekly").exists(), what="the draw stands")
    axe(page)
    fits_everywhere(page)


def score_by_keyboard(page: Page) -> None:
    page.goto("/queue/")
    axe(page)
    fits_everywhere(page)
    page.keyboard.press("Enter")

    for place in range(2):
        page.locator("#workspace[data-live]").wait_for()
        if place == 0:
            axe(page)
        fill_in(page, low=True)
        if place == 0:
            fits_everywhere(page)
            axe(page)
        submit(page)

    assert Review.objects.filter(status="submitted").count() == 2


def submit(page: Page) -> None:
    before = page.url
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != before)


def fill_in(page: Page, *, low: bool) -> None:
    """Answer every criterion by keys: the best, or the lowest for empathy, commented and pinned."""
    review = Review.objects.get(pk=int(page.url.rstrip("/").rsplit("/", 1)[1]))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    for criterion in card_for(review.rubric_version).criteria():
        page.locator(f"[data-criterion={criterion.lineage}] [data-open-criterion]").focus()
        if not criterion.options:
            continue
        is_low = low and criterion.skill == history.SKILL
        page.keyboard.press("1" if is_low or criterion.kind == Kind.BONUS else best(criterion))
        if is_low:
            page.keyboard.press("p")
            page.keyboard.press("c")
            page.keyboard.type("No word about the rent 😟")
            page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.keyboard.type("Correct, but cold. Name what it means for the customer first." if low else "Warm and clear.")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.get_by_text("Saved", exact=True).wait_for()


def best(criterion: Criterion) -> str:
    """Return the key of the option that is worth most."""
    worth = [option.value or Decimal(0) for option in criterion.options]
    return str(worth.index(max(worth)) + 1)


def publish_all(page: Page) -> None:
    page.goto("/reviews/")
    follow(page.get_by_role("button", name="Publish all 2 now"))
    until(lambda: Review.objects.published().count() == 2, what="both are published")
    axe(page)
    fits_everywhere(page)


def read_feedback(page: Page) -> None:
    page.goto("/")
    axe(page)
    fits_everywhere(page)
    follow(page.get_by_role("link", name="Charged twice, case 1"))
    page.get_by_text("No word about the rent 😟").first.wait_for()
    until(lambda: Review.objects.exclude(read_at=None).count() == 1, what="reading is noted")
    axe(page)
    fits_everywhere(page)
    page.get_by_role("button", name="Acknowledge").first.click()
    page.locator("dialog[open] textarea").fill("I will.")
    follow(page.locator("dialog[open] button[type=submit]", has_text="Acknowledge"))
    until(lambda: Review.objects.exclude(acknowledged_at=None).count() == 1, what="it is acknowledged")


def decide(page: Page) -> None:
    page.goto("/")
    axe_everywhere(page)
    follow(page.get_by_role("link", name="Decide"))
    axe_everywhere(page)
    follow(page.get_by_role("link", name="Leila Haddad").first)
    page.get_by_text("No word about the rent 😟").first.wait_for()
    axe_everywhere(page)
    follow(page.get_by_role("link", name="Edit"))
    axe(page)
    page.locator("textarea[name=focus]").fill("Name what it means for the customer before solving it.")
    follow(page.get_by_role("button", name="Save"))
    page.get_by_text("Saved.", exact=True).wait_for()
    follow(page.get_by_role("button", name="Accept"))
    page.get_by_text("Accepted. Change what you like").wait_for()
    follow(page.get_by_role("button", name="Share with Leila Haddad"))
    page.get_by_text("Shared with Leila Haddad.").first.wait_for()


def work_on_it(page: Page, plan: Plan) -> None:
    page.goto("/my-coaching/")
    axe(page)
    follow(page.get_by_role("link", name="Empathy"))
    axe_everywhere(page)
    follow(page.get_by_role("button", name="Done").first)
    page.get_by_text("Done. Your supervisor can confirm it.").wait_for()
    assert Plan.objects.filter(status="active").exists()  # by the first action
    follow(page.get_by_role("link", name="Take the check"))
    axe_everywhere(page)
    for field, question in zip(page.get_by_role("group").all(), asked_of(plan), strict=True):
        field.get_by_label(question.choices[question.right - 1]).check()
    follow(page.get_by_role("button", name="Mark my answers"))
    page.get_by_text("5 of 5 answers are right.").first.wait_for()
    axe(page)
    page.goto(f"/my-coaching/{plan.pk}/")
    page.get_by_label("Your words").first.fill("I name it first now, and look afterwards.")
    follow(page.get_by_role("button", name="Add as my reflection"))
    page.get_by_text("Said. The other side is told.").wait_for()
    axe_everywhere(page)

    plan.refresh_from_db()
    assert (plan.focus, plan.actions.exclude(done_at=None).count()) == (
        "Name what it means for the customer before solving it.",
        2,
    )


def asked_of(plan: Plan) -> tuple[Question, ...]:
    """Return the questions of the check that the library brought with the plan."""
    (key,) = plan.actions.exclude(check_key="").values_list("check_key", flat=True)
    return next(one for one in shipped() if one.key == key).questions


def meet(theirs: Page, hers: Page, plan: Plan) -> None:
    """Confirm what was done, arrange a 1:1 from the agenda that the plan drew up, and say on both sides that it was."""
    theirs.goto(f"/coaching/plans/{plan.pk}/")
    theirs.get_by_text("I name it first now, and look afterwards.").wait_for()
    follow(theirs.get_by_role("button", name="Confirm").first)
    theirs.get_by_text("Confirmed.", exact=True).wait_for()
    follow(theirs.get_by_role("link", name="Arrange", exact=True))
    axe(theirs)
    theirs.get_by_label("When").fill(f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    follow(theirs.locator("form").get_by_role("button", name="Arrange"))
    theirs.get_by_text("Arranged. Put it into your calendar from here.").wait_for()
    theirs.get_by_label("Shared notes").fill("Goes on with it.")
    follow(theirs.get_by_role("button", name="Save", exact=True))
    theirs.get_by_text("Saved.", exact=True).wait_for()
    follow(theirs.get_by_role("button", name="It took place"))
    theirs.get_by_text("Said. The other side confirms, too.").wait_for()
    axe_everywhere(theirs)
    hers.goto(f"/my-coaching/{plan.pk}/")
    follow(hers.locator("a[href*='/my-coaching/sessions/']"))
    hers.get_by_text("Goes on with it.").wait_for()
    follow(hers.get_by_role("button", name="It took place"))
    hers.get_by_text("Held: both sides have said so.").first.wait_for()
    axe(hers)


def bring_in_the_follow_up(plan: Plan, people: history.Cast, *, folder: Path) -> None:
    """Let the last week of the follow-up be imported and drawn: accepting the plan asked for more than the quota."""
    week = history.follow_up(plan, people).last
    file = history.conversations_file(folder, count=3, first=2, week=week)
    sampling, now = SamplingPlan.objects.get(name="Retail weekly"), timezone.now()
    with file.open("rb") as opened:
        desk_work.read(opened, name=file.name, source="help-desk", by=people.manager, now=now)
    draw = desk_work.draw(sampling, moment=weeks.start_of(week), by=people.manager, now=now)
    assert (sampling.quota_per_agent, draw.picked) == (2, 3)


def score_without_knowing(page: Page) -> None:
    """The items look like any other: no word of coaching, of a follow-up, or of who asked for them."""
    page.goto("/queue/")
    shown = page.locator("main").inner_text().lower()
    page.keyboard.press("Enter")
    for place in range(3):
        page.locator("#workspace[data-live]").wait_for()
        if place == 0:
            shown += page.locator("main").inner_text().lower()
        fill_in(page, low=False)
        submit(page)
    assert [word for word in ("coach", "follow-up", "follow up", "baseline", "boost") if word in shown] == []
    page.goto("/reviews/")
    follow(page.get_by_role("button", name="Publish all 3 now"))
    until(lambda: Review.objects.published().count() == 5, what="the follow-up is published")


def read_the_outcome(theirs: Page, hers: Page, plan: Plan) -> None:
    outcome = Outcome.objects.get(plan=plan)
    assert (outcome.verdict, outcome.pre_n, outcome.post_n, outcome.peers) == ("improved", 14, 13, 10)
    for window, address in ((theirs, f"/coaching/plans/{plan.pk}/"), (hers, f"/my-coaching/{plan.pk}/")):
        window.goto(address)
        expect(window.get_by_text("Improved after coaching.").first).to_be_visible()
        axe_everywhere(window)
    hers.goto("/my-coaching/growth/")
    expect(hers.get_by_role("link", name="Being heard")).to_be_visible()
    axe_everywhere(hers)
