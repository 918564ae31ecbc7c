"""Every read finds what exists: each GET operation, asked about a real thing of one small company."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.asking import operations
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


LISTS = sorted(name for name in READS if name.endswith("_list") and "{" not in operations()[name][1])
# Short, made from many tables, and answered in one piece: nothing narrows them.
UNFILTERED = frozenset(
    {
        "coaching_library_list",
        "needs_list",
        "notifications_reminders_list",
    }
)


def test_a_filter_that_a_list_does_not_have_is_named_with_those_that_it_has() -> None:
    company = founded()
    client = Client(headers=company.headers)
    narrowed = [name for name in LISTS if name not in UNFILTERED]

    answers = {name: client.get(operations()[name][1], {"colour": "red"}) for name in [*narrowed, *EXPORTS]}
    answers |= {path: client.get(path, {"colour": "red"}) for path in inside(company.ids)}

    assert {name: (answer.status_code, *told(answer)) for name, answer in answers.items()} == dict.fromkeys(
        answers, (422, "colour", "There is no such filter here. Known are: ")
    )


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


def told(answer: Any) -> tuple[str, str]:
    if "json" not in answer["Content-Type"] or "errors" not in answer.json():
        return "", ""
    (error,) = answer.json()["errors"]
    return error["attr"], error["detail"][:41]
