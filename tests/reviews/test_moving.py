"""A draft stays on its version and moves only when its author wants to, who sees beforehand what carries over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from reviews import drafts
from reviews.models import Review
from reviews.moving import carry
from reviews.services import drafting, moving
from rubrics import editing
from rubrics.card import Card, NotApplicablePolicy
from rubrics.models import RubricVersion
from sampling.models import Plan
from tests.api.asking import asking, get, post
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import claimed, filled
from tests.factories.rubrics import NO, YES, published_version, small_card

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)
SOON = {"understood": "no", "solved": "yes", "data-protected": "n/a"}


def changed(**criteria: Any) -> Card:
    """Return the small card with some criteria changed, or taken out where None is given."""
    card = small_card()
    for name, fields in criteria.items():
        at = editing.at_criterion(name.replace("_", "-"))
        part = editing.part_of(card, at)
        card = editing.remove(card, at) if fields is None else editing.with_part(card, at, replace(part, **fields))  # type: ignore[arg-type]
    return card


def begun(card: Card | None = None) -> tuple[Review, RubricVersion]:
    """Fill a draft in on version 1, then publish version 2 with this card."""
    review = claimed()
    drafting.save(review, filled(SOON), number=0, by=review.author, now=NOW)
    review.refresh_from_db()
    newer = published_version(card or changed(solved=None), rubric=review.rubric_version.rubric)
    return Review.objects.select_related("rubric_version__rubric", "item").get(pk=review.pk), newer


def test_answers_carry_over_by_lineage_and_key_and_what_does_not_is_said() -> None:
    after = changed(
        solved=None, understood={"options": (replace(NO, key="never"), YES)},
        data_protected={"not_applicable": NotApplicablePolicy.FORBID},
    )  # fmt: skip
    after = editing.add_criterion(
        after, replace(small_card().criterion("solved"), lineage="fresh", name="Fresh"), section="talk"
    )  # type: ignore[type-var]

    carried = carry(filled({**SOON, "solved": "partly"}), small_card(), after)

    kept = carried.draft.answers["understood"]
    assert (kept.option, kept.comment, len(kept.pins)) == ("", "Because of understood.", 1)
    assert [(one.name, one.why, one.words) for one in carried.lost] == [
        ("Understood the problem", "Its answer is not offered any more: choose again.", ""),
        ("Solved it", "It is not asked any more.", "Because of solved."),
        ("Protected the data", "It always applies now: choose an answer.", ""),
    ]
    assert (carried.kept, carried.fresh) == ((), ("Fresh",))


def test_everything_carries_over_to_the_same_questions() -> None:
    carried = carry(filled(SOON, summary="Well."), small_card(), small_card())

    assert (carried.draft, carried.lost, carried.fresh) == (filled(SOON, summary="Well."), (), ())
    assert len(carried.kept) == 3


def test_a_draft_stays_on_its_version_until_its_author_moves_it() -> None:
    review, newer = begun()
    stays = review.rubric_version.number

    moved = moving.move(review, number=1, to=2, by=review.author, now=LATER)

    event = AuditEvent.objects.latest("id")
    assert (stays, moved.rubric_version, moved.draft_number) == (1, newer, 2)
    assert set(drafts.parse(moved.draft).answers) == {"understood", "data-protected"}
    assert (event.verb, event.params) == ("review.moved", {"from_version": 1, "to_version": 2, "answers_lost": 1})


def test_a_change_in_another_tab_is_not_moved_over() -> None:
    review, _newer = begun()
    drafting.save(review, filled(SOON), number=1, by=review.author, now=NOW)

    with pytest.raises(Refused) as raised:
        moving.move(review, number=1, to=2, by=review.author, now=LATER)

    assert raised.value.refusal.code == "stale_draft"


def test_only_the_version_that_was_looked_at_is_moved_to() -> None:
    review, newer = begun()
    published_version(rubric=newer.rubric)

    with pytest.raises(Refused) as raised:
        moving.move(review, number=1, to=2, by=review.author, now=LATER)

    assert raised.value.refusal.code == "other_version"


def retired(review: Review) -> None:
    review.rubric_version.rubric.versions.filter(number=2).update(status="retired", retired_at=NOW)


def calibrated(review: Review) -> None:
    Review.objects.filter(pk=review.pk).update(purpose="calibration")


@pytest.mark.parametrize(("arrange", "code"), [(retired, "nothing_newer"), (calibrated, "stays_comparable")])
def test_what_has_nowhere_to_go_or_must_stay_is_not_moved(arrange: Any, code: str) -> None:
    review, _newer = begun()
    arrange(review)
    review = Review.objects.select_related("rubric_version__rubric", "item").get(pk=review.pk)

    with pytest.raises(Refused) as raised:
        moving.preview(review, by=review.author)

    assert (raised.value.refusal.code, raised.value.refusal.status) == (code, 409)


def test_the_workspace_says_that_a_newer_version_is_in_use_and_the_page_moves(client: Any) -> None:
    review, newer = begun()
    client.force_login(review.author)
    address = reverse("reviews:preview_move", args=[review.pk])

    workspace = client.get(reverse("reviews:review", args=[review.pk])).content.decode()
    page = client.get(address).content.decode()
    Plan.objects.update(hide_score=True)
    hidden = client.get(address).content.decode()
    response = client.post(reverse("reviews:move", args=[review.pk]), {"number": "1", "to": "2"})

    review.refresh_from_db()
    assert address in workspace
    assert "Does not carry over" in page
    assert re.findall(r'<td class="number">(.*?)</td>', page) == [
        "50", "0", "Fail", "Fail", "80 %", "67 %", "3 of 3", "2 of 2",
    ]  # fmt: skip
    assert re.findall(r'<td class="number">(.*?)</td>', hidden) == ["3 of 3", "2 of 2"]
    assert (response.status_code, review.rubric_version) == (302, newer)


def test_nobody_moves_the_draft_of_another(client: Any) -> None:
    review, _newer = begun()
    client.force_login(person(Role.SPECIALIST))

    statuses = [
        client.get(reverse("reviews:preview_move", args=[review.pk])).status_code,
        client.post(reverse("reviews:move", args=[review.pk]), {"number": "1", "to": "2"}).status_code,
    ]

    assert statuses == [404, 404]


def test_the_api_previews_and_moves() -> None:
    review, _newer = begun()
    client, path = asking(review.author), f"reviews/{review.pk}/move/"

    preview = get(client, path)
    stale = post(client, path, {"to": 2}, **{"If-Match": '"7"'})
    moved = post(client, path, {"to": 2}, **{"If-Match": preview["ETag"]})

    assert [(one["score"], one["done"]) for one in (preview.json()["before"], preview.json()["after"])] == [
        ("50", 3), ("0", 2),
    ]  # fmt: skip
    assert (preview.json()["version"], [one["name"] for one in preview.json()["lost"]]) == (2, ["Solved it"])
    assert (stale.status_code, moved.status_code, moved.json()["rubric_version"]) == (412, 200, 2)
