"""The rubric pages: who may open them, what they say, and how they change things."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rubrics.document import Document, to_json, to_yaml
from rubrics.library import starters
from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import document_for
from rubrics.services import starters as starter_services
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.rubrics import RubricFactory, draft_version, published_version, small_card

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
READERS = ("specialist", "supervisor", "manager")
STRANGERS = ("agent", "admin")


@pytest.fixture
def as_manager(client):
    client.force_login(person("manager"))
    return client


def url(name, version=None, **more):
    if version is None:
        return reverse(f"rubrics:{name}")
    return reverse(f"rubrics:{name}", kwargs={"slug": version.rubric.slug, "number": version.number, **more})


def read_urls(version):
    return [
        url("list"),
        reverse("rubrics:detail", kwargs={"slug": version.rubric.slug}),
        url("version", version),
        url("export", version, file_format="yaml"),
        url("export", version, file_format="json"),
    ]


def change_urls(version):
    return [url("import"), url("install_starters"), *(url(name, version) for name in ("publish", "retire", "discard"))]


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("role", READERS)
def test_readers_may_open_every_page(client, role):
    version = published_version()
    client.force_login(person(role))

    statuses = [client.get(address).status_code for address in read_urls(version)]

    assert statuses == [200] * 5


@pytest.mark.parametrize("role", STRANGERS)
def test_others_are_told_that_their_role_does_not_include_rubrics(client, role):
    version = published_version()
    client.force_login(person(role))

    statuses = [client.get(address).status_code for address in read_urls(version)]

    assert statuses == [403] * 5


def test_a_stranger_is_sent_to_the_log_in_page(client):
    version = published_version()

    answers = [client.get(address) for address in read_urls(version)]
    answers += [client.post(address) for address in change_urls(version)]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer["Location"].startswith(reverse("account_login")) for answer in answers)


@pytest.mark.parametrize("role", ["specialist", "supervisor", *STRANGERS])
def test_only_a_manager_may_change_anything(client, role):
    version = draft_version()
    client.force_login(person(role))

    statuses = [client.post(address).status_code for address in change_urls(version)]

    assert statuses == [403] * 5
    assert RubricVersion.objects.get().status == "draft"


@pytest.mark.parametrize("name", ["publish", "retire", "discard"])
def test_reading_never_changes(as_manager, name):
    version = draft_version()

    assert as_manager.get(url(name, version)).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions_however_long_it_is(as_manager, rows, django_assert_num_queries):
    for _ in range(rows):
        version = published_version()
        draft_version(rubric=version.rubric)

    # session, person, grants; count, page, versions; missing starters; four counts in the rail
    with django_assert_num_queries(11):
        response = as_manager.get(url("list"))

    assert len(response.context["rows"]) == rows


@pytest.mark.parametrize("starter", [0, 1])
def test_a_rubric_page_asks_the_same_number_of_questions_whatever_its_size(
    as_manager, starter, django_assert_num_queries
):
    starter_services.install(by=None, now=NOW, documents=[starters()[starter]])
    version = RubricVersion.objects.get()
    address = url("version", version)
    as_manager.get(address)

    # session, person, grants; rubric, versions, skills; four counts in the rail; the card is kept in memory
    with django_assert_num_queries(10):
        response = as_manager.get(address)

    assert response.status_code == 200


def test_an_empty_list_says_why_and_what_to_do(as_manager):
    response = as_manager.get(url("list"))

    assert "There is no rubric yet" in text_of(response)
    assert "Install the starter rubrics" in text_of(response)


def test_the_starters_can_be_installed_from_the_list(as_manager):
    response = as_manager.post(url("install_starters"), follow=True)

    assert Rubric.objects.count() == len(starters())
    assert f"{len(starters())} rubrics were installed." in text_of(response)
    assert "Install the starter rubrics" not in text_of(response)


def test_a_rubric_is_shown_by_the_version_in_use(as_manager):
    first = published_version()
    draft_version(rubric=first.rubric)

    response = as_manager.get(reverse("rubrics:detail", kwargs={"slug": first.rubric.slug}))

    assert response.context["version"] == first
    assert "A draft of version 2 is waiting." in text_of(response)


def test_a_rubric_without_a_version_says_so(as_manager):
    rubric = RubricFactory()

    response = as_manager.get(reverse("rubrics:detail", kwargs={"slug": rubric.slug}))

    assert "This rubric has no version yet" in text_of(response)


def test_the_page_shows_guidance_weights_and_what_fails(as_manager):
    version = published_version()

    page = text_of(as_manager.get(url("version", version)))

    assert "The agent restates the problem." in page
    assert 'weight 20 <span class="muted">· 40.0 % of the score</span>' in page
    assert "Fails the card" in page
    assert "Compliance-critical" in page


def test_text_from_a_file_is_escaped(as_manager):
    hostile = Document("x", "<script>alert(1)</script>", "<b>", small_card())
    as_manager.post(url("install_starters"))
    as_manager.post(url("import"), {"text": to_yaml(hostile)})

    page = as_manager.get(reverse("rubrics:detail", kwargs={"slug": "x"})).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_worked_example_answers_with_its_part_only(as_manager):
    version = published_version()
    choices = {"c.understood": "yes", "c.solved": "no", "c.data-protected": "yes"}

    response = as_manager.get(url("version", version), choices, headers={"HX-Request": "true"})

    part = text_of(response)
    assert part.startswith('<section class="card" id="worked-example"')
    assert "30 ÷ 50 = <strong>60.0</strong>" in part
    assert 'data-announce="Score 60.0, fail"' in part


def test_the_worked_example_works_without_a_script(as_manager):
    version = published_version()

    page = text_of(as_manager.get(url("version", version), {"c.understood": "yes", "c.nobody": "x"}))

    assert "20 ÷ 20 = <strong>100.0</strong>" in page
    assert page.startswith("<!doctype html>")


def test_a_version_says_what_is_different_from_the_one_before(as_manager):
    first = published_version()
    second = published_version(small_card(pass_mark=None), rubric=first.rubric)

    page = text_of(as_manager.get(url("version", second)))

    assert "What is different from version 1" in page
    assert "The pass mark went from 75 to none." in page


@pytest.mark.parametrize(("file_format", "write"), [("yaml", to_yaml), ("json", to_json)])
def test_a_version_can_be_downloaded_and_imported_again(as_manager, file_format, write):
    version = published_version()

    response = as_manager.get(url("export", version, file_format=file_format))
    again = as_manager.post(url("import"), {"file": SimpleUploadedFile(f"x.{file_format}", response.content)})

    imported = RubricVersion.objects.get(number=2)
    assert response.content.decode() == write(document_for(version))
    assert response["Content-Disposition"] == f'attachment; filename="{version.rubric.slug}-v1.{file_format}"'
    assert again["Location"] == url("version", imported)
    assert document_for(imported) == document_for(version)


def test_mistakes_in_a_file_are_named_on_the_page_and_the_text_is_kept(as_manager):
    source = "format: 1\nrubric: x\nname: X\nsections:\n  - lineage: a\n    name: A\n    criteria: nothing\n  - b\n"

    response = as_manager.post(url("import"), {"text": source})

    page = text_of(response)
    assert response.status_code == 422
    assert "<code>sections[0].criteria</code> Write a list here, one item after each dash." in page
    assert "<code>sections[1]</code> A section must be written as fields with names" in page
    assert "criteria: nothing" in page
    assert Rubric.objects.count() == 0


def test_a_file_with_mistakes_comes_back_as_text_to_correct(as_manager):
    file = SimpleUploadedFile("x.yaml", b"format: 1\nrubric: almost-there\n")

    response = as_manager.post(url("import"), {"file": file})

    assert response.context["form"]["text"].value() == "format: 1\nrubric: almost-there\n"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose a file, or paste the text below."),
        ({"text": "  \n "}, "Choose a file, or paste the text below."),
        ({"file": SimpleUploadedFile("a.yaml", b"")}, "The submitted file is empty."),
        ({"text": "a: &x 1\nb: *x"}, "Line 2 uses a YAML alias (*x). Write the content out instead."),
        ({"file": SimpleUploadedFile("a.yaml", b"a" * 2_000_000)}, "The file is larger than 1 MB."),
        ({"text": "a" * 2_000_000}, "The file is larger than 1 MB."),
        ({"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n\x00\xff")}, "The file is not UTF-8 text (byte 0)."),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_a_rubric_is_refused_with_a_sentence(as_manager, given, sentence):
    response = as_manager.post(url("import"), given)

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_a_draft_is_replaced_only_with_the_box_ticked(as_manager):
    version = draft_version()
    source = to_yaml(document_for(version))

    refused = as_manager.post(url("import"), {"text": source})
    replaced = as_manager.post(url("import"), {"text": source, "replace_draft": "on"})

    assert refused.status_code == 409
    assert "has a draft of version 1 already" in text_of(refused)
    assert replaced["Location"] == url("version", version)


def test_a_draft_is_published_with_a_note(as_manager):
    version = draft_version()

    response = as_manager.post(url("publish", version), {"note": "First one"}, follow=True)

    version.refresh_from_db()
    assert (version.status, version.note) == ("published", "First one")
    assert "Version 1 is in use from now on." in text_of(response)


@pytest.mark.parametrize("note", ["a\x00b", "a" * 1001])
def test_a_note_that_cannot_be_kept_is_refused(as_manager, note):
    version = draft_version()

    response = as_manager.post(url("publish", version), {"note": note})

    version.refresh_from_db()
    assert (response.status_code, version.status) == (422, "draft")


def test_publishing_twice_is_answered_with_a_sentence(as_manager):
    version = published_version()

    response = as_manager.post(url("publish", version))

    assert response.status_code == 409
    assert "This version is published already." in text_of(response)


def test_a_version_is_retired(as_manager):
    version = published_version()

    as_manager.post(url("retire", version))

    version.refresh_from_db()
    assert version.status == "retired"


def test_a_draft_is_discarded(as_manager):
    version = draft_version()

    response = as_manager.post(url("discard", version), follow=True)

    assert RubricVersion.objects.count() == 0
    assert "The draft of version 1 was discarded." in text_of(response)


@pytest.mark.parametrize(
    "address",
    [
        "/rubrics/nobody/",
        "/rubrics/nobody/versions/1/",
        "/rubrics/nobody/versions/1/export.yaml",
        "/rubrics/nobody/versions/99999999999999999999999/",
        "/rubrics/nobody/versions/1/export.xml",
    ],
)
def test_what_does_not_exist_is_not_found(as_manager, address):
    published_version()

    assert as_manager.get(address).status_code == 404
