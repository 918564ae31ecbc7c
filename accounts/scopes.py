"""What a token may be used for: one line each, and never more than its owner may do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Scope(StrEnum):
    """Every scope. A token without any other can only read."""

    READ = "read"
    IMPORT = "import"
    REVIEW = "review"
    FEEDBACK = "feedback"
    DISPUTE = "dispute"
    COACH = "coach"
    RUBRICS = "rubrics"
    SAMPLING = "sampling"
    PEOPLE = "people"
    SETTINGS = "settings"
    ACCOUNT = "account"


WORDS: dict[Scope, StrOrPromise] = {
    Scope.READ: _("Read everything that you may see"),
    Scope.IMPORT: _("Bring conversations in"),
    Scope.REVIEW: _("Claim, score, submit and publish"),
    Scope.FEEDBACK: _("Open and acknowledge own feedback"),
    Scope.DISPUTE: _("Open, withdraw, escalate and decide disputes"),
    Scope.COACH: _("Decide and work on coaching plans"),
    Scope.RUBRICS: _("Import, publish and retire rubrics"),
    Scope.SAMPLING: _("Make and change sampling plans, draw and void"),
    Scope.PEOPLE: _("Make and change log-ins, roles, teams and agents"),
    Scope.SETTINGS: _("Change the settings of the workspace and of sources, erase a customer"),
    Scope.ACCOUNT: _("Change own profile, end own sessions, make tokens that may do no more"),
}
