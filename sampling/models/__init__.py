"""Plans, the draws made from them, and what they drew."""

from sampling.models.draws import Draw, FrameStratum, Pick
from sampling.models.keys import MasterKey, PeriodKey
from sampling.models.plans import Plan, PlanReviewer
from sampling.models.signals import QuotaBoost, Signal

__all__ = [
    "Draw", "FrameStratum", "MasterKey", "PeriodKey", "Pick", "Plan", "PlanReviewer", "QuotaBoost", "Signal",
]  # fmt: skip
