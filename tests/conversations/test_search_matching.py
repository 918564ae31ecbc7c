"""What a query finds, on both databases, and that no text is an error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.messages import Message
from conversations.models import Conversation
from conversations.search.excerpts import excerpt
from conversations.search.matching import by_relevance, matching
from conversations.search.query import parse
from tests.conversations.searching import found, index, says
from tests.factories.conversations import conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    says("I was charged twice for the late delivery.", "I refund the delivery fee.", external_id="A-1", subject="Fee")
    says("Meine Lieferung kommt zu spät", "返金をお願いします。第3章", external_id="B-2", subject="Großer Ärger")
    says("Delivery was on time, not late", "Danke!", "50% off: code_7", external_id="C-3", subject="Praise")
    index()


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("delivery", ["A-1", "C-3"]),
        ("DELIVERY late", ["A-1", "C-3"]),
        ('"late delivery"', ["A-1"]),
        ('"late delivery" "charged twice"', ["A-1"]),
        ('"delivery late"', []),
        ('"delivery fee"', ["A-1"]),
        ('"fee delivery"', []),
        ('"delivery i refund"', []),
        ("deliv", ["A-1", "C-3"]),
        ("deliv late", []),
        ('"deliv"', []),
        ("delivery -refund", ["C-3"]),
        ('-"late delivery"', ["B-2", "C-3"]),
        ("-delivery", ["B-2"]),
        ("-delivery -fee -spat", []),
        ("SPAET", []),
        ("spät", ["B-2"]),
        ("spat", ["B-2"]),
        ("grosser arger", ["B-2"]),
        ("返金", ["B-2"]),
        ("金を", ["B-2"]),
        ("願いします", ["B-2"]),
        ("金", ["B-2"]),
        ("す", ["B-2"]),
        ("返願", []),
        ("章", ["B-2"]),
        ("a-1", ["A-1"]),
        ("B", ["B-2"]),
        ("praise", ["C-3"]),
        ("50%", ["C-3"]),
        ("code_7", ["C-3"]),
        ("code 7", ["C-3"]),
        ("%", ["A-1", "B-2", "C-3"]),
        ("", ["A-1", "B-2", "C-3"]),
        ("delivery' OR '1'='1", []),
        ('words : "delivery" * NEAR', []),
    ],
)
def test_words_phrases_exclusions_and_beginnings(three, typed, numbers):
    assert found(typed) == numbers


LANGUAGE = st.text(alphabet="\"'*-()&|!:<>^{}+\\%_ ,.;\x00aTz0é返す😀\u202e\u0301“”ﬁ½", max_size=40)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=LANGUAGE | st.text(max_size=60))
def test_no_text_is_an_error(three, typed):
    query = parse(typed)

    rows = list(by_relevance(matching(Conversation.objects.all(), query), query))

    assert len(rows) <= 3


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=st.text(alphabet="ab é返金す3ßﬁ ,\n", min_size=1, max_size=40))
def test_any_part_of_a_text_that_begins_and_ends_with_words_is_found_and_marked(db, data, text):
    Conversation.objects.all().update(transcript=None)
    row = conversation(messages=[Message(role="customer", text=text)])
    index()
    pieces = text.split()
    if not pieces:
        return
    begin = data.draw(st.integers(0, len(pieces) - 1))
    end = data.draw(st.integers(begin + 1, len(pieces)))
    query = parse(f'"{" ".join(pieces[begin:end])}"')
    if not query:
        return

    assert list(matching(Conversation.objects.all(), query)) == [row]
    assert excerpt(query, row.transcript.messages) is not None


def test_the_best_match_has_the_words_often_and_little_else():
    says("refund " + "and so on " * 300, external_id="long")
    says("refund", external_id="short")
    says("refund refund refund", external_id="often")
    says("refunds are not for me", external_id="beginning")
    index()
    query = parse("refund ")

    rows = by_relevance(matching(Conversation.objects.all(), query), query)

    assert [row.external_id for row in rows] == ["often", "short", "beginning", "long"]
