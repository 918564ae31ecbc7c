"""A published score is explained down to each answer, and every part of it can be recomputed."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from conversations.messages import Message
from conversations.transcripts import view_messages
from reviews import drafts, facts
from reviews.models import Review
from reviews.selectors.explain import explain
from reviews.services import publishing, submitting
from rubrics import scoring
from rubrics.selectors import card_for
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.conversations import transcribe
from tests.factories.reviews import claimed, drawn_items, filled, submitted
from tests.factories.rubrics import published_version, small_card

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
GIVEN = st.fixed_dictionaries(
    {
        "understood": st.sampled_from(["no", "partly", "yes", "n/a"]),
        "solved": st.sampled_from(["no", "partly", "yes"]),
        "data-protected": st.sampled_from(["breach", "yes", "n/a"]),
    }
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=GIVEN, mode=st.sampled_from(["pooled", "sectioned"]), cause=st.sampled_from(["", "habit", "policy"]))
def test_the_stored_scores_are_those_of_the_stored_answers(answers: dict[str, str], mode: str, cause: str) -> None:
    version = published_version(small_card(mode=scoring.Mode(mode), excludes_foreign_causes=True))
    review = claimed(drawn_items(version=version)[0])
    draft = filled(answers)
    body = drafts.dump(draft)
    body["answers"]["understood"]["root_cause"] = cause
    submitting.submit(review, drafts.parse(body), by=review.author, now=NOW)
    revision = review.current
    assert revision is not None

    again = explain(review, revision, rows=[])
    given_now = drafts.answers_of(drafts.parse(body))
    result = scoring.score(card_for(version), given_now, facts=facts.of(review.conversation))

    assert (revision.raw_score, revision.final_score, revision.outcome, revision.coverage) == (
        result.raw_score, result.final_score, result.outcome.value, result.coverage,
    )  # fmt: skip
    assert [line.points for line in again.lines] == [part.points for part in result.contributions]
    assert revision.section_scores == {
        part.lineage: None if part.score is None else str(part.score) for part in result.sections
    }


def test_strengths_and_gaps_are_told_apart_with_their_words() -> None:
    review = submitted(answers={"understood": "no", "solved": "partly", "data-protected": "yes"})
    assert review.current is not None

    found = explain(review, review.current, rows=view_messages(review.transcript))

    assert [line.criterion.name for line in found.gaps] == ["Understood the problem", "Solved it"]
    assert [line.lost for line in found.gaps] == [40, 20]
    assert [line.better and line.better.guidance for line in found.gaps] == ["It happened.", "It happened."]
    assert found.gaps[0].quotes[0].text == "I am sorry. Let me look at both payments."


def test_a_quote_is_cut_by_code_points() -> None:
    item = drawn_items()[0]
    item.transcript = transcribe(item.conversation, [Message(role="agent", text="😀👍🏽 Sorry, Dana")], now=NOW)
    item.save()
    review = claimed(item)
    pins = [{"message": 0, "start": 4, "end": 9}]
    draft = filled({"solved": "yes", "data-protected": "yes", "understood": "no"})
    body = drafts.dump(draft)
    body["answers"]["understood"]["pins"] = pins
    submitting.submit(review, drafts.parse(body), by=review.author, now=NOW)
    assert review.current is not None

    found = explain(review, review.current, rows=view_messages(review.transcript))

    assert [quote.text for quote in found.gaps[0].quotes] == ["Sorry"]


def test_an_erased_comment_leaves_a_gap_and_no_words(client: Client) -> None:
    user = person(Role.AGENT)
    review = submitted(drawn_items(agent=AgentFactory(user=user))[0], summary="Call 555-0100")
    publishing.publish(review, by=review.author, now=NOW)
    review.comments.update(text="", erased_at=NOW)
    client.force_login(user)

    page = client.get(f"/feedback/{review.pk}/").content.decode()

    assert (page.count("555-0100"), page.count("[erased]")) == (0, 1)


def test_the_agent_reads_why_and_where(client: Client) -> None:
    user = person(Role.AGENT)
    item = drawn_items(agent=AgentFactory(user=user))[0]
    review = submitted(
        item,
        answers={"understood": "no", "solved": "yes", "data-protected": "yes"},
        notes=[{"message": 3, "text": "A good close."}],
    )
    publishing.publish(Review.objects.get(pk=review.pk), by=review.author, now=NOW)
    client.force_login(user)

    page = client.get(f"/feedback/{review.pk}/").content.decode()

    assert page.count("Did not pass: 60, and the pass mark is 75.") == 1
    assert page.count("Because of understood.") == 1
    assert page.count('href="#message-1"') == 1
    assert page.count('class="message-comment"') == 1
    assert page.count('<span class="pin" title="Understood the problem">') == 1
