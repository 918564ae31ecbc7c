"""What a notification says. Kinds and words only, no imports from the apps that send them: this lies below all of them.

A test reads every kind that the code sends and fails when one has no sentence here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Notification
from accounts.roles import Permission

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Saying:
    """The sentence of a kind and its icon. Nothing that people wrote, so that it may leave the house in a mail."""

    sentence: StrOrPromise
    icon: str


SAYINGS: dict[str, Saying] = {
    "calibration.resolved": Saying(
        lazy("A calibration session is resolved: see your answers beside the agreed ones."), "circle-check"
    ),
    "calibration.revealed": Saying(
        lazy("A calibration session that you took part in is revealed: see who chose what."), "eye"
    ),
    "cells.differ": Saying(
        lazy("The sums behind the averages are not what the published reviews add up to."), "triangle-alert"
    ),
    "check.taken": Saying(lazy("A knowledge check of a coaching plan was taken."), "list-checks"),
    "dispute.decided": Saying(lazy("A dispute is decided: see which answers were changed, and why."), "scale"),
    "dispute.due": Saying(lazy("A dispute is to be decided within two days."), "clock"),
    "dispute.escalated": Saying(lazy("A dispute was escalated."), "scale"),
    "dispute.expired": Saying(lazy("Nobody decided a dispute in time, so its answers stay as they are."), "clock"),
    "dispute.opened": Saying(lazy("Answers of a review are disputed."), "scale"),
    "dispute.to_decide": Saying(lazy("You looked at disputed answers afresh. Now decide what stands."), "scale"),
    "dispute.withdrawn": Saying(lazy("A dispute was withdrawn."), "scale"),
    "feedback.answered": Saying(lazy("Your question about a review was answered."), "message-square-text"),
    "feedback.asked": Saying(lazy("An agent asks something about one of your reviews."), "message-square-text"),
    "feedback.published": Saying(lazy("A review of one of your conversations is there to read."), "clipboard-check"),
    "item.due": Saying(lazy("Conversations in your queue are due within two days."), "clock"),
    "item.expired": Saying(
        lazy("A conversation that you had begun to review ran out of time. Your draft is kept."), "clock"
    ),
    "item.handed_over": Saying(lazy("A conversation to review was handed over to you."), "list-checks"),
    "item.withdrawn": Saying(
        lazy("A conversation that you had begun to review left the sample. Your draft is kept."), "ban"
    ),
    "plan.evaluated": Saying(lazy("The outcome of a coaching plan was measured."), "trending-up"),
    "plan.handed_over": Saying(lazy("A coaching plan was handed over to you."), "trending-up"),
    "plan.remarked": Saying(lazy("Something was said about a coaching plan."), "message-square-text"),
    "plan.shared": Saying(lazy("A coaching plan was shared with you."), "trending-up"),
    "programme.measured": Saying(lazy("The outcome of a coaching programme was measured."), "trending-up"),
    "reminder.actions_due": Saying(lazy("What you agreed to do for a coaching plan is due within two days."), "clock"),
    "reminder.actions_late": Saying(lazy("The day of an action of a coaching plan has passed."), "clock"),
    "reminder.follow_up": Saying(
        lazy("A coaching plan has reached its follow-up day: its outcome comes when the reviews are in."), "trending-up"
    ),
    "reminder.proposals": Saying(lazy("Proposed coaching plans have waited for your decision for days."), "clock"),
    "reminder.self_review": Saying(
        lazy("The time to score an own conversation before you see its review is nearly over."), "clock"
    ),
    "reminder.session": Saying(lazy("A 1:1 session of yours is tomorrow."), "calendar-clock"),
    "review.returned": Saying(lazy("A second reader sent one of your reviews back."), "undo-2"),
    "review.voided": Saying(lazy("A review was voided: no average counts it any more."), "ban"),
    "session.cancelled": Saying(lazy("A 1:1 session was cancelled."), "calendar-x"),
    "session.moved": Saying(lazy("A 1:1 session has another time or place."), "calendar-clock"),
    "session.no_show": Saying(lazy("A 1:1 session did not take place: nobody came."), "calendar-x"),
    "session.planned": Saying(lazy("A 1:1 session with you was arranged."), "calendar"),
    "self_review.asked": Saying(
        lazy("Score one of your own conversations before you see its review."), "clipboard-list"
    ),
    "self_review.in": Saying(
        lazy("An agent scored a conversation that you reviewed: see where you differ."), "clipboard-list"
    ),
    "skip.overruled": Saying(
        lazy(
            "A conversation that you skipped as not eligible is in the sample again: somebody else found it eligible."
        ),
        "undo-2",
    ),
    "second_read.to_confirm": Saying(
        lazy("You judged a conversation that fails the card. Now publish its review, or send it back."), "eye"
    ),
}


# What comes by the clock can be switched off, each by itself: its words, and the permissions of those who get it.
REMINDERS: dict[str, tuple[StrOrPromise, tuple[Permission, ...]]] = {
    "reminder.actions_due": (lazy("Two days before an action is due"), (Permission.WORK_ON_OWN_PLAN,)),
    "reminder.actions_late": (
        lazy("When the day of an action has passed"), (Permission.WORK_ON_OWN_PLAN, Permission.COACH)
    ),
    "reminder.self_review": (
        lazy("The day before the time to score an own conversation first is over"), (Permission.READ_OWN_FEEDBACK,)
    ),
    "reminder.session": (lazy("The day before a 1:1 session"), (Permission.WORK_ON_OWN_PLAN, Permission.COACH)),
    "reminder.follow_up": (lazy("When a plan has reached its follow-up day"), (Permission.COACH,)),
    "reminder.proposals": (lazy("When proposed plans wait longer than three days, once a week"), (Permission.COACH,)),
}  # fmt: skip


def sentence(notification: Notification) -> str:
    """Say what happened."""
    saying = SAYINGS.get(notification.kind)
    return str(saying.sentence) if saying else _("Something happened that concerns you.")


def icon_of(notification: Notification) -> str:
    """Return the icon of a notification."""
    saying = SAYINGS.get(notification.kind)
    return saying.icon if saying else "bell"
