"""Each role's day on the demo company: every page of the guides opens, fits and is complaint-free.

`script/test tests/e2e/test_screens.py --write-screens -o faulthandler_timeout=0` takes the pictures of the guides anew,
from a longer history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.db.models import F, OuterRef
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from coaching.models import Outcome, Plan, Programme, Session
from conversations.models import Conversation, ImportRun
from qa_portal.demo import drive
from reviews.models import Dispute, QueueItem, Review
from reviews.services import what_if as replays
from rubrics import editing
from rubrics.card import Card
from rubrics.models import RubricVersion
from rubrics.services import editing as rubrics
from sampling.models import Draw
from sampling.models import Plan as SamplingPlan
from tests.conftest import ROOT
from tests.e2e.test_imports import TABLE
from tests.support import pictures
from tests.support.browser import fits, follow, wait_htmx

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = ROOT / "docs" / "screens"
DESK, PHONE = (1280, 860), (390, 844)
AGENT, REVIEWER, SUPERVISOR, MANAGER, ADMIN = (
    f"{who}@demo.example" for who in ("agent", "reviewer", "supervisor", "manager", "admin")
)
WEEKS, WEEKS_IN_PICTURES = 2, 6  # enough for every page to exist; enough for a level and for a plan that is proposed


@dataclass(frozen=True)
class Picture:
    """One picture: whose page it is (by address, or found when it is taken), where, and what is done before."""

    name: str
    email: str | Callable[[], str]
    where: Callable[[], str]
    size: tuple[int, int] = DESK
    before: Callable[[Page], None] = lambda _page: None
    # The page that stands in where there is nothing to show yet: the picture of a longer history is kept.
    instead: str = ""


def at(name: str, *args: object) -> Callable[[], str]:
    return lambda: reverse(name, args=args)


def feedback() -> str:
    mine = Review.objects.published().filter(agent__user__email="agent@demo.example")
    return reverse("reviews:feedback", args=[mine.order_by("current__final_score").values_list("pk", flat=True)[0]])


def seen_both_ways() -> Review:
    """Return a published review whose agent scored the conversation first, one that differs if there is one."""
    own = Review.objects.filter(purpose="self", status="submitted", item__pick=OuterRef("item__pick"))
    found = Review.objects.published().select_related("agent__user").annotate(own=own.values("current__final_score"))
    both = found.filter(own__isnull=False)
    return both.exclude(own=F("current__final_score")).order_by("pk").first() or both[0]


def who_saw_it() -> str:
    user = seen_both_ways().agent.user
    assert user is not None
    return user.email


def seen_by_oneself() -> str:
    return reverse("reviews:feedback", args=[seen_both_ways().pk])


def scroll_to_the_own_look(page: Page) -> None:
    page.locator("section[aria-labelledby=self-look]").evaluate("card => card.scrollIntoView({block: 'end'})")


def own_dispute() -> str:
    """Return the dispute of the visiting agent, which is decided one each way."""
    found = Dispute.objects.filter(review__agent__user__email=AGENT).values_list("pk", flat=True)
    return reverse("reviews:dispute", args=found[:1]) if found else reverse("reviews:disputes")


def what_if() -> str:
    """Replay the stored answers under the draft, its first criterion counting three times as much."""
    draft = RubricVersion.objects.drafts().select_related("rubric").get(rubric__slug="general-chat")
    manager, now = User.objects.get(email=MANAGER), timezone.now()

    def heavier(card: Card) -> Card:
        at = editing.at_criterion(next(card.criteria()).lineage)
        part = editing.part_of(card, at)
        return editing.with_part(card, at, replace(part, weight=part.weight * 3))  # type: ignore[arg-type,union-attr,type-var]

    rubrics.change(draft, heavier, by=manager, now=now)
    made = replays.start(draft, by=manager, now=now)
    while replays.work(made.job_id, clock=timezone.now):
        pass
    return reverse("reviews:what_if", args=[made.pk])


def own_plan() -> str:
    plan = Plan.objects.filter(agent__user__isnull=False, shared_at__isnull=False).select_related("agent__user").last()
    return reverse("coaching:mine") if plan is None else reverse("coaching:own_plan", args=[plan.pk])


def with_a_plan() -> str:
    plan = Plan.objects.filter(shared_at__isnull=False).select_related("agent__user").last()
    return plan.agent.user.email if plan and plan.agent.user else "agent@demo.example"


def explained() -> str:
    found = Review.objects.published().filter(author__email="reviewer@demo.example", current__outcome="fail")
    return reverse("reviews:review", args=[found.values_list("pk", flat=True)[0]])


def unreviewed() -> str:
    talks = Conversation.objects.completed().filter(reviews=None, assignee__is_bot=False, message_count__gte=8)
    return reverse("conversations:conversation", args=[talks.values_list("pk", flat=True)[0]])


def a_person() -> str:
    return reverse("accounts:person", args=[User.objects.get(email=REVIEWER).pk])


def in_the_team() -> Plan | None:
    """Return a plan that the supervisor decides on, a proposed one if there is one."""
    plans = Plan.objects.filter(team__grants__user__email=SUPERVISOR)
    return plans.proposed().last() or plans.last()


def agent() -> str:
    plan = in_the_team()
    mine = Review.objects.published().filter(team__grants__user__email=SUPERVISOR)
    return reverse("insights:agent", args=[plan.agent_id if plan else mine.values_list("agent", flat=True)[0]])


def coaching_plan() -> str:
    plan = in_the_team()
    return reverse("coaching:list") if plan is None else reverse("coaching:plan", args=[plan.pk])


def a_session() -> str:
    found = Session.objects.filter(plan__team__grants__user__email=SUPERVISOR).last()
    return reverse("coaching:list") if found is None else reverse("coaching:session", args=[found.pk])


def measured_plan() -> str:
    found = Outcome.objects.filter(plan__team__grants__user__email=SUPERVISOR, shown="full").first()
    return reverse("insights:coaching") if found is None else reverse("coaching:plan", args=[found.plan_id])


def programme() -> str:
    found = Programme.objects.filter(team__grants__user__email=SUPERVISOR).last()
    return reverse("coaching:programmes") if found is None else reverse("coaching:programme", args=[found.pk])


def newest(model: type, name: str) -> Callable[[], str]:
    return lambda: reverse(name, args=[model.objects.values_list("pk", flat=True).order_by("-pk")[0]])  # type: ignore[attr-defined]


def take_up_the_draft(page: Page) -> None:
    follow(page.get_by_role("button", name="Take up again").first)
    page.locator("#workspace").wait_for()
    wait_htmx(page)


def begin_a_version(page: Page) -> None:
    follow(page.locator(f"form[action='{reverse('rubrics:start', args=['general-chat'])}'] button").first)
    page.wait_for_url("**/edit/**")
    wait_htmx(page)


def scroll_to_reviews(page: Page) -> None:
    page.locator("#conversation-reviews").scroll_into_view_if_needed()


def a_dispute() -> str:
    found = Dispute.objects.order_by("-status", "-pk").values_list("pk", flat=True)
    return reverse("reviews:dispute", args=found[:1]) if found else reverse("reviews:disputes")


def upload_a_table(page: Page) -> None:
    page.locator("#id_file").set_input_files({"name": "export.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.locator("#id_source").fill("zendesk")
    follow(page.get_by_role("button", name="Import", exact=True))
    page.locator("#columns-form").wait_for()
    wait_htmx(page)


PICTURES = [
    Picture("agent-feedback-list", "agent@demo.example", at("reviews:feedback_list")),
    Picture("agent-feedback", "agent@demo.example", feedback),
    Picture("agent-feedback-phone", "agent@demo.example", feedback, PHONE),
    Picture("agent-self-review", who_saw_it, seen_by_oneself, before=scroll_to_the_own_look),
    Picture("agent-dispute", AGENT, own_dispute),
    Picture("agent-plan", "", own_plan),
    Picture("agent-growth", "", at("coaching:own_growth")),
    Picture("specialist-queue", REVIEWER, at("reviews:queue")),
    Picture("specialist-workspace", REVIEWER, at("reviews:queue"), before=take_up_the_draft),
    Picture("specialist-review", REVIEWER, explained),
    Picture("specialist-by-hand", REVIEWER, unreviewed, before=scroll_to_reviews),
    Picture("specialist-reviews", REVIEWER, at("reviews:list")),
    Picture("supervisor-team", SUPERVISOR, at("insights:team")),
    Picture("supervisor-team-phone", SUPERVISOR, at("insights:team"), PHONE),
    Picture("supervisor-agent", SUPERVISOR, agent),
    Picture("supervisor-coaching", SUPERVISOR, at("coaching:list")),
    Picture("supervisor-plan", SUPERVISOR, coaching_plan),
    Picture("supervisor-programme", SUPERVISOR, programme),
    Picture("supervisor-session", SUPERVISOR, a_session),
    Picture("supervisor-outcome", SUPERVISOR, measured_plan, instead="insights:coaching"),
    Picture("supervisor-growth", SUPERVISOR, at("coaching:team_growth")),
    Picture("manager-programme", MANAGER, at("insights:programme")),
    Picture("manager-plan", MANAGER, newest(SamplingPlan, "sampling:plan")),
    Picture("manager-draw", MANAGER, newest(Draw, "sampling:draw")),
    Picture("manager-rubric", MANAGER, at("rubrics:detail", "general-chat")),
    Picture("manager-rubric-edit", MANAGER, at("rubrics:detail", "general-chat"), before=begin_a_version),
    Picture("manager-what-if", MANAGER, what_if),
    Picture("manager-import", MANAGER, newest(ImportRun, "conversations:import")),
    Picture("manager-columns", MANAGER, at("conversations:new_import"), before=upload_a_table),
    Picture("manager-dispute", MANAGER, a_dispute),
    Picture("admin-people", ADMIN, at("accounts:people")),
    Picture("admin-person", ADMIN, a_person),
    Picture("admin-agents", ADMIN, at("accounts:agents")),
    Picture("admin-workspace", ADMIN, at("accounts:workspace")),
    Picture("admin-audit", ADMIN, at("accounts:audit")),
]


def test_every_page_of_the_guides_opens_and_fits(browse: Callable[..., Page], pytestconfig: pytest.Config) -> None:
    writes = pytestconfig.getoption("--write-screens")
    weeks = WEEKS_IN_PICTURES if writes else WEEKS
    drive.build(now=timezone.now(), say=print, weeks=weeks, small=True, last_sweep=drive.sweep_here)
    windows: dict[tuple[str, tuple[int, int]], Page] = {}

    for picture in PICTURES:
        email = (picture.email() if callable(picture.email) else picture.email) or with_a_plan()
        window = windows.get((email, picture.size))
        if window is None:
            width, height = picture.size
            window = browse(User.objects.get(email=email), width=width, height=height)
            windows[email, picture.size] = window
        shown = window.goto(picture.where())
        wait_htmx(window)
        picture.before(window)
        fits(window)
        assert shown is not None
        assert (picture.name, shown.status) == (picture.name, 200)
        if writes and not (picture.instead and window.url.endswith(reverse(picture.instead))):
            pictures.save(window.screenshot(animations="disabled"), FOLDER / f"{picture.name}.png")

    assert QueueItem.objects.open().exists()
