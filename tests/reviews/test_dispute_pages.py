"""The pages of disputes: each side finds its own, fills in forms that come back, and reads the result."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from reviews.models import Dispute
from reviews.services import claims
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.disputes import agent_of, decided, disputed, feedback, fresh, looked_at, looker
from tests.factories.reviews import specialist

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
BOTH = {
    "stands.understood": "yes", "rationale.understood": "Message 2 restates it.",
    "stands.solved": "partly", "rationale.solved": "She asked twice.",
}  # fmt: skip


def status(client: Client, user: User, path: str) -> int:
    client.force_login(user)
    return client.get(path).status_code


def page(client: Client, user: User, path: str) -> str:
    client.force_login(user)
    return client.get(path).content.decode()


def test_an_agent_disputes_from_the_feedback_page_and_finds_it_again(client: Client) -> None:
    review = feedback()
    specialist()
    agent = agent_of(review)
    link = f'href="/reviews/{review.pk}/dispute/"'
    before = page(client, agent, f"/feedback/{review.pk}/")

    response = client.post(
        f"/reviews/{review.pk}/dispute/",
        {"point": ["understood"], "reason.understood": "I did.", "proposed.understood": "yes", "reason.solved": "x"},
    )

    dispute = Dispute.objects.get()
    after = page(client, agent, f"/feedback/{review.pk}/")
    assert response["Location"] == f"/disputes/{dispute.pk}/"
    assert list(dispute.points.values_list("criterion__lineage", "proposed__key")) == [("understood", "yes")]
    assert (before.count(link), after.count(link)) == (1, 0)
    assert after.count("Some of these answers are disputed.") == 1
    assert page(client, agent, "/disputes/").count("row-link") == 1


def test_a_form_that_is_not_complete_comes_back_filled_in(client: Client) -> None:
    review = feedback()
    client.force_login(agent_of(review))

    response = client.post(
        f"/reviews/{review.pk}/dispute/",
        {"point": ["understood", "solved"], "reason.understood": "Keep me.", "proposed.understood": "yes"},
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert text.count("Say why you do not agree with “Solved it”.") == 2
    assert text.count("Keep me.") == 1
    assert text.split("</main>")[0].count(" checked>") == 2
    assert Dispute.objects.exists() is False


def test_the_form_is_refused_in_words_when_the_window_is_closed(client: Client) -> None:
    review = feedback()
    type(review).objects.filter(pk=review.pk).update(published_at=NOW.replace(month=1))
    client.force_login(agent_of(review))

    response = client.get(f"/reviews/{review.pk}/dispute/")

    assert response.status_code == 409
    assert response.content.decode().count("There were 7 days to dispute this.") == 1


@pytest.mark.parametrize("phase", ["open", "begun", "looked", "decided"])
@pytest.mark.parametrize("viewer", ["agent", "author", "looker", "other", "supervisor", "stranger", "manager"])
def test_who_sees_a_dispute_in_which_phase_on_page_and_api(client: Client, viewer: str, phase: str) -> None:
    team = TeamFactory()
    dispute = disputed(feedback(team=team))
    chosen = looker(dispute)
    if phase == "begun":
        assert dispute.item is not None
        claims.take(dispute.item, by=chosen, now=NOW)
    if phase in {"looked", "decided"}:
        dispute = looked_at(dispute) if phase == "looked" else decided(dispute)
    users = {
        "agent": agent_of(dispute.review), "author": dispute.review.author, "looker": chosen, "other": specialist(),
        "supervisor": person(Role.SUPERVISOR, team=team), "manager": person(Role.MANAGER),
        "stranger": person(Role.SUPERVISOR, team=TeamFactory()),
    }  # fmt: skip

    found = status(client, users[viewer], f"/disputes/{dispute.pk}/")
    over_api = client.get(f"/api/v1/disputes/{dispute.pk}/")
    listed = [row["id"] for row in client.get("/api/v1/disputes/").json()["results"]]

    blind = viewer == "looker" and phase in {"open", "begun"}
    sees = viewer not in {"other", "stranger"} and not blind
    assert (found, over_api.status_code, listed) == (
        (200, 200, [dispute.pk]) if sees else (404, 404, [])
    )  # fmt: skip
    if sees:
        knows = phase == "decided" or (phase == "looked" and viewer in {"looker", "supervisor", "manager"})
        answers = [point["second_answer"] for point in over_api.json()["points"]]
        assert answers == (["Yes", "Partly"] if knows else [None, None])
        assert page(client, users[viewer], f"/disputes/{dispute.pk}/").count("Second look <b>") == (2 if knows else 0)


@pytest.mark.parametrize("begun", [True, False])
def test_the_second_look_shows_neither_the_first_answers_nor_that_it_is_a_dispute(client: Client, begun: bool) -> None:
    dispute = disputed()
    user, review = looker(dispute), dispute.review
    assert dispute.item is not None
    shown = [page(client, user, "/queue/")]
    if begun:
        mine = claims.take(dispute.item, by=user, now=NOW)
        shown.append(page(client, user, f"/reviews/{mine.pk}/"))
        assert client.get(f"/api/v1/reviews/{mine.pk}/draft/").json()["draft"] == {}
        assert [shown[1].count('data-criterion="'), shown[1].count("Because of")] == [2, 0]
        assert shown[1].count("Only some criteria are asked, so there is no score") == 1
    # The rail has a link to disputes on every page.
    inside = [text.split('id="main"')[1].split("</main>")[0] for text in shown]
    first = page(client, user, f"/reviews/{review.pk}/")
    over_api = client.get(f"/api/v1/reviews/{review.pk}/").json()
    beside = client.get(f"/conversations/{review.conversation_id}/reviews/").content.decode()

    assert [text.lower().count("disput") for text in inside] == [0] * len(shown)
    assert first.count("so this review stays hidden until yours is in.") == 1
    assert (over_api["lines"], over_api["final_score"], over_api["outcome"]) == (None, None, None)
    assert [row["id"] for row in client.get("/api/v1/reviews/").json()["results"]] == []
    assert beside.count("Not reviewed yet") == 1


def test_who_looked_again_decides_and_both_sides_see_it(client: Client) -> None:
    dispute = looked_at()
    client.force_login(looker(dispute))
    form = client.get(f"/disputes/{dispute.pk}/").content.decode()

    response = client.post(f"/disputes/{dispute.pk}/decide/", BOTH)

    assert form.count('type="radio"') == 7
    assert response["Location"] == f"/disputes/{dispute.pk}/"
    for user in (agent_of(dispute.review), dispute.review.author):
        text = page(client, user, f"/disputes/{dispute.pk}/")
        assert text.count("Changed from “No” to “Yes”") == 1
        assert text.count("“Partly” stays") == 1
        assert text.count("Message 2 restates it.") == 1
        assert text.count("Decided: the score went from 40 to 80.") == 1
    changed = page(client, agent_of(dispute.review), f"/feedback/{dispute.review_id}/")
    assert changed.count("Score from 40 to 80") == 1
    assert changed.count("Understood the problem: from “No” to “Yes”") == 1


def test_a_decision_that_is_not_complete_comes_back_filled_in(client: Client) -> None:
    dispute = looked_at()
    client.force_login(looker(dispute))

    response = client.post(f"/disputes/{dispute.pk}/decide/", {**BOTH, "rationale.solved": ""})

    text = response.content.decode()
    assert response.status_code == 422
    assert text.count("Say why, so that the agent can follow the decision on “Solved it”.") == 2
    assert text.count("Message 2 restates it.") == 1
    assert text.split("</main>")[0].count(" checked>") == 2
    assert fresh(dispute).status == "rescoring"


def test_withdrawing_and_escalating_from_the_page(client: Client) -> None:
    dispute, other = decided(), disputed()
    client.force_login(agent_of(dispute.review))

    form = client.get(f"/disputes/{dispute.pk}/escalate/").content.decode()
    escalated = client.post(
        f"/disputes/{dispute.pk}/escalate/", {"point": "solved", "reason.solved": "Look at message 4."}
    )
    client.force_login(agent_of(other.review))
    withdrawn = client.post(f"/disputes/{other.pk}/withdraw/", follow=True).content.decode()

    escalation = Dispute.objects.get(stage=2)
    assert (form.count('value="solved"'), form.count('value="understood"')) == (1, 0)
    assert escalated["Location"] == f"/disputes/{escalation.pk}/"
    assert withdrawn.count("Withdrawn: the answers stay as they are.") == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [("waiting=me", ["looked"]), ("waiting=decision", ["looked"]), ("waiting=second_look", ["open"]),
     ("waiting=any", ["looked", "open"]), ("status=decided", ["decided"]), ("due_before=2026-03-01", []),
     ("", ["decided", "looked", "open"])],
)  # fmt: skip
def test_the_list_narrows_to_what_was_asked(client: Client, asked: str, found: list[str]) -> None:
    names = {decided().pk: "decided", looked_at().pk: "looked"}
    # Nobody but the two specialists of the other disputes is left to look: the third waits.
    names[disputed().pk] = "open"
    client.force_login(person(Role.MANAGER))

    rows = client.get(f"/disputes/?{asked}").context["page"].object_list

    assert sorted(names[row.pk] for row in rows) == found


def test_the_list_costs_the_same_for_one_and_for_three(client: Client) -> None:
    client.force_login(person(Role.MANAGER))

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/disputes/").status_code == 200
        return len(caught)

    disputed()
    queries()
    one = queries()
    disputed()
    decided()

    assert queries() == one


def test_hostile_words_are_shown_as_words(client: Client) -> None:
    review = feedback()
    specialist()
    client.force_login(agent_of(review))
    client.post(f"/reviews/{review.pk}/dispute/", {"point": "solved", "reason.solved": "<script>alert(1)</script>\0"})

    text = client.get(f"/disputes/{Dispute.objects.get().pk}/").content.decode()

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_deadlines_that_are_near_are_on_the_supervisors_list_of_needs(client: Client) -> None:
    team = TeamFactory()
    lead = person(Role.SUPERVISOR, team=team)
    dispute = disputed(feedback(team=team))
    early = page(client, lead, "/team/")
    Dispute.objects.filter(pk=dispute.pk).update(due_at=NOW)

    text = page(client, lead, "/team/")

    assert early.count("near its deadline") == 0
    assert text.count("/disputes/?waiting=any&amp;due_before=2026-03-06") == 1


def test_a_second_look_stays_sealed_from_the_reviewer_it_checks_until_it_is_decided(client: Client) -> None:
    dispute = looked_at()
    assert dispute.item is not None
    look = dispute.item.reviews.get()
    client.force_login(dispute.review.author)

    before = client.get(f"/reviews/{look.pk}/").content.decode()
    over_api = client.get(f"/api/v1/reviews/{look.pk}/").json()
    client.force_login(looker(dispute))
    client.post(f"/disputes/{dispute.pk}/decide/", BOTH)
    client.force_login(dispute.review.author)
    after = client.get(f"/reviews/{look.pk}/").content.decode()

    assert before.count("This second look stays hidden from you until the dispute is decided.") == 1
    assert (before.count("How the score was made"), over_api["lines"]) == (0, None)
    assert after.count("How the score was made") == 1
