"""The editor's pages: what they show, what they store, and what they say when somebody was faster."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from rubrics.models import Rubric, RubricVersion
from rubrics.selectors import card_for
from rubrics.services import editing as service
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.rubrics import draft_version, published_version, small_card

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
JSON = {"Accept": "application/json"}


@pytest.fixture
def as_manager(client):
    client.force_login(person("manager"))
    return client


def url(name, version, **more):
    return reverse(f"rubrics:{name}", kwargs={"slug": version.rubric.slug, **more})


def opened(client, version, at="criterion.solved"):
    """Open a part as the page's script does."""
    return client.get(url("edit", version), {"at": at}, headers=JSON).json()


def sent(client, version, at="criterion.solved", **fields):
    """Send the form of a part with some fields changed, from the state that is stored now."""
    tag = fields.pop("tag", None) or opened(client, version, at)["tag"]
    base = {
        "name": "Solved it", "weight": "20", "skill": "problem-solving", "not_applicable": "forbid", "comment": "never",
        "evidence": "never", "options-0-key": "no", "options-0-label": "No", "options-0-value": "0",
        "options-1-key": "yes", "options-1-label": "Yes", "options-1-value": "1",
    }  # fmt: skip
    return client.post(url("save", version), {**base, "at": at, "tag": tag, **fields}, headers=JSON)


def arranged(client, version, **fields):
    return client.post(url("arrange", version), fields, headers=JSON)


def order(version):
    return [[one.lineage for one in section.criteria] for section in card_for(version).sections]


def test_without_a_draft_the_page_offers_to_begin_one(as_manager):
    version = published_version()

    page = as_manager.get(url("edit", version)).content.decode()

    assert "Begin from version 1" in page


def test_a_draft_is_begun_and_reading_the_editor_never_makes_one(as_manager):
    version = published_version()
    as_manager.get(url("edit", version))
    before = RubricVersion.objects.count()

    response = as_manager.post(url("start", version), {"from": "1"})

    assert (before, response["Location"]) == (1, url("edit", version))
    assert RubricVersion.objects.drafts().get().number == 2


def test_beginning_twice_goes_on_with_the_draft_that_is_there(as_manager):
    version = published_version()
    as_manager.post(url("start", version), {"from": "1"})

    response = as_manager.post(url("start", version), {"from": "1"}, follow=True)

    assert "There is a draft of version 2 already." in response.content.decode()
    assert RubricVersion.objects.drafts().count() == 1


@pytest.mark.parametrize("number", ["", "9", "x", "9" * 30])
def test_a_draft_of_a_version_that_is_not_there_is_not_found(as_manager, number):
    assert as_manager.post(url("start", published_version()), {"from": number}).status_code == 404


def test_the_page_says_what_publishing_would_mean_and_why(as_manager):
    first = published_version()
    version = service.start(first.rubric, source=first, by=None, now=NOW)

    quiet = opened(as_manager, version)["said"]
    worded = sent(as_manager, version, name="Solved it well", **{"options-1-key": "partly"}).json()["said"]
    weighed = sent(as_manager, version, weight="25").json()["said"]

    assert quiet == "Nothing differs from version 1 yet."
    assert worded.startswith("This needs a new version, because of this")
    assert weighed.endswith("The weight of “Solved it” went from 20 to 25.")


def test_a_part_is_stored_as_typed_and_the_answer_brings_what_changed(as_manager):
    version = draft_version()

    body = sent(as_manager, version, weight="25,5").json()

    assert (body["errors"], body["at"]) == ({}, "criterion.solved")
    assert set(body["fragments"]) == {"edit-outline", "edit-banner", "edit-checks", "edit-publish", "worked-example"}
    assert "25.5" in body["fragments"]["edit-outline"]
    assert body["tag"] == opened(as_manager, version)["tag"]


def test_a_field_that_cannot_be_read_is_named_and_the_rest_is_stored(as_manager):
    version = draft_version()

    body = sent(as_manager, version, weight="heavy", name="Solved it all").json()

    criterion = card_for(version).criterion("solved")
    assert body["errors"] == {"weight": "Write a number from 0 to 1000, such as 10."}
    assert (criterion.name, criterion.weight) == ("Solved it all", 20)


def test_the_later_of_two_people_is_told_and_may_decide(as_manager):
    version = draft_version()
    tag = opened(as_manager, version)["tag"]
    sent(as_manager, version, weight="30", tag=tag)

    late = sent(as_manager, version, weight="40", tag=tag)
    decided = sent(as_manager, version, weight="40", tag=late.json()["tag"])

    assert (late.status_code, late.json()["code"], decided.status_code) == (409, "stale_part", 200)
    assert card_for(version).criterion("solved").weight == 40


def test_what_somebody_changed_meanwhile_is_not_removed_unseen(as_manager):
    version = draft_version()
    seen = opened(as_manager, version)["tag"]
    changed = sent(as_manager, version, weight="40").json()["tag"]

    late = arranged(as_manager, version, do="remove", at="criterion.solved", tag=seen)
    again = arranged(as_manager, version, do="remove", at="criterion.solved", tag=changed)

    assert (late.status_code, late.json()["code"], again.status_code) == (409, "stale_part", 200)
    assert card_for(version).criterion("solved") is None


def test_a_section_is_not_removed_while_somebody_changes_what_is_in_it(as_manager):
    version = draft_version()
    at = {"do": "remove", "at": "section.talk"}

    def seen():
        return dict(hidden_fields(opened(as_manager, version, "section.talk")["fragments"]["edit-form"]))["inside"]

    first, tag = seen(), opened(as_manager, version, "section.talk")["tag"]
    renamed = sent(as_manager, version, at="section.talk", name="Speech", tag=tag).json()["tag"]
    sent(as_manager, version, weight="40")

    late = arranged(as_manager, version, **at, tag=renamed, inside=first)
    moved = arranged(as_manager, version, do="down", at="section.talk")
    again = arranged(as_manager, version, **at, tag=renamed, inside=seen())

    assert (late.status_code, late.json()["code"], moved.status_code, again.status_code) == (
        409,
        "stale_part",
        200,
        200,
    )
    assert late.json()["sentence"].endswith(
        " changed what is asked in this section meanwhile, so it was not removed. Look at it first."
    )
    assert "40" in dict(hidden_fields(again.json()["fragments"]["edit-undo"]))["part"]


def test_the_worked_example_goes_on_with_the_answers_chosen_in_it(as_manager):
    version = draft_version()

    body = sent(as_manager, version, weight="20", **{"c.understood": "no", "c.solved": "yes"}).json()

    assert "20 ÷ 40 = <strong>50.0</strong>" in body["fragments"]["worked-example"]


def test_a_button_of_the_form_brings_the_form_back_changed(as_manager):
    version = draft_version()

    body = sent(as_manager, version, do="add-option").json()

    assert body["focus"] == "options-2-label"
    assert 'name="options-2-label"' in body["fragments"]["edit-form"]


def test_a_condition_that_is_pointed_elsewhere_begins_without_a_complaint(as_manager):
    version = draft_version()
    sent(as_manager, version, do="add-condition")
    fields = {"when-0-subject": "fact.channel", "match": "all", "do": "subject-0"}

    body = sent(as_manager, version, **fields, weight="heavy").json()

    assert set(body["errors"]) == {"weight"}
    assert "Any of chat, messaging, email, ticket, voice, with commas between." in body["fragments"]["edit-form"]


def test_another_section_can_be_chosen_in_the_form(as_manager):
    version = draft_version()

    sent(as_manager, version, do="section", section="rules")

    assert order(version) == [["understood"], ["data-protected", "topic", "solved"]]


def test_settings_and_sections_are_parts_like_any_other(as_manager):
    version = draft_version()

    settings = sent(as_manager, version, at="settings", mode="sectioned", pass_mark="80", card_fail="keep").json()
    section = sent(as_manager, version, at="section.talk", name="Speech", weight="7").json()

    version.refresh_from_db()
    card = card_for(version)
    assert (settings["errors"], section["errors"]) == ({}, {})
    assert (card.mode, card.pass_mark, card.card_fail_zeroes_score) == ("sectioned", 80, False)
    assert (card.sections[0].name, card.sections[0].weight) == ("Speech", 7)


def test_things_are_added_moved_copied_and_removed(as_manager):
    version = draft_version()

    made = arranged(as_manager, version, do="add-criterion", name="Kept promises", section="rules", scale="five").json()
    arranged(as_manager, version, do="up", at="criterion.kept-promises")
    arranged(as_manager, version, do="place", at="criterion.topic", section="talk", before="understood")
    copied = arranged(as_manager, version, do="copy", at="criterion.solved").json()
    arranged(as_manager, version, do="add-section", name="Afterwards")
    arranged(as_manager, version, do="remove", at="criterion.understood")

    assert (made["at"], made["focus"], copied["at"]) == (
        "criterion.kept-promises", "guidance", "criterion.solved-it-copy",
    )  # fmt: skip
    assert order(version) == [["topic", "solved", "solved-it-copy"], ["data-protected", "kept-promises"], []]
    assert len(card_for(version).criterion("kept-promises").options) == 5


def test_what_was_removed_comes_along_and_can_be_brought_back(as_manager):
    version = draft_version()
    body = arranged(as_manager, version, do="remove", at="criterion.understood").json()
    section = arranged(as_manager, version, do="remove", at="section.rules").json()

    for answer in (section, body):
        fields = dict(hidden_fields(answer["fragments"]["edit-undo"]))
        assert arranged(as_manager, version, **fields).status_code == 200

    version.refresh_from_db()
    assert card_for(version) == small_card()


def hidden_fields(html):
    """Return the hidden fields of a form as a browser would send them."""
    import html as entities
    import re

    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html):
        if name != "csrfmiddlewaretoken":
            yield name, entities.unescape(value)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"do": "explode"}, 422, "unknown_act"),
        ({}, 422, "unknown_act"),
        ({"do": "add-criterion", "name": " \0 "}, 422, "name_missing"),
        ({"do": "up", "at": "criterion.nobody"}, 409, "part_gone"),
        ({"do": "up", "at": "settings"}, 409, "part_gone"),
        ({"do": "place", "at": "criterion.solved", "section": "nobody"}, 409, "part_gone"),
        ({"do": "restore", "part": "{"}, 422, "unreadable_part"),
        ({"do": "restore", "part": '{"lineage": "x"}', "section": "talk"}, 422, "unreadable_part"),
        ({"do": "restore", "part": "[1]"}, 422, "unreadable_part"),
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(as_manager, fields, status, code):
    version = draft_version()

    response = arranged(as_manager, version, **fields)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert card_for(version) == small_card()


def test_a_removed_part_with_a_key_twice_is_not_brought_back(as_manager):
    version = draft_version()
    option = {"key": "a", "label": "A", "value": 1}
    part = {"lineage": "x", "name": "X", "options": [option, option]}

    response = arranged(as_manager, version, do="restore", part=json.dumps(part), section="talk")

    assert response.status_code == 422


@pytest.mark.parametrize("at", ["card", "criterion.nobody", "nonsense", "\0", "section."])
def test_a_part_that_is_not_there_cannot_be_stored(as_manager, at):
    version = draft_version()

    response = sent(as_manager, version, at=at, tag="x")

    assert (response.status_code, response.json()["code"]) in {(409, "part_gone"), (409, "stale_part")}


def test_without_a_script_saving_comes_back_to_the_part(as_manager):
    version = draft_version()
    tag = opened(as_manager, version)["tag"]

    response = as_manager.post(url("save", version), {"at": "criterion.solved", "tag": tag, "name": "Solved"})

    assert response["Location"] == f"{url('edit', version)}?at=criterion.solved"


def test_editing_a_draft_that_was_published_meanwhile_is_told(as_manager):
    version = published_version()

    response = arranged(as_manager, version, do="up", at="criterion.solved")

    assert (response.status_code, response.json()["code"]) == (409, "no_draft")


def test_words_alone_go_into_the_version_in_use(as_manager):
    first = published_version()
    version = service.start(first.rubric, source=first, by=None, now=NOW)
    arranged(as_manager, version, do="up", at="criterion.topic")

    page = as_manager.get(url("edit", version)).content.decode()
    response = as_manager.post(url("reword", version), follow=True)

    assert "Put the words into version 1" in page
    assert "Version 1 has the new words. No score moved." in response.content.decode()
    first.refresh_from_db()
    assert order(first) == [["understood", "solved"], ["topic", "data-protected"]]


@pytest.mark.parametrize(
    ("source", "criteria"), [("nothing", 0), ("starter.general-chat", 12), ("version.{pk}", 4)]
)  # fmt: skip
def test_a_rubric_is_made_from_nothing_from_a_starter_or_as_a_copy(as_manager, source, criteria):
    other = published_version()

    response = as_manager.post(reverse("rubrics:new"), {"name": "Shop chat", "source": source.format(pk=other.pk)})

    version = RubricVersion.objects.get(rubric__slug="shop-chat")
    assert response["Location"] == url("edit", version)
    assert version.criteria.count() == criteria
    assert as_manager.get(url("edit", version)).status_code == 200


@pytest.mark.parametrize("fields", [{"name": "", "source": "nothing"}, {"name": "X", "source": "version.999999"}, {}])
def test_a_rubric_that_cannot_be_made_comes_back_with_what_is_wrong(as_manager, fields):
    response = as_manager.post(reverse("rubrics:new"), fields)

    assert response.status_code == 422
    assert not Rubric.objects.exists()


def test_two_versions_are_compared_in_sentences(as_manager):
    first = published_version()
    published_version(small_card(pass_mark=None), rubric=first.rubric, now=NOW + timedelta(days=1))

    chosen = as_manager.get(url("choose_comparison", first))
    page = as_manager.get(chosen["Location"]).content.decode()
    back = as_manager.get(url("compare", first, before=2, after=1)).content.decode()

    assert chosen["Location"] == url("compare", first, before=1, after=2)
    assert "The pass mark went from 75 to none." in page
    assert "The pass mark went from none to 75." in back
    assert as_manager.get(url("compare", first, before=1, after=9)).status_code == 404


def test_a_rubric_is_renamed_from_its_settings(as_manager):
    version = draft_version()

    as_manager.post(url("rename", version), {"name": "Shop chat", "description": "For shops."})
    refused = as_manager.post(url("rename", version), {"name": " "}, headers=JSON)

    version.rubric.refresh_from_db()
    assert (version.rubric.name, refused.status_code) == ("Shop chat", 422)


def test_the_editor_asks_the_same_number_of_questions_whatever_the_size(as_manager, django_assert_num_queries):
    small = draft_version()
    as_manager.post(reverse("rubrics:new"), {"name": "Big", "source": "starter.general-chat"})
    big = RubricVersion.objects.select_related("rubric").get(rubric__slug="big")
    # session, person, grants; rubric, versions; the card in four; skills; four counts in the rail
    with django_assert_num_queries(14) as first:
        as_manager.get(url("edit", small), {"at": "criterion.solved"})

    with django_assert_num_queries(len(first)):
        as_manager.get(url("edit", big))
