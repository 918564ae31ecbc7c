"""Two managers at once: one wins, the other is told, nothing breaks. With real transactions, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection

from core.refusals import Refused
from rubrics import editing
from rubrics.document import Document
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import card_for
from rubrics.services import editing as drafts
from rubrics.services import importing, publishing, starters
from tests.conftest import NOW
from tests.factories.rubrics import SkillFactory, draft_version, small_card

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


def all_at_once(work):
    """Run the work in several threads that start together; return what each got."""
    start = Barrier(PEOPLE)

    def run(_number):
        try:
            start.wait(timeout=10)
            work()
            return "done"
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return sorted(pool.map(run, range(PEOPLE)))


def test_a_draft_is_published_once():
    version = draft_version()

    results = all_at_once(lambda: publishing.publish(version, by=None, now=NOW))

    assert results == ["done", "not_a_draft", "not_a_draft", "not_a_draft"]
    assert RubricVersion.objects.get().status == "published"


def test_a_new_rubric_is_imported_once():
    for slug in ("problem-solving", "process-compliance"):
        SkillFactory(slug=slug)
    document = Document("small", "Small", "", small_card())

    results = all_at_once(lambda: importing.import_document(document, by=None, now=NOW))

    assert results == ["done", "draft_exists", "draft_exists", "draft_exists"]
    assert (Rubric.objects.count(), RubricVersion.objects.count()) == (1, 1)


def test_a_draft_is_discarded_once():
    version = draft_version()

    results = all_at_once(
        lambda: publishing.discard(RubricVersion(pk=version.pk, rubric=version.rubric), by=None, now=NOW)
    )

    assert results == ["discarded", "discarded", "discarded", "done"]
    assert RubricVersion.objects.count() == 0


def test_of_editors_who_save_one_criterion_at_once_one_does_and_the_others_are_told():
    version = draft_version()
    at = editing.at_criterion("understood")
    tag = editing.tag_of(editing.part_of(card_for(version), at))
    names = iter(["One", "Two", "Three", "Four"])

    def save():
        name = next(names)

        def rename(card):
            return editing.with_part(card, at, replace(editing.part_of(card, at), name=name))

        drafts.change(version, rename, by=None, now=NOW, at=at, tag=tag)

    results = all_at_once(save)

    assert results == ["done", "stale_part", "stale_part", "stale_part"]
    assert card_for(RubricVersion.objects.get()).criterion("understood").name in {"One", "Two", "Three", "Four"}


def test_rubrics_of_one_name_that_are_begun_at_once_are_two_or_the_second_is_told():
    starters.install_skills(by=None, now=NOW)

    results = all_at_once(lambda: drafts.create("Small", card=small_card(), by=None, now=NOW))

    assert set(results) <= {"done", "taken_meanwhile"}
    assert Rubric.objects.count() == RubricVersion.objects.count() == results.count("done")


def test_starters_that_are_installed_at_once_are_there_once():
    document = Document("small", "Small", "", small_card())

    results = all_at_once(lambda: starters.install(by=None, now=NOW, documents=[document]))

    assert (results, RubricVersion.objects.get().status) == (["done"] * PEOPLE, "published")
