"""Weekly looks, coaching plans with their evidence and actions, knowledge checks, and outcomes."""

from coaching.models.checks import Attempt, KnowledgeCheck
from coaching.models.expectations import Expectation
from coaching.models.library import LibraryEntry, LibraryWords
from coaching.models.looks import Look
from coaching.models.outcomes import Outcome, PastOutcome
from coaching.models.plans import Action, Evidence, Plan
from coaching.models.programmes import Member, Programme, ProgrammeOutcome
from coaching.models.remarks import Remark
from coaching.models.reminders import CalendarFeed, Reminder
from coaching.models.rules import Observation, RuleVersion
from coaching.models.sessions import PrivateNote, Session
from coaching.models.sweeps import SweepFailure, SweepRun

__all__ = [
    "Action",
    "Attempt",
    "CalendarFeed",
    "Evidence",
    "Expectation",
    "KnowledgeCheck",
    "LibraryEntry",
    "LibraryWords",
    "Look",
    "Member",
    "Observation",
    "Outcome",
    "PastOutcome",
    "Plan",
    "PrivateNote",
    "Programme",
    "ProgrammeOutcome",
    "Remark",
    "Reminder",
    "RuleVersion",
    "Session",
    "SweepFailure",
    "SweepRun",
]
