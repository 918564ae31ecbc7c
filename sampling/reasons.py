"""Why a pick is not reviewed: a closed list, and what each reason does to the sample (statistics.md 1.3)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SkipClass(models.TextChoices):
    """What a skip means for the sample."""

    INELIGIBLE = "ineligible", _("Not eligible: it leaves the frame, and the next one is drawn")
    REASSIGN = "reassign", _("Another reviewer takes it: the sample stays as it is")
    NONRESPONSE = "nonresponse", _("Not reviewed: it stays in the sample and is counted; the next one is drawn")


class SkipReason(models.TextChoices):
    """The reasons a reviewer can choose from; nobody chooses the replacement."""

    SPAM = "spam", _("Spam")
    TEST = "test", _("A test conversation")
    DUPLICATE = "duplicate", _("A duplicate of another conversation")
    WRONG_AGENT = "wrong_agent", _("The wrong agent")
    NO_AGENT_MESSAGE = "no_agent_message", _("The agent wrote nothing")
    OUTSIDE_SCOPE = "outside_scope", _("Outside the scope of the plan")
    CONFLICT = "conflict", _("Conflict of interest")
    LANGUAGE = "language", _("A language the reviewer does not read")
    AWAY = "away", _("The reviewer is away")
    TOO_LONG = "too_long", _("Too long to review")
    UNREADABLE = "unreadable", _("An attachment cannot be read")
    OTHER = "other", _("Another reason")
    EXPIRED = "expired", _("Not reviewed in time")

    @property
    def skip_class(self) -> SkipClass:
        """Return what the reason does to the sample."""
        return CLASS_OF[self]

    @classmethod
    def for_reviewers(cls) -> list[tuple[str, str]]:
        """Return the choices a person can make; running out of time is not one."""
        return [(reason.value, str(reason.label)) for reason in cls if reason is not cls.EXPIRED]


R, C = SkipReason, SkipClass
CLASS_OF: dict[SkipReason, SkipClass] = {
    **dict.fromkeys((R.SPAM, R.TEST, R.DUPLICATE, R.WRONG_AGENT, R.NO_AGENT_MESSAGE, R.OUTSIDE_SCOPE), C.INELIGIBLE),
    **dict.fromkeys((R.CONFLICT, R.LANGUAGE, R.AWAY), C.REASSIGN),
    **dict.fromkeys((R.TOO_LONG, R.UNREADABLE, R.OTHER, R.EXPIRED), C.NONRESPONSE),
}
