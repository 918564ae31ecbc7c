"""Every read finds what exists: each GET operation, asked about a real thing of one small company."""

from __future__ import annotations

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
