"""Read dry runs of trigger rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import Agent, User
from accounts.roles import Permission
from coaching import words
from coaching.declines import RECENT
from coaching.selectors import bases
from coaching.selectors.bases import Basis, Window
from coaching.windows import WEEKS
from core.models import Job
from rubrics.models import Skill

KIND = "rules_dry_run"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that would have been asked for."""

    kind: str
    week: str
    agent: str
    agent_id: int
    skill: str
    probability: float | None
    level: float | None
    target: float | None
    n: int
    low: float | None
    high: float | None
    before_low: float | None
    before_high: float | None
    rests_on: Basis

    @property
    def reason(self) -> str:
        """Say why there is no level, or no band; empty when there are both."""
        if self.kind == "critical":
            return _("counted, not averaged")
        return "" if self.low is not None else _("no band was kept")

    @property
    def chance(self) -> str:
        """Say the probability; nothing that was estimated is certain."""
        return "" if self.probability is None else words.per_cent(self.probability)


def visible_to(user: User) -> QuerySet[Job]:
    """Return the dry runs, newest first, to those who set the rules."""
    jobs = Job.objects.filter(kind=KIND).order_by("-pk")
    return jobs if reach(user, Permission.MANAGE_COACHING).everywhere else jobs.none()


def rows_of(job: Job) -> list[Row]:
    """Return what a finished dry run found, with names as they are today."""
    found: list[dict[str, Any]] = job.result.get("rows", [])
    agents = Agent.objects.in_bulk({row["agent_id"] for row in found})
    skills = dict(Skill.objects.values_list("pk", "name"))
    known = bases.read(map(_window, found), now=job.finished_at or job.created_at)
    return [
        Row(
            kind=row["kind"],
            week=row["week"],
            agent=str(agents[row["agent_id"]]),
            agent_id=row["agent_id"],
            skill=skills.get(row["skill_id"], "") if row["skill_id"] else _("whole score"),
            probability=row["probability"],
            level=row["level"],
            target=row["target"],
            n=row["n"],
            **{name: row.get(name) for name in ("low", "high", "before_low", "before_high")},
            rests_on=known.of(_window(row)),
        )
        for row in found
        if row["agent_id"] in agents
    ]


def _window(row: dict[str, Any]) -> Window:
    """Return the weeks that a row is about: a decline is a mean of the last four, all else the window of a look."""
    return Window(row["agent_id"], row["skill_id"], row["week"], RECENT if row["kind"] == "decline" else WEEKS)


def sentence(job: Job) -> str:
    """Say what the rules would have proposed, and how much of it is expected to be wrong."""
    if not job.result:
        return ""
    counts = job.result["counts"]
    parts = [words.wrong_of(job.result["chances"]) or _("No proposal because of a level.")]
    if counts["critical"]:
        parts.append(_("%(n)d because of repeated critical errors.") % {"n": counts["critical"]})
    parts.append(
        _("Beside plans: declines worth a look %(declines)d, strengths worth praising %(strengths)d.")
        % {"declines": counts["decline"], "strengths": counts["strength"]}
    )
    return " ".join(parts)
