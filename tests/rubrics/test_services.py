"""Importing, publishing, retiring and installing rubrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Count

from core.models import AuditEvent
from core.refusals import Refused
from rubrics.document import Document, parse, to_json, to_yaml
from rubrics.library import starters
from rubrics.models import Rubric, RubricVersion, Skill
from rubrics.selectors import card_for, current_version, document_for
from rubrics.services import importing, publishing
from rubrics.services import starters as starter_services
from tests.conftest import NOW
from tests.factories.accounts import person as person_with
from tests.factories.rubrics import RubricFactory, SkillFactory, draft_version, published_version, small_card

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def manager():
    return person_with("manager")


def document(**fields):
    return Document(**{"slug": "small", "name": "Small", "description": "", "card": small_card(), **fields})


def refusal_of(call):
    with pytest.raises(Refused) as raised:
        call()
    return raised.value.refusal


def verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def make_skills():
    for slug in ("problem-solving", "process-compliance"):
        SkillFactory(slug=slug)


def test_importing_makes_a_rubric_and_its_first_draft(manager):
    make_skills()

    version = importing.import_document(document(), by=manager, now=NOW)

    assert (version.rubric.slug, version.number, version.status) == ("small", 1, "draft")
    assert (version.created_by, version.created_at) == (manager, NOW)
    assert verbs() == ["rubric.created", "rubric_version.imported"]


def test_what_was_imported_is_what_comes_out(manager):
    make_skills()

    version = importing.import_document(document(description="For all"), by=manager, now=NOW)

    assert document_for(version) == document(description="For all")


@pytest.mark.parametrize("starter", starters(), ids=lambda starter: starter.slug)
def test_a_starter_survives_the_database_and_both_file_formats(starter):
    starter_services.install_skills(by=None, now=NOW)

    version = importing.import_document(starter, by=None, now=NOW)

    stored = document_for(RubricVersion.objects.get(pk=version.pk))
    assert stored == starter
    assert (parse(to_yaml(stored)), parse(to_json(stored))) == (starter, starter)
    assert (to_yaml(stored), to_json(stored)) == (to_yaml(starter), to_json(starter))


def test_importing_the_same_rubric_again_makes_the_next_draft_with_the_same_lineages(manager):
    make_skills()
    first = publishing.publish(importing.import_document(document(), by=manager, now=NOW), by=manager, now=NOW)

    second = importing.import_document(document(), by=manager, now=LATER)

    assert (second.rubric, second.number, second.status) == (first.rubric, 2, "draft")
    assert list(second.criteria.values_list("lineage", flat=True)) == list(
        first.criteria.values_list("lineage", flat=True)
    )


def test_importing_rewords_the_rubric_and_records_which_fields(manager):
    make_skills()
    importing.import_document(document(), by=manager, now=NOW)

    importing.import_document(document(name="Renamed"), by=manager, now=LATER, replace_draft=True)

    assert Rubric.objects.get().name == "Renamed"
    assert AuditEvent.objects.get(verb="rubric.reworded").fields == ["name"]


def test_a_draft_is_replaced_only_when_asked_for(manager):
    make_skills()
    draft = importing.import_document(document(), by=manager, now=NOW)
    changed = document(card=replace(small_card(), pass_mark=Decimal(50)))

    refusal = refusal_of(lambda: importing.import_document(changed, by=manager, now=NOW))
    replaced = importing.import_document(changed, by=manager, now=NOW, replace_draft=True)

    assert (refusal.code, refusal.status) == ("draft_exists", 409)
    assert refusal.sentence == (
        "“Small” has a draft of version 1 already. Publish or discard it, or choose to replace it."
    )
    assert (replaced.pk, card_for(replaced)) == (draft.pk, changed.card)


def test_a_text_with_mistakes_is_refused_with_every_path(manager):
    refusal = refusal_of(lambda: importing.import_text("format: 1\nrubric: X\nname: Y", by=manager, now=NOW))

    assert (refusal.code, refusal.status) == ("unreadable_rubric", 422)
    assert refusal.sentence == "The file was not imported. It has 2 problems."
    assert [problem["path"] for problem in refusal.details["problems"]] == ["rubric", "sections"]
    assert Rubric.objects.count() == 0


def test_a_text_that_names_an_unknown_skill_is_refused(manager):
    SkillFactory(slug="problem-solving")

    refusal = refusal_of(lambda: importing.import_text(to_yaml(document()), by=manager, now=NOW))

    assert refusal.details["problems"] == [
        {
            "path": "sections[1].criteria[0].skill",
            "sentence": "There is no skill “process-compliance”. Known are: problem-solving.",
        }
    ]


def test_publishing_makes_the_version_current_and_retires_the_one_before(manager):
    first = published_version()
    second = draft_version(rubric=first.rubric)

    published = publishing.publish(second, by=manager, now=LATER, note=" Stricter on privacy ")

    first.refresh_from_db()
    assert (published.status, published.published_by, published.published_at) == ("published", manager, LATER)
    assert published.note == "Stricter on privacy"
    assert (first.status, first.retired_at) == ("retired", LATER)
    assert current_version(first.rubric) == published
    assert verbs()[-2:] == ["rubric_version.retired", "rubric_version.published"]


def test_publishing_twice_is_refused(manager):
    version = published_version()

    refusal = refusal_of(lambda: publishing.publish(version, by=manager, now=LATER))

    assert (refusal.code, refusal.status) == ("not_a_draft", 409)


def test_a_flawed_draft_is_not_published(manager):
    version = draft_version()
    version.criteria.filter(lineage="understood").update(weight=0)
    version.criteria.get(lineage="solved").options.filter(key__in=["no", "partly"]).delete()

    refusal = refusal_of(lambda: publishing.publish(version, by=manager, now=NOW))

    assert (refusal.code, refusal.status) == ("flawed_rubric", 409)
    assert refusal.details["problems"] == [
        {"path": "sections[0].criteria[1].options", "sentence": "At least two options are needed to choose from."}
    ]
    assert RubricVersion.objects.get().status == "draft"


def test_retiring_takes_a_version_out_of_use(manager):
    version = published_version()

    publishing.retire(version, by=manager, now=LATER)

    version.refresh_from_db()
    assert (version.status, version.retired_at) == ("retired", LATER)
    assert current_version(version.rubric) is None


def test_discarding_removes_a_draft_and_its_number_is_given_again(manager):
    first = published_version()
    draft = draft_version(rubric=first.rubric)

    publishing.discard(draft, by=manager, now=NOW)
    again = importing.import_document(
        Document(first.rubric.slug, first.rubric.name, "", small_card()), by=manager, now=NOW
    )

    assert again.number == 2
    assert verbs()[-2:] == ["rubric_version.discarded", "rubric_version.imported"]


def test_what_somebody_else_discarded_in_the_meantime_is_refused(manager):
    version = draft_version()
    publishing.discard(RubricVersion.objects.get(pk=version.pk), by=manager, now=NOW)

    refusal = refusal_of(lambda: publishing.publish(version, by=manager, now=NOW))

    assert (refusal.code, refusal.status) == ("discarded", 404)


def test_installing_publishes_every_starter_once():
    installed = starter_services.install(by=None, now=NOW)

    again = starter_services.install(by=None, now=LATER)

    assert [version.rubric.slug for version in installed] == [starter.slug for starter in starters()]
    assert {version.status for version in installed} == {"published"}
    assert again == []
    assert Skill.objects.count() == 8


def test_installing_leaves_an_existing_rubric_and_reworded_skills_alone():
    RubricFactory(slug="general-chat", name="Ours")
    SkillFactory(slug="empathy", name="Warmth")

    installed = starter_services.install(by=None, now=NOW)

    assert "general-chat" not in {version.rubric.slug for version in installed}
    assert Rubric.objects.get(slug="general-chat").versions.count() == 0
    assert Skill.objects.get(slug="empathy").name == "Warmth"


@pytest.mark.parametrize("role", ["agent", "specialist", "supervisor", "admin"])
def test_only_a_manager_may_change_rubrics(role):
    person = person_with(role)
    draft, published = draft_version(), published_version()

    codes = [
        refusal_of(call).code
        for call in (
            lambda: importing.import_document(document(), by=person, now=NOW),
            lambda: importing.import_text("nonsense", by=person, now=NOW),
            lambda: publishing.publish(draft, by=person, now=NOW),
            lambda: publishing.discard(draft, by=person, now=NOW),
            lambda: publishing.retire(published, by=person, now=NOW),
            lambda: starter_services.install(by=person, now=NOW),
        )
    ]

    assert codes == ["wrong_role"] * 6


def test_a_card_is_read_in_a_fixed_number_of_queries_and_kept_once_published(django_assert_num_queries):
    small, large = draft_version(), importing.import_document(starters_ready()[0], by=None, now=NOW)

    for version in (small, large):
        with django_assert_num_queries(4):
            card_for(version)
    publishing.publish(large, by=None, now=NOW)
    published = RubricVersion.objects.get(pk=large.pk)
    card_for(published)
    with django_assert_num_queries(0):
        kept = card_for(published)

    assert kept == starters()[0].card


def starters_ready():
    starter_services.install_skills(by=None, now=NOW)
    return starters()


def test_two_versions_never_share_a_kept_card():
    first = published_version()
    second = published_version(small_card(pass_mark=Decimal(50)), rubric=first.rubric)

    assert (card_for(first).pass_mark, card_for(second).pass_mark) == (75, 50)
    assert first.fingerprint != second.fingerprint


def test_no_rubric_has_two_published_or_two_draft_versions():
    first = published_version()
    published_version(rubric=first.rubric)
    draft_version(rubric=first.rubric)

    counts = Rubric.objects.values("versions__status").annotate(versions_of=Count("versions"))

    assert {row["versions__status"]: row["versions_of"] for row in counts} == {
        "draft": 1,
        "published": 1,
        "retired": 1,
    }
