"""What the agreement page says, worked out again from the reviews by the library and a jackknife of its own."""

from __future__ import annotations

from typing import Any

import krippendorff
import numpy as np
import pytest
from django.test import Client
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

from accounts.roles import Role
from insights.reports import agreement
from insights.reports.ambiguity import Ambiguity, in_order
from reviews.models import QueueItem, QueueRules, Review
from stats import wilson
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import drawn_items, specialist, submitted
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
PAIRS = 20
VALUES = {"yes": 1.0, "partly": 0.5, "no": 0.0}


def judged_twice() -> tuple[list[list[str]], list[list[float]]]:
    """Let two people judge twenty conversations; they differ on every fifth. Answers and totals, a row a person."""
    plan = PlanFactory(second_seats=True)
    QueueRules.objects.create(plan=plan, second_share=100, second_at_least=0)
    ada, ben = specialist(), specialist()
    answers: dict[int, list[str]] = {ada.pk: [], ben.pk: []}
    totals: dict[int, list[float]] = {ada.pk: [], ben.pk: []}
    items = [item for item in drawn_items(PAIRS, plan=plan) if item.purpose == "primary"]
    second = {seat.pick_id: seat for seat in QueueItem.objects.filter(purpose="calibration").select_related("pick")}
    for place, item in enumerate(items):
        seat = second[item.pick_id]
        first, other = (ben, ada) if seat.assigned_to_id == ada.pk else (ada, ben)
        said = ("yes", "yes", "partly", "no")[place % 4]
        differs = "partly" if said != "partly" else "yes"
        for one, by, word in ((item, first, said), (seat, other, differs if place % 5 == 0 else said)):
            given = {"understood": word, "solved": said, "data-protected": "breach" if place == 7 else "yes"}
            review = submitted(one, by=by, answers=given)
            assert review.current is not None
            answers[by.pk].append(word)
            totals[by.pk].append(float(review.current.final_score or 0))
    return list(answers.values()), list(totals.values())


def by_the_library(rows: list[list[float]], level: str) -> tuple[float, float, float]:
    """Return alpha and its limits by leaving out one conversation at a time (statistics.md 2.1)."""
    matrix = np.array(rows)

    def alpha(some: Any) -> float:
        return float(krippendorff.alpha(reliability_data=some, level_of_measurement=level))

    n, whole = matrix.shape[1], alpha(matrix)
    without = np.array([alpha(np.delete(matrix, place, axis=1)) for place in range(n)])
    margin = stdtrit(n - 1, 0.975) * np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    return whole, whole - margin, min(1.0, whole + margin)


def differing(name: str, k: int, *, pairs: int) -> Ambiguity:
    limits = wilson(k, n=pairs)
    return Ambiguity(name, name, pairs, k / pairs, 0, 0, 2 * pairs, 0, differing_limits=limits)


def test_criteria_stand_apart_only_where_their_pooled_levels_do() -> None:
    found = in_order(
        [differing("rare", 4, pairs=200), differing("often", 90, pairs=150), differing("new", 8, pairs=10)]
    )

    assert [(one.key, one.group) for one in found] == [("new", 1), ("often", 1), ("rare", 2)]
    levels = {one.key: one.level for one in found}
    assert 60 < levels["new"] < 80  # eight of ten are few: pulled towards the others
    assert in_order([]) == []


def test_alpha_and_its_interval_are_those_of_the_first_blind_scores(client: Client) -> None:
    answers, totals = judged_twice()
    assert Review.objects.filter(purpose="calibration").count() == PAIRS

    report = agreement.load(now=NOW)

    lines = {line.key: line for line in report.criteria}
    understood, protected = lines["understood"], lines["data-protected"]
    found = (understood.n, understood.alpha, understood.low, understood.high)
    right = by_the_library([[VALUES[word] for word in row] for row in answers], "ordinal")
    assert found == (PAIRS, *(pytest.approx(value) for value in right))
    same = sum(one == other for one, other in zip(*answers, strict=True))
    assert (understood.exact, understood.exact_limits) == (pytest.approx(same / PAIRS), wilson(same, n=PAIRS))
    total = (report.total.alpha, report.total.low, report.total.high)
    assert total == tuple(pytest.approx(value) for value in by_the_library(totals, "interval"))
    # One answer holds nearly all, and both said the same: AC1 stands beside alpha, and 20 of a yes or no are few.
    assert (protected.alpha, protected.is_rough) == (1.0, True)
    assert protected.gwet is not None
    assert protected.gwet.coefficient == 1.0
    assert report.worst == understood
    # Two differ on every fifth, nothing was disputed or N/A: the one criterion to talk about is first.
    first, *others = report.ambiguous
    assert (first.key, first.is_ranked, first.pairs, first.answers) == ("understood", True, PAIRS, 2 * PAIRS)
    assert (first.index, first.overturn_rate, first.not_applicable_rate) == (pytest.approx(0.2), None, 0.0)
    assert [(one.key, one.index) for one in others] == [("data-protected", 0.0), ("solved", 0.0)]
    # Each share has its limits, and who stands first is told apart only where the pooled levels are.
    assert (first.differing_limits.lo, first.overturn_limits.lo) == (pytest.approx(1 - wilson(same, n=PAIRS).hi), None)
    assert first.low < first.level < 20 < first.high
    assert [one.group for one in report.ambiguous] == [1, 1, 1]
    client.force_login(person(Role.MANAGER))
    page = client.get("/insights/agreement/").content.decode()
    assert f"<b>{right[0]:.2f}</b>" in page
    assert "since one answer holds most" in page
