"""Every read finds what exists: each GET operation, asked about a real thing of one small company."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.asking import operations, schema
from tests.api.company import Company, founded
from tests.support.walking import undone

pytestmark = pytest.mark.django_db
# What some reads have to be told, in their query.
TOLD = {"rubrics_compare_retrieve": {"before": 1, "after": 1}}
# Reads that make sense in one state only, and say so in another.
NOT_NOW = {
    "imports_columns_retrieve": "only a table has columns, and the company's import is JSON lines",
    "reviews_move_retrieve": "a draft moves only once a newer version of its rubric is in use",
}
READS = sorted(name for name, (method, _path) in operations().items() if method == "get")


def test_every_read_about_something_real_is_answered() -> None:
    company = founded()

    answered = {name: status_of(name, company) for name in READS}

    assert answered == {name: 409 if name in NOT_NOW else 200 for name in READS}


def status_of(name: str, company: Company) -> int:
    """Read about something real, and return the status of the answer."""
    path = operations()[name][1]
    known = company.ids.get(path.split("/")[3], [0])
    filled = path.format(id=known[0] if "{id}" in path else "", slug=company.slugs_of(path.split("/")[3])[0], number=1)
    client = Client(headers=company.headers)
    return int(undone(client, lambda: client.get(filled, TOLD.get(name))).status_code)


# Read whole: a handful of lines that no one narrows. Each list inside one thing hangs on that thing.
UNFILTERED = {
    "coaching_library_list": "a few skills, each also read alone by its slug",
    "coaching_plans_outcomes_list": "one a time that somebody extended the plan",
    "coaching_sessions_private_notes_list": "what one coach notes about one talk",
    "needs_list": "at most a line for each kind of need; each names the list with its filters",
    "notifications_reminders_list": "a line for each kind of reminder",
    "reviews_transcript_list": "a conversation is read whole",
    "reviews_transcript_changes_list": "a transcript is read whole, and so is how two differ",
}
PAGING = {"cursor", "page_size"}


def test_every_list_has_filters_or_says_why_it_is_read_whole() -> None:
    lists = [name for name in READS if name.endswith("_list")]

    assert {name for name in lists if not asked(name) - PAGING} == UNFILTERED.keys()
    assert all(asked(name) - PAGING for name in EXPORTS)


def test_a_read_refuses_what_it_is_not_asked_by_and_names_all_that_the_schema_names() -> None:
    client = Client(headers=founded().headers)

    answers = {name: client.get(somewhere(name), {"colour": "red"}) for name in READS}

    assert {name: told(answer) for name, answer in answers.items()} == {
        name: (422, "colour", refusal(sorted(asked(name)))) for name in READS
    }


def somewhere(name: str) -> str:
    """Return an address of an operation. What it names need not exist: the address is read first."""
    return operations()[name][1].format(id=1, slug="a", number=1)


def asked(name: str) -> set[str]:
    """Return what the schema says an operation may be asked by."""
    method, path = operations()[name]
    return {one["name"] for one in schema()["paths"][path][method].get("parameters", []) if one["in"] == "query"}


def refusal(known: list[str]) -> str:
    if not known:
        return "Nothing can be asked for here: this address takes no filters."
    return f"There is no such filter here. Known are: {', '.join(known)}."


def inside(ids: dict[str, list[int]]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return lists inside one thing, each with a query that keeps all of it and one that keeps nothing."""
    draw, run = f"/api/v1/draws/{ids['draws'][0]}", f"/api/v1/imports/{ids['imports'][0]}"
    return {
        f"{draw}/strata/": ({"stratum": ""}, {"agent": NOBODY}),
        f"{draw}/picks/": ({"pool": "random", "dropped": "false"}, {"dropped": "true"}),
        f"{run}/rejects/": ({"reason": "EXTERNAL_ID", "from_line": 1}, {"from_line": 2}),
        f"/api/v1/what-ifs/{ids['what-ifs'][0]}/flips/": ({}, {"outcome_after": "fail", "agent": NOBODY}),
    }


def test_lists_are_narrowed_to_what_is_asked_for() -> None:
    company = founded()
    client = Client(headers=company.headers)
    tables = inside(company.ids) | {
        "/api/v1/imports/": ({"source": "desk", "status": "running"}, {"status": "cancelled"}),
        "/api/v1/queue/": ({"due_before": "2099-01-01"}, {"due_before": "1999-01-01"}),
        "/api/v1/skips/": ({}, {"plan": NOBODY, "team": NOBODY, "reason": "none"}),
        "/api/v1/reviewers/": ({"team": company.ids["teams"][0]}, {"q": "Nobody of that name"}),
        "/api/v1/reviews/drafts/": ({"conversation": company.ids["conversations"][0]}, {"rubric": "none"}),
        "/api/v1/knowledge-checks/": ({}, {"skill": "juggling"}),
        "/api/v1/cell-checks/": ({"differs": "false"}, {"differs": "true"}),
        "/api/v1/coaching-sweep-runs/": ({"finished": "true"}, {"failed": "true"}),
        "/api/v1/coaching-rules/": ({"until": "2099-01-01"}, {"made_by": NOBODY}),
        "/api/v1/coaching-dry-runs/": ({}, {"status": "cancelled"}),
        "/api/v1/coaching-sessions/": ({"since": "2001-01-01"}, {"agent": NOBODY}),
        "/api/v1/coaching-attempts/": ({}, {"key": "none"}),
        "/api/v1/coaching-observations/": ({}, {"skill": "juggling"}),
        "/api/v1/coaching-sweep-failures/": ({"part": "look"}, {"agent": NOBODY}),
        "/api/v1/notifications/": ({"since": "2001-01-01"}, {"kind": "cells.differ"}),
        "/api/v1/rubrics/": ({"q": "rubric"}, {"in_use": "false", "has_draft": "false"}),
        "/api/v1/sampling-keys/": ({"is_retired": "false"}, {"is_retired": "true"}),
        "/api/v1/sessions/": ({"since": "2001-01-01"}, {"until": "2001-01-01"}),
        "/api/v1/self-reviews/": ({"due_before": "2099-01-01"}, {"is_begun": "true"}),
        "/api/v1/tokens/": ({"is_usable": "true"}, {"is_usable": "false"}),
        "/api/v1/what-ifs/": ({"status": "waiting"}, {"status": "cancelled"}),
        "/api/v1/receipt-checks/": ({"status": "waiting"}, {"status": "cancelled"}),
        "/api/v1/feedback/": ({"since": "2001-01-01"}, {"until": "2001-01-01"}),
        f"/api/v1/coaching-dry-runs/{company.ids['coaching-dry-runs'][0]}/rows/": (
            {"kind": "level"},
            {"kind": "decline"},
        ),
    }

    def rows(path: str, query: dict[str, Any]) -> list[Any]:
        answer = client.get(path, query).json()
        return answer["results"] if isinstance(answer, dict) else answer

    whole = {path: rows(path, {}) for path in tables}

    assert {path for path, found in whole.items() if not found} == {path for path in tables if "flips" in path}
    assert {path: rows(path, keeps) for path, (keeps, _none) in tables.items()} == whole
    assert [path for path, (_keeps, none) in tables.items() if rows(path, none)] == []


NOBODY = 10**9
EXPORTS = ("reviews_export_retrieve", "agents_export_retrieve")


def told(answer: Any) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["attr"], error["detail"]
