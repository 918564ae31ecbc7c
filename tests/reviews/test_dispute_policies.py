"""Who may open, withdraw, escalate and decide a dispute: truth tables with the sentence that people read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User, Workspace
from accounts.roles import Role
from core.refusals import Refusal
from reviews import policies
from reviews.models import Dispute, Review
from reviews.services import deciding, disputes, publishing
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
)
from tests.factories.reviews import drawn_items, specialist, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DAY = timedelta(days=1)
UNKNOWN = ("not_your_feedback", 404, "There is no such feedback for you to dispute.")
TOOK_PART = ("took_part", 403, "You have a part in this review or its dispute, so somebody else decides.")
NOT_YOURS = (
    "not_yours_to_decide", 403,
    "Who took the second look decides, or a QA manager; an escalation is decided by a QA manager.",
)  # fmt: skip


def told(refusal: Refusal | None) -> tuple[str, int, str] | None:
    return None if refusal is None else (refusal.code, refusal.status, refusal.sentence)


def again(user: User) -> User:
    """Load a person as their next request would: grants are kept for one."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("agent", None), ("another agent", UNKNOWN), ("author", UNKNOWN), ("another specialist", UNKNOWN),
        ("supervisor", None), ("supervisor of another team", UNKNOWN), ("manager", None), ("admin", UNKNOWN),
        ("author who is the manager", UNKNOWN),
    ],
)  # fmt: skip
def test_who_may_dispute(who: str, expected: tuple[str, int, str] | None) -> None:
    team = TeamFactory()
    author = person(Role.MANAGER) if who == "author who is the manager" else specialist()
    review = feedback(by=author, team=team)
    people = {
        "agent": agent_of(review), "author": author, "author who is the manager": author,
        "supervisor": person(Role.SUPERVISOR, team=team), "another agent": person(Role.AGENT),
        "supervisor of another team": person(Role.SUPERVISOR, team=TeamFactory()),
        "another specialist": specialist(), "manager": person(Role.MANAGER), "admin": person(Role.ADMIN),
    }  # fmt: skip

    assert told(policies.why_not_dispute(again(people[who]), review, now=NOW)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("submitted", ("not_published", 409, "Only published feedback can be disputed.")),
        ("voided", ("not_published", 409, "Only published feedback can be disputed.")),
        ("published", None),
    ],
)
def test_what_may_be_disputed(state: str, expected: tuple[str, int, str] | None) -> None:
    review = feedback()
    review.status = state

    assert told(policies.why_not_dispute(agent_of(review), review, now=NOW)) == expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (7 * DAY, None),
        (7 * DAY + timedelta(seconds=1),
         ("window_closed", 409, "There were 7 days to dispute this. They ended on 11 March.")),
    ],
)  # fmt: skip
def test_until_when_it_may_be_disputed(later: timedelta, expected: tuple[str, int, str] | None) -> None:
    review = feedback()

    assert told(policies.why_not_dispute(agent_of(review), review, now=NOW + later)) == expected


def test_a_workspace_can_switch_disputes_off() -> None:
    Workspace.objects.update_or_create(pk=1, defaults={"dispute_window_days": 0})
    review = feedback()

    assert told(policies.why_not_dispute(agent_of(review), review, now=NOW)) == (
        "disputes_off", 409, "Feedback is not disputed here: the workspace has switched that off."
    )  # fmt: skip


@pytest.mark.parametrize("status", Dispute.Status.values)
def test_a_review_is_disputed_once_whatever_came_of_it(status: str) -> None:
    dispute = disputed()
    Dispute.objects.filter(pk=dispute.pk).update(status=status, ended_at=None if status in Dispute.OPEN else NOW)

    assert told(policies.why_not_dispute(agent_of(dispute.review), dispute.review, now=NOW)) == (
        "disputed_already", 409, "This review was disputed already. Each review has one dispute and one escalation."
    )  # fmt: skip


def test_who_opened_it_and_its_agent_withdraw_while_it_is_open() -> None:
    team = TeamFactory()
    lead = person(Role.SUPERVISOR, team=team)
    review = feedback(team=team)
    specialist()
    dispute = fresh(disputes.begin(review, DOUBTS, by=lead, now=NOW))
    foreign = ("not_your_dispute", 403, "Only who opened a dispute, or its agent, withdraws it.")

    found = [
        told(policies.why_not_withdraw(user, dispute))
        for user in (lead, agent_of(review), review.author, person(Role.MANAGER))
    ]

    assert found == [None, None, foreign, foreign]
    over = decided(dispute)
    assert told(policies.why_not_withdraw(agent_of(review), over)) == (
        "dispute_ended", 409, "This dispute is decided already, so nothing was changed."
    )  # fmt: skip


@pytest.mark.parametrize("who", ["agent", "author", "opener", "looker", "other", "supervisor", "manager"])
@pytest.mark.parametrize("phase", ["open", "rescoring", "looked", "decided"])
def test_who_may_decide_and_when(who: str, phase: str) -> None:
    team = TeamFactory()
    opener = person(Role.MANAGER)
    review = feedback(team=team)
    specialist()
    dispute = fresh(disputes.begin(review, DOUBTS, by=opener, now=NOW))
    chosen = looker(dispute)
    if phase == "rescoring":
        Dispute.objects.filter(pk=dispute.pk).update(status="rescoring")
    if phase in {"looked", "decided"}:
        dispute = looked_at(dispute) if phase == "looked" else decided(dispute)
    users = {
        "agent": agent_of(review), "author": review.author, "opener": opener, "looker": chosen, "other": specialist(),
        "supervisor": person(Role.SUPERVISOR, team=team), "manager": person(Role.MANAGER),
    }  # fmt: skip

    found = told(policies.why_not_decide(again(users[who]), fresh(dispute)))

    if who in {"agent", "author", "opener"}:
        assert found == TOOK_PART
    elif phase == "decided":
        assert found == ("dispute_ended", 409, "This dispute is decided already, so nothing was changed.")
    elif phase != "looked":
        assert found == ("not_looked_at", 409, "The second look is not in yet. It comes before any decision.")
    else:
        assert found == (None if who in {"looker", "manager"} else NOT_YOURS)


def test_an_escalation_is_for_a_manager_who_has_had_no_part_in_it() -> None:
    dispute = decided()
    first_looker, manager = looker(dispute), person(Role.MANAGER)
    specialist()
    escalation = looked_at(
        fresh(disputes.escalate(dispute, [DOUBTS[1]], by=agent_of(dispute.review), now=NOW)),
        answers={"solved": "yes"},
    )

    found = {
        user.pk: told(policies.why_not_decide(again(user), escalation))
        for user in (first_looker, looker(escalation), manager)
    }

    assert found == {first_looker.pk: NOT_YOURS, looker(escalation).pk: NOT_YOURS, manager.pk: None}


@pytest.mark.parametrize("another", [True, False])
def test_a_manager_who_decided_before_decides_the_escalation_only_for_want_of_another(another: bool) -> None:
    dispute = looked_at()
    manager = person(Role.MANAGER)
    Dispute.objects.filter(pk=dispute.pk).update(status="decided", ended_at=NOW, ended_by=manager)
    dispute = fresh(dispute)
    dispute.points.update(decision="upheld")
    if another:
        person(Role.MANAGER)
    escalation = fresh(disputes.escalate(dispute, [DOUBTS[1]], by=agent_of(dispute.review), now=NOW))
    Dispute.objects.filter(pk=escalation.pk).update(rescored_at=NOW)

    refusal = told(policies.why_not_decide(again(manager), fresh(escalation)))

    assert refusal == (NOT_YOURS if another else None)


def test_when_a_dispute_may_be_escalated() -> None:
    open_one, over = disputed(), decided()
    agent = agent_of(over.review)
    withdrawn = disputed()
    disputes.withdraw(withdrawn, by=agent_of(withdrawn.review), now=NOW)

    assert told(policies.why_not_escalate(agent, over, now=NOW)) is None
    assert told(policies.why_not_escalate(over.review.author, over, now=NOW)) == (
        "not_your_dispute", 403, "Only the agent, or who looks after the team, escalates a dispute."
    )  # fmt: skip
    assert told(policies.why_not_escalate(agent_of(open_one.review), open_one, now=NOW)) == (
        "dispute_open", 409, "This dispute is not decided yet."
    )  # fmt: skip
    assert told(policies.why_not_escalate(agent_of(withdrawn.review), fresh(withdrawn), now=NOW)) == (
        "withdrawn", 409, "A dispute that was withdrawn cannot be escalated."
    )  # fmt: skip
    assert told(policies.why_not_escalate(agent, over, now=NOW + 8 * DAY)) == (
        "window_closed", 409, "There were 7 days to dispute this. They ended on 11 March."
    )  # fmt: skip


def test_an_escalation_is_final_and_there_is_only_one() -> None:
    dispute = decided()
    agent = agent_of(dispute.review)
    escalation = fresh(disputes.escalate(dispute, [DOUBTS[1]], by=agent, now=NOW))

    assert told(policies.why_not_escalate(agent, escalation, now=NOW)) == (
        "final", 409, "This was the escalation, so its decision is final."
    )  # fmt: skip
    assert told(policies.why_not_escalate(agent, fresh(dispute), now=NOW)) == (
        "escalated_already", 409, "This dispute was escalated already."
    )  # fmt: skip


def test_what_was_wholly_changed_leaves_nothing_to_escalate() -> None:
    dispute = looked_at()
    deciding.decide(dispute, decisions("yes", "yes"), by=looker(dispute), now=NOW)

    assert told(policies.why_not_escalate(agent_of(dispute.review), fresh(dispute), now=NOW)) == (
        "nothing_upheld", 409, "Every answer was changed, so there is nothing left to escalate."
    )  # fmt: skip


def test_a_review_that_is_not_out_yet_is_not_the_agents_to_dispute() -> None:
    user = person(Role.AGENT)
    RoleGrantFactory(user=user, role=Role.SPECIALIST)
    review = submitted(drawn_items()[0])
    assert isinstance(review, Review)

    assert told(policies.why_not_dispute(user, review, now=NOW)) == UNKNOWN
    publishing.publish(review, by=review.author, now=NOW)
    assert told(policies.why_not_dispute(user, Review.objects.get(pk=review.pk), now=NOW)) == UNKNOWN
