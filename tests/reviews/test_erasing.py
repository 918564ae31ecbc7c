"""One customer is erased wherever they are kept, scores stay, and no file brings them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.roles import Role
from conversations.models import Conversation, ImportRun, Participant, Reject, SearchText, Source
from conversations.services import erasing as texts
from conversations.services import indexing
from core.models import AuditEvent
from core.refusals import Refused
from reviews.models import Comment, Review
from reviews.services import by_hand, erasing, publishing, submitting
from rubrics.models import Rubric
from tests.api.asking import as_role, post, put, results
from tests.conftest import NOW
from tests.conversations.importing import import_records, message, record, tally
from tests.factories.accounts import person
from tests.factories.reviews import filled, specialist
from tests.factories.rubrics import published_version
from tests.project.test_personal_data import TEXT
from tests.project.tree import APPS

pytestmark = pytest.mark.django_db
NAME, NUMBER, SAID = "Dana Whitfield", "c-9", "my card ends in 4711"
OTHER = {"external_id": "c-10", "name": "Robin Osei"}
FILE = (
    record("zen-1", messages=[message("customer", NUMBER, SAID), message("agent", "a-1", "Hello Dana Whitfield")]),
    record("zen-2", customer=OTHER, messages=[message("customer", "c-10", "Hi"), message("customer", NUMBER, SAID)]),
    record(
        "zen-3", customer=OTHER, messages=[message("customer", "c-10", "Robin here"), message("agent", "a-1", "Hi")]
    ),
    record("zen-4", messages=[message("king", NUMBER, SAID)]),
    record("zen-5", customer=OTHER, messages=[message("king", "c-10", "Robin here")]),
)


@pytest.fixture
def review() -> Review:
    """Import what a customer and another one said, and review the first conversation, naming the customer."""
    import_records(*FILE, now=NOW)
    indexing.work(clock=lambda: NOW)
    talked = Conversation.objects.get(external_id="zen-1")
    draft = by_hand.begin(talked, rubric=published_version().rubric, by=specialist(), now=NOW)
    answers = {"understood": "yes", "solved": "partly", "data-protected": "yes"}
    noted = filled(answers, summary=f"{NAME} was told the truth.", notes=[{"message": 1, "text": f"{NAME} waited."}])
    made = submitting.submit(draft, noted, by=draft.author, now=NOW)
    return publishing.publish(made, by=made.author, now=NOW)


def stored() -> Iterator[tuple[str, str]]:
    """Yield every text that the database holds, with its place."""
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)):
        for field in model._meta.local_fields:
            if isinstance(field, TEXT):
                for value in model._default_manager.values_list(field.attname, flat=True):
                    yield f"{model._meta.label}.{field.name}", value if isinstance(value, str) else json.dumps(value)


def left(*words: str) -> list[str]:
    """Return where one of the words still stands."""
    return sorted({place for place, text in stored() if any(word in f'"{text}"' for word in words)})


def source() -> Source:
    return Source.objects.get()


def test_a_customer_is_erased_everywhere_and_the_scores_stay(review: Review, client: Client) -> None:
    scores = list(review.revisions.values_list("final_score", "outcome"))
    before = left(NAME, SAID, f'"{NUMBER}"')

    erased = erasing.erase_customer(source(), NUMBER, by=None, now=NOW)
    indexing.work(clock=lambda: NOW)

    assert len(before) >= 7
    assert left(NAME, SAID, f'"{NUMBER}"', "Whitfield") == []
    assert (len(erased.conversation_ids), erased.rejects) == (2, 1)
    assert list(Review.objects.get().revisions.values_list("final_score", "outcome")) == scores
    assert sorted(Comment.objects.values_list("text", flat=True)) == sorted(
        ["Because of solved.", f"{'█' * len(NAME)} waited.", f"{'█' * len(NAME)} was told the truth."]
    )
    client.force_login(person(Role.MANAGER))
    for path in (f"/conversations/{review.conversation_id}/", f"/reviews/{review.pk}/", "/conversations/?search=zen-1"):
        assert client.get(path).status_code == 200
    assert "What was said here has been erased" in client.get(f"/conversations/{review.conversation_id}/").text


def test_nobody_else_is_touched_and_every_line_is_still_accounted_for(review: Review) -> None:
    erasing.erase_customer(source(), NUMBER, by=None, now=NOW)

    other = Conversation.objects.get(external_id="zen-3")
    assert (other.customer_name, other.transcript.messages[0].text) == ("Robin Osei", "Robin here")
    assert [bool(reject.raw) for reject in Reject.objects.order_by("line")] == [False, True]
    assert tally(ImportRun.objects.get()) == (3, 0, 0, 2)
    assert set(Participant.objects.filter(role="agent").values_list("name", flat=True)) == {"Leila Haddad"}
    assert set(SearchText.objects.values_list("conversation__external_id", flat=True)) == {"zen-3"}


def test_the_same_file_and_a_changed_one_bring_nothing_back(review: Review) -> None:
    erasing.erase_customer(source(), NUMBER, by=None, now=NOW)

    again = import_records(*FILE[:3], now=NOW)
    changed = import_records(record("zen-1", subject=f"{NAME} asks again"), now=NOW)

    assert (tally(again), tally(changed)) == ((0, 0, 3, 0), (0, 0, 1, 0))
    assert left(NAME, SAID) == []


def test_the_trail_says_what_was_erased_and_not_whom(review: Review) -> None:
    erasing.erase_customer(source(), NUMBER, by=None, now=NOW)

    events = AuditEvent.objects.filter(verb__in=["customer.erased", "conversation.erased", "review.redacted"])
    assert sorted(events.values_list("verb", "target")) == [
        ("conversation.erased", "zen-1"), ("conversation.erased", "zen-2"), ("customer.erased", "Help desk"),
        ("review.redacted", str(review)),
    ]  # fmt: skip
    assert events.get(verb="customer.erased").params == {"conversations": 2, "rejects": 1}
    assert events.filter(verb="conversation.erased")[0].fields == list(texts.EMPTIED)


@pytest.mark.parametrize(
    ("customer", "status", "code"),
    [("nobody", 404, "unknown_customer"), ("", 404, "unknown_customer"), ("a\0b", 404, "unknown_customer")],
)
def test_who_is_not_here_cannot_be_erased(customer: str, status: int, code: str, review: Review) -> None:
    with pytest.raises(Refused) as refused:
        erasing.erase_customer(source(), customer, by=None, now=NOW)

    assert (refused.value.refusal.status, refused.value.refusal.code) == (status, code)
    assert left(NAME) != []


def test_nobody_is_erased_while_a_file_could_bring_them_back(review: Review) -> None:
    ImportRun.objects.update(status=ImportRun.Status.RUNNING)

    with pytest.raises(Refused) as refused:
        erasing.erase_customer(source(), NUMBER, by=None, now=NOW)

    assert (refused.value.refusal.status, refused.value.refusal.code) == (409, "import_running")


@pytest.mark.parametrize(("role", "is_open"), [(role, role == Role.ADMIN) for role in Role])
def test_erasing_is_for_admins(role: Role, is_open: bool, review: Review) -> None:
    user: Any = person(role)

    if is_open:
        assert erasing.erase_customer(source(), NUMBER, by=user, now=NOW).rejects == 1
        return
    with pytest.raises(Refused) as refused:
        erasing.erase_customer(source(), NUMBER, by=user, now=NOW)
    assert refused.value.refusal.status == 403


def test_the_commands_say_what_they_did_and_why_not(review: Review) -> None:
    def says(*command: str) -> str:
        out = StringIO()
        call_command(*command, stdout=out)
        return out.getvalue().strip()

    assert says("keep_texts", "help-desk") == "Texts of help-desk are kept for good."
    assert says("keep_texts", "help-desk", "--days", "90") == "Texts of help-desk are kept for 90 days after their end."
    assert says("keep_texts", "help-desk", "--for-good") == "Texts of help-desk are kept for good."
    assert says("erase_customer", "help-desk", NUMBER) == "Erased: 2 conversations, 1 rejected records."
    for command, sentence in (
        (("erase_customer", "help-desk", NUMBER), "Nothing from this source is about a customer with this id."),
        (("erase_customer", "desk", NUMBER), "There is no source desk. Known: help-desk."),
        (("keep_texts", "desk"), "There is no source desk. Known: help-desk."),
        (("keep_texts", "help-desk", "--days", "0"), "Texts are kept for 1 to 36500 days, or for good."),
    ):
        with pytest.raises(CommandError, match=sentence):
            says(*command)
    assert AuditEvent.objects.filter(verb="source.changed").count() == 2


def test_an_admin_sets_how_long_texts_are_kept_and_erases_somebody_on_the_page(review: Review, client: Client) -> None:
    client.force_login(person(Role.ADMIN))
    keep, erase = f"/sources/{source().pk}/keep/", f"/sources/{source().pk}/erase/"

    wrong = [client.post(keep, {"days": days}).status_code for days in ("0", "nonsense", "9" * 30, "-1")]
    unknown = client.post(erase, {"customer": "nobody"})
    missing = client.post(erase, {"customer": ""})
    saved = client.post(keep, {"days": "400"}, follow=True)
    done = client.post(erase, {"customer": NUMBER}, follow=True)

    assert wrong == [422] * 4
    assert (unknown.status_code, missing.status_code) == (404, 422)
    assert "is about a customer with this id" in unknown.text
    assert 'value="nobody"' in unknown.text
    assert "Texts are kept for 400 days" in saved.text
    assert "Erased. Conversations: 2, rejected records: 1." in done.text
    assert (left(NAME, SAID), source().retention_days) == ([], 400)


def test_a_script_does_the_same(review: Review) -> None:
    client, pk = as_role(Role.ADMIN), source().pk

    kept = put(client, f"sources/{pk}/", {"retention_days": 30})
    unusable = put(client, f"sources/{pk}/", {"retention_days": 0})
    erased = post(client, f"sources/{pk}/erase-customer/", {"customer": NUMBER})
    again = post(client, f"sources/{pk}/erase-customer/", {"customer": NUMBER})

    assert (kept.status_code, kept.json()["retention_days"], unusable.status_code) == (200, 30, 422)
    assert (erased.status_code, erased.json()) == (200, {"conversations": 2, "rejects": 1})
    assert (again.status_code, again.json()["code"]) == (404, "unknown_customer")
    assert [row["slug"] for row in results(client, "sources/", kept_for_good="false")] == ["help-desk"]


def test_texts_go_when_their_time_is_over_and_what_is_being_reviewed_waits(review: Review) -> None:
    ended = Conversation.objects.get(external_id="zen-1").completed_at
    assert ended is not None
    opened = Conversation.objects.get(external_id="zen-2")
    by_hand.begin(opened, rubric=Rubric.objects.get(), by=specialist(), now=NOW)
    texts.keep_texts(source(), 30, by=None, now=NOW)

    def expire(days: float) -> list[str]:
        assert erasing.expire_texts(clock=lambda: ended + timedelta(days=days)) is False
        return left(NAME, SAID, "Robin here")

    young, _waiting = expire(29.9), expire(59)
    waits = list(Conversation.objects.exclude(content_hash="erased").values_list("external_id", flat=True))
    old = expire(400)

    assert waits == ["zen-2"]
    assert (young != [], old) == (True, ["reviews.Comment.text"])
    assert expire(401) == old
    counted = AuditEvent.objects.filter(verb="source.texts_expired").values_list("params", flat=True)
    assert list(counted.order_by("pk")) == [
        {"conversations": 2, "rejects": 0, "days": 30}, {"conversations": 1, "rejects": 2, "days": 30},
    ]  # fmt: skip


def test_of_a_draft_the_texts_are_covered_and_the_keys_are_not() -> None:
    draft = {"answers": {"dana": {"option": "Dana", "comment": "Dana waited.", "pins": [{"message": 1}]}}, "notes": [
        {"message": 0, "text": "Ask Dana."}], "summary": "Dana."}  # fmt: skip

    found = erasing.covered(draft, lambda text: text.replace("Dana", "████"))

    assert found == {"answers": {"dana": {"option": "Dana", "comment": "████ waited.", "pins": [{"message": 1}]}},
                     "notes": [{"message": 0, "text": "Ask ████."}], "summary": "████."}  # fmt: skip
