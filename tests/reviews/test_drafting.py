"""What a reviewer types is kept; the later of two saves is told, and nothing posted ever breaks the page."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from core.refusals import Refused
from reviews import drafts
from reviews.forms import draft_from
from reviews.services import drafting
from tests.conftest import NOW
from tests.factories.reviews import claimed, filled, specialist, submitted


@pytest.mark.django_db
def test_a_save_stores_the_draft_and_counts_up() -> None:
    review = claimed()

    saved = drafting.save(review, filled(summary="Good"), number=0, by=review.author, now=NOW, active_seconds=30)

    review.refresh_from_db()
    assert saved == drafting.Saved(number=1, lost=None)
    assert (review.draft["summary"], review.draft_number, review.active_seconds) == ("Good", 1, 30)


@pytest.mark.django_db
def test_a_save_from_an_older_state_is_told_and_overwrites_nothing() -> None:
    review = claimed()
    drafting.save(review, filled(summary="First tab"), number=0, by=review.author, now=NOW)

    with pytest.raises(Refused) as raised:
        drafting.save(review, filled(summary="Second tab"), number=0, by=review.author, now=NOW)

    review.refresh_from_db()
    assert (raised.value.refusal.code, raised.value.refusal.details) == ("stale_draft", {"number": 1})
    assert review.draft["summary"] == "First tab"


@pytest.mark.django_db
def test_somebody_elses_draft_does_not_exist_for_others() -> None:
    with pytest.raises(Refused) as raised:
        drafting.save(claimed(), filled(), number=0, by=specialist(), now=NOW)

    assert raised.value.refusal.status == 404


@pytest.mark.django_db
def test_a_submitted_review_is_not_saved_again() -> None:
    review = submitted()

    with pytest.raises(Refused) as raised:
        drafting.save(review, filled(), number=0, by=review.author, now=NOW)

    assert raised.value.refusal.code == "already_submitted"


def test_the_form_gives_the_draft_it_shows() -> None:
    posted = QueryDict(mutable=True)
    posted.update(
        {
            "a.understood.choice": "partly",
            "a.understood.comment": "Asked twice.",
            "a.understood.pins": '[{"message":1},{"message":2,"start":0,"end":4}]',
            "a.solved.choice": "n/a",
            "a.topic.text": "Refund",
            "note": '{"message":3,"text":"Nice close"}',
            "summary": "Well done 😊",
            "pane": "rubric",
        }
    )

    found = draft_from(posted)

    assert found == drafts.parse(
        {
            "answers": {
                "understood": {
                    "option": "partly",
                    "comment": "Asked twice.",
                    "pins": [{"message": 1}, {"message": 2, "start": 0, "end": 4}],
                },
                "solved": {"not_applicable": True},
                "topic": {"text": "Refund"},
            },
            "notes": [{"message": 3, "text": "Nice close"}],
            "summary": "Well done 😊",
        }
    )


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=8))
def test_whatever_is_posted_gives_a_draft_or_a_clear_word(fields: dict[str, str]) -> None:
    posted = QueryDict(mutable=True)
    posted.update({f"a.{name}.pins": value for name, value in fields.items()} | {"note": next(iter(fields), "")})

    try:
        found = draft_from(posted)
    except drafts.BadDraft:
        return

    assert drafts.parse(drafts.dump(found)) == found


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"answers": {"a": {"option": "yes", "not_applicable": True}}}, "not both"),
        ({"answers": {"a": {"pins": [{"message": 1, "start": 4, "end": 4}]}}}, "start before its end"),
        ({"answers": {"a": {"pins": [{"message": -1}]}}}, "$.answers[...].pins[0].message"),
        ({"answers": {"a": {"score": 5}}}, "unknown field `score`"),
        ({"summary": "x" * 10_001}, "$.summary"),
        ([], "Expected `object`"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_with_its_path(body: object, words: str) -> None:
    with pytest.raises(drafts.BadDraft) as raised:
        drafts.parse(body)

    assert words in str(raised.value)
