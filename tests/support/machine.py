"""Say what this machine lacks: a skip for a visitor, a failure where everything is required."""

from __future__ import annotations

import os
from collections import Counter
from typing import NoReturn

import pytest

PREFIX = "not on this machine: "


def everything_is_required() -> bool:
    """Say whether a lacking program is a failure: QA_REQUIRE_ALL=1, as in .ci/run."""
    return os.environ.get("QA_REQUIRE_ALL") == "1"


def lacks(thing: str) -> NoReturn:
    """Skip the test, naming what it would have needed; fail instead where everything is required."""
    if everything_is_required():
        pytest.fail(f"{PREFIX}{thing} (QA_REQUIRE_ALL=1)", pytrace=False)
    pytest.skip(f"{PREFIX}{thing}")


def lacking(reports: list[pytest.TestReport]) -> list[str]:
    """Return one line for each thing that skipped tests needed."""
    reasons = Counter(_reason(report) for report in reports)
    return [
        f"{PREFIX}{reason.removeprefix(PREFIX)} ({count} {'test' if count == 1 else 'tests'} skipped)"
        for reason, count in sorted(reasons.items())
        if reason.startswith(PREFIX)
    ]


def _reason(report: pytest.TestReport) -> str:
    where = report.longrepr
    return where[2].removeprefix("Skipped: ") if isinstance(where, tuple) else ""
