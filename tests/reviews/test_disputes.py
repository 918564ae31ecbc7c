"""A dispute from opening to its end: the blind second look, the decision, the revision, the averages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Cell, Dispute, DisputedPoint, QueueItem, Review
from reviews.selectors import overturns
from reviews.selectors.cells import compare
from reviews.selectors.changes import history
from reviews.services import claims, deciding, disputes, skipping, submitting
from reviews.services.deciding import Decision
from reviews.services.disputes import Doubt
from tests.conftest import NOW
from tests.factories.accounts import RoleGrantFactory, TeamFactory, person
from tests.factories.disputes import (
    DOUBTS,
    agent_of,
    decided,
    decisions,
    disputed,
    feedback,
    fresh,
    looked_at,
    looker,
    only,
    told,
)
from tests.factories.reviews import filled, specialist

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def total() -> tuple[int, int]:
    found = Cell.objects.filter(metric="total").aggregate(n=Sum("n"), total=Sum("total"))
    return found["n"], found["total"]


def test_opening_puts_a_blind_second_look_of_only_these_criteria_into_the_queue() -> None:
    dispute = disputed()

    item = dispute.item
    assert item is not None
    assert (item.purpose, item.status, item.criteria) == ("dispute", "available", ["understood", "solved"])
    assert (item.pool, item.transcript_id, item.rubric_version_id) == (
        dispute.review.pool, dispute.review.transcript_id, dispute.review.rubric_version_id,
    )  # fmt: skip
    assert looker(dispute) != dispute.review.author
    assert (dispute.status, dispute.due_at, dispute.expires_at) == ("open", NOW + 7 * DAY, NOW + 14 * DAY)
    assert item.due_at == (NOW + 4 * DAY).replace(hour=0)  # half the time, and what is left of that day


def test_the_points_keep_what_the_agent_wrote_and_proposed() -> None:
    points = list(disputed().points.values_list("criterion__lineage", "reason", "proposed__key", "decision"))

    assert points == [
        ("understood", "I repeated her words in my second message.", "yes", ""),
        ("solved", "The refund went out.", None, ""),
    ]


@pytest.mark.parametrize(
    ("doubts", "code", "sentence"),
    [
        ((), "no_points", "Choose at least one criterion and say why you do not agree."),
        ((Doubt("understood", "  "),), "bad_points", "Say why you do not agree with “Understood the problem”."),
        ((Doubt("nonsense", "No."),), "bad_points", "There is no answer to dispute for “nonsense”."),
        ((Doubt("topic", "No."),), "bad_points", "There is no answer to dispute for “topic”."),
        ((Doubt("solved", "No.", option="perhaps"),), "bad_points", "“Solved it” has no such answer."),
        ((Doubt("solved", "No.", option="partly"),), "bad_points",
         "You propose the answer that “Solved it” has already."),
        ((Doubt("solved", "No."), Doubt("solved", "No.")), "bad_points", "A criterion is named twice."),
        ((Doubt("solved", "x" * 5001),), "bad_points",
         "The reason for “Solved it” is too long: at most 5,000 characters."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(doubts: tuple[Doubt, ...], code: str, sentence: str) -> None:
    review = feedback()

    with pytest.raises(Refused) as raised:
        disputes.begin(review, doubts, by=agent_of(review), now=NOW)

    assert (raised.value.refusal.code, raised.value.refusal.status, str(raised.value.refusal)) == (code, 422, sentence)
    assert Dispute.objects.exists() is False


def test_the_second_look_asks_only_what_is_disputed_and_makes_no_score() -> None:
    dispute = disputed()
    user, item = looker(dispute), dispute.item
    assert item is not None
    review = claims.take(item, by=user, now=NOW)

    with pytest.raises(Refused) as missing:
        submitting.submit(review, only(understood="yes"), by=user, now=NOW)
    with pytest.raises(Refused) as strange:
        submitting.submit(review, filled({"understood": "yes", "solved": "yes", "data-protected": "yes"}), by=user,
                          now=NOW)  # fmt: skip
    done = submitting.submit(review, only(understood="yes", solved="yes"), by=user, now=NOW)

    problems = [missing.value.refusal.details["problems"], strange.value.refusal.details["problems"]]
    assert [one["criterion"] for found in problems for one in found] == ["solved", "data-protected"]
    assert done.current is not None
    assert (done.current.final_score, done.current.raw_score, done.current.outcome) == (None, None, "none")
    assert set(done.current.answers.values_list("criterion__lineage", flat=True)) == {"understood", "solved"}
    assert done.release_at is None


def test_the_state_follows_the_second_look() -> None:
    dispute = disputed()
    user, item = looker(dispute), dispute.item
    assert item is not None
    review = claims.take(item, by=user, now=NOW)
    begun = fresh(dispute).status
    submitting.submit(review, only(understood="yes", solved="partly"), by=user, now=NOW)

    assert (begun, fresh(dispute).status, fresh(dispute).rescored_at) == ("rescoring", "rescoring", NOW)
    assert told(user) == ["dispute.to_decide"]


def test_a_second_look_that_is_handed_on_goes_to_yet_another_person() -> None:
    dispute = disputed()
    first, item = looker(dispute), dispute.item
    assert item is not None
    third = specialist()
    claims.take(item, by=first, now=NOW)

    skipping.skip(QueueItem.objects.select_related("pick").get(pk=item.pk), reason="conflict", by=first, now=NOW)

    dispute = fresh(dispute)
    assert (dispute.status, looker(dispute)) == ("open", third)
    assert dispute.item is not None
    assert (dispute.item.seat, dispute.item.criteria) == (2, ["understood", "solved"])


def test_deciding_changes_one_and_upholds_the_other() -> None:
    review = feedback()
    before = review.current
    dispute = decided(disputed(review))

    review = Review.objects.select_related("current").get(pk=review.pk)
    assert before is not None
    assert review.current is not None
    points = {p.criterion.lineage: p for p in dispute.points.select_related("criterion", "option")}
    assert (points["understood"].decision, points["solved"].decision) == ("changed", "upheld")
    assert points["understood"].option is not None
    assert points["understood"].option.key == "yes"
    assert (dispute.status, dispute.ended_by, dispute.revision) == ("decided", looker(dispute), review.current)
    assert (before.final_score, review.current.final_score) == (Decimal("40.0000"), Decimal("80.0000"))
    assert (review.current.number, review.current.reason, review.revisions.count()) == (2, "Dispute", 2)


def test_a_decision_moves_the_averages_with_it_and_they_can_be_recomputed() -> None:
    review = feedback()
    before = total()
    decided(disputed(review))

    assert (before, total()) == ((1, 400_000), (1, 800_000))
    assert list(compare()) == []


def test_the_new_revision_keeps_what_was_said_and_pinned_except_where_the_answer_changed() -> None:
    review = feedback()
    decided(disputed(review))

    current = Review.objects.get(pk=review.pk).current
    assert current is not None
    said = dict(current.comments.values_list("criterion__lineage", "text"))
    authors = dict(current.comments.values_list("criterion__lineage", "author"))
    assert said == {"understood": "The restatement is in message 2.", "solved": "Because of solved."}
    assert authors["solved"] == review.author_id
    assert authors["understood"] != review.author_id
    assert set(current.pins.values_list("criterion__lineage", "message_index")) == {("understood", 1), ("solved", 1)}
    assert review.revisions.get(number=1).comments.count() == 2


def test_what_changed_is_told_answer_by_answer() -> None:
    review = feedback()
    decided(disputed(review))

    (step,) = history(Review.objects.get(pk=review.pk))

    assert [(one.name, one.before, one.after) for one in step.answers] == [("Understood the problem", "No", "Yes")]
    assert (step.before.number, step.revision.number) == (1, 2)


def test_when_all_is_upheld_the_review_stays_as_it_was() -> None:
    dispute = looked_at()

    deciding.decide(dispute, decisions("no", "partly"), by=looker(dispute), now=NOW)

    assert dispute.review.revisions.count() == 1
    assert set(dispute.points.values_list("decision", flat=True)) == {"upheld"}
    assert fresh(dispute).revision is None
    assert total() == (1, 400_000)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([decisions()[0]], "Choose the answer that stands for “Solved it”, and say why."),
        ([Decision("understood", " ", option="yes"), Decision("solved", "So.")],
         "2 points need something yet: Say why, so that the agent can follow the decision on “Understood the problem”. "
         "Choose the answer that stands for “Solved it”."),
        ([decisions()[0], Decision("solved", "So.", option="perhaps")], "“Solved it” has no such answer."),
        ([decisions()[0], Decision("solved", "So.", not_applicable=True)],
         "“Solved it” always applies: choose an answer."),
        ([decisions()[0], Decision("solved", " ", option="yes")],
         "Say why, so that the agent can follow the decision on “Solved it”."),
        ([*decisions(), Decision("topic", "So.", option="yes")], "“topic” is not disputed."),
    ],
)  # fmt: skip
def test_a_decision_without_sense_is_refused_and_changes_nothing(given: list[Decision], sentence: str) -> None:
    dispute = looked_at()

    with pytest.raises(Refused) as raised:
        deciding.decide(dispute, given, by=looker(dispute), now=NOW)

    assert (raised.value.refusal.code, str(raised.value.refusal)) == ("bad_decisions", sentence)
    assert fresh(dispute).status == "rescoring"


def test_everybody_concerned_is_told_once_and_nobody_of_their_own_doing() -> None:
    team = TeamFactory()
    lead = person(Role.SUPERVISOR, team=team)
    review = feedback(team=team)
    dispute = decided(disputed(review))

    assert told(agent_of(review)) == ["feedback.published", "dispute.decided"]
    assert told(review.author) == ["dispute.opened", "dispute.decided"]
    assert told(lead) == ["dispute.opened"]
    assert told(looker(dispute)) == ["dispute.to_decide"]


def test_overturns_are_counted_by_criterion_and_by_reviewer() -> None:
    author = specialist()
    for _time in range(2):
        decided(disputed(feedback(by=author)))
    points = overturns.decided_points(since=NOW, until=NOW + DAY)

    criteria = [(one.key, one.decided, one.changed, one.rate) for one in overturns.by_criterion(points)]
    reviewers = [(one.key, one.decided, one.changed) for one in overturns.by_reviewer(points)]

    assert criteria == [("understood", 2, 2, 1.0), ("solved", 2, 0, 0.0)]
    assert reviewers == [(author.pk, 4, 2)]
    assert overturns.by_reviewer(overturns.decided_points(until=NOW)) == []


def test_coaching_can_ask_which_reviews_are_in_dispute() -> None:
    disputed_one, other = feedback(), feedback()
    dispute = disputed(disputed_one)

    while_open = set(Review.objects.in_dispute())
    decided(dispute)

    assert (while_open, set(Review.objects.in_dispute())) == ({disputed_one}, set())
    assert other.disputes.count() == 0


def test_each_step_is_recorded() -> None:
    dispute = decided()
    verbs = AuditEvent.objects.filter(verb__startswith="dispute.").order_by("pk").values_list("verb", flat=True)

    assert list(verbs) == [
        "dispute.opened", "dispute.second_look_begun", "dispute.second_look_in", "dispute.decided",
    ]  # fmt: skip
    event = AuditEvent.objects.get(verb="dispute.decided")
    assert (event.params, event.target_id) == ({"changed": 1, "upheld": 1}, str(dispute.pk))


def test_a_decided_point_says_what_it_was_changed_to_and_never_both() -> None:
    point = decided().points.get(criterion__lineage="understood")

    assert isinstance(point, DisputedPoint)
    assert (point.rationale, point.not_applicable) == ("The restatement is in message 2.", False)


def test_the_supervisor_opens_one_for_the_agent() -> None:
    team = TeamFactory()
    lead = person(Role.SUPERVISOR, team=team)
    review = feedback(team=team)
    specialist()

    dispute = disputes.begin(review, DOUBTS, by=lead, now=NOW)

    assert dispute.opened_by == lead
    assert told(agent_of(review)) == ["feedback.published", "dispute.opened"]


def test_the_lead_of_the_agents_team_is_not_chosen_unless_the_workspace_says_so() -> None:
    team = TeamFactory()
    lead = person(Role.SUPERVISOR, team=team)
    RoleGrantFactory(user=lead, role=Role.SPECIALIST, team=team)
    review = feedback(team=team)

    dispute = disputes.begin(review, DOUBTS, by=agent_of(review), now=NOW)

    assert fresh(dispute).item is None


def test_whoever_opens_a_dispute_is_not_chosen_to_look_again() -> None:
    manager = person(Role.MANAGER)
    review = feedback()

    dispute = disputes.begin(review, DOUBTS, by=manager, now=NOW)

    assert fresh(dispute).item is None
