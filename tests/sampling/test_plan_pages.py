"""Pages of plans, as a manager sees them and as others do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from rubrics.services.publishing import retire
from sampling.models import Plan
from sampling.services import draws, plans
from sampling.terms import Terms
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.sampling import WEEK, PlanFactory, SourceFactory, agent, completion, drawn, week_of
from tests.sampling.pages import sent, words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# ---- who


def addresses() -> dict[str, tuple[str, str]]:
    draw = drawn(PlanFactory())
    plan = draw.plan_id
    return {
        "list": ("get", reverse("sampling:list")),
        "new": ("get", reverse("sampling:new")),
        "preview": ("get", reverse("sampling:preview")),
        "check": ("get", reverse("sampling:check")),
        "plan": ("get", reverse("sampling:plan", args=[plan])),
        "edit": ("get", reverse("sampling:edit", args=[plan])),
        "draw": ("get", reverse("sampling:draw", args=[draw.pk])),
        "receipt": ("get", reverse("sampling:receipt", args=[draw.pk])),
        "replay": ("post", reverse("sampling:replay", args=[draw.pk])),
        "draw now": ("post", reverse("sampling:draw_now", args=[plan])),
        "void": ("post", reverse("sampling:void", args=[draw.pk])),
        "pause": ("post", reverse("sampling:pause", args=[plan])),
        "resume": ("post", reverse("sampling:resume", args=[plan])),
        "archive": ("post", reverse("sampling:archive", args=[plan])),
    }


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.SUPERVISOR, Role.AGENT, Role.ADMIN])
def test_other_roles_are_kept_out_of_every_page(client: Client, role: Role) -> None:
    client.force_login(person(role))

    found = {name: getattr(client, verb)(url).status_code for name, (verb, url) in addresses().items()}

    assert found == dict.fromkeys(found, 403)


def test_strangers_are_sent_to_the_log_in(client: Client) -> None:
    found = {name: getattr(client, verb)(url).status_code for name, (verb, url) in addresses().items()}

    assert found == dict.fromkeys(found, 302)


def test_pages_that_change_something_do_not_answer_to_get(browser: Client) -> None:
    changing = {"draw now", "void", "pause", "resume", "archive"}

    found = {name: browser.get(url).status_code for name, (_, url) in addresses().items() if name in changing}

    assert found == dict.fromkeys(found, 405)


# ---- lists


@pytest.mark.parametrize("name", ["list", "plan", "draw"])
def test_a_list_takes_the_same_queries_for_one_row_and_for_three(
    browser: Client, name: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    counts = []
    for number in (1, 3):
        url = rows_of(name, number)
        browser.get(url)  # what a first request alone asks for
        with django_assert_max_num_queries(40) as queries:
            assert browser.get(url).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def rows_of(name: str, number: int) -> str:
    if name == "list":
        for _ in range(number):
            drawn(PlanFactory())
        return reverse("sampling:list")
    plan = PlanFactory()
    if name == "plan":
        week_of(agent(f"Anna{number}"), 3, monday=WEEK)
        for weeks in range(number):
            drawn(plan, moment=WEEK - weeks * 7 * DAY)
        return reverse("sampling:plan", args=[plan.pk])
    team = TeamFactory()
    for place in range(number):
        week_of(agent(f"Agent{number}{place}"), 2, monday=WEEK - 7 * number * DAY, team=team)
    return reverse("sampling:draw", args=[drawn(plan, moment=WEEK - 7 * number * DAY).pk])


def test_an_empty_list_says_what_to_do(browser: Client) -> None:
    assert "There is no sampling plan yet" in words(browser.get(reverse("sampling:list")))


def test_the_list_shows_last_and_next_draw(browser: Client) -> None:
    plan = PlanFactory(name="Retail", starts_on=date(2026, 2, 23), time_zone="America/New_York")
    week_of(agent("Anna"), 5)
    drawn(plan, moment=WEEK + DAY)

    said = words(browser.get(reverse("sampling:list")))

    assert "Mon 23 Feb – Sun 1 Mar 2026 2 of 5 Tue 10 Mar, 00:00" in said


# ---- a plan


def test_a_plan_says_what_it_draws_and_when(browser: Client) -> None:
    team = TeamFactory(name="Retail team")
    plan = PlanFactory(population={"channel": ["chat"], "team": [str(team.pk)]}, starts_on=date(2026, 2, 23))
    drawn(plan)
    plans.resume(plans.pause(plan, by=None, now=NOW), by=None, now=NOW)

    said = words(browser.get(reverse("sampling:plan", args=[plan.pk])))

    assert "Every week, 2 conversations per agent are drawn at random. The next draw is on Tue 10 Mar, 00:00." in said
    assert "Channel Chat Team Retail team Reviewed person: the assignee. Bots are left out." in said
    assert f"sha256 {plan.period_keys.get(period='2026-W10').fingerprint[:6]}" in said


def test_a_draw_that_is_due_is_announced_as_such(browser: Client) -> None:
    plan = PlanFactory(starts_on=date(2026, 2, 23))

    said = words(browser.get(reverse("sampling:plan", args=[plan.pk])))

    assert "The draw for Mon 23 Feb – Sun 1 Mar 2026 is due and is made within minutes." in said


def test_a_plan_shows_every_draw_also_voided_and_under_filled_ones(browser: Client) -> None:
    plan = PlanFactory(quota_per_agent=4)
    week_of(agent("Anna"), 1)
    drawn(plan)
    draws.void(drawn(plan, moment=WEEK - 7 * DAY), reason="The filter was wrong", by=None, now=NOW)

    said = words(browser.get(reverse("sampling:plan", args=[plan.pk])))

    assert "Under-filled by 3" in said
    assert "Voided The filter was wrong" in said


def test_a_change_that_waits_for_the_next_period_is_announced(browser: Client) -> None:
    plan = PlanFactory(quota_per_agent=2)
    plans.edit(
        plan,
        name=plan.name,
        terms=Terms.from_json({**Terms.of(plan).as_json(), "quota_per_agent": 6}),
        reviewers=[],
        by=None,
        now=NOW,
    )

    said = words(browser.get(reverse("sampling:plan", args=[plan.pk])))

    assert "holds from Monday 9 March on." in said
    assert "The running period keeps the terms it began with (2 conversations per agent)." in said


def test_a_plan_that_is_not_there_is_404(browser: Client) -> None:
    assert browser.get(reverse("sampling:plan", args=[4711])).status_code == 404


# ---- making and changing


def test_a_manager_makes_a_plan(browser: Client, manager: User) -> None:
    reviewer = person(Role.SPECIALIST)
    data = sent(**{"population-channel": ["chat", "email"], "population-tag": "refund", "reviewers": [reviewer.pk]})

    answer = browser.post(reverse("sampling:new"), data)

    plan = Plan.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("sampling:plan", args=[plan.pk]))
    assert (plan.name, plan.population, plan.time_zone) == (
        "Retail",
        {"channel": ["chat", "email"], "tag": "refund"},
        "Europe/London",
    )
    assert ([one.user for one in plan.reviewers.all()], plan.created_by) == ([reviewer], manager)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("rubric", "4711"), ("quota_per_agent", "0"), ("quota_per_agent", "many"), ("cycle", "hourly"),
        ("time_zone", "../../etc/passwd"), ("time_zone", "Mars/Olympus"), ("time_zone", "\x00"),
        ("starts_on", "0001-01-01"), ("starts_on", "9999-12-31"), ("starts_on", "soon"), ("due_days", "0"),
        ("settle_hours", "-1"), ("reviewers", "4711"), ("reviewers", "9" * 30), ("rubric", "9" * 30),
        ("population-channel", "pigeon"),
        ("population-csat_from", "much"), ("population-team", "4711"), ("population-team", "9" * 30),
        ("population-team", "\x00"),
        ("population-tag", "\x00"), ("name", "\x00"), ("name", "x" * 500),
    ],
)  # fmt: skip
def test_a_plan_with_a_mistake_comes_back_with_it_and_is_not_made(browser: Client, field: str, value: str) -> None:
    answer = browser.post(reverse("sampling:new"), sent(**{field: value}))

    assert (answer.status_code, Plan.objects.count()) == (422, 0)


def test_a_name_that_is_taken_comes_back_with_the_sentence(browser: Client) -> None:
    PlanFactory(name="Retail")

    answer = browser.post(reverse("sampling:new"), sent())

    assert (answer.status_code, "Another plan has this name." in words(answer)) == (409, True)


def test_the_form_proposes_the_next_period_so_that_its_fingerprint_comes_first(browser: Client) -> None:
    answer = browser.get(reverse("sampling:new"))

    assert answer.context["form"].initial["starts_on"] == "2026-03-09"


def test_a_manager_edits_a_plan(browser: Client) -> None:
    plan = PlanFactory(name="Retail", population={"channel": ["chat"]})
    shown = browser.get(reverse("sampling:edit", args=[plan.pk])).content.decode()

    answer = browser.post(
        reverse("sampling:edit", args=[plan.pk]), sent(plan, quota_per_agent=7, starts_on=None, name="Retail now")
    )

    plan.refresh_from_db()
    assert (answer.status_code, plan.name, plan.quota_per_agent, plan.population) == (302, "Retail now", 7, {})
    assert plan.past_terms.get().terms["population"] == {"channel": ["chat"]}
    assert re.findall(r'name="population-channel" value="(\w+)"[^>]*checked', shown) == ["chat"]


def test_changing_a_plan_keeps_every_team_and_channel_that_it_draws_from(browser: Client) -> None:
    teams = sorted(str(TeamFactory(name=name).pk) for name in ("Care", "Retail"))
    plan = PlanFactory(population={"channel": ["chat", "email"], "team": teams})

    page = browser.get(reverse("sampling:edit", args=[plan.pk])).content.decode()

    ticked = re.findall(r'name="population-(\w+)" value="(\w+)"[^>]*checked', page)
    assert sorted(ticked) == [("channel", "chat"), ("channel", "email"), *[("team", pk) for pk in teams]]


def test_a_plan_whose_rubric_was_retired_can_still_be_edited(browser: Client) -> None:
    plan = PlanFactory()
    retire(plan.rubric.versions.get(), by=None, now=NOW)

    answer = browser.post(reverse("sampling:edit", args=[plan.pk]), sent(plan, starts_on=None))

    assert answer.status_code == 302


def test_a_plan_is_paused_resumed_and_archived(browser: Client) -> None:
    plan = PlanFactory()
    seen = []
    for verb in ("pause", "resume", "archive"):
        browser.post(reverse(f"sampling:{verb}", args=[plan.pk]))
        plan.refresh_from_db()
        seen.append(plan.status)

    assert seen == ["paused", "active", "archived"]
    assert browser.get(reverse("sampling:edit", args=[plan.pk])).status_code == 409
    assert browser.post(reverse("sampling:pause", args=[plan.pk])).status_code == 409


# ---- the live count


def test_the_count_follows_the_filters(browser: Client) -> None:
    retail, tech = TeamFactory(name="Retail team"), TeamFactory(name="Tech team")
    week_of(agent("Anna"), 5, team=retail)
    week_of(agent("Bert"), 2, team=tech, channel="email")
    completion(None, at=WEEK + DAY, team=retail)

    every = words(browser.get(reverse("sampling:preview"), sent()))
    mail = words(browser.get(reverse("sampling:preview"), sent(**{"population-channel": "email"})))
    form = browser.get(reverse("sampling:new")).content.decode()
    # What was chosen, and how many fit, stand at the filters too, and follow what is typed.
    assert 'id="population-fits"' in form
    assert "hx-swap-oob" not in form
    assert "Channel E-mail 2 conversations fit, Mon 23 Feb – Sun 1 Mar 2026" in mail

    assert "7 conversations in the last complete period, Mon 23 Feb – Sun 1 Mar 2026" in every
    assert "Agents 2 Would be drawn 5 Without a person to review 1 Retail team 5 Tech team 2" in every
    assert "2 conversations in the last complete period" in mail


def test_the_count_falls_back_to_the_newest_period_with_conversations(browser: Client) -> None:
    week_of(agent("Anna"), 3, monday=WEEK - 70 * DAY)

    assert "3 conversations in the newest period that has any, Mon 15 Dec – Sun 21 Dec 2025" in words(
        browser.get(reverse("sampling:preview"), sent())
    )


def test_the_count_says_when_nothing_fits(browser: Client) -> None:
    assert "No completed conversation fits." in words(browser.get(reverse("sampling:preview"), sent()))


@pytest.mark.parametrize(
    "changes", [{"time_zone": "Mars"}, {"population-csat_from": "much"}, {"quota_per_agent": ""}, {"cycle": "x"}]
)
def test_the_count_waits_for_a_form_that_can_be_read(browser: Client, changes: dict[str, str]) -> None:
    answer = browser.get(reverse("sampling:preview"), sent(**changes))

    assert (answer.status_code, "The count appears as soon as" in words(answer)) == (200, True)


def test_a_source_filter_is_kept_by_its_name(browser: Client) -> None:
    SourceFactory(slug="mail")

    browser.post(reverse("sampling:new"), sent(**{"population-source": "mail"}))

    assert Plan.objects.get().population == {"source": ["mail"]}


def test_the_page_offers_the_last_period_and_for_old_conversations_the_newest_that_has_some(browser: Client) -> None:
    plan = PlanFactory()
    week_of(agent("Anna"), 3, monday=WEEK - 70 * DAY)

    said = words(browser.get(reverse("sampling:plan", args=[plan.pk])))

    assert "Last complete period: Mon 23 Feb – Sun 1 Mar 2026" in said
    assert "The newest period with conversations: Mon 15 Dec – Sun 21 Dec 2025" in said
