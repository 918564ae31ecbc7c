"""Nobody is left holding, and nothing left waiting for, what its person may not review any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import RoleGrant, User
from accounts.roles import Role
from reviews.models import Conflict, QueueItem, QueueRules, Review
from reviews.selectors.empty import why_empty
from reviews.selectors.second_looks import free_for
from reviews.services import (
    absences,
    assigning,
    claims,
    drafting,
    filling,
    handing_over,
    rescoring,
    second_looks,
    second_seats,
    skipping,
    submitting,
)
from sampling.models import Plan, PlanReviewer
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, RoleGrantFactory, TeamFactory, person
from tests.factories.reviews import claimed, drawn_items, filled, published, specialist, submitted
from tests.factories.sampling import PlanFactory
from tests.reviews.test_assigning import by_name, code, given

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def seated_twice(**changed: object) -> tuple[QueueItem, QueueItem]:
    """Draw one conversation with a second seat; both items."""
    plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=100, **changed)
    first = drawn_items(1, plan=plan)[0]
    return first, QueueItem.objects.get(purpose="calibration", plan=plan)


def test_who_led_a_team_once_may_review_it_again_when_the_rule_keeps_leads_apart() -> None:
    lead, team = specialist(), TeamFactory()
    RoleGrantFactory(user=lead, role=Role.SUPERVISOR, team=team, starts_at=NOW - 9 * WEEK, ends_at=NOW - WEEK)
    plan = by_name(excludes_lead=True)

    items = drawn_items(1, plan=plan, team=team)

    assert given(items) == [lead.pk]
    assert claims.next_item(by=lead, now=NOW) is not None
    # From the day they lead it again, it is somebody else's.
    RoleGrantFactory(user=lead, role=Role.SUPERVISOR, team=team, starts_at=NOW, ends_at=None)
    free = specialist()
    assert given(drawn_items(1, plan=plan, team=team)) == [free.pk]


def test_what_was_handed_to_somebody_who_leaves_or_may_not_goes_to_the_next() -> None:
    ada, ben, cleo, manager = *(specialist() for _ in range(3)), person(Role.MANAGER)
    items = drawn_items(2, agent=AgentFactory())  # of a plan whose work anybody takes
    for item in items:
        claimed(item, by=ada)
        handing_over.hand_over(item, reason="I know the customer", by=manager, to=ben, now=NOW)

    absences.declare_conflict(ben, items[0].agent, reason="My sister", by=ben, now=NOW)
    assert given(items) == [cleo.pk] * 2
    User.objects.filter(pk=cleo.pk).update(is_active=False)
    claims.sweep(now=NOW)
    assigning.reassign(now=NOW)
    assert given(items) == [manager.pk] * 2  # for want of others
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assigning.reassign(now=NOW)
    assert given(items) == [None] * 2  # nobody is left, so whoever comes may


def test_a_conflict_takes_what_is_held_out_of_ones_hands_and_keeps_the_draft(client: Client) -> None:
    ada, ben = specialist(), specialist()
    items = drawn_items(2, agent=AgentFactory(name="Kim"))
    draft = claimed(items[0], by=ada)
    drafting.save(draft, filled(summary="Mine."), number=0, by=ada, now=NOW)

    absences.declare_conflict(ada, items[0].agent, reason="My brother", by=ada, now=NOW)

    assert QueueItem.objects.get(pk=items[0].pk).claimed_by is None
    lost = drafting.save(draft, filled(summary="More."), number=1, by=ada, now=NOW).lost
    assert lost is not None
    assert lost.code == "conflict"
    draft.refresh_from_db()
    assert (draft.draft["summary"], code(submitting.submit, draft, filled(), by=ada, now=NOW)) == (
        "More.", ("conflict", 409),
    )  # fmt: skip
    assert code(claims.take, items[0], by=ada, now=NOW) == ("conflict", 409)
    client.force_login(ada)
    assert "A conflict of interest is noted for you here" in client.get(f"/reviews/{draft.pk}/").content.decode()
    talked = items[1].conversation_id
    by_hand = client.post("/api/v1/reviews/", {"conversation": talked}, content_type="application/json")
    assert (by_hand.status_code, by_hand.json()["code"]) == (409, "conflict")
    assert claims.next_item(by=ada, now=NOW) is None
    assert claims.next_item(by=ben, now=NOW) is not None


def test_a_skip_for_a_conflict_is_noted_for_every_conversation_of_the_agent_until_it_is_ended() -> None:
    ada, manager = specialist(), person(Role.MANAGER)
    items = drawn_items(3, agent=AgentFactory())
    first, second = (claimed(item, by=ada) for item in items[:2])

    skipping.skip(first.item, reason="conflict", note="We were married", by=ada, now=NOW)

    noted = Conflict.objects.get()
    assert (noted.user, noted.agent, noted.reason) == (ada, first.agent, "We were married")
    assert QueueItem.objects.get(pk=second.item_id).claimed_by is None
    assert claims.next_item(by=ada, now=NOW) is None
    absences.end_conflict(noted, by=manager, now=NOW)
    found = claims.next_item(by=ada, now=NOW)
    assert found is not None
    assert found.item == items[1]  # not the first again: they have sat there


def test_an_open_page_holds_nothing_for_somebody_who_no_longer_scores_the_team(client: Client) -> None:
    team = TeamFactory()
    ada = specialist(team)
    RoleGrantFactory(user=ada, role=Role.SPECIALIST, team=TeamFactory())
    review = claimed(drawn_items(1, team=team)[0], by=ada)
    RoleGrant.objects.filter(user=ada, team=team).update(ends_at=NOW)
    client.force_login(ada)

    beat = client.post(f"/reviews/{review.pk}/keep-alive/").json()

    assert beat["lost"] == "You no longer score for this team. Your draft is kept."
    assert beat["lost"] in client.get(f"/reviews/{review.pk}/").content.decode()
    # Somebody who submitted in another tab is not told that somebody else did.
    other = submitted(by=specialist())
    client.force_login(other.author)
    assert "in another tab" in client.post(f"/reviews/{other.pk}/keep-alive/").json()["lost"]


def test_a_second_look_is_never_left_with_somebody_who_may_not_take_it() -> None:
    ada, ben, cleo, dora = (specialist() for _ in range(4))
    done = published(drawn_items(1, agent=AgentFactory())[0], by=ada)
    review = Review.objects.select_related("agent", "item__plan", "item__pick__completion").get(pk=done.pk)
    absences.declare_conflict(ben, review.agent, reason="Kin", by=ben, now=NOW)
    absences.be_away(cleo, starts_at=NOW, ends_at=NOW + WEEK, by=cleo, now=NOW)

    assert set(free_for(review, due_at=NOW + WEEK, now=NOW)) == {dora.pk}
    assert set(free_for(review, due_at=NOW + 2 * WEEK, now=NOW)) == {cleo.pk, dora.pk}
    seat = second_looks.put(review, purpose="second_read", criteria=[], due_at=NOW + timedelta(days=2), now=NOW)
    assert seat is not None
    # Due at the end of a day like everything that is drawn, else it would be known.
    assert (seat.assigned_to, seat.due_at.hour, seat.due_at - NOW >= timedelta(days=2)) == (dora, 0, True)
    rescoring.find_people(now=NOW)
    seat.refresh_from_db()
    assert seat.status == "available"
    absences.declare_conflict(dora, review.agent, reason="Kin", by=dora, now=NOW)
    rescoring.find_people(now=NOW)
    seat.refresh_from_db()
    assert seat.status == "withdrawn"


def test_a_manager_may_hand_an_item_back_to_who_began_it_but_not_to_who_has_it(client: Client) -> None:
    ada, ben, manager = specialist(), specialist(), person(Role.MANAGER)
    item = drawn_items(1)[0]
    drafting.save(claimed(item, by=ada), filled(summary="Mine."), number=0, by=ada, now=NOW)

    handing_over.hand_over(item, reason="ill", by=manager, to=ben, now=NOW)
    again = code(handing_over.hand_over, item, reason="really", by=manager, to=ben, now=NOW)
    client.force_login(manager)
    page = client.get(path(item)).content.decode()
    told = client.post(path(item), {"reason": "back again", "to": ada.pk}, follow=True)

    # Only who may take it can be chosen, and the manager comes back to where it stood.
    assert (f'<option value="{ada.pk}">' in page, f'<option value="{ben.pk}">' in page) == (True, False)
    assert told.redirect_chain == [(f"/queue/reviewers/{ben.pk}/", 302)]
    assert "A draft stays with whoever wrote it." in told.content.decode()
    assert (again, given([item])) == (("theirs_already", 409), [ada.pk])
    review = claims.next_item(by=ada, now=NOW)
    assert review is not None
    assert review.draft["summary"] == "Mine."


def test_neither_seat_of_a_pick_is_handed_to_who_is_to_sit_at_the_other() -> None:
    people = [specialist() for _ in range(3)]
    first, second = seated_twice()
    holder = next(one for one in people if one != second.assigned_to)
    claimed(first, by=holder)

    handing_over.hand_over(first, reason="I know them", by=holder, now=NOW)

    first.refresh_from_db()
    assert first.assigned_to not in {holder, second.assigned_to, None}
    assert list(QueueItem.objects.open().offered_to(first.assigned_to)) == [first]


def test_the_first_seat_comes_first_when_only_who_has_the_second_is_left_for_it() -> None:
    ada, ben = specialist(), specialist()
    first, second = seated_twice()
    other = ben if second.assigned_to == ada else ada
    assert second_seats.pass_on(now=NOW) == 0

    absences.be_away(other, starts_at=NOW, ends_at=NOW + 2 * WEEK, by=other, now=NOW)
    assert second_seats.pass_on(now=NOW) == 1

    assert list(QueueItem.objects.open()) == [first]
    review = claims.next_item(by=second.assigned_to, now=NOW)
    assert review is not None
    assert review.item == first


def test_a_second_seat_behaves_like_a_first_one_when_it_is_given_back_and_stands_among_them(client: Client) -> None:
    ada, ben = specialist(), specialist()
    first, second = seated_twice()
    for item, who in ((first, ben if second.assigned_to == ada else ada), (second, second.assigned_to)):
        review = claimed(item, by=who)
        drafting.save(review, filled(summary="Mine."), number=0, by=who, now=NOW)
        client.force_login(who)
        held = [client.get("/queue/").content.decode().count("Hand over…"), client.get(path(item)).status_code]
        claims.release(item, by=who, now=NOW)
        back = [client.get("/queue/").content.decode().count("Hand over…"), client.get(path(item)).status_code]
        assert (held, back) == ([1, 200], [0, 404])

    # The numbers of the rows follow the draw, so that second looks are not the last ones of it.
    plan: Plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=50)
    drawn_items(12, plan=plan)
    rows = list(QueueItem.objects.filter(plan=plan).order_by("pk").values_list("purpose", "u"))
    assert [u for _purpose, u in rows] == sorted(u for _purpose, u in rows)
    assert rows[-1][0] == "primary" or [purpose for purpose, _u in rows].index("calibration") < 12


def path(item: QueueItem) -> str:
    return f"/queue/{item.pk}/hand-over/"


def test_an_empty_queue_says_truly_why_and_what_to_do(client: Client) -> None:
    team, ada, ben = TeamFactory(), specialist(), specialist()
    here = specialist(team)

    def why(user: User) -> str:
        return why_empty(user, now=NOW).code

    assert why(ada) == "no_plan"
    plan: Plan = PlanFactory(name="Weekly", starts_on=NOW.date())
    told = why_empty(ada, now=NOW)
    assert told.code == "nothing_drawn"
    assert "The plan “Weekly” draws next on " in told.sentence
    item = drawn_items(1, plan=plan)[0]
    assert why(here) == "other_teams"
    PlanReviewer.objects.create(plan=plan, user=ben)
    assert why(ada) == "other_reviewers"
    PlanReviewer.objects.all().delete()
    held = claimed(item, by=ada)
    assert (why(ada), why(ben)) == ("held_by_you", "held_by_others")
    client.force_login(ada)
    page = client.get("/queue/").content.decode()
    assert "The rest is in your hands" in page
    assert "Everything is done" not in page
    skipping.skip(held.item, reason="language", by=ada, now=NOW)
    assert why(ada) == "not_for_you"
    handing_over.hand_over(QueueItem.objects.open().get(), reason="x", by=person(Role.MANAGER), to=ben, now=NOW)
    assert why(ada) == "given_to_others"
    submitted(QueueItem.objects.open().get(), by=ben)
    assert why(ada) == "all_done"
    Plan.objects.update(status="paused")
    assert why(ada) == "all_paused"
    client.force_login(ada)
    asked = client.post("/api/v1/queue/claim/").json()
    assert (asked["details"], asked["sentence"][:26]) == ({"why": "all_paused"}, "No sampling plan is active")
    summary = client.get("/api/v1/queue/summary/").json()
    assert (summary["why_empty"], "resumes one under Sampling" in summary["why_empty_sentence"]) == ("all_paused", True)


def test_days_away_are_days_where_the_reviewer_lives(client: Client) -> None:
    ada = specialist()
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Honolulu")
    client.force_login(person(Role.MANAGER))

    client.post(f"/queue/reviewers/{ada.pk}/away/", {"first_day": "2026-03-10", "last_day": "2026-03-12"})

    made = ada.absences.get()
    assert (made.starts_at.isoformat(), made.ends_at.isoformat()) == (
        "2026-03-10T10:00:00+00:00", "2026-03-13T10:00:00+00:00",
    )  # fmt: skip
    for page in (f"/queue/reviewers/{ada.pk}/", "/queue/reviewers/"):
        assert "Tue 10 Mar – Thu 12 Mar" in client.get(page).content.decode()
    filling.fill(now=NOW)
