"""The weekly sums are what the published reviews add up to, however they came about."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.models import Cell, QueueItem, Review
from reviews.selectors.cells import compare
from reviews.services import cells, publishing, submitting
from tests.conftest import NOW
from tests.factories.reviews import by_hand, claimed, drawn_items, filled, published, specialist, submitted
from tests.factories.rubrics import published_version
from tests.factories.sampling import PlanFactory

pytestmark = pytest.mark.django_db
OPTIONS = {
    "understood": ["no", "partly", "yes", "n/a"],
    "solved": ["no", "partly", "yes"],
    "data-protected": ["breach", "yes"],
}
KINDS = st.fixed_dictionaries({lineage: st.sampled_from(keys) for lineage, keys in OPTIONS.items()})


def stored() -> set[tuple[object, ...]]:
    columns = ("stratum", "metric", "rubric_version", "reviewer", "pool", "n", "total", "squares")
    return set(Cell.objects.values_list(*columns, "newest_review_id", "newest_at"))


def test_what_publishing_adds_is_what_a_rebuild_makes() -> None:
    plan = PlanFactory(rubric=published_version().rubric)
    people = [specialist(), specialist()]
    cards = [{"understood": "no", "solved": "partly", "data-protected": "yes"},
             {"understood": "n/a", "solved": "yes", "data-protected": "yes"},
             {"understood": "partly", "solved": "yes", "data-protected": "breach"},
             {"understood": "yes", "solved": "no", "data-protected": "yes"}]  # fmt: skip
    for place, item in enumerate([*drawn_items(2, plan=plan), *drawn_items(2, plan=plan)]):
        published(item, by=people[place % 2], answers=cards[place])
    before = stored()

    made = cells.rebuild()

    assert (made, stored()) == (len(before), before)
    assert list(compare()) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(KINDS, min_size=1, max_size=3))
def test_adding_and_taking_out_again_comes_back_to_zero(cards: list[dict[str, str]]) -> None:
    reviewer = specialist()
    items = drawn_items(len(cards))
    reviews = [published(item, by=reviewer, answers=card) for item, card in zip(items, cards, strict=True)]

    for review in reviews:
        assert review.current is not None
        cells.add(review, review.current, sign=-1)

    of_these = Cell.objects.filter(stratum=items[0].pick.stratum)
    assert set(of_these.values_list("n", "total", "squares")) == {(0, 0, 0)}


def test_a_cell_remembers_its_newest_review() -> None:
    reviewer = specialist()
    first, second = drawn_items(2)
    newer = submitted(first, by=reviewer)
    older = submitted(second, by=reviewer)
    publishing.publish(newer, by=reviewer, now=NOW.replace(hour=15))

    publishing.publish(older, by=reviewer, now=NOW)

    assert set(Cell.objects.values_list("newest_review_id", "newest_at")) == {(newer.pk, NOW.replace(hour=15))}


@pytest.mark.parametrize("purpose", ["calibration", "second_read"])
def test_what_is_not_primary_enters_no_sum(purpose: str) -> None:
    item = drawn_items()[0]
    QueueItem.objects.filter(pk=item.pk).update(purpose=purpose)
    review = submitted(QueueItem.objects.get(pk=item.pk))
    assert review.current is not None

    review.published_at = NOW
    cells.add(review, review.current)

    assert stored() == set()


def test_a_hand_pick_enters_no_sum() -> None:
    review = by_hand()
    submitting.submit(review, filled(), by=review.author, now=NOW)

    publishing.publish(review, by=review.author, now=NOW)

    assert (stored(), list(compare())) == (set(), [])


def test_a_wrong_cell_a_missing_one_and_one_too_many_are_named_and_made_anew() -> None:
    review = published()
    right = stored()
    total = Cell.objects.get(metric="total")
    Cell.objects.filter(pk=total.pk).update(total=5)
    Cell.objects.filter(metric="criterion:solved").delete()
    Cell.objects.filter(metric="section:talk").update(metric="section:invented")
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("check_cells", stdout=out)

    lines = out.getvalue().splitlines()
    where = f"stratum {total.stratum_id}, total, rubric version {review.rubric_version_id}, reviewer {review.author_id}"
    assert ended.value.code == 1
    assert len(lines) == 5
    assert f"{where}, random: stored (n, Σy, Σy²) (1, 5, 1000000000000), expected (1, 1000000, 1000000000000)" in lines

    call_command("check_cells", "--rebuild", stdout=out)

    assert stored() == right
    assert out.getvalue().splitlines()[-1] == "All cells are what the published reviews add up to."


def test_a_draft_and_a_submitted_review_are_not_counted() -> None:
    submitted()
    claimed()
    Review.objects.filter(status="draft").update(draft={"summary": filled().summary})

    assert cells.rebuild() == 0
