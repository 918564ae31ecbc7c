"""Whatever a browser or a script posts, the answer is a clear word and never a failure of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from reviews.models import Review
from tests.factories.accounts import AgentFactory, person
from tests.factories.reviews import claimed, drawn_items, published

pytestmark = pytest.mark.django_db
LINEAGES = st.sampled_from(["understood", "solved", "data-protected", "topic", "unknown", "", "a.b"])
FIELDS = st.sampled_from(["choice", "root_cause", "comment", "text", "pins", "other"])
PINS = st.one_of(
    st.sampled_from(["[]", "{}", "[1]", '[{"message":0}]', '[{"message":0,"start":1}]', '[{"message":9}]', "[" * 5000]),
    st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)).map(
        json.dumps
    ),
)
VALUES = st.one_of(
    st.sampled_from(["yes", "no", "partly", "n/a", "habit", "breach", "x\0y", "𝟙", "-1", "1e9", "9" * 400]),
    st.text(max_size=20),
    PINS,
)
NAMES = st.one_of(
    st.tuples(LINEAGES, FIELDS).map(lambda pair: f"a.{pair[0]}.{pair[1]}"),
    st.sampled_from(["summary", "note", "number", "active_seconds", "stay", "reason", "reply"]),
    st.text(max_size=8),
)
POSTED = st.dictionaries(NAMES, st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=8)
ANSWERED = {200, 302, 409, 422}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=POSTED, address=st.sampled_from(["draft", "submit"]), script=st.booleans())
def test_a_draft_or_a_submission_of_anything_is_answered(
    client: Client, fields: dict[str, Any], address: str, script: bool
) -> None:
    review = claimed()
    client.force_login(review.author)

    response = client.post(
        f"/reviews/{review.pk}/{address}/", fields, headers={"accept": "application/json"} if script else {}
    )
    page = client.get(f"/reviews/{review.pk}/")

    assert {response.status_code} <= ANSWERED
    assert page.status_code == 200


@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "x" * 100_000, "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_texts_that_no_database_stores_are_made_storable(client: Client, text: str) -> None:
    user = person(Role.AGENT)
    feedback = published(drawn_items(agent=AgentFactory(user=user))[0])
    held = claimed()
    client.force_login(user)
    told = client.post(f"/feedback/{feedback.pk}/acknowledge/", {"reply": text})
    client.force_login(held.author)
    skipped = client.post(f"/queue/{held.item_id}/skip/", {"reason": "language", "note": text})

    assert (told.status_code, skipped.status_code) == (302, 302)
    assert "\0" not in Review.objects.get(pk=feedback.pk).reply


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a.understood.choice=%00&summary=%ff%00", b"=" * 50])
def test_a_body_that_is_no_form_is_answered(client: Client, body: bytes) -> None:
    review = claimed()
    client.force_login(review.author)

    response = client.post(
        f"/reviews/{review.pk}/draft/", body, content_type="application/x-www-form-urlencoded; charset=utf-8"
    )

    assert response.status_code in ANSWERED


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=%00", "team=x", "agent=999999999999999999999",
                                   "published_after=2026-13-99", "status=draft", "pool=%00", "mine=maybe"])  # fmt: skip
@pytest.mark.parametrize("path", ["/queue/", "/reviews/", "/feedback/"])
def test_any_query_in_the_address_is_answered(client: Client, path: str, query: str) -> None:
    published()
    client.force_login(person(Role.AGENT if path == "/feedback/" else Role.MANAGER))

    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/reviews/{}/", "/feedback/{}/", "/conversations/{}/reviews/"])
def test_an_id_that_no_column_holds_is_not_found(client: Client, path: str) -> None:
    client.force_login(person(Role.AGENT if "feedback" in path else Role.MANAGER))

    assert client.get(path.format(10**30)).status_code == 404
