"""Who may do what to a queue item, a review or a dispute, and the words when not."""

from __future__ import annotations

from reviews.policies.asking import reads_thread, why_not_answer, why_not_ask
from reviews.policies.disputing import why_not_decide, why_not_dispute, why_not_escalate, why_not_withdraw
from reviews.policies.distributing import (
    oversees,
    why_not_be_away,
    why_not_cancel_absence,
    why_not_declare_conflict,
    why_not_end_conflict,
    why_not_hand_over,
    why_not_set_goal,
    why_not_set_rules,
)
from reviews.policies.holding import why_not_more
from reviews.policies.releasing import (
    is_to_confirm,
    why_not_publish,
    why_not_release,
    why_not_schedule,
    why_not_send_back,
)
from reviews.policies.reviewing import (
    held_by_another,
    why_lost,
    why_not_acknowledge,
    why_not_change_template,
    why_not_check_skip,
    why_not_claim,
    why_not_draft,
    why_not_held,
    why_not_keep,
    why_not_make_template,
    why_not_reopen,
    why_not_review_by_hand,
    why_not_score,
    why_not_self_review,
    why_not_skip,
    why_not_theirs,
    why_not_void,
    why_taken,
)
from reviews.policies.versions import why_not_ask_what_if, why_not_move

__all__ = [
    "held_by_another",
    "is_to_confirm",
    "oversees",
    "reads_thread",
    "why_lost",
    "why_not_acknowledge",
    "why_not_answer",
    "why_not_ask",
    "why_not_ask_what_if",
    "why_not_be_away",
    "why_not_cancel_absence",
    "why_not_change_template",
    "why_not_check_skip",
    "why_not_claim",
    "why_not_decide",
    "why_not_declare_conflict",
    "why_not_dispute",
    "why_not_draft",
    "why_not_end_conflict",
    "why_not_escalate",
    "why_not_hand_over",
    "why_not_held",
    "why_not_keep",
    "why_not_make_template",
    "why_not_more",
    "why_not_move",
    "why_not_publish",
    "why_not_release",
    "why_not_reopen",
    "why_not_review_by_hand",
    "why_not_schedule",
    "why_not_score",
    "why_not_self_review",
    "why_not_send_back",
    "why_not_set_goal",
    "why_not_set_rules",
    "why_not_skip",
    "why_not_theirs",
    "why_not_void",
    "why_not_withdraw",
    "why_taken",
]
