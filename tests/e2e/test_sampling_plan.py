"""A manager makes a plan with risk rules and strata, asks the planner, draws, replays, catches a changed receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.roles import Role
from coaching import weeks
from rubrics.services import starters
from sampling.models import Draw, Plan
from tests.factories.accounts import TeamFactory, person
from tests.factories.sampling import agent, completion
from tests.support.browser import Complaints, axe, fits_everywhere, follow, wait_htmx

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[..., Page]


def last_week() -> None:
    """Let two agents answer in two channels; every fifth customer is unhappy, every seventh waited long."""
    monday = weeks.start_of(weeks.shifted(weeks.name_of(timezone.now()), -1))
    team = TeamFactory(name="Retail", slug="retail")
    for name in ("Leila", "Tom"):
        one = agent(name, hired_on=monday.date() - timedelta(days=60))
        for place in range(30):
            completion(
                one, at=monday + timedelta(hours=8 + 4 * place), name=f"{name}-{place}", team=team,
                channel="email" if place % 3 else "chat", csat=1 if place % 5 == 0 else 5,
                longest_response_seconds=1500 if place % 7 == 0 else 120, message_count=12,
            )  # fmt: skip


def test_a_plan_with_risk_rules_and_strata_from_its_form_to_a_receipt_that_was_changed(
    browse: Browse, tmp_path: Path, complaints: Complaints
) -> None:
    # What is typed before the planner has answered takes the place of the question, and htmx logs that.
    complaints.expect(r"/sampling/new/: htmx:(afterRequest|sendAbort)")
    last_week()
    starters.install(by=None, now=timezone.now())
    page = browse(person(Role.MANAGER, name="Dana Cole"))

    fill_in(page)
    follow(page.get_by_role("button", name="Make the plan"))
    page.get_by_role("heading", name="Retail by risk").wait_for()
    wait_htmx(page)
    axe(page)
    assert page.get_by_text(
        "Every week, 6 conversations per agent are drawn at random, and about 8 more by risk"
    ).count()

    follow(page.get_by_role("button", name="Draw this period").first)
    page.get_by_role("heading", name="Receipt").wait_for()
    draw = Draw.objects.get()
    assert set(draw.picks.values_list("pool", flat=True)) == {"random", "targeted"}
    assert set(draw.strata.values_list("stratum", flat=True)) == {"chat", "email"}
    page.get_by_role("button", name="Replay").click()
    page.get_by_text("Replay matches.").wait_for()
    axe(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download JSON").click()
    receipt = tmp_path / "receipt.json"
    download.value.save_as(receipt)
    line = tamper(receipt)
    page.goto("/sampling/check/")
    page.locator("input[name=receipt]").set_input_files(receipt)
    follow(page.get_by_role("button", name="Check"))
    page.get_by_text("Replay does not match.").wait_for()
    assert page.get_by_text(f"Line {line}", exact=True).count() >= 1
    axe(page)

    admin = browse(person(Role.ADMIN))
    admin.goto("/sampling/keys/")
    admin.get_by_text("Change the key").click()
    follow(admin.get_by_role("button", name="Make a new key"))
    admin.get_by_text("Key 2 holds for every period that has not begun.").first.wait_for()
    axe(admin)


def fill_in(page: Page) -> None:
    page.goto("/sampling/new/")
    page.locator("input[name=name]").fill("Retail by risk")
    page.locator("select[name=rubric]").select_option(label="General chat")
    page.locator("input[name=quota_per_agent]").fill("6")
    page.locator("#risk > summary").click()
    page.locator("select[name=rules-0-fact_1]").select_option(label="CSAT is at most")
    page.locator("input[name=rules-0-value_1]").fill("2")
    page.locator("input[name=rules-0-weight]").fill("4")
    page.get_by_role("button", name="Another rule").click()
    page.locator("select[name=rules-1-fact_1]").select_option(value="longest_wait")
    page.locator("input[name=rules-1-value_1]").fill("20")
    page.locator("input[name=rules-1-weight]").fill("2")
    page.locator("input[name=targeted_per_period]").fill("8")
    page.get_by_role("button", name="Try the rules").click()
    page.get_by_role("heading", name="Some of them, and why").wait_for()
    assert page.locator("#trial").get_by_text("CSAT 1").count() >= 1
    page.locator("#strata > summary").click()
    page.get_by_label("Channel").last.check()
    # The planner answers for what is typed, and the count beside it.
    page.get_by_text("More by risk, about").wait_for()
    page.locator("#planner-answer figure").first.wait_for()
    wait_htmx(page)
    axe(page)
    fits_everywhere(page)
    assert Plan.objects.count() == 0


def tamper(receipt: Path) -> int:
    """Move a conversation into the targeted pool, as somebody with an editor would; the line that was changed."""
    file = json.loads(receipt.read_text(encoding="utf-8"))
    pick = next(line for line in file["lines"] if line["kind"] == "pick" and line["pool"] == "random")
    pick["pool"] = "targeted"
    receipt.write_text(json.dumps(file), encoding="utf-8")
    return int(pick["line"])
