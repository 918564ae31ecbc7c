"""Growth: estimates against what the next level expects, the evidence, and what was completed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from coaching import weeks
from coaching.growth import DEFAULTS, LEVELS, Estimate, Standing, next_level, reached, step
from coaching.models import Expectation
from coaching.selectors.growth import expectations, fingerprint, growth
from coaching.selectors.team_growth import side_by_side
from coaching.services import expectations as service
from core.refusals import Refused
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import ActionFactory, attempt_of, look, member, plan, skill

LAST = weeks.last_complete(NOW)


@pytest.mark.parametrize(
    ("level", "sd", "standing", "gap"),
    [
        (90.0, 4.0, Standing.REACHED, 0.0), (60.0, 5.0, Standing.MISSING, 18.0), (76.0, 6.0, Standing.CANNOT_TELL, 2.0),
        (78.0, 0.0, Standing.REACHED, 0.0), (77.0, 0.0, Standing.MISSING, 1.0),
    ],
)  # fmt: skip
def test_a_level_is_said_to_be_reached_only_when_the_numbers_are_sure(level, sd, standing, gap):
    found = step(Estimate(level, sd, 12), expected=78.0)

    assert (found.standing, found.gap) == (standing, gap)
    assert found.low <= level <= found.high


@pytest.mark.parametrize(
    "estimate", [Estimate(None, None, 0), Estimate(70.0, 5.0, 3, "too_few_reviews"), Estimate(70.0, None, 3)]
)
def test_without_enough_data_there_is_no_number(estimate):
    found = step(estimate, expected=70.0)

    assert (found.standing, found.level, found.probability, found.gap) == (Standing.NO_DATA, None, None, None)
    assert reached([found]) == (0, 0)


def test_the_probability_is_the_upper_tail_of_the_estimate():
    # One sd above what is expected: 0.8413; reflected below it.
    assert step(Estimate(75.0, 5.0, 9), expected=70.0).probability == pytest.approx(0.8413447, abs=1e-7)
    assert step(Estimate(65.0, 5.0, 9), expected=70.0).probability == pytest.approx(0.1586553, abs=1e-7)


def test_each_level_looks_at_the_one_after_it_and_the_last_at_itself():
    assert [next_level(level) for level in LEVELS] == ["experienced", "senior", "lead", "lead"]
    assert list(DEFAULTS.values()) == sorted(DEFAULTS.values())


@pytest.fixture
def grown(db, coached):
    """An experienced agent with one skill clearly under, one clearly above and one with too few reviews."""
    low, high, few = skill("empathy"), skill("problem-solving"), skill("adaptability")
    look(coached, low, week=LAST, level=55.0, level_sd=4.0)
    look(coached, low, week=weeks.shifted(LAST, -1), level=99.0, level_sd=1.0)  # an older look says nothing
    look(coached, high, week=LAST, level=90.0, level_sd=3.0)
    look(coached, few, week=LAST, level=70.0, level_sd=9.0, n=2, reason="too_few_reviews", flag=False)
    skill("time-management")
    return coached


def test_the_page_says_where_an_agent_stands_to_the_next_level(client, grown, team, coach):
    done = plan("active", agent=grown, team=team, owner=coach)
    ActionFactory(plan=done, text="Read the guide.", done_at=NOW, confirmed_at=NOW - timedelta(days=2))
    ActionFactory(plan=done, text="Only ticked.", done_at=NOW)
    attempt_of(done, is_passed=True, right=5)
    attempt_of(done, is_passed=True, right=5, number=2, taken_at=NOW + timedelta(days=1))

    found = growth(grown, now=NOW)
    own = as_(client, grown.user).get(reverse("coaching:own_growth"))
    seen = as_(client, coach).get(reverse("coaching:growth", args=[grown.pk]))

    assert {row.skill.slug: row.step.standing.value for row in found.rows} == {
        "empathy": "missing", "problem-solving": "reached", "adaptability": "no_data", "time-management": "no_data"
    }  # fmt: skip
    assert [(one.kind, one.text, one.on) for one in found.completed] == [
        ("check", "Being heard", NOW), ("practise", "Read the guide.", NOW - timedelta(days=2))
    ]  # fmt: skip
    for page in (own, seen):
        assert says(page, "1 of 2 skills that can be told are where the next level, “senior”, expects them.")
        assert says(page, "About 23 points are missing.")
        assert says(page, "Not enough data: fewer than six effective reviews.")
        assert says(page, "Not enough data: no reviews in the last 26 weeks.")
        assert says(page, "Name what this means for the customer before solving it.")
        assert says(page, "There is a plan for it")
    assert f"/my-coaching/{done.pk}/" in own.content.decode()


def test_a_supervisor_sees_everybodys_growth_side_by_side(client, grown, team, coach, django_assert_num_queries):
    done = plan("active", agent=grown, team=team, owner=coach)
    ActionFactory(plan=done, done_at=NOW, confirmed_at=NOW)
    attempt_of(done, is_passed=True)
    lead = member(team, name="Ada Lind", level="lead")
    look(lead, skill("empathy"), week=LAST, level=96.0, level_sd=3.0)
    member(TeamFactory(), name="Of another team")
    asked, path = as_(client, coach), reverse("coaching:team_growth")

    page = asked.get(path)
    narrowed = asked.get(path, {"level": "lead"})
    body = asked.get("/api/v1/coaching-growth/").json()["results"]

    assert [(row.agent, row.there, row.known, row.checks, row.actions) for row in page.context["rows"]] == [
        (lead, 1, 1, 0, 0), (grown, 1, 2, 1, 1)
    ]  # fmt: skip
    assert says(page, "short Expected 78, level 55")
    assert [row.agent for row in narrowed.context["rows"]] == [lead]
    told = {one["agent"]["id"]: one for one in body}
    assert (told.keys(), told[grown.pk]["next_level"], told[lead.pk]["next_level"]) == (
        {grown.pk, lead.pk}, "senior", "lead"
    )  # fmt: skip
    assert {one["skill"]: one["standing"] for one in told[grown.pk]["skills"]} == {
        row.skill.slug: row.step.standing.value for row in growth(grown, now=NOW).rows
    }
    with django_assert_num_queries(8):  # four more where something was drawn
        side_by_side([grown, lead], now=NOW)


@pytest.mark.parametrize(
    ("who", "page", "api"),
    [("elsewhere", 404, 404), ("colleague", 403, 404), ("specialist", 403, 403), ("admin", 403, 403)],
)
def test_nobody_else_sees_the_growth_of_an_agent(client, grown, team, who, page, api):
    user = {
        "elsewhere": lambda: person(Role.SUPERVISOR, team=TeamFactory()),
        "colleague": lambda: person(Role.AGENT),
        "specialist": lambda: person(Role.SPECIALIST, team=team),
        "admin": lambda: person(Role.ADMIN),
    }[who]()
    asked = as_(client, user)

    assert asked.get(reverse("coaching:growth", args=[grown.pk])).status_code == page
    assert asked.get(f"/api/v1/coaching-growth/{grown.pk}/").status_code == api


def test_the_api_tells_the_same(client, grown):
    body = as_(client, grown.user).get(f"/api/v1/coaching-growth/{grown.pk}/").json()

    row = next(one for one in body["skills"] if one["skill"] == "empathy")
    assert (body["level"], body["next_level"]) == ("experienced", "senior")
    assert (row["expected"], row["standing"], row["level"], row["n"], row["evidence"]) == (
        78.0,
        "missing",
        55.0,
        12,
        [],
    )


def test_expectations_are_changed_and_the_later_of_two_edits_is_told(client, db, coach):
    empathy, other = skill("empathy"), skill("adaptability")
    manager = as_(client, person(Role.MANAGER))
    path = reverse("coaching:expected")
    shown = manager.get(path)
    sent = {f"{one.slug}:{level}": DEFAULTS[level] for one in (empathy, other) for level in LEVELS}
    sent |= {"state": shown.context["form"]["state"].value(), "empathy:senior": "81.5"}

    falling = manager.post(path, {**sent, "empathy:senior": "10"})
    empty = manager.post(path, {**sent, "empathy:lead": ""})
    saved = manager.post(path, sent)
    stale = manager.post(path, sent)
    read_only = as_(client, coach).get(path)

    assert (falling.status_code, says(falling, "a higher level cannot expect less")) == (422, True)
    assert (empty.status_code, saved.status_code, stale.status_code) == (422, 302, 409)
    assert list(Expectation.objects.values_list("skill__slug", "level", "points")) == [("empathy", "senior", 81.5)]
    assert says(read_only, "QA managers change these.")


def test_an_expectation_that_is_the_default_again_is_kept_no_longer(db):
    skill("empathy")
    manager = person(Role.MANAGER)
    changed = {**DEFAULTS, "lead": 95.0}

    service.expect({"empathy": changed}, state=fingerprint(expectations()), by=manager, now=NOW)
    service.expect({"empathy": dict(DEFAULTS)}, state=fingerprint(expectations()), by=manager, now=NOW)

    assert not Expectation.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"juggling": DEFAULTS}, "unknown_skill"), ({"empathy": {"entry": 1.0}}, "missing_level"),
        ({"empathy": {**DEFAULTS, "lead": 101.0}}, "unusable_points"),
        ({"empathy": {**DEFAULTS, "lead": float("nan")}}, "unusable_points"),
        ({"empathy": {**DEFAULTS, "entry": 99.0}}, "falling_levels"),
    ],
)  # fmt: skip
def test_expectations_that_make_no_sense_are_refused(db, wanted, code):
    skill("empathy")

    with pytest.raises(Refused) as refused:
        service.expect(wanted, state=fingerprint(expectations()), by=person(Role.MANAGER), now=NOW)

    assert refused.value.refusal.code == code


def test_the_api_changes_expectations_from_the_state_that_was_read(client, db):
    skill("empathy")
    manager, path = as_(client, person(Role.MANAGER)), "/api/v1/coaching-expectations/"
    read = manager.get(path)
    body = {"skills": [{**read.json()["skills"][0], "lead": 90.0}]}
    send = {"content_type": "application/json", "headers": {"If-Match": read["ETag"]}}

    changed, stale = manager.put(path, body, **send), manager.put(path, body, **send)

    assert (changed.json()["skills"][0]["lead"], stale.status_code) == (90.0, 412)


@pytest.mark.django_db
def test_a_log_in_without_an_agent_is_told_so_and_not_that_the_page_is_gone(client):
    page = as_(client, person(Role.AGENT)).get(reverse("coaching:own_growth"))

    assert (page.status_code, page.content.decode().count("This log-in belongs to no agent")) == (200, 1)
