"""Work is given by a keyed hash among those who may do it, stable when people come and go."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Agent, Notification, RoleGrant, User
from accounts.roles import Role
from core.refusals import Refused
from reviews.models import QueueItem, QueueRules, Review
from reviews.selectors.empty import why_empty
from reviews.selectors.goals import progress_of
from reviews.selectors.queue import week_start
from reviews.services import absences, assigning, claims, drafting, filling, goals, handing_over, rules, submitting
from sampling.models import Plan, PlanReviewer
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, RoleGrantFactory, TeamFactory, person
from tests.factories.reviews import by_hand, claimed, drawn_items, filled, published, specialist, submitted
from tests.factories.sampling import PlanFactory, master_key

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def by_name(*reviewers: User, **changed: object) -> Plan:
    """Make a plan that gives its work by name, perhaps to named reviewers only."""
    plan: Plan = PlanFactory()
    for user in reviewers:
        PlanReviewer.objects.create(plan=plan, user=user)
    QueueRules.objects.filter(plan=plan).update(distribution="preassigned", **changed)
    return plan


def given(items: list[QueueItem]) -> list[int | None]:
    found = dict(QueueItem.objects.values_list("pk", "assigned_to"))
    return [found[item.pk] for item in items]


def code(verb: object, *args: object, **kwargs: object) -> tuple[str, int]:
    with pytest.raises(Refused) as raised:
        verb(*args, **kwargs)  # type: ignore[operator]
    return raised.value.refusal.code, raised.value.refusal.status


def test_each_gets_a_share_and_only_what_is_theirs() -> None:
    master_key()
    ada, ben = (person(Role.SPECIALIST, pk=pk) for pk in (70_001, 70_002))  # the hash is of key, names and numbers
    plan = by_name(ada, ben)
    PlanReviewer.objects.filter(user=ben).update(capacity=3)

    items = drawn_items(80, plan=plan)

    shares = Counter(given(items))
    assert shares.keys() == {ada.pk, ben.pk}
    assert 45 <= shares[ben.pk] <= 75  # three of four; beyond this one key in some thousands
    first = claims.next_item(by=ada, now=NOW)
    assert first is not None
    assert first.item == next(item for item, who in zip(items, given(items), strict=True) if who == ada.pk)
    assert claims.next_item(by=specialist(), now=NOW) is None


def test_who_joins_moves_nothing_and_who_goes_moves_only_their_own() -> None:
    ada, ben = specialist(), specialist()
    plan = by_name()
    items = drawn_items(30, plan=plan)
    before = given(items)

    cleo = specialist()
    assert (assigning.reassign(now=NOW), given(items)) == (0, before)

    RoleGrant.objects.filter(user=ben).update(ends_at=NOW)
    assigning.reassign(now=NOW)

    after = given(items)
    assert [new for old, new in zip(before, after, strict=True) if old == ada.pk] == [ada.pk] * before.count(ada.pk)
    assert set(after) <= {ada.pk, cleo.pk}


def test_never_to_the_agent_a_conflict_their_lead_or_who_was_there_lately() -> None:
    agent_self, kin, lead, recent, free = (specialist() for _ in range(5))
    team, agent = TeamFactory(), AgentFactory(user=agent_self)
    RoleGrantFactory(user=lead, role=Role.SUPERVISOR, team=team)
    absences.declare_conflict(kin, agent, reason="My sister.", by=kin, now=NOW)
    published(drawn_items(agent=agent)[0], by=recent)
    plan = by_name(excludes_lead=True, recent_pair_days=14)

    items = drawn_items(6, plan=plan, agent=agent, team=team)

    assert set(given(items)) == {free.pk}
    # A pull queue keeps the same people apart, and lets the pair that met lately meet again only for want of others.
    QueueItem.objects.update(assigned_to=None)
    offers = {user: QueueItem.objects.offered_to(user).filter(pk=items[0].pk).exists() for user in
              (agent_self, kin, lead, recent, free)}  # fmt: skip
    assert list(offers.values()) == [False, False, False, True, True]
    absences.be_away(free, starts_at=NOW, ends_at=NOW + WEEK, by=free, now=NOW)
    assert set(given(items)) == {recent.pk}  # rather than nobody
    other = drawn_items(1, plan=plan, agent=AgentFactory(), team=team, due_at=NOW + timedelta(days=30))[0]
    QueueItem.objects.update(assigned_to=None)
    taken = [claims.next_item(by=recent, now=NOW) for _place in range(2)]
    assert [one.agent_id for one in taken if one] == [other.agent_id, agent.pk]


def test_what_is_due_before_the_return_goes_on_and_the_rest_waits() -> None:
    ada, ben = specialist(), specialist()
    soon = drawn_items(12, plan=by_name())
    later = drawn_items(12, plan=by_name(), due_at=NOW + timedelta(days=20))
    theirs = given(later)
    away, stays = (ada, ben) if ada.pk in theirs else (ben, ada)

    absences.be_away(away, starts_at=NOW, ends_at=NOW + WEEK, by=away, now=NOW)

    assert (set(given(soon)), given(later)) == ({stays.pk}, theirs)
    assert why_empty(away, now=NOW).code != "given_to_others"  # some still wait for them


def test_where_nobody_may_it_goes_to_whoever_is_free_and_may() -> None:
    ada = specialist()
    plan = by_name(ada)
    item = drawn_items(1, plan=plan)[0]

    absences.be_away(ada, starts_at=NOW, ends_at=NOW + WEEK, by=ada, now=NOW)

    assert given([item]) == [None]
    assert claims.next_item(by=specialist(), now=NOW) is None  # the plan names its reviewers
    assert claims.next_item(by=ada, now=NOW) is not None


def test_handing_over_goes_to_the_next_in_line_and_the_draft_stays(client: Client) -> None:
    ada, ben, manager = specialist(), specialist(), person(Role.MANAGER)
    item = drawn_items(1)[0]
    draft = claimed(item, by=ada)
    drafting.save(draft, filled(summary="Mine."), number=0, by=ada, now=NOW)

    assert code(handing_over.hand_over, item, reason=" ", by=ada, now=NOW) == ("reason_missing", 422)
    assert code(handing_over.hand_over, item, reason="Why not", by=ben, now=NOW) == ("not_held", 409)
    assert code(handing_over.hand_over, item, reason="Yours", by=ada, to=ben, now=NOW)[0] == "not_yours_to_choose"
    client.force_login(ada)
    answer = client.post(f"/queue/{item.pk}/hand-over/", {"reason": "I know the customer"}, follow=True)

    item.refresh_from_db()
    assert "Handed over." in answer.content.decode()
    assert (item.assigned_to, item.status, item.handed_over_by) == (ben, "available", ada)
    assert Notification.objects.get(user=ben).kind == "item.handed_over"
    assert code(submitting.submit, draft, filled(), by=ada, now=NOW) == ("handed_over", 409)
    assert drafting.save(draft, filled(summary="More."), number=1, by=ada, now=NOW).lost is not None
    item.refresh_from_db()
    assert item.status == "available"  # saving did not take it back
    assert why_empty(ada, now=NOW).code == "given_to_others"
    client.force_login(ben)
    assert "Handed over to you: I know the customer" in client.get("/queue/").content.decode()
    assert claims.next_item(by=ben, now=NOW) is not None
    # A QA manager may name somebody, but nobody who may not.
    elsewhere = specialist(TeamFactory())
    assert code(handing_over.hand_over, item, reason="Back", by=manager, to=elsewhere, now=NOW) == ("not_for_them", 409)


def test_rules_are_for_who_looks_after_sampling_and_are_recorded(client: Client) -> None:
    ada = specialist()
    plan = by_name(ada)
    manager = person(Role.MANAGER)
    client.force_login(manager)

    bad = client.post(f"/queue/plans/{plan.pk}/", {"distribution": "pull", "grace_days": "-1"})
    good = client.post(
        f"/queue/plans/{plan.pk}/",
        {
            "distribution": "pull", "grace_days": "3", "recent_pair_days": "0", "second_share": "5.5",
            "second_at_least": "1", "goal": "12", f"capacity-{ada.pk}": "4",
        },
    )  # fmt: skip

    kept = QueueRules.of(plan)
    assert (bad.status_code, good.status_code) == (422, 302)
    assert (kept.grace_days, str(kept.second_share), kept.goal, kept.distribution) == (3, "5.5", 12, "pull")
    assert PlanReviewer.objects.get(user=ada).capacity == 4
    assert code(rules.change, plan, {}, by=ada, now=NOW)[1] == 403


def test_absences_conflicts_and_goals_are_entered_by_oneself_or_a_manager(client: Client) -> None:
    ada, ben, manager = specialist(), specialist(), person(Role.MANAGER)
    agent: Agent = AgentFactory(name="Kim")
    client.force_login(ada)
    path = f"/queue/reviewers/{ada.pk}"

    entered = client.post(f"{path}/away/", {"first_day": "2026-03-10", "last_day": "2026-03-12"})
    overlap = client.post(f"{path}/away/", {"first_day": "2026-03-12", "last_day": "2026-03-13"})
    backwards = client.post(f"{path}/away/", {"first_day": "2026-03-22", "last_day": "2026-03-21"})
    conflict = client.post(f"{path}/conflicts/", {"agent": agent.pk, "reason": "My brother"})

    assert [one.status_code for one in (entered, overlap, backwards, conflict)] == [302, 409, 422, 302]
    assert client.get(f"/queue/reviewers/{ben.pk}/").status_code == 404
    page = client.get(f"{path}/").content.decode()
    assert "Tue 10 Mar – Thu 12 Mar" in page
    assert "My brother" in page
    assert client.post(f"/queue/conflicts/{ada.conflicts.get().pk}/end/").status_code == 403
    client.force_login(manager)
    assert client.post(f"{path}/goal/", {"reviews": "8"}).status_code == 302
    assert client.post(f"/queue/conflicts/{ada.conflicts.get().pk}/end/").status_code == 302
    assert client.post(f"/queue/absences/{ada.absences.get().pk}/cancel/").status_code == 302
    assert "0 of 8" in client.get("/queue/reviewers/").content.decode()
    filling.fill(now=NOW)


def test_goals_count_what_was_submitted_of_what_was_drawn_since_the_week_or_cycle_began(client: Client) -> None:
    ada, manager = specialist(), person(Role.MANAGER)
    plan, other = by_name(ada), by_name(ada)
    rules.change(plan, {"goal": 2}, by=manager, now=NOW)
    goals.set_goal(ada, 4, by=manager, now=NOW)
    first, second, early, *_draft = items = drawn_items(4, plan=plan)
    for item in (first, second, drawn_items(1, plan=other)[0], by_hand(by=ada).item):
        submitted(item, by=ada)
    Review.objects.filter(pk=submitted(early, by=ada).pk).update(submitted_at=NOW - WEEK)
    claimed(items[3], by=ada)

    week = (week_start(NOW), week_start(NOW) + WEEK)
    found = {one.label: (one.done, one.goal, one.left) for one in progress_of(ada, week=week, now=NOW)}

    assert found == {"This week": (3, 4, 1), plan.name: (2, 2, 0)}
    client.force_login(ada)
    page = client.get("/queue/").content.decode()
    assert (page.count("Goal reached"), page.count("1 left until Sun 8 Mar")) == (1, 1)
    assert progress_of(specialist(), week=week, now=NOW) == []  # both plans name their reviewers
