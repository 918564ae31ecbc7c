"""Who may do what: one plain table that a manager can read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Role(models.TextChoices):
    """The five roles of the product."""

    AGENT = "agent", _("Agent")
    SPECIALIST = "specialist", _("QA specialist")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("QA manager")
    ADMIN = "admin", _("Admin")


class Permission(StrEnum):
    """Every permission, named after what it lets a person do."""

    READ_OWN_FEEDBACK = "read_own_feedback"
    WORK_ON_OWN_PLAN = "work_on_own_plan"
    READ_CONVERSATIONS = "read_conversations"
    IMPORT_CONVERSATIONS = "import_conversations"
    SCORE = "score"
    READ_REVIEWS = "read_reviews"
    SEE_AGENTS = "see_agents"
    SEE_TEAM = "see_team"
    COACH = "coach"
    MANAGE_COACHING = "manage_coaching"
    KEEP_PRIVATE_NOTES = "keep_private_notes"
    READ_RUBRICS = "read_rubrics"
    MANAGE_RUBRICS = "manage_rubrics"
    READ_SAMPLING = "read_sampling"
    MANAGE_SAMPLING = "manage_sampling"
    READ_INSIGHTS = "read_insights"
    OVERSEE_DISPUTES = "oversee_disputes"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_SETTINGS = "manage_settings"
    READ_AUDIT = "read_audit"


# What belongs to no team: a role that is limited to a team does not include it.
HOUSE_WIDE = frozenset(
    {
        Permission.IMPORT_CONVERSATIONS, Permission.MANAGE_RUBRICS, Permission.READ_SAMPLING,
        Permission.MANAGE_SAMPLING, Permission.READ_INSIGHTS, Permission.MANAGE_PEOPLE, Permission.MANAGE_SETTINGS,
        Permission.READ_AUDIT, Permission.MANAGE_COACHING,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """One line of the table."""

    role: Role
    sentence: StrOrPromise
    permissions: frozenset[Permission]


P = Permission
ROLES: dict[str, RoleEntry] = {
    entry.role.value: entry
    for entry in (
        RoleEntry(
            Role.AGENT,
            _("Reads own feedback, acknowledges or disputes it and works on own coaching plan."),
            frozenset({P.READ_OWN_FEEDBACK, P.WORK_ON_OWN_PLAN}),
        ),
        RoleEntry(
            Role.SPECIALIST,
            _("Claims and scores conversations of the teams granted, publishes the reviews and takes second looks."),
            frozenset({P.READ_CONVERSATIONS, P.SCORE, P.READ_REVIEWS, P.READ_RUBRICS}),
        ),
        RoleEntry(
            Role.SUPERVISOR,
            _("Reads the results of own teams, decides on coaching plans and runs them."),
            frozenset(
                {
                    P.READ_CONVERSATIONS, P.READ_REVIEWS, P.SEE_AGENTS, P.SEE_TEAM, P.COACH, P.KEEP_PRIVATE_NOTES,
                    P.READ_RUBRICS,
                }
            ),
        ),
        RoleEntry(
            Role.MANAGER,
            _("Runs the programme: rubrics, sampling plans, imports, disputes and reports."),
            frozenset(
                {
                    P.READ_CONVERSATIONS, P.IMPORT_CONVERSATIONS, P.SCORE, P.READ_REVIEWS, P.SEE_AGENTS, P.SEE_TEAM,
                    P.COACH, P.KEEP_PRIVATE_NOTES, P.READ_RUBRICS, P.MANAGE_RUBRICS, P.READ_SAMPLING, P.MANAGE_SAMPLING,
                    P.READ_INSIGHTS, P.OVERSEE_DISPUTES, P.MANAGE_COACHING,
                }
            ),
        ),
        RoleEntry(
            Role.ADMIN,
            _("Looks after people, sources and settings; reads the audit trail, not the conversations."),
            frozenset({P.MANAGE_PEOPLE, P.MANAGE_SETTINGS, P.READ_AUDIT, P.IMPORT_CONVERSATIONS}),
        ),
    )
}  # fmt: skip
