"""Answers that were made for another version of the rubric: refused in words, by page and API, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reviews import drafts
from reviews.models import Review
from tests.api.asking import asking, post, put
from tests.factories.reviews import claimed, filled

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
SENTENCE = "Some answers are for another version: this review is scored by version 1 of the rubric."


@pytest.mark.parametrize(
    ("answers", "code", "sentence"),
    [
        ({"politeness": {"option": "yes"}}, "unknown_criterion", "The rubric has no criterion “politeness”."),
        ({"solved": {"option": "fully"}}, "unknown_option", "“Solved it” has no option “fully”."),
    ],
)
def test_a_script_is_told_which_answers_do_not_fit(answers: dict[str, Any], code: str, sentence: str) -> None:
    review = claimed()
    client, path = asking(review.author), f"reviews/{review.pk}"
    put(client, f"{path}/draft/", {"summary": "Kept."}, **{"If-Match": '"0"'})

    response = post(client, f"{path}/submit/", {"answers": {**drafts.dump(filled())["answers"], **answers}})

    said = response.json()
    assert (response.status_code, said["code"], said["sentence"]) == (422, "incomplete", SENTENCE)
    assert [(found["code"], found["sentence"]) for found in said["details"]["problems"]] == [(code, sentence)]
    assert (Review.objects.get().status, Review.objects.get().draft) == ("draft", {"summary": "Kept."})


def test_the_page_says_so_and_keeps_what_was_written(client: Client) -> None:
    review = claimed()
    client.force_login(review.author)

    response = client.post(
        f"/reviews/{review.pk}/submit/", {"number": "0", "a.solved.choice": "fully", "summary": "Keep me"}
    )

    assert (response.status_code, SENTENCE in response.text, "Keep me" in response.text) == (422, True, True)
    assert Review.objects.get().status == "draft"
