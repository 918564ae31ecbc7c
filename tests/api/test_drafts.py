"""Saving a draft: what is no draft is refused, and the later of two saves is told."""

from __future__ import annotations

from typing import Any

import pytest

from reviews.models import Review
from tests.api.asking import asking, put
from tests.factories.reviews import claimed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sent",
    [
        {"answers": 3}, {"answers": {"solved": {"option": "yes", "not_applicable": True}}}, {"verdict": "good"},
        {"answers": {"solved": {"pins": [{"message": 0, "start": 4, "end": 2}]}}}, {"active_seconds": -1},
        {"active_seconds": True}, {"active_seconds": 10**12}, [1, 2], {"notes": [{"message": -1, "text": "x"}]},
    ],
)  # fmt: skip
def test_a_draft_of_the_wrong_shape_is_refused(sent: Any) -> None:
    review = claimed()

    response = put(asking(review.author), f"reviews/{review.pk}/draft/", sent, **{"If-Match": '"0"'})

    assert response.status_code == 422
    assert response.json()["sentence"] != ""


@pytest.mark.parametrize(
    "raw", [b"{", b'{"summary": NaN}', b'{"summary": "\\ud800"}', b'{"summary": "\\u0000"}', b"\xff", b"[" * 100_000]
)
def test_a_body_that_no_database_could_keep_is_refused(raw: bytes) -> None:
    review = claimed()
    client = asking(review.author)

    response = client.put(
        f"/api/v1/reviews/{review.pk}/draft/", raw, content_type="application/json", headers={"If-Match": '"0"'}
    )

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


def test_a_body_that_got_lost_on_the_way_clears_no_draft() -> None:
    review = claimed()
    client, path = asking(review.author), f"reviews/{review.pk}/draft/"
    put(client, path, {"summary": "First."}, **{"If-Match": '"0"'})

    response = client.put(f"/api/v1/{path}", b"", content_type="application/json", headers={"If-Match": '"1"'})

    assert (response.status_code, response.json()["sentence"]) == (
        422,
        "The body is empty. Send {} if nothing is to be kept.",
    )
    assert Review.objects.get().draft["summary"] == "First."


def test_the_later_of_two_saves_is_told() -> None:
    review = claimed()
    client, path = asking(review.author), f"reviews/{review.pk}/draft/"
    put(client, path, {"summary": "First."}, **{"If-Match": '"0"'})

    late = put(client, path, {"summary": "Second."}, **{"If-Match": '"0"'})

    assert (late.status_code, late.json()["code"], late.json()["details"]) == (412, "stale_draft", {"number": 1})
    assert Review.objects.get().draft["summary"] == "First."


@pytest.mark.parametrize(("given", "status", "code"), [(None, 428, "match_missing"), ("yesterday", 412, "stale")])
def test_a_save_has_to_say_what_it_changes(given: str | None, status: int, code: str) -> None:
    review = claimed()
    headers = {"If-Match": given} if given else {}

    response = put(asking(review.author), f"reviews/{review.pk}/draft/", {}, **headers)

    assert (response.status_code, response.json()["code"]) == (status, code)
