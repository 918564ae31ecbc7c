"""An agent asks about a review and somebody answers: who may, who is told, who reads it, on pages and API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Review, ReviewRemark
from reviews.policies import why_not_answer, why_not_ask
from reviews.selectors.thread import thread_of
from reviews.services import asking
from tests.api.asking import asking as over_api
from tests.api.asking import post
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.disputes import agent_of, feedback, told
from tests.factories.reviews import specialist, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def people(review: Review) -> dict[str, User]:
    return {
        "agent": agent_of(review), "author": review.author, "other": specialist(),
        "supervisor": person(Role.SUPERVISOR, team=review.team), "manager": person(Role.MANAGER),
        "foreign": person(Role.SUPERVISOR, team=TeamFactory()),
    }  # fmt: skip


def test_who_asks_answers_and_reads() -> None:
    review = feedback()
    everybody = people(review)
    early = why_not_answer(review.author, review)
    asking.ask(review, text="Which message?", by=agent_of(review), now=NOW)

    ask = {who: (why_not_ask(user, review) or review).__class__.__name__ for who, user in everybody.items()}
    answer = {who for who, user in everybody.items() if why_not_answer(user, review) is None}
    readers = {who for who, user in everybody.items() if thread_of(review, user, shows_reviewer=True)}

    assert early is not None
    assert (early.code, early.sentence) == ("nobody_asked", "The agent has not asked anything about this review.")
    assert {who for who, found in ask.items() if found == "Review"} == {"agent"}
    assert answer == {"author", "supervisor", "manager"}
    assert readers == {"agent", "author", "supervisor", "manager"}


def test_each_side_is_told_and_no_word_is_in_the_audit_trail() -> None:
    review = feedback()
    asking.ask(review, text="Which message?", by=agent_of(review), now=NOW)
    asking.answer(review, text="The second.", by=review.author, now=NOW)

    events = AuditEvent.objects.filter(verb__in=["feedback.asked", "feedback.answered"]).order_by("pk")
    assert (told(review.author), told(agent_of(review))) == (
        ["feedback.asked"], ["feedback.published", "feedback.answered"]
    )  # fmt: skip
    assert [(event.verb, event.fields, event.params) for event in events] == [
        ("feedback.asked", ["text"], {}), ("feedback.answered", ["text"], {}),
    ]  # fmt: skip


def test_the_supervisor_is_told_when_the_reviewer_has_left() -> None:
    review = feedback()
    lead = person(Role.SUPERVISOR, team=review.team)
    User.objects.filter(pk=review.author_id).update(is_active=False)

    asking.ask(Review.objects.get(pk=review.pk), text="Which message?", by=agent_of(review), now=NOW)

    assert told(lead) == ["feedback.asked"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001])
def test_a_question_needs_words(text: str) -> None:
    review = feedback()

    with pytest.raises(Refused) as raised:
        asking.ask(review, text=text, by=agent_of(review), now=NOW)

    assert raised.value.refusal.code == "empty"


def test_what_is_not_out_cannot_be_asked_about_and_a_thread_ends() -> None:
    waiting, review = submitted(), feedback()
    remarks = [ReviewRemark(review=review, is_question=True, text="?", created_at=NOW) for _ in range(50)]
    ReviewRemark.objects.bulk_create(remarks)

    refusals = [why_not_ask(person(Role.AGENT), waiting), why_not_ask(agent_of(review), review)]

    assert [one and one.code for one in refusals] == ["not_your_feedback", "thread_full"]


def test_from_question_to_answer_on_the_pages(client: Client) -> None:
    review = feedback()
    Workspace.objects.update_or_create(pk=1, defaults={"shows_reviewer_name": False})

    def page(user: User, path: str, **sent: Any) -> str:
        client.force_login(user)
        answer = client.post(path, sent, follow=True) if sent else client.get(path)
        return answer.content.decode()

    asked = page(agent_of(review), f"/feedback/{review.pk}/ask/", text="Which <b>message</b>?")
    page(review.author, f"/reviews/{review.pk}/answer/", text="The second.")
    read = page(agent_of(review), f"/feedback/{review.pk}/")
    hidden = page(specialist(), f"/reviews/{review.pk}/")

    assert asked.count("Which &lt;b&gt;message&lt;/b&gt;?") == 1
    assert (read.count("The second."), read.count("<b>The reviewer</b>"), read.count(review.author.name)) == (1, 1, 0)
    assert hidden.count("Which") == 0


def test_the_same_over_the_api() -> None:
    review = feedback()

    asked = post(over_api(agent_of(review)), f"feedback/{review.pk}/ask/", {"text": "Which message?"})
    answered = post(over_api(review.author), f"reviews/{review.pk}/answer/", {"text": "The second."})
    stranger = post(over_api(specialist()), f"reviews/{review.pk}/answer/", {"text": "The third."})

    assert (asked.status_code, answered.status_code, stranger.status_code) == (201, 201, 403)
    assert [(one["is_question"], one["text"]) for one in answered.json()["thread"]] == [
        (True, "Which message?"), (False, "The second."),
    ]  # fmt: skip
