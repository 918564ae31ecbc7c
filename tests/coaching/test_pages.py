"""The pages of coaching: who gets which, and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from coaching.models import Plan
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import (
    ActionFactory,
    PlanFactory,
    agent_with_login,
    look,
    member,
    plan,
    reviewed,
    reviewer,
    sampling_plan,
    skill,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


PAGES = ["coaching:plan", "coaching:edit"]
DECISIONS = ["coaching:accept", "coaching:decline", "coaching:share", "coaching:close"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("supervisor", 200), ("manager", 200), ("elsewhere", 404), ("agent", 403), ("specialist", 403), ("admin", 403)],
)
def test_a_plans_pages_open_for_those_who_coach_the_team(client, team, coached, name, who, status):
    made = plan("active", agent=coached, team=team)
    user = {
        "supervisor": lambda: person(Role.SUPERVISOR, team=team),
        "manager": lambda: person(Role.MANAGER),
        "elsewhere": lambda: person(Role.SUPERVISOR, team=TeamFactory()),
        "agent": lambda: coached.user,
        "specialist": lambda: person(Role.SPECIALIST, team=team),
        "admin": lambda: person(Role.ADMIN),
    }[who]()

    assert as_(client, user).get(reverse(name, args=[made.pk])).status_code == status


@pytest.mark.parametrize("name", DECISIONS)
def test_a_supervisor_of_another_team_cannot_decide(client, coached, team, name):
    made = plan(agent=coached, team=team)
    user = person(Role.SUPERVISOR, team=TeamFactory())

    response = as_(client, user).post(reverse(name, args=[made.pk]), {"reason": "other"})

    assert response.status_code == 404
    assert Plan.objects.get().status == "proposed"


@pytest.mark.parametrize("name", [*DECISIONS, "coaching:read"])
def test_reading_an_address_that_decides_changes_nothing(client, coach, coached, team, name):
    made = plan(agent=coached, team=team)
    user = coach if name != "coaching:read" else coached.user

    assert as_(client, user).get(reverse(name, args=[made.pk])).status_code == 405


def test_the_agents_own_plan_is_there_once_it_is_shared(client, coached, team):
    hidden = plan("accepted", agent=coached, team=team)
    shown = plan("shared", agent=coached, team=team, skill=skill("adaptability"))
    page = as_(client, coached.user)

    assert page.get(reverse("coaching:own_plan", args=[hidden.pk])).status_code == 404
    assert page.get(reverse("coaching:own_plan", args=[shown.pk])).status_code == 200
    assert [row.pk for row in page.get(reverse("coaching:mine")).context["page"]] == [shown.pk]


def test_a_colleague_cannot_open_or_tick(client, coached, team):
    action = ActionFactory(plan=plan("shared", agent=coached, team=team))
    page = as_(client, agent_with_login(team).user)

    assert page.get(reverse("coaching:own_plan", args=[action.plan_id])).status_code == 404
    assert page.post(reverse("coaching:tick", args=[action.pk]), {"done": "1"}).status_code == 404
    assert page.post(reverse("coaching:read", args=[action.plan_id])).status_code == 404


def test_a_proposal_says_what_was_seen_what_it_costs_and_what_to_build_on(client, coach, coached, team):
    solving = skill("problem-solving")
    answers = {
        "understood": {"option": "no", "comment": "Never asked back.", "pins": [{"message": 1, "start": 0, "end": 10}]},
        "solved": {"option": "yes"},
        "data-protected": {"option": "yes"},
    }
    review = reviewed(coached, answers, week="2026-W07", plan=sampling_plan(), by=reviewer(), team=team)
    made = plan(agent=coached, team=team, skill=solving, trigger=PlanFactory.build().trigger)
    made.evidence.create(
        review=review, answer=review.current.answers.get(criterion__lineage="understood"), lost_points=100, added_at=NOW
    )
    look(coached, solving, week="2026-W07", level=60.0)
    look(coached, solving, week="2026-W08", level=58.0)
    look(coached, skill("adaptability"), week="2026-W08", probability=0.02, level=88.0)

    response = as_(client, coach).get(reverse("coaching:plan", args=[made.pk]))

    for words in (
        "In 14 reviews drawn at random, the level on problem solving is likely under 70: the probability is 96 %",
        "What it costs the customer.",
        "Your card is valid, I have just looked. The payment was refused by the bank at 14:02.",
        "Never asked back.",
        "I am sorry",
        "Problem solving stands at 58 (48–68); the target is 70",
        "Adaptability Clearly above 70: 88 78–98 From 12 of 0, drawn at random.",
        "What goes well: Adaptability. Where could it help with this?",
        "What was seen: “Understood the problem”, in the review of",
    ):
        assert says(response, words), words
    assert f"{reverse('reviews:review', args=[review.pk])}#message-1" in response.content.decode()


def test_the_agent_reads_it_in_own_words_without_probabilities(client, coached, team):
    made = plan("shared", agent=coached, team=team)
    look(coached, made.skill, week="2026-W08")

    response = as_(client, coached.user).get(reverse("coaching:own_plan", args=[made.pk]))

    assert says(response, "It is an estimate, not a verdict")
    assert not says(response, "probability")
    assert not says(response, "Weekly looks")


def test_the_board_puts_decisions_first_and_leaves_out_own_and_foreign_plans(client, coach, coached, team):
    active = plan("active", agent=coached, team=team, skill=skill("a"))
    proposed = plan(agent=member(team), team=team, skill=skill("b"))
    plan("shared", agent=member(team, user=coach), team=team)
    plan(agent=member(TeamFactory()))

    response = as_(client, coach).get(reverse("coaching:list"))

    assert list(response.context["page"]) == [proposed, active]
    assert says(response, "2 plans need you. One proposal, hardly likely to be wrong.")


def test_the_board_is_filtered_by_the_address(client, coach, coached, team):
    plan("active", agent=coached, team=team, skill=skill("a"))
    proposed = plan(agent=coached, team=team, skill=skill("b"))

    response = as_(client, coach).get(reverse("coaching:list"), {"status": "proposed", "agent": coached.pk})

    assert list(response.context["page"]) == [proposed]


def test_an_empty_board_says_why(client, coach):
    page = as_(client, coach)

    assert says(page.get(reverse("coaching:list")), "A plan is proposed when")
    assert says(page.get(reverse("coaching:list"), {"status": "due"}), "Take a filter away, or look in another stage.")


def test_an_agent_without_a_plan_is_told_what_will_be_here(client, coached):
    response = as_(client, coached.user).get(reverse("coaching:mine"))

    assert says(response, "When your supervisor shares a plan")


def evidence(coached, team, *, number=1, status="shared", slug="problem-solving"):
    answers = {"understood": {"option": "no"}, "solved": {"option": "no"}, "data-protected": {"option": "yes"}}
    scoring, by = sampling_plan(), reviewer()
    made = plan(status, agent=coached, team=team, skill=skill(slug))
    for place in range(number):
        review = reviewed(coached, answers, week=f"2026-W0{place + 1}", plan=scoring, by=by, team=team)
        answer = review.current.answers.get(criterion__lineage="understood")
        made.evidence.create(review=review, answer=answer, lost_points=100, added_at=NOW)
    return made


@pytest.mark.parametrize(("status", "agent_sees"), [("accepted", False), ("shared", True)])
def test_a_review_names_the_plans_that_rest_on_it_to_those_who_may_see_them(
    client, coach, coached, team, status, agent_sees
):
    made = evidence(coached, team, status=status)
    url = reverse("coaching:for_review", args=[made.evidence.get().review_id])

    by_agent, by_coach = (as_(client, user).get(url).content.decode() for user in (coached.user, coach))

    assert (reverse("coaching:own_plan", args=[made.pk]) in by_agent) == agent_sees
    assert reverse("coaching:plan", args=[made.pk]) in by_coach


def test_the_feedback_page_shows_open_plans_that_were_shared(client, coached, team):
    plan("active", agent=coached, team=team, skill=skill("a"))
    plan("accepted", agent=coached, team=team, skill=skill("b"))

    response = as_(client, coached.user).get(reverse("coaching:for_agent"))

    assert [row.skill.slug for row in response.context["plans"]] == ["a"]


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", ["coaching:list", "coaching:mine", "coaching:for_agent"])
def test_a_list_costs_the_same_with_one_and_with_three_rows(client, coach, coached, team, name):
    def add(slug):
        made = plan("active", agent=coached, team=team, skill=skill(slug), owner=coach)
        ActionFactory.create_batch(2, plan=made)

    page = as_(client, coached.user if name != "coaching:list" else coach)
    add("a")
    queries(page, reverse(name))
    one = queries(page, reverse(name))
    add("b")
    add("c")

    assert queries(page, reverse(name)) == one


@pytest.mark.parametrize("name", ["coaching:plan", "coaching:edit", "coaching:own_plan"])
def test_a_plan_costs_the_same_with_one_and_with_three_pieces_of_evidence(client, coach, coached, team, name):
    small = evidence(coached, team, number=1)
    large = evidence(coached, team, number=3, slug="empathy")
    ActionFactory(plan=small)
    for place in range(3):
        ActionFactory(plan=large)
        look(coached, large.skill, week=f"2026-W0{place + 4}")
    look(coached, small.skill, week="2026-W06")
    page = as_(client, coached.user if name == "coaching:own_plan" else coach)
    urls = [reverse(name, args=[made.pk]) for made in (small, large)]
    queries(page, urls[0])

    assert queries(page, urls[0]) == queries(page, urls[1])


def test_a_follow_up_day_that_has_passed_is_named(client, coach, coached, team):
    made = plan("active", agent=coached, team=team)
    ActionFactory(plan=made, due_on=(NOW - timedelta(days=1)).date())

    response = as_(client, coach).get(reverse("coaching:plan", args=[made.pk]))

    assert says(response, "Practise · by Tue 3 Mar · that day has passed")
