"""What the tests of the pages share: the words of an answer, and what the form sends."""

from __future__ import annotations

import re
from typing import Any

from sampling.models import Plan
from tests.factories.rubrics import published_version


def words(answer: Any) -> str:
    """Return the text of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def sent(plan: Plan | None = None, **changes: Any) -> dict[str, Any]:
    """Return what the form of a plan sends; None leaves a field out."""
    rubric = plan.rubric_id if plan else published_version().rubric_id
    fields = {
        "name": "Retail", "rubric": rubric, "reviewee_rule": "assignee", "quota_per_agent": 3, "cycle": "weekly",
        "time_zone": "Europe/London", "settle_hours": 24, "due_days": 7, "starts_on": "2026-03-09",
    }  # fmt: skip
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}
