"""The workspace as the server makes it: what a plan hides, what a lost hold says, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.refusals import Refused
from reviews import drafts
from reviews.models import Answer, Comment, Pin, QueueItem, Review
from reviews.selectors import workspace
from reviews.services import claims, drafting, submitting
from rubrics.card import AnswerCondition, Card, Criterion, Option, Section, Visibility
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import claimed, drawn_items, filled, specialist
from tests.factories.rubrics import published_version
from tests.factories.sampling import PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
YES, NO = Option("yes", Decimal(1), "Yes"), Option("no", Decimal(0), "No")


def page_of(client: Client, review: Review) -> str:
    client.force_login(review.author)
    response = client.get(f"/reviews/{review.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def branching() -> Review:
    """Claim an item whose second question is asked only after a No to the first."""
    first = Criterion(lineage="refunded", name="Refunded", weight=Decimal(10), options=(NO, YES))
    second = Criterion(
        lineage="explained",
        name="Explained why not",
        weight=Decimal(10),
        options=(NO, YES),
        visible_when=Visibility((AnswerCondition("refunded", ("no",)),)),
    )
    version = published_version(Card(sections=(Section(lineage="all", name="All", criteria=(first, second)),)))
    return claimed(drawn_items(version=version)[0])


def test_a_plan_that_hides_the_agent_hides_the_name_everywhere(client: Client) -> None:
    plan = PlanFactory(hide_agent=True)
    item = drawn_items(plan=plan, agent=AgentFactory(name="Leila Haddad"))[0]
    said = talk()
    said[1] = type(said[1])(role="agent", author="a-1", text="Hi, I am Leila Haddad.", sent_at=said[1].sent_at)
    item.transcript = transcribe(item.conversation, said, now=NOW)
    item.save()

    page = page_of(client, claimed(item))

    assert page.count("Leila") == 0
    assert client.get("/queue/").content.decode().count("Leila") == 0


def test_a_plan_that_hides_the_score_shows_none_while_scoring(client: Client) -> None:
    review = claimed(drawn_items(plan=PlanFactory(hide_score=True))[0])
    page = page_of(client, review)

    saved = client.post(f"/reviews/{review.pk}/draft/", {"number": 0, "a.solved.choice": "yes"}).json()

    assert page.count("data-score") == 0
    assert (saved["score"], saved["outcome"], saved["done"]) == ("", "", 1)


def test_a_question_that_fell_away_is_not_judged() -> None:
    review = branching()
    both = drafts.parse(
        {
            "answers": {
                "refunded": {"option": "yes"},
                "explained": {"option": "invented", "comment": "Never shown", "pins": [{"message": 0}]},
            }
        }
    )

    submitting.submit(review, both, by=review.author, now=NOW)

    answers = dict(Answer.objects.values_list("criterion__lineage", "state"))
    assert answers == {"refunded": "scored", "explained": "not_asked"}
    assert (Comment.objects.count(), Pin.objects.count()) == (0, 0)
    assert review.current is not None
    assert review.current.final_score == 100


def test_the_page_learns_which_questions_are_asked() -> None:
    review = branching()

    now = workspace.payload(review, drafts.parse({"answers": {"refunded": {"option": "no"}}}), hide_score=False)

    states = {lineage: said["state"] for lineage, said in now["criteria"].items()}
    assert states == {"refunded": "answered", "explained": "untouched"}
    assert (now["done"], now["asked"], now["progress"]) == (1, 2, "1 of 2 done")


def test_a_comment_at_a_message_that_is_not_there_is_listed() -> None:
    review = claimed()

    refusal = submitting.why_incomplete(review, filled(notes=[{"message": 99, "text": "Where?"}]))

    assert refusal is not None
    assert [problem["code"] for problem in refusal.details["problems"]] == ["unknown_message"]


def test_pinned_words_beyond_the_end_of_a_message_are_listed() -> None:
    review = claimed()
    end = len(review.transcript.messages[1].text)
    body = {"option": "no", "comment": "x", "pins": [{"message": 1, "start": 0, "end": end}]}
    rest = {"solved": {"option": "yes"}, "data-protected": {"option": "yes"}}

    exact = submitting.why_incomplete(review, drafts.parse({"answers": {"understood": body, **rest}}))
    body["pins"] = [{"message": 1, "start": 0, "end": end + 1}]
    beyond = submitting.why_incomplete(review, drafts.parse({"answers": {"understood": body, **rest}}))

    assert exact is None
    assert beyond is not None
    assert [problem["code"] for problem in beyond.details["problems"]] == ["unknown_message"]


def test_submitting_from_an_older_state_of_the_draft_is_told() -> None:
    review = claimed()
    drafting.save(review, filled(summary="Newer"), number=0, by=review.author, now=NOW)
    review = Review.objects.get(pk=review.pk)

    with pytest.raises(Refused) as raised:
        submitting.submit(review, filled(summary="Older"), by=review.author, now=NOW, number=0)

    assert (raised.value.refusal.code, raised.value.refusal.details) == ("stale_draft", {"number": 1})


def test_a_heartbeat_never_takes_an_item_and_a_save_does(client: Client) -> None:
    review = claimed()
    claims.release(review.item, by=review.author, now=NOW)
    client.force_login(review.author)

    told = client.post(f"/reviews/{review.pk}/keep-alive/").json()["lost"]
    after_heartbeat = QueueItem.objects.get(pk=review.item_id).claimed_by
    client.post(f"/reviews/{review.pk}/draft/", {"number": 0, "summary": "On"})

    assert told.startswith("You do not hold this item right now.")
    assert after_heartbeat is None
    assert QueueItem.objects.get(pk=review.item_id).claimed_by == review.author


def test_a_released_draft_is_taken_up_from_the_queue(client: Client) -> None:
    review = claimed()
    drafting.save(review, filled(), number=0, by=review.author, now=NOW)
    claims.release(review.item, by=review.author, now=NOW)
    client.force_login(review.author)
    offered = client.get("/queue/").content.decode().count("Take up again")

    response = client.post(f"/reviews/{review.pk}/take-up/")

    assert (offered, response["Location"]) == (1, f"/reviews/{review.pk}/")
    assert QueueItem.objects.get(pk=review.item_id).claimed_by == review.author


def test_a_lost_item_says_so_and_cannot_be_submitted_from_the_page(client: Client) -> None:
    review = claimed()
    claims.next_item(by=specialist(), now=NOW + claims.LEASE + timedelta(seconds=1))

    page = page_of(client, review)

    assert page.count("someone else took it. Your draft is kept.") == 1
    assert page.count('type="submit" disabled') == 1


def test_without_a_script_comments_at_messages_come_back_with_the_form(client: Client) -> None:
    review = claimed()
    client.force_login(review.author)
    note = '{"message":1,"text":"Well said"}'

    response = client.post(f"/reviews/{review.pk}/submit/", {"note": note})

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('name="note" value="{&quot;message&quot;:1,&quot;text&quot;:&quot;Well said&quot;}"') == 1
    assert page.count("has no answer yet.") == 3


def test_the_workspace_costs_the_same_for_few_and_many_messages(client: Client) -> None:
    few, many = drawn_items(2)
    many.transcript = transcribe(many.conversation, talk() * 30, now=NOW)
    many.save()
    user = specialist()
    reviews = [claimed(item, by=user) for item in (few, many)]
    page_of(client, reviews[0])
    costs = []

    for review in reviews:
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/reviews/{review.pk}/")
        costs.append(len(caught))

    assert costs[0] == costs[1]
