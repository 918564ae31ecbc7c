"""Drafts are begun, changed part by part, and end by publication, by rewording or by being thrown away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from accounts.roles import Role
from core.models import AuditEvent
from core.refusals import Refused
from rubrics import editing
from rubrics.card import Card
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import card_for, fingerprint_of, lineages_ever
from rubrics.services import editing as service
from rubrics.services import wording
from rubrics.services.content import rewrite, write_card
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.rubrics import DraftFactory, SkillFactory, draft_version, published_version, small_card
from tests.rubrics.strategies import cards

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LATER = NOW + timedelta(minutes=5)
AT = "criterion.solved"


def heavier(card, weight=99):
    return editing.with_part(card, AT, replace(card.criterion("solved"), weight=Decimal(weight)))


def reworded(card, name="Solved it well"):
    return editing.with_part(card, AT, replace(card.criterion("solved"), name=name))


def tag(version, at=AT):
    return editing.tag_of(editing.part_of(card_for(version), at))


def refusal_of(act):
    with pytest.raises(Refused) as raised:
        act()
    return raised.value.refusal


def test_a_rubric_from_nothing_gets_a_slug_and_a_draft():
    manager = person(Role.MANAGER)

    version = service.create("  Store   chat ", card=Card(), by=manager, now=NOW)

    assert (version.rubric.slug, version.rubric.name, version.number, version.status) == (
        "store-chat", "Store chat", 1, "draft",
    )  # fmt: skip
    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == [
        "rubric.created", "rubric_version.drafted",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "slug"), [("Import", "import-2"), ("New", "new-2"), ("挨拶", "rubric")])
def test_no_rubric_takes_the_address_of_a_page(name, slug):
    assert service.create(name, card=Card(), by=None, now=NOW).rubric.slug == slug


def test_a_rubric_without_a_name_is_refused():
    assert refusal_of(lambda: service.create(" ", card=Card(), by=None, now=NOW)).code == "name_missing"


def test_a_draft_begins_as_a_copy_of_any_version_and_there_is_only_one():
    first = published_version()
    published_version(heavier(small_card()), rubric=first.rubric)

    version = service.start(first.rubric, source=first, by=None, now=NOW)
    second = refusal_of(lambda: service.start(first.rubric, source=first, by=None, now=NOW))

    assert (version.number, card_for(version)) == (3, card_for(first))
    assert (second.code, second.details) == ("draft_exists", {"version": 3})


def test_a_change_is_stored_with_who_made_it_and_when():
    version, manager = draft_version(), person(Role.MANAGER)

    service.change(version, heavier, by=manager, now=LATER, at=AT, tag=tag(version))

    version.refresh_from_db()
    assert card_for(version) == heavier(small_card())
    assert (version.edited_by, version.edited_at) == (manager, LATER)


def test_the_later_of_two_edits_of_one_part_is_told_and_stores_nothing():
    version, first, second = draft_version(), person(Role.MANAGER, name="Dana"), person(Role.MANAGER)
    read = tag(version)
    service.change(version, heavier, by=first, now=NOW, at=AT, tag=read)

    refusal = refusal_of(lambda: service.change(version, reworded, by=second, now=LATER, at=AT, tag=read))

    assert (refusal.code, refusal.status, refusal.details) == ("stale_part", 409, {"tag": tag(version)})
    assert str(refusal.sentence).endswith("changed this meanwhile. Nothing of yours was stored over it.")
    assert card_for(version) == heavier(small_card())


def test_two_people_who_edit_different_parts_are_both_stored():
    version = draft_version()
    mine, theirs = tag(version), tag(version, "section.talk")

    service.change(version, heavier, by=None, now=NOW, at=AT, tag=mine)
    service.change(
        version,
        lambda card: editing.with_part(
            card, "section.talk", replace(editing.part_of(card, "section.talk"), name="Speech")
        ),
        by=None, now=NOW, at="section.talk", tag=theirs,
    )  # fmt: skip

    card = card_for(version)
    assert (card.sections[0].name, card.criterion("solved").weight) == ("Speech", 99)


def test_a_part_that_was_removed_meanwhile_is_told():
    version = draft_version()
    read = tag(version)
    service.change(version, lambda card: editing.remove(card, AT), by=None, now=NOW)

    assert refusal_of(lambda: service.change(version, heavier, by=None, now=NOW, at=AT, tag=read)).code == "part_gone"


@pytest.mark.parametrize("state", ["published", "discarded"])
def test_a_draft_that_ended_meanwhile_takes_no_change(state):
    version = draft_version()
    if state == "published":
        version = published_version()
    else:
        RubricVersion.objects.filter(pk=version.pk).delete()

    assert refusal_of(lambda: service.change(version, heavier, by=None, now=NOW)).code in {"not_a_draft", "discarded"}


def test_others_may_not_edit():
    version = draft_version()

    assert (
        refusal_of(lambda: service.change(version, heavier, by=person(Role.SPECIALIST), now=NOW)).code == "wrong_role"
    )


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cards(), cards())
def test_any_draft_can_become_any_other_row_by_row(before, after):
    for skill in ("empathy", "adaptability"):
        SkillFactory(slug=skill)
    version = DraftFactory()
    write_card(version, before)

    rewrite(version, card_for(version), after)

    version.refresh_from_db()
    assert card_for(version) == after


def test_a_change_of_one_field_touches_one_row(django_assert_num_queries):
    version = draft_version()
    before = card_for(version)

    # sections; skills, criteria, the update; what is gone of both (with what would hang on it: nothing)
    with django_assert_num_queries(6):
        rewrite(version, before, heavier(before))


def test_words_go_into_the_version_in_use_without_a_new_one():
    version = published_version()
    draft = service.start(version.rubric, source=version, by=None, now=NOW)
    service.change(draft, reworded, by=None, now=NOW)
    service.change(draft, lambda card: editing.move(card, "criterion.topic", step=-1), by=None, now=NOW)

    found = wording.apply(draft, by=person(Role.MANAGER), now=LATER)

    found.refresh_from_db()
    card = card_for(found)
    event = AuditEvent.objects.latest("id")
    assert (found.pk, found.status, found.fingerprint) == (version.pk, "published", fingerprint_of(card))
    assert [one.lineage for one in card.sections[1].criteria] == ["topic", "data-protected"]
    assert card.criterion("solved").name == "Solved it well"
    assert (event.verb, event.fields) == ("rubric_version.reworded", ["criterion.name", "criterion.position"])
    assert not RubricVersion.objects.drafts().exists()


def test_anything_more_than_words_needs_a_new_version_and_the_reasons_are_named():
    version = published_version()
    draft = service.start(version.rubric, source=version, by=None, now=NOW)
    service.change(draft, heavier, by=None, now=NOW)

    refusal = refusal_of(lambda: wording.apply(draft, by=None, now=NOW))

    assert (refusal.code, refusal.details["changes"]) == (
        "needs_new_version", ["The weight of “Solved it” went from 20 to 99."],
    )  # fmt: skip
    assert card_for(version) == small_card()


def test_words_need_a_version_to_go_into():
    assert refusal_of(lambda: wording.apply(draft_version(), by=None, now=NOW)).code == "not_in_use"


def test_a_rubric_is_renamed_and_keeps_its_address():
    rubric = draft_version().rubric

    service.rename(rubric, name="Shop chat", description=" For shops. ", by=None, now=NOW)

    stored = Rubric.objects.get(slug=rubric.slug)
    assert (stored.name, stored.description) == ("Shop chat", "For shops.")
    assert AuditEvent.objects.latest("id").fields == ["name", "description"]


def test_a_key_of_any_earlier_version_is_taken():
    first = published_version()
    second = published_version(editing.remove(small_card(), AT), rubric=first.rubric)

    assert "solved" in lineages_ever(second.rubric)
