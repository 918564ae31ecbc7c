"""Outcome and follow-up on the pages and over the API: what is shown to whom."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from coaching.models import Outcome, PastOutcome, Plan
from rubrics.models import Criterion
from rubrics.services.publishing import publish
from sampling.models import FrameStratum
from tests.coaching.reading import as_, says, text
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import plan, reviewer, sampling_plan, stratum_of, sums
from tests.factories.rubrics import draft_version
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db

NUMBERS = {
    "pre_n": 6, "pre_mean": 58.0, "post_n": 8, "post_mean": 76.2, "level": 68.1, "observed": 18.2,
    "expected_by_chance": 10.1, "shift": 0.9, "effect": 7.2, "se": 4.6, "low": -1.9, "high": 16.3, "sigma2": 441.0,
    "omega2": 0.0, "baseline_variance": 16.0, "level_factor": 1.0, "shift_variance": 1.0, "peers": 11, "further": 14,
}  # fmt: skip


def outcome_of(made, **fields):
    usual = {
        "first_week": "2026-W05", "last_week": "2026-W08", "baseline_first_week": "2025-W30",
        "baseline_last_week": "2026-W02", "measured_at": NOW, "checked_at": NOW, "digest": "0" * 64,
        "verdict": "cannot_tell_yet", "shown": "full",
        "inputs": {"covers": True, "agents": [[0, 6, 3480000, 2, 8, 6096000, 5], [2, 4, 3, 2, 4, 3, 2]]}, **NUMBERS,
    }  # fmt: skip
    return Outcome.objects.create(plan=made, **{**usual, **fields})


@pytest.fixture
def evaluated(coached, team):
    return plan(
        "evaluated", agent=coached, team=team, baseline_since=NOW, follow_up_on=date(2026, 2, 25),
        follow_up_from=date(2026, 1, 26), follow_up_quota=8,
    )  # fmt: skip


SENTENCE = "Rose 18.2 points. 10.1 expected by chance (it was picked when low), 0.9 team-wide."


def test_the_plan_page_shows_the_outcome_with_its_three_parts(client, coach, evaluated):
    outcome_of(evaluated)

    response = as_(client, coach).get(reverse("coaching:plan", args=[evaluated.pk]))

    for words in (
        SENTENCE, "Cannot tell yet", "6 reviews before, 8 after, 11 colleagues to compare with",
        "Observed change From 58 to 76 +18.2", "Expected by chance It was picked when low; 95 %: +2.3 to +17.9 +10.1",
        "Team-wide Everybody else’s change; 95 %: −1.1 to +2.9 +0.9", "Beyond both 95 %: −1.9 to +16.3 +7.2",
        "14 more follow-up reviews would settle it", "not because of it", "Extend this plan",
    ):  # fmt: skip
        assert says(response, words), words


def test_the_agent_sees_the_outcome_but_not_the_formula_with_colleagues_sums(client, coached, evaluated):
    outcome_of(evaluated)
    page = as_(client, coached.user)

    response = page.get(reverse("coaching:own_plan", args=[evaluated.pk]))

    assert says(response, SENTENCE)
    assert reverse("coaching:outcome", args=[evaluated.pk]) not in response.content.decode()
    assert page.get(reverse("coaching:outcome", args=[evaluated.pk])).status_code == 403


@pytest.mark.parametrize("name", ["coaching:outcome", "coaching:outcome_data"])
@pytest.mark.parametrize(
    ("who", "status"), [("supervisor", 200), ("manager", 200), ("elsewhere", 404), ("specialist", 403), ("admin", 403)]
)
def test_the_formula_is_for_those_who_coach_the_team(client, team, evaluated, name, who, status):
    outcome_of(evaluated)
    user = {
        "supervisor": lambda: person(Role.SUPERVISOR, team=team),
        "manager": lambda: person(Role.MANAGER),
        "elsewhere": lambda: person(Role.SUPERVISOR, team=TeamFactory()),
        "specialist": lambda: person(Role.SPECIALIST, team=team),
        "admin": lambda: person(Role.ADMIN),
    }[who]()

    assert as_(client, user).get(reverse(name, args=[evaluated.pk])).status_code == status


def test_a_plan_without_an_outcome_has_no_formula(client, coach, evaluated):
    assert as_(client, coach).get(reverse("coaching:outcome", args=[evaluated.pk])).status_code == 404


def test_the_formula_is_shown_step_by_step_with_what_the_means_rest_on(client, coach, coached, evaluated):
    outcome_of(evaluated)
    scoring, by = sampling_plan(), reviewer()
    for week, n, drawn in (("2025-W31", 6, 6), ("2026-W06", 8, 10)):
        cell = sums(coached, [60] * n, week=week, plan=scoring, by=by)
        FrameStratum.objects.filter(pk=cell.stratum_id).update(frame_size=40, prefix=drawn, drawn=drawn)
        cell.pk, cell.metric = None, "total"
        cell.save(force_insert=True)
    asks_too = draft_version()
    Criterion.objects.filter(version=asks_too, lineage="solved").update(skill=evaluated.skill)
    never_before = PlanFactory(rubric=publish(asks_too, by=None, now=NOW).rubric)
    for week in ("2026-W06", "2026-W07"):  # what it measures after has nothing before that it could be compared with
        stratum_of(coached, week=week, plan=never_before)

    response = as_(client, coach).get(reverse("coaching:outcome", args=[evaluated.pk]))
    page = as_(client, coach).get(reverse("coaching:plan", args=[evaluated.pk]))
    listed = as_(client, coach).get(f"/api/v1/coaching-plans/{evaluated.pk}/outcomes/").json()

    assert says(response, "6 reviews, mean 58 (41–75) of 40 · 100 % of what is due is reviewed · random only")
    assert says(response, "8 reviews, mean 76 (62–91) of 40 · 80 % of what is due is reviewed · random only")
    assert says(page, "Before: From 6 of 40, drawn at random. All that is due is reviewed.")
    assert says(page, "After: From 8 of 40, drawn at random. 80 % of what is due is reviewed.")
    assert [(one["frame_size"], one["response_rate"], round(one["low"])) for one in listed[0]["rests_on"]] == [
        (40, 1.0, 41), (40, 0.8, 62),
    ]  # fmt: skip

    for words in (
        "Observed change: 76.2 − 58.0 = +18.2 points.", "is expected by chance",
        "√( 1.00 · (16.00 + 441.0 / 8) + 0.00 + 1.00 ) = 4.60", "+7.2 ± 1.96 · 4.60 = −1.9 to +16.3",
    ):  # fmt: skip
        assert says(response, words), (words, text(response))


def test_below_the_least_numbers_no_number_is_shown_anywhere(client, coach, evaluated):
    outcome_of(evaluated, shown="none", verdict="not_enough_data", reason="too_few_after", post_n=2)
    page = as_(client, coach)

    response = page.get(reverse("coaching:plan", args=[evaluated.pk]))
    answer = page.get(f"/api/v1/coaching-plans/{evaluated.pk}/").json()["outcome"]

    assert says(response, "Not enough data: only 2 of the 5 follow-up reviews needed.")
    assert not says(response, "18.2")
    hidden = ("observed", "expected_by_chance", "shift", "effect", "se", "low", "high", "pre_mean", "post_mean")
    assert {answer[name] for name in hidden} == {None}


def test_the_api_says_what_the_page_says(client, coach, evaluated):
    outcome = outcome_of(evaluated, number=2)
    PastOutcome.objects.create(
        outcome=outcome,
        number=1,
        measured_at=NOW,
        replaced_at=NOW,
        verdict="improved",
        figures={
            "effect": 9.0,
            "observed": 12.0,
            "shown": "observed_only",
            "pre_n": 6,
            "post_n": 8,
            "peers": 3,
            "reason": "too_few_peers",
        },
    )
    page = as_(client, coach)

    shown = page.get(f"/api/v1/coaching-plans/{evaluated.pk}/").json()
    listed = page.get(f"/api/v1/coaching-plans/{evaluated.pk}/outcomes/").json()

    assert shown["standing"].startswith(SENTENCE)
    assert (shown["outcome"]["effect"], shown["outcome"]["low"], shown["outcome"]["verdict"]) == (
        7.2, -1.9, "cannot_tell_yet",
    )  # fmt: skip
    past = listed[0]["past"][0]["figures"]
    assert (listed[0]["number"], listed[0]["inputs"]["covers"]) == (2, True)
    assert (past["observed"], past["effect"]) == (12.0, None)  # no more than its data allowed to be shown


def test_the_api_hides_outcomes_from_those_who_do_not_coach(client, coached, evaluated):
    outcome_of(evaluated)
    page = as_(client, coached.user)

    assert page.get(f"/api/v1/coaching-plans/{evaluated.pk}/outcomes/").status_code == 403
    assert page.get(f"/api/v1/coaching-plans/{evaluated.pk}/").json()["outcome"]["effect"] == 7.2


def test_extending_by_page_and_by_api_asks_for_more_and_refuses_nonsense(client, coach, evaluated):
    page = as_(client, coach)

    refused = page.post(reverse("coaching:extend", args=[evaluated.pk]), {"weeks": "999"})
    page.post(reverse("coaching:extend", args=[evaluated.pk]), {"weeks": "2"})
    answer = page.post(
        f"/api/v1/coaching-plans/{evaluated.pk}/extend/", json.dumps({"weeks": 2}), content_type="application/json"
    )
    wrong = page.post(
        f"/api/v1/coaching-plans/{evaluated.pk}/extend/", json.dumps({"weeks": 0}), content_type="application/json"
    )

    assert refused.status_code == 422
    assert says(refused, "Not more than 26.")
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert wrong.status_code == 422
    assert Plan.objects.get().follow_up_on == date(2026, 4, 1)


def test_the_follow_up_says_when_it_begins_and_that_reviewers_are_not_told(client, coach, coached, team):
    made = plan(
        "active", agent=coached, team=team, baseline_since=NOW.replace(year=2025), follow_up_on=date(2026, 4, 15),
        follow_up_from=date(2026, 3, 16), follow_up_quota=8,
    )  # fmt: skip

    response = as_(client, coach).get(reverse("coaching:plan", args=[made.pk]))

    assert says(response, "Begins Mon 16 Mar. Conversations of 16 Mar to 12 Apr, drawn at random")
    assert says(response, "8 more in four weeks than usual. Reviewers are not told.")
