"""Disputes over the API: the same services, the same words."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from tests.api.asking import as_role, asking, get, post, results
from tests.factories.disputes import agent_of, decided, feedback, fresh, looked_at, looker
from tests.factories.reviews import specialist

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
POINTS = {"points": [{"criterion": "understood", "reason": "I did.", "option": "yes"}]}


def test_a_dispute_from_opening_to_decision() -> None:
    review = feedback()
    specialist()
    agent = asking(agent_of(review))

    opened = post(agent, "disputes/", {"review": review.pk, **POINTS})
    again = post(agent, "disputes/", {"review": review.pk, **POINTS})
    path = f"disputes/{opened.json()['id']}/"
    early = post(as_role(Role.MANAGER), f"{path}decide/", {"points": []})

    assert (opened.status_code, opened.json()["status"], opened.json()["stage"]) == (201, "open", 1)
    assert opened.json()["points"] == [
        {
            "criterion": "understood", "name": "Understood the problem", "first_answer": "No", "reason": "I did.",
            "proposed": "Yes", "second_answer": None, "decision": "", "stands": "", "rationale": "",
        }
    ]  # fmt: skip
    assert (again.status_code, again.json()["code"]) == (409, "disputed_already")
    assert (early.status_code, early.json()["code"]) == (409, "not_looked_at")


def test_deciding_names_what_stands_and_the_revision_it_made() -> None:
    dispute = looked_at()
    client = asking(looker(dispute))

    done = post(
        client,
        f"disputes/{dispute.pk}/decide/",
        {"points": [
            {"criterion": "understood", "option": "yes", "rationale": "It is in message 2."},
            {"criterion": "solved", "option": "partly", "rationale": "She asked twice."},
        ]},
    )  # fmt: skip

    assert (done.status_code, done.json()["status"], done.json()["revision"]) == (200, "decided", 2)
    assert [(p["decision"], p["stands"]) for p in done.json()["points"]] == [("changed", "Yes"), ("upheld", "Partly")]
    assert get(client, f"reviews/{dispute.review_id}/").json()["final_score"] == "80.0000"


def test_withdrawing_and_escalating() -> None:
    dispute = decided()
    agent = asking(agent_of(dispute.review))

    escalated = post(
        agent, f"disputes/{dispute.pk}/escalate/", {"points": [{"criterion": "solved", "reason": "Message 4."}]}
    )
    withdrawn = post(agent, f"disputes/{escalated.json()['id']}/withdraw/")

    assert (escalated.status_code, escalated.json()["stage"]) == (201, 2)
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    assert [row["id"] for row in results(agent, "disputes/", status="decided")] == [fresh(dispute).pk]


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"review": 1}, {"review": "x", "points": []}, {"review": -1, **POINTS}, {"points": 3, "review": 1},
        {"review": 1, "points": [{"criterion": "solved", "reason": "a\u0000b"}]}, {"review": 10**30, **POINTS},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(sent: dict[str, object]) -> None:
    response = post(as_role(Role.AGENT), "disputes/", sent)

    assert response.status_code in {400, 422}


def test_somebody_elses_feedback_is_not_there_to_dispute() -> None:
    review = feedback()

    response = post(as_role(Role.AGENT), "disputes/", {"review": review.pk, **POINTS})

    assert response.status_code == 404
