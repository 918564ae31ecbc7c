"""The schema is valid, complete and without a warning."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.api.asking import schema
from tests.api.company import founded

# A POST that changes nothing, or that does no harm when it is done twice.
WITHOUT_A_KEY = {
    "/api/v1/tokens/": "the kept answer would hold the secret; a token made twice is revoked",
    "/api/v1/calendar-feed/": "the kept answer would hold the secret; an address made twice ends the one before",
    "/api/v1/imports/guess/": "looks at a file and keeps nothing",
    "/api/v1/sampling-plans/preview/": "counts what a plan would draw",
    "/api/v1/sampling-plans/trial/": "counts what risk rules would have hit, and keeps nothing",
    "/api/v1/sampling-plans/planner/": "works out what a plan would tell, and keeps nothing",
    "/api/v1/reviews/{id}/keep-alive/": "says that somebody still works",
}
# A list that is one thing read whole, or a handful of lines that are worked out.
WHOLE = {
    "/api/v1/reviews/{id}/transcript/": "a conversation is read whole",
    "/api/v1/reviews/{id}/transcript-changes/": "a transcript is read whole, and so is how two differ",
    "/api/v1/needs/": "at most a line for each kind of need",
    "/api/v1/coaching-sessions/{id}/private-notes/": "what one coach notes about one talk",
    "/api/v1/notifications/reminders/": "a line for each kind of reminder",
    "/api/v1/knowledge-checks/": "a few short question sets for each skill",
    "/api/v1/coaching-library/": "a few skills with what is offered for each",
    "/api/v1/coaching-dry-runs/{id}/rows/": "at most 500, kept with the dry run",
    "/api/v1/coaching-plans/{id}/outcomes/": "one a time that somebody extended the plan",
}


def test_the_schema_is_valid_and_drawn_up_without_a_warning() -> None:
    printed = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=printed)

    assert printed.getvalue().startswith("{")


def operations_of(wanted: str) -> dict[str, Any]:
    return {path: methods[wanted] for path, methods in schema()["paths"].items() if wanted in methods}


def test_every_post_takes_an_idempotency_key_or_says_why_it_needs_none() -> None:
    without = {
        path
        for path, operation in operations_of("post").items()
        if "Idempotency-Key" not in {given["name"] for given in operation.get("parameters", [])}
    }

    assert without == WITHOUT_A_KEY.keys()


def test_every_list_is_paged_by_cursor_or_says_why_it_is_whole() -> None:
    answers = {
        path: operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        for path, operation in operations_of("get").items()
    }
    lists = {path for path, answer in answers.items() if answer.get("type") == "array"}
    paged = {path for path, answer in answers.items() if "/Paginated" in answer.get("$ref", "")}

    assert lists == WHOLE.keys()
    assert len(paged) >= 15
    assert [
        path for path in paged if "cursor" not in {given["name"] for given in operations_of("get")[path]["parameters"]}
    ] == []


@pytest.mark.django_db
def test_the_company_of_the_tests_holds_a_real_thing_of_every_kind() -> None:
    kinds = {path.split("/")[3] for path in schema()["paths"] if "{id}" in path}

    assert sorted(kinds - {kind for kind, ids in founded().ids.items() if ids}) == []


def test_every_draft_is_changed_from_the_state_that_was_read() -> None:
    changed = operations_of("put")["/api/v1/reviews/{id}/draft/"]

    assert [given["required"] for given in changed["parameters"] if given["name"] == "If-Match"] == [True]


def test_every_upload_says_that_there_may_be_no_room_for_it() -> None:
    uploads = {
        operation["operationId"]: "503" in operation["responses"]
        for path in schema()["paths"].values()
        for operation in path.values()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    }

    assert uploads == dict.fromkeys(
        ("agents_upload_create", "draws_check_create", "imports_create", "imports_guess_create"), True
    )
