"""Conversations scored by several reviewers: the cleanest evidence of who is strict (statistics.md 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Calibration = Sequence[Mapping[str, Sequence[float]]]

ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class RepeatedScores:
    """Hold, over conversations, what their scores tell of R reviewers when the conversation's own level is removed.

    information: Σ (I − 11'/k) (R × R); right: Σ (y − ȳ) (R); squares: Σ (y − ȳ)²; free: Σ (k − 1).
    """

    information: Floats
    right: Floats
    squares: float
    free: int


def repeated_scores(calibration: Calibration, *, n_reviewers: int) -> RepeatedScores:
    """Gather multiply scored conversations; one with a single score tells nothing and is left out.

    calibration: per conversation {"reviewers": ids from 0, "scores": points}, same length.
    Raises ValueError on unequal lengths or a reviewer outside 0 to n_reviewers − 1.
    """
    information, right = np.zeros((n_reviewers, n_reviewers)), np.zeros(n_reviewers)
    squares, free = 0.0, 0
    for conversation in calibration:
        who, apart = _deviations(conversation, n_reviewers=n_reviewers)
        if who.size < 2:
            continue
        present = np.bincount(who, minlength=n_reviewers).astype(np.float64)
        information += np.diag(present) - np.outer(present, present) / who.size
        np.add.at(right, who, apart)
        squares += float(apart @ apart)
        free += int(who.size) - 1
    return RepeatedScores(information, right, squares, free)


def calib_var(calibration: Calibration, *, n_reviewers: int) -> float | None:
    """Estimate the variance between two reviewers' scores of one conversation, severity apart, in squared points.

    The residual mean square of conversation and reviewer as fixed effects. None says that nothing is left to estimate
    it from: it takes more scores than conversations and reviewers together explain. Errors as in repeated_scores.
    """
    held = repeated_scores(calibration, n_reviewers=n_reviewers)
    values, axes = np.linalg.eigh(held.information)
    informed = values > ROUNDING * max(1.0, float(values.max(initial=0.0))) * max(1, n_reviewers)
    left = held.free - int(informed.sum())
    if left <= 0:
        return None
    explained = float((((axes.T @ held.right)[informed]) ** 2 / values[informed]).sum())
    rest = held.squares - explained
    return rest / left if rest > ROUNDING * held.squares else 0.0


def highest_reviewer(calibration: Calibration) -> int:
    """Return the largest reviewer id, −1 without any."""
    return max((int(who) for conversation in calibration for who in conversation["reviewers"]), default=-1)


def _deviations(conversation: Mapping[str, Sequence[float]], *, n_reviewers: int) -> tuple[NDArray[np.int64], Floats]:
    who = np.array(conversation["reviewers"], dtype=np.int64)
    scores = np.array(conversation["scores"], dtype=np.float64)
    if who.size != scores.size:
        raise ValueError("every score of a conversation needs its reviewer")
    if who.size and not 0 <= int(who.min()) <= int(who.max()) < n_reviewers:
        raise ValueError("reviewers are numbered from 0 to n_reviewers - 1")
    return who, scores - scores.mean() if scores.size else scores
