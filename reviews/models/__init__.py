"""Queue items, reviews, disputes and the weekly sums they feed."""

from reviews.models.calibration import AgreedAnswer, CalibrationParticipant, CalibrationSession, CalibrationUnit
from reviews.models.cells import Cell
from reviews.models.checks import CellCheck
from reviews.models.comment_templates import CommentTemplate
from reviews.models.dispute import Dispute, DisputedPoint
from reviews.models.distribution import Absence, Conflict, QueueRules, WeeklyGoal
from reviews.models.meetings import Meeting
from reviews.models.queue import QueueItem
from reviews.models.reviews import Answer, Comment, Pin, Review, Revision
from reviews.models.thread import ReviewRemark
from reviews.models.what_if import Flip, WhatIf

__all__ = [
    "Absence",
    "AgreedAnswer",
    "Answer",
    "CalibrationParticipant",
    "CalibrationSession",
    "CalibrationUnit",
    "Cell",
    "CellCheck",
    "Comment",
    "CommentTemplate",
    "Conflict",
    "Dispute",
    "DisputedPoint",
    "Flip",
    "Meeting",
    "Pin",
    "QueueItem",
    "QueueRules",
    "Review",
    "ReviewRemark",
    "Revision",
    "WeeklyGoal",
    "WhatIf",
]
