"""Rubrics over the API: read, import, publish, retire, discard, export."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role
from rubrics.document import to_json, to_yaml
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import document_for
from tests.api.asking import as_role, get, post, results
from tests.factories.rubrics import draft_version, published_version

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_a_rubric_comes_with_its_versions_and_the_one_in_use() -> None:
    first = published_version()
    draft_version(rubric=first.rubric)

    body = get(as_role(Role.SPECIALIST), f"rubrics/{first.rubric.slug}/").json()

    assert (body["in_use"], [(row["number"], row["status"]) for row in body["versions"]]) == (
        1,
        [(2, "draft"), (1, "published")],
    )


def test_a_version_comes_with_everything_it_asks() -> None:
    version = published_version()

    body = get(as_role(Role.SPECIALIST), f"rubrics/{version.rubric.slug}/versions/1/").json()

    lineages = [criterion["lineage"] for section in body["sections"] for criterion in section["criteria"]]
    assert lineages == ["understood", "solved", "data-protected", "topic"]
    assert body["sections"][0]["criteria"][0]["options"][1]["value"] == "0.5000"


@pytest.mark.parametrize(("wanted", "write"), [("yaml", to_yaml), ("json", to_json)])
def test_an_export_is_the_file_of_the_version(wanted: str, write) -> None:
    version = published_version()

    response = get(as_role(Role.SPECIALIST), f"rubrics/{version.rubric.slug}/versions/1/export/", format=wanted)

    assert response.content.decode() == write(document_for(version))
    assert response["Content-Type"] == f"application/{wanted}; charset=utf-8"


def test_an_export_comes_back_as_the_next_draft() -> None:
    version = published_version()
    client = as_role(Role.MANAGER)
    text = get(client, f"rubrics/{version.rubric.slug}/versions/1/export/").content.decode()

    response = post(client, "rubrics/import/", {"text": text})

    assert response.status_code == 201
    assert (response.json()["number"], response.json()["status"]) == (2, "draft")


def test_every_mistake_of_a_file_is_named_with_its_path() -> None:
    response = post(as_role(Role.MANAGER), "rubrics/import/", {"text": "rubric: x\nsections: 3"})

    body = response.json()
    assert (response.status_code, body["code"]) == (422, "unreadable_rubric")
    assert {"path", "sentence"} == set(body["details"]["problems"][0])
    assert Rubric.objects.count() == 0


def test_a_second_draft_is_refused_unless_it_replaces_the_first() -> None:
    version = draft_version()
    client = as_role(Role.MANAGER)
    text = to_yaml(document_for(version))

    refused = post(client, "rubrics/import/", {"text": text})
    replaced = post(client, "rubrics/import/", {"text": text, "replace_draft": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "draft_exists")
    assert (replaced.status_code, replaced.json()["number"]) == (201, 1)


def test_publish_retire_and_their_refusals() -> None:
    version = draft_version()
    client, path = as_role(Role.MANAGER), f"rubrics/{version.rubric.slug}/versions/1"

    published = post(client, f"{path}/publish/", {"note": "First."})
    again = post(client, f"{path}/publish/")
    retired = post(client, f"{path}/retire/")

    assert (published.status_code, published.json()["status"], published.json()["note"]) == (200, "published", "First.")
    assert (again.status_code, again.json()["code"]) == (409, "not_a_draft")
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")


def test_a_draft_can_be_discarded_and_nothing_else() -> None:
    draft, published = draft_version(), published_version()
    client = as_role(Role.MANAGER)

    gone = post(client, f"rubrics/{draft.rubric.slug}/versions/1/discard/")
    kept = post(client, f"rubrics/{published.rubric.slug}/versions/1/discard/")

    assert (gone.status_code, gone.content) == (204, b"")
    assert (kept.status_code, kept.json()["code"]) == (409, "not_a_draft")
    assert list(RubricVersion.objects.values_list("pk", flat=True)) == [published.pk]


def test_a_publication_sent_twice_under_one_key_happens_once() -> None:
    version = draft_version()
    client, path = as_role(Role.MANAGER), f"rubrics/{version.rubric.slug}/versions/1/publish/"

    first = post(client, path, **{"Idempotency-Key": "k"})
    again = post(client, path, **{"Idempotency-Key": "k"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_role(Role.SPECIALIST)
    published_version()
    get(client, "rubrics/")
    with django_assert_num_queries(4) as one:
        get(client, "rubrics/")
    for _ in range(2):
        published_version()

    with django_assert_num_queries(len(one)):
        assert len(results(client, "rubrics/")) == 3
