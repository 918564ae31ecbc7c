"""A plan pauses while a review behind it is disputed, and its evidence follows what is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from coaching import words
from coaching.models import Evidence, Plan
from coaching.selectors import board
from coaching.services import outcomes, plans, upkeep
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Review
from tests.coaching.outcome_world import DONE, World
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.coaching import plan, skill
from tests.factories.disputes import decided, disputed, feedback

pytestmark = pytest.mark.django_db


def resting_on(review, status="proposed", **fields):
    """A plan whose evidence is the two answers of a review that lost points."""
    made = plan(status, agent=review.agent, team=review.team, skill=skill("problem-solving"), **fields)
    for answer in review.current.answers.filter(criterion__lineage__in=("understood", "solved")):
        made.evidence.create(review=review, answer=answer, lost_points=50, added_at=NOW)
    return made


def refused(work, *args, **fields):
    with pytest.raises(Refused) as answer:
        work(*args, **fields)
    return answer.value.refusal.code, answer.value.refusal.status


@pytest.mark.parametrize(("status", "work"), [("proposed", plans.accept), ("accepted", plans.share)])
def test_nobody_begins_coaching_on_a_disputed_review(status, work):
    review = feedback()
    made = resting_on(review, status)
    disputed(review)

    assert refused(work, made, by=person(Role.MANAGER), now=NOW) == ("paused_by_dispute", 409)
    assert plans.decline(made, reason="other", by=person(Role.MANAGER), now=NOW) if status == "proposed" else True


def test_once_it_is_decided_the_plan_goes_on():
    review = feedback()
    made = resting_on(review)
    decided(disputed(review))

    assert plans.accept(made, by=person(Role.MANAGER), now=NOW).status == "accepted"


def test_a_dispute_about_another_review_pauses_nothing():
    made = resting_on(feedback())
    disputed(feedback())

    assert plans.accept(made, by=person(Role.MANAGER), now=NOW).status == "accepted"


def test_a_paused_plan_neither_falls_due_nor_is_measured(coached, team):
    review = feedback()
    made = resting_on(review, "active", follow_up_on=NOW.date())
    world = World(coached, team)
    due = world.due()
    due.evidence.create(review=review, answer=review.current.answers.first(), lost_points=1, added_at=NOW)
    dispute = disputed(review)

    assert (plans.fall_due(now=NOW), outcomes.sweep(now=DONE)) == (0, 0)

    decided(dispute)
    assert (plans.fall_due(now=NOW), outcomes.sweep(now=DONE)) == (1, 1)
    made.refresh_from_db()
    assert made.status == "due"


def test_the_page_the_board_and_the_api_say_so(client):
    review = feedback()
    made = resting_on(review)
    disputed(review)
    page = as_(client, person(Role.MANAGER))

    sentence = "A review behind this plan is disputed, so the plan pauses until that is decided."
    assert says(page.get(reverse("coaching:plan", args=[made.pk])), sentence)
    assert says(page.get(reverse("coaching:list")), "Pauses: a review is disputed")
    assert page.get(f"/api/v1/coaching-plans/{made.pk}/").json()["is_paused"] is True
    row = board.board(Plan.objects.filter(pk=made.pk), today=NOW.date()).get()
    assert (words.need(row), board.needing(Plan.objects.all(), today=NOW.date()).exists()) == ("", False)


def test_evidence_follows_a_decision_and_what_speaks_no_longer_goes():
    review = feedback()
    made = resting_on(review, "active")
    decided(disputed(review))  # "understood" becomes yes, "solved" stays partly

    assert [upkeep.follow_revisions(now=NOW), upkeep.follow_revisions(now=NOW)] == [1, 0]

    review.refresh_from_db()
    (row,) = made.evidence.all()
    assert (row.answer.criterion.lineage, row.answer.revision, row.lost_points) == ("solved", review.current, 50.0)
    assert list(AuditEvent.objects.filter(verb="plan.evidence_revised").values_list("params", flat=True)) == [
        {"kept": 1, "gone": 1}
    ]


def test_evidence_of_a_voided_review_goes():
    review = feedback()
    resting_on(review, "active")
    Review.objects.filter(pk=review.pk).update(status="voided", voided_at=NOW, void_reason="wrong agent")

    upkeep.follow_revisions(now=NOW + timedelta(hours=1))

    assert Evidence.objects.count() == 0


def test_the_evidence_of_an_ended_plan_stays_as_it_was():
    review = feedback()
    resting_on(review, "closed")
    decided(disputed(review))

    assert upkeep.follow_revisions(now=NOW) == 0
    assert Evidence.objects.count() == 2
