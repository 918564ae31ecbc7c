"""Rubrics over the API: make, edit as a whole document, begin the next version, reword, compare."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.roles import Role
from rubrics.models import RubricVersion
from rubrics.selectors import card_for
from tests.api.asking import as_role, get, post, put
from tests.factories.rubrics import draft_version, published_version, small_card

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def path_of(version: RubricVersion) -> str:
    return f"rubrics/{version.rubric.slug}/versions/{version.number}"


def read(client: Any, version: RubricVersion) -> tuple[dict[str, Any], str]:
    response = get(client, f"{path_of(version)}/document/")
    return response.json()["document"], response["ETag"]


def test_a_rubric_is_made_from_a_source_of_the_list() -> None:
    client = as_role(Role.MANAGER)
    sources = [row["source"] for row in get(client, "rubrics/sources/").json()["sources"]]

    made = post(client, "rubrics/", {"name": "Shop chat", "source": "starter.retail"})
    refused = post(client, "rubrics/", {"name": "Shop chat", "source": "starter.nobody"})

    assert sources[:2] == ["nothing", "starter.email"]
    assert (made.status_code, made.json()["rubric"], made.json()["status"]) == (201, "shop-chat", "draft")
    assert refused.status_code == 422


def test_a_draft_is_replaced_by_a_document_read_before() -> None:
    version, client = draft_version(), as_role(Role.MANAGER)
    document, tag = read(client, version)
    document["sections"][0]["criteria"][1]["weight"] = 33

    stored = put(client, f"{path_of(version)}/document/", {"document": document}, **{"If-Match": tag})

    assert stored.status_code == 200
    assert stored["ETag"] == read(client, version)[1] != tag
    assert card_for(version).criterion("solved").weight == 33  # type: ignore[union-attr]


def test_somebody_faster_is_not_overwritten() -> None:
    version, client = draft_version(), as_role(Role.MANAGER)
    document, tag = read(client, version)
    put(client, f"{path_of(version)}/document/", {"document": {**document, "pass_mark": 80}}, **{"If-Match": tag})

    late = put(client, f"{path_of(version)}/document/", {"document": document}, **{"If-Match": tag})
    without = put(client, f"{path_of(version)}/document/", {"document": document})

    assert (late.status_code, late.json()["code"]) == (412, "stale_part")
    assert (without.status_code, without.json()["code"]) == (428, "match_missing")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rubric": "another"}, "other_rubric"),
        ({"sections": 3}, "unreadable_rubric"),
        ({"format": 9}, "unreadable_rubric"),
    ],
)
def test_a_document_that_does_not_fit_is_refused(change: dict[str, Any], code: str) -> None:
    version, client = draft_version(), as_role(Role.MANAGER)
    document, tag = read(client, version)

    response = put(client, f"{path_of(version)}/document/", {"document": document | change}, **{"If-Match": tag})

    assert (response.status_code, response.json()["code"]) == (422, code)


def test_a_published_version_takes_no_document() -> None:
    version, client = published_version(), as_role(Role.MANAGER)
    document, tag = read(client, version)

    response = put(client, f"{path_of(version)}/document/", {"document": document}, **{"If-Match": tag})

    assert (response.status_code, response.json()["code"]) == (409, "not_a_draft")


def test_a_document_comes_with_what_its_author_should_look_at() -> None:
    version = draft_version(small_card(pass_mark=Decimal(0)))

    checks = get(as_role(Role.SPECIALIST), f"{path_of(version)}/document/").json()["checks"]

    assert checks == [
        {
            "at": "settings",
            "where": "The version",
            "sentence": "With a pass mark of 0 everything passes.",
            "blocks": False,
        }
    ]


def test_the_next_version_begins_as_a_copy_and_words_go_back_without_one() -> None:
    version, client = published_version(), as_role(Role.MANAGER)
    started = post(client, f"{path_of(version)}/start/")
    draft = RubricVersion.objects.drafts().get()
    document, tag = read(client, draft)
    document["sections"][0]["name"] = "Speech"
    put(client, f"{path_of(draft)}/document/", {"document": document}, **{"If-Match": tag})

    again = post(client, f"{path_of(version)}/start/")
    reworded = post(client, f"{path_of(draft)}/reword/")

    version.refresh_from_db()
    assert (started.status_code, again.json()["code"]) == (201, "draft_exists")
    assert (reworded.status_code, reworded.json()["number"], card_for(version).sections[0].name) == (200, 1, "Speech")


def test_two_versions_are_compared() -> None:
    first = published_version()
    published_version(small_card(pass_mark=None), rubric=first.rubric)
    client, path = as_role(Role.SPECIALIST), f"rubrics/{first.rubric.slug}/compare/"

    body = get(client, path, before=1, after=2).json()

    assert (body["needs_new_version"], body["changes"]) == (
        True, [{"effect": "score", "sentence": "The pass mark went from 75 to none.", "before": "", "after": ""}],
    )  # fmt: skip
    assert get(client, path, before="x", after=2).status_code == 422
    assert get(client, path, before=1, after=7).status_code == 404


def test_a_rubric_is_renamed() -> None:
    version, client = draft_version(), as_role(Role.MANAGER)

    response = put(client, f"rubrics/{version.rubric.slug}/", {"name": "Shop chat", "description": ""})

    assert (response.status_code, response.json()["name"]) == (200, "Shop chat")
