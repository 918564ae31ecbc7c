"""People whose weeks several plans draw from, with every score of theirs known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from insights.reports.strata import AgentSums, Week
from reviews.selectors.mixes import Score
from sampling.overlaps import Repeat
from tests.factories.sampling import WEEK


def person_of(chance: np.random.Generator, agent_id: int) -> tuple[AgentSums, list[Any]]:
    """Make four weeks of one person as two plans draw them, 5 of all and 5 of the chats; and all their scores."""
    weeks, whole = [], []
    for place in range(4):
        size = int(chance.integers(30, 90))
        is_chat = np.arange(size) < size * 2 // 5
        score = np.clip(chance.normal(76 - agent_id) - 12 * is_chat + chance.normal(0, 18, size), 0, 100)
        strata = (10 * place + 1, 10 * place + 2)
        for stratum, frame in zip(strata, (np.arange(size), np.flatnonzero(is_chat)), strict=True):
            other, picks = sum(strata) - stratum, chance.permutation(frame)[:5]
            mix = tuple(
                Score(float(score[unit]), 0.0, 1, 100 * place + int(unit), also=((other, 0.0),) * int(is_chat[unit]))
                for unit in picks
            )
            again = (Repeat(frozenset({strata[0]}), len(frame)),) if stratum == strata[1] else ()
            weeks.append(
                Week(
                    WEEK.date() + timedelta(weeks=place), len(frame), 5, size=len(frame), rubric_id=1, n=5, reviewed=5,
                    draw_id=stratum, stratum_id=stratum, share=5 / len(frame), is_shared=True, repeats=again, mix=mix,
                    at_random=5,
                )
            )  # fmt: skip
        whole.append(score)
    return AgentSums(agent_id, 1, weeks), whole


def people_of_two_cards(chance: np.random.Generator) -> list[tuple[AgentSums, float]]:
    """Make a week of eight people, all of whose conversations two scorecards draw ten of, each for itself; and truths.

    The second scorecard is stricter, and sees half of the same.
    """
    people = []
    for number in range(8):
        size = int(chance.integers(12, 20))
        first = chance.normal(70, 16, size)
        scores = np.clip([first, first / 2 + 25 + chance.normal(0, 14, size)], 0, 100)
        weeks = [
            Week(
                WEEK.date(), size, 10, size=size, rubric_id=own, n=10, reviewed=10, draw_id=own, stratum_id=own,
                share=10 / size, is_shared=True, at_random=10,
                repeats=(Repeat(frozenset({1}), size),) if own == 2 else (),
                mix=tuple(
                    Score(float(scores[own - 1][unit]), 0.0, own, int(unit), also=((3 - own, 0.0),))
                    for unit in chance.permutation(size)[:10]
                ),
            )
            for own in (1, 2)
        ]  # fmt: skip
        people.append((AgentSums(number, 1, weeks), float(scores.mean())))
    return people
