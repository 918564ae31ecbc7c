"""Plans, the draws made from them, and what they drew."""

from sampling.models.draws import Draw, FrameStratum, Pick
from sampling.models.keys import MasterKey, PeriodKey
from sampling.models.overlaps import Overlap, SharedPick
from sampling.models.plans import PastTerms, Plan, PlanPause, PlanReviewer
from sampling.models.signals import QuotaBoost, Signal

__all__ = [
    "Draw", "FrameStratum", "MasterKey", "Overlap", "PastTerms", "PeriodKey", "Pick", "Plan", "PlanPause",
    "PlanReviewer", "QuotaBoost", "SharedPick", "Signal",
]  # fmt: skip
