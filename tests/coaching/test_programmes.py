"""Programmes: drawn by lot, begun together, measured by the strongest design, and what each may say."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from accounts.models import Agent, Notification, TeamMembership
from accounts.roles import Role
from coaching import weeks
from coaching.models import Member, Programme, ProgrammeOutcome
from coaching.programme_charts import design_bars
from coaching.programme_effects import measure
from coaching.programme_words import outcome as said
from coaching.selectors.programme_weeks import chart_of
from coaching.selectors.programmes import programme_page, with_waiting
from coaching.services import plans, programme_outcomes, programmes
from coaching.services.programmes import CommonAction, ProgrammeEdit
from coaching.waiting import drawn, key_of
from core.figures import signed_figure
from core.refusals import Refused
from reviews.models import Cell
from reviews.services import disputes
from sampling.models import FrameStratum, MasterKey, Overlap, QuotaBoost
from sampling.numbers import fingerprint
from tests.coaching.outcome_world import AFTER, BEFORE, DONE, World
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login, member, plan, programme_of, skill, sums
from tests.factories.disputes import DOUBTS, LOW
from tests.factories.reviews import drawn_items, published, specialist

IDENTITY = UUID("5b0d6f0a-6a38-4c4e-9a5d-3f2d7c1e8b90")
KEY = b"k" * 32
ACTIONS = [CommonAction("practise", "Name it.", 7), CommonAction("read", "Read it.", 14)]


def test_lots_depend_on_the_key_and_the_agents_alone_and_anybody_can_repeat_them():
    agents = [11, 12, 13, 14, 15]

    first = drawn(KEY, IDENTITY, agents)

    assert first == drawn(KEY, IDENTITY, reversed(agents))
    assert [lot.is_first for lot in first] == [True, True, True, False, False]
    assert [lot.u for lot in first] == sorted(lot.u for lot in first)
    assert [lot.agent for lot in first] == [15, 11, 14, 12, 13]  # openssl dgst -hmac gives the same order
    assert {lot.agent: lot.u for lot in first}.items() >= {
        lot.agent: lot.u for lot in drawn(KEY, IDENTITY, agents[:4])
    }.items()
    assert drawn(b"x" * 32, IDENTITY, agents) != first


@pytest.fixture
def world(db, coached, team):
    made = World(coached, team)
    # Which group somebody is drawn into differs from run to run, and so does what they are scored afterwards.
    Cell.objects.filter(stratum__agent=coached, stratum__draw__period__in=AFTER).delete()
    made.members = [coached, *(agent_with_login(team, name=f"Member {n}") for n in range(5))]
    for place, agent in enumerate(made.members[1:]):
        for week in BEFORE:
            sums(agent, [20 + place, 60] * 4, week=week, plan=made.scoring, by=made.by)
    return made


def edit_of(world, **terms):
    usual = {"number": 0, "name": "Empathy in May", "skill": world.skill, "agents": world.members, "actions": ACTIONS}
    return ProgrammeEdit(**{**usual, **terms})


@pytest.fixture
def running(world, coach):
    made = programmes.draft(edit_of(world, has_waiting_list=True), by=coach, now=NOW)
    return programmes.begin(made, by=coach, now=NOW)


def test_a_programme_with_a_waiting_list_begins_for_half_and_shares_their_plans(running, world, coach):
    first = running.members.filter(group="first").select_related("plan__agent")
    second = running.members.filter(group="second")
    key = key_of(bytes(MasterKey.objects.get().secret), running.identity)

    assert (running.status, running.follow_up_on, first.count(), second.count()) == (
        "running", date(2026, 4, 15), 3, 3
    )  # fmt: skip
    assert fingerprint(key) == running.fingerprint
    assert {(lot.agent, lot.u) for lot in drawn(key, running.identity, [one.pk for one in world.members])} == set(
        running.members.values_list("agent", "u")
    )
    for one in first:
        assert (one.plan.status, one.plan.origin, one.plan.owner) == ("shared", "programme", coach)
        assert list(one.plan.actions.values_list("text", "due_on")) == [
            ("Name it.", date(2026, 3, 11)), ("Read it.", date(2026, 3, 18))
        ]  # fmt: skip
    assert second.filter(plan=None).count() == 3
    assert QuotaBoost.objects.filter(key__contains=":waiting:").count() == 3
    assert QuotaBoost.objects.filter(key__startswith="coaching-plan:").count() == 3
    assert Notification.objects.filter(kind="plan.shared").count() == 3
    (waiting,) = with_waiting(Programme.objects.visible_to(coach))
    assert waiting == (
        running,
        "Those who were drawn to wait may start once the first group is measured: 16 Apr to 4 May 2026.",
    )


def test_who_waits_is_not_coached_on_the_skill_meanwhile(running, world, coach):
    waiting = running.members.filter(group="second").first().agent

    with pytest.raises(Refused) as refused:
        plans.start(waiting, world.skill, by=coach, now=NOW)
    plans.start(waiting, skill("adaptability"), by=coach, now=NOW)

    assert refused.value.refusal.code == "waits_in_a_programme"


def follow_up(world, running):
    """Those who started rise more than those who wait."""
    for place, one in enumerate(running.members.order_by("agent")):
        scores = [90 + place, 80, 100] if one.group == "first" else [55 + place, 60, 65]
        for week in AFTER:
            sums(one.agent, scores * 2, week=week, plan=world.scoring, by=world.by)


def test_a_programme_is_measured_and_those_who_waited_start_then(running, world, coach):
    follow_up(world, running)
    with pytest.raises(Refused) as early:
        programmes.start_second(running, by=coach, now=NOW)

    before = programme_outcomes.sweep(now=NOW + timedelta(weeks=5))
    numbers = [programme_outcomes.sweep(now=DONE), programme_outcomes.sweep(now=DONE)]
    measured = Programme.objects.get()
    found = measured.outcomes.get()
    ((_one, told),) = with_waiting(Programme.objects.all())
    second = programmes.start_second(measured, by=coach, now=DONE)

    assert (early.value.refusal.code, before, numbers) == ("not_measured", 0, [1, 0])
    assert (measured.status, found.design, found.verdict) == ("measured", "waiting_list", "improved")
    assert found.effect == measure(found.inputs).effect
    assert told == "The first group is measured: those who were drawn to wait may start now."
    assert "because of the programme" in said(found)
    assert Notification.objects.filter(user=coach, kind="programme.measured").count() == 1
    assert second.members.filter(plan=None).count() == 0
    assert second.second_started_at == DONE
    page = programme_page(measured, now=DONE)
    shown, bars = chart_of(measured, page), design_bars(found.estimates)
    started = [place for place, one in enumerate(running.members.order_by("agent")) if one.group == "first"]
    risen = sum((270 + place) / 3 for place in started) / len(started)
    assert shown is not None
    assert [name for _number, name in shown.legend] == ["Those who started", "Those who wait", "Everybody else"]
    assert shown.title.partition(", ")[2] == "week by week: those who started, beside those who wait"
    assert shown.rows[-1].cells[0] == f"{risen:.0f}"
    assert [bar.name for bar in bars] == ["Compared with everybody else", "Compared with those who were drawn to wait"]
    assert bars[-1].value == signed_figure(found.effect)
    assert with_waiting(Programme.objects.all()) == []


def test_each_group_and_each_week_of_it_says_what_it_rests_on(running, world, coach, client):
    follow_up(world, running)
    programme_outcomes.sweep(now=DONE)
    # Two of the three drawn of each who started are reviewed, one of theirs is drawn by a second plan as well, and a
    # colleague who is coached elsewhere is nobody's peer.
    newest = FrameStratum.objects.filter(draw__period=AFTER[-1], agent__programme_memberships__group="first")
    for cell in Cell.objects.filter(stratum__in=newest):
        Cell.objects.create(**{**values_of(cell), "metric": "total", "n": 2})
    first, again = newest.order_by("pk")[:2]
    newest.update(is_shared=True)
    Overlap.objects.create(stratum=again, earlier=[first.pk], units=7)
    plan("shared", agent=world.peers[0], team=world.team, skill=world.skill, shared_at=NOW)

    page = as_(client, coach)
    told = page.get(f"/api/v1/coaching-programmes/{running.pk}/").json()
    shown = page.get(reverse("coaching:programme", args=[running.pk]))
    cells = shown.context["chart"].rows[-1].cells

    rests = {(one["group"], one["side"]): one for one in told["rests_on"]}
    assert list(rests)[:3] == [("started", "before"), ("started", "after"), ("waited", "before")]
    assert {key: (one["n"], one["frame_size"], one["response_rate"]) for key, one in rests.items()} == {
        ("started", "before"): (48, 240, 0), ("started", "after"): (36, 233, 1 / 3),
        ("waited", "before"): (48, 240, 0), ("waited", "after"): (36, 240, 0),
        ("other", "before"): (160, 720, 0), ("other", "after"): (120, 720, 0),
    }  # fmt: skip
    assert (cells[2:4], cells[6], cells[10]) == (("18 of 113", "67 %"), "18 of 120", "54 of 360")
    weekly = {(one["group"], one["week"]): one for one in told["weekly"]}
    one, gap = weekly["started", AFTER[-1]], weekly["started", "2026-W11"]
    assert one["low"] < one["mean"] < one["high"]
    assert (one["n"], one["rests_on"]["frame_size"], one["rests_on"]["pool"]) == (18, 113, "random")
    assert (gap["mean"], gap["reason"]) == (None, "no reviews")
    assert says(shown, "Those who waited, before: From 48 of 240, drawn at random.")
    assert says(shown, "Everybody else, before: From 160 of 720, drawn at random.")


def values_of(cell):
    return {field.attname: getattr(cell, field.attname) for field in cell._meta.concrete_fields if field.name != "id"}


def test_a_revised_review_measures_again_and_keeps_what_was_said(running, world):
    follow_up(world, running)
    programme_outcomes.sweep(now=DONE)
    one = running.members.filter(group="first").first()
    Cell.objects.filter(stratum__agent=one.agent, stratum__draw__period=AFTER[0]).update(n=0, total=0, squares=0)

    changed = programme_outcomes.sweep(now=DONE + timedelta(hours=1))

    assert (changed, list(ProgrammeOutcome.objects.values_list("number", flat=True))) == (1, [2, 1])


def test_a_fresh_baseline_is_collected_before_anybody_is_coached(world, coach):
    made = programmes.draft(edit_of(world, has_fresh_baseline=True), by=coach, now=NOW)
    begun = programmes.begin(made, by=coach, now=NOW)
    boosts = QuotaBoost.objects.filter(key__contains=":fresh:")

    with pytest.raises(Refused) as early:
        programmes.begin(begun, by=coach, now=NOW + timedelta(weeks=4))
    started = programmes.begin(begun, by=coach, now=NOW + timedelta(weeks=7))

    assert (begun.baseline_from, boosts.count(), boosts.first().extra) == (date(2026, 3, 9), 6, 8)
    assert early.value.refusal.code == "baseline_not_complete"
    assert str(early.value.refusal.sentence).startswith("6 members have fewer than 6 new reviews so far.")
    assert (started.status, started.members.filter(group="first").count()) == ("running", 6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda world, coach: {"agents": world.members[:1]}, "too_few_members"),
        (lambda world, coach: {"agents": world.members[:3], "has_waiting_list": True}, "too_few_for_waiting"),
        (lambda world, coach: {"agents": [*world.members, member(TeamFactory())]}, "several_teams"),
    ],
)
def test_members_that_make_no_programme_are_refused(world, coach, change, code):
    with pytest.raises(Refused) as refused:
        programmes.draft(edit_of(world, **change(world, coach)), by=coach, now=NOW)

    assert (refused.value.refusal.code, Programme.objects.count()) == (code, 0)


def test_a_member_with_an_open_plan_holds_the_start_back_by_name(world, coach, team):
    plan("proposed", agent=world.coached, team=team, skill=world.skill)
    made = programmes.draft(edit_of(world), by=coach, now=NOW)

    with pytest.raises(Refused) as refused:
        programmes.begin(made, by=coach, now=NOW)

    assert "Kim Berg" in str(refused.value.refusal.sentence)
    assert (Programme.objects.get().status, Member.objects.exclude(plan=None).count()) == ("draft", 0)


def test_who_has_left_or_moved_meanwhile_is_passed_over(world, coach):
    made = programmes.draft(edit_of(world), by=coach, now=NOW)
    left, moved = world.members[1:3]
    Agent.objects.filter(pk=left.pk).update(deactivated_at=NOW)
    TeamMembership.objects.filter(agent=moved).update(team=TeamFactory())

    programmes.begin(made, by=coach, now=NOW)

    assert set(made.members.filter(group="", plan=None).values_list("agent", flat=True)) == {left.pk, moved.pk}
    assert made.members.filter(group="first").exclude(plan=None).count() == 4


def test_a_plan_that_rests_on_a_disputed_review_is_begun_and_shared_later(world, coach, team):
    item = drawn_items(agent=world.coached, team=team)[0]
    review = published(item, answers=LOW)
    specialist()
    disputes.begin(review, DOUBTS, by=world.coached.user, now=NOW)
    of = skill("problem-solving")
    made = programmes.draft(edit_of(world, skill=of), by=coach, now=NOW)

    programmes.begin(made, by=coach, now=NOW)

    states = dict(made.members.values_list("agent", "plan__status"))
    assert (states.pop(world.coached.pk), set(states.values())) == ("accepted", {"shared"})


def test_a_programme_that_is_closed_draws_nothing_more(running, coach):
    programmes.close(running, by=coach, now=NOW)

    assert Programme.objects.get().status == "closed"
    assert not QuotaBoost.objects.filter(key__contains=":waiting:", ended_at=None).exists()


@pytest.mark.parametrize(
    ("who", "page", "api"),
    [
        ("coach", 200, 200),
        ("manager", 200, 200),
        ("elsewhere", 404, 404),
        ("member", 403, 403),
        ("specialist", 403, 403),
    ],
)
def test_those_who_coach_the_team_see_a_programme(client, db, coach, coached, team, who, page, api):
    made = programme_of([coached], team=team)
    user = {
        "coach": lambda: coach, "manager": lambda: person(Role.MANAGER),
        "elsewhere": lambda: person(Role.SUPERVISOR, team=TeamFactory()), "member": lambda: coached.user,
        "specialist": lambda: person(Role.SPECIALIST, team=team),
    }[who]()  # fmt: skip
    asked = as_(client, user)

    assert asked.get(reverse("coaching:programme", args=[made.pk])).status_code == page
    assert asked.get(f"/api/v1/coaching-programmes/{made.pk}/").status_code == api


def test_a_programme_is_put_together_and_started_on_pages(client, world, coach):
    page, path = as_(client, coach), reverse("coaching:new_programme")
    form = {
        "number": "0", "name": "Empathy in May", "skill": str(world.skill.pk), "has_waiting_list": "on",
        "agents": [str(one.pk) for one in world.members], "follow_up_weeks": "6", "follow_up_quota": "8",
        "actions-TOTAL_FORMS": "1", "actions-INITIAL_FORMS": "0", "actions-0-text": "Name it.",
        "actions-0-kind": "practise", "actions-0-days": "7", "actions-0-check_key": "empathy-being-heard",
    }  # fmt: skip

    shown = page.get(path)
    few = page.post(path, {**form, "agents": form["agents"][:2]})
    stranger = page.post(path, {**form, "agents": [str(member(TeamFactory()).pk)]})
    made = page.post(path, form)
    found = Programme.objects.get()
    edit = reverse("coaching:edit_programme", args=[found.pk])
    draft = page.get(edit)
    page.post(edit, {**form, "name": "Empathy in June"})
    stale = page.post(edit, form)
    page.post(reverse("coaching:begin_programme", args=[found.pk]))
    running = page.get(reverse("coaching:programme", args=[found.pk]))
    listed = page.get(reverse("coaching:programmes"))

    assert says(shown, "The only design whose result may say “caused”")
    assert (few.status_code, says(few, "A waiting list needs 4 agents at least")) == (422, True)
    assert (stranger.status_code, made.status_code, draft.status_code, stale.status_code) == (422, 302, 200, 409)
    assert "Name it." in draft.content.decode()
    assert says(running, "Repeated just now with its key: the same members start first.")
    assert says(listed, "Empathy in June")
    assert Member.objects.exclude(plan=None).first().plan.actions.get().check_key == "empathy-being-heard"


def test_the_api_puts_together_changes_and_begins(client, world, coach):
    page, send = as_(client, coach), {"content_type": "application/json"}
    body = {
        "name": "Empathy",
        "skill": "empathy",
        "agents": [one.pk for one in world.members],
        "has_waiting_list": True,
    }

    made = page.post("/api/v1/coaching-programmes/", body, **send)
    path = f"/api/v1/coaching-programmes/{made.json()['id']}/"
    changed = page.put(path, {**body, "name": "June"}, headers={"If-Match": made["ETag"]}, **send)
    stale = page.put(path, body, headers={"If-Match": made["ETag"]}, **send)
    far = page.post("/api/v1/coaching-programmes/", {**body, "agents": [member(TeamFactory()).pk]}, **send)
    begun = page.post(f"{path}begin/", **send).json()

    assert (made.status_code, made.json()["draw"], changed.json()["name"]) == (201, None, "June")
    assert (stale.status_code, far.status_code) == (412, 422)
    assert (begun["status"], begun["draw"]["is_same"]) == ("running", True)
    assert fingerprint(bytes.fromhex(begun["draw"]["key"])) == begun["fingerprint"]
    assert sorted(one["group"] for one in begun["members"]) == ["first"] * 3 + ["second"] * 3
    assert weeks.name_of(NOW) == "2026-W10"
