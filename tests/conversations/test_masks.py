"""What a source masks is masked as it comes in; what is here already once an admin asks for it, and no pin shifts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from conversations.models import Conversation, Reject, SearchText, Source, Transcript
from conversations.personal_details import Detail
from conversations.selectors import last_masking
from conversations.services import indexing, masks
from core.models import AuditEvent, Job
from core.refusals import Refused
from tests.api.asking import as_role, get, post, put
from tests.conftest import NOW
from tests.conversations.importing import import_records, message, record, tally
from tests.factories.accounts import person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LATER = NOW + timedelta(minutes=1)
MAIL, SAID = "dana@shop.example", "Write to dana@shop.example about order 1234567890, it is urgent"
FACTS = ("message_count", "customer_words", "agent_words", "duration_seconds", "content_hash")
FILE = (
    record(
        "zen-1",
        subject=f"From {MAIL}",
        metadata={"plan": "gold", "contact": {"mail": MAIL}, MAIL: 1},
        messages=[message("customer", "c-9", SAID), message("agent", "a-1", "Will do, Dana")],
    ),
    record("zen-2", metadata={}),
    record("zen-3", messages=[message("king", "c-9", SAID)]),
)


def source() -> Source:
    return Source.objects.get(slug="help-desk")


def told(name: str = "zen-1") -> Conversation:
    return Conversation.objects.get(source__slug="help-desk", external_id=name)


def first_text() -> str:
    transcript = told().transcript
    assert transcript is not None
    return transcript.messages[0].text


def everywhere() -> str:
    """Return everything that is stored of what was said, in one text."""
    indexing.work(clock=lambda: NOW)
    tables: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (Conversation, ("subject", "metadata")), (Transcript, ("body",)), (SearchText, ("words",)),
        (Reject, ("raw", "reason")),
    )  # fmt: skip
    return str([list(model.objects.values_list(*fields)) for model, fields in tables])


def done(job: Job) -> Job:
    slices = 0
    while masks.work(job.pk, clock=lambda: LATER, seconds=0):
        slices += 1
    assert slices > 0
    job.refresh_from_db()
    return job


def test_a_source_that_masks_keeps_signs_and_the_same_facts():
    import_records(FILE[1], now=NOW)
    import_records(FILE[0], now=NOW, source="Plain")
    masks.choose(source(), Detail.values, by=None, now=NOW)

    first, second = import_records(*FILE, now=NOW), import_records(*FILE, now=NOW)

    assert (tally(first), tally(second)) == ((1, 0, 1, 1), (0, 0, 2, 1))
    assert first_text() == "Write to [e-mail] about order 1234567890, it is urgent"
    assert (told().subject, told().metadata["contact"]) == ("From [e-mail]", {"mail": "[e-mail]"})
    assert "[e-mail]" in Reject.objects.filter(run=first).get().raw
    kept, plain = Conversation.objects.filter(external_id="zen-1").order_by("source__slug").values_list(*FACTS)
    assert kept == plain
    Conversation.objects.filter(source__slug="plain").update(subject="", metadata={}, transcript=None)
    Transcript.objects.filter(conversation__source__slug="plain").delete()
    assert MAIL not in everywhere().replace(f"'{MAIL}': 1", "")  # the name of a field is no text
    assert source().field_names == ["contact.mail", "plan"]


def test_what_is_here_is_masked_on_request_sign_for_sign_and_once():
    import_records(*FILE, now=NOW)
    masks.choose(source(), ["email"], by=None, now=NOW)
    again = import_records(*FILE, now=NOW)
    before = (told().transcript_id, told().content_hash, told().customer_words)
    assert (again.unchanged, first_text()) == (2, SAID)
    late = indexing.prepare()

    job = done(masks.begin(source(), by=None, now=NOW))
    written = indexing.write(late, now=NOW)

    masked = SAID.replace(MAIL, "[e-mail]█████████")
    assert (first_text(), len(masked)) == (masked, len(SAID))
    assert (told().transcript_id, told().content_hash, told().customer_words) == before
    assert written == 1  # only the one that had nothing to mask
    assert "dana@" not in everywhere().replace(f"'{MAIL}': 1", "")
    assert (job.status, job.done, job.result) == ("done", 2, {"conversations": 1, "rejects": 1})
    assert import_records(*FILE, now=NOW).unchanged == 2
    assert first_text() == masked
    assert done(masks.begin(source(), by=None, now=NOW)).result == {"conversations": 0, "rejects": 0}
    counted = AuditEvent.objects.filter(verb="source.masked").order_by("pk").values_list("params", flat=True)
    assert list(counted) == [{"conversations": 1, "rejects": 1}, {"conversations": 0, "rejects": 0}]


def test_masking_that_cannot_begin_says_why_and_one_that_was_lost_goes_on():
    import_records(*FILE, now=NOW)

    with pytest.raises(Refused) as nothing:
        masks.begin(source(), by=None, now=NOW)
    masks.choose(source(), ["email"], by=None, now=NOW)
    job = masks.begin(source(), by=None, now=NOW)
    with pytest.raises(Refused) as twice:
        masks.begin(source(), by=None, now=NOW)
    with pytest.raises(Refused) as unknown:
        masks.choose(source(), ["shoe size"], by=None, now=NOW)

    assert (nothing.value.refusal.code, twice.value.refusal.code) == ("nothing_to_mask", "masking_already")
    assert unknown.value.refusal.code == "unknown_detail"
    assert masks.waiting(NOW) == [job.pk]
    assert done(job).result == {"conversations": 1, "rejects": 1}
    assert masks.waiting(LATER) == []


def test_an_admin_chooses_on_the_page_and_a_script_does_the_same(client: Client) -> None:
    import_records(*FILE, now=NOW)
    client.force_login(person(Role.ADMIN))
    url, script = f"/sources/{source().pk}/", as_role(Role.ADMIN)

    wrong = client.post(f"{url}mask/", {"masks": ["shoe size"]})
    too_early = client.post(f"{url}mask-kept/")
    saved = client.post(f"{url}mask/", {"masks": ["email", "card"]}, follow=True)
    begun = client.post(f"{url}mask-kept/", follow=True)
    done(last_masking([source().pk])[source().pk])
    shown = client.get(f"{url}masking/")
    chosen = put(script, f"sources/{source().pk}/", {"masks": ["phone"]})
    again = post(script, f"sources/{source().pk}/mask/", {})
    nothing = put(script, f"sources/{source().pk}/", {})
    read = get(script, f"sources/{source().pk}/").json()
    with CaptureQueriesContext(connection) as one:
        get(script, "sources/")
    Source.objects.create(slug="phone", name="Phone", created_at=NOW)
    with CaptureQueriesContext(connection) as two:
        rows = get(script, "sources/").json()["results"]

    assert (len(two), [row["masking"] is None for row in rows]) == (len(one), [False, True])
    assert (wrong.status_code, too_early.status_code, nothing.status_code) == (422, 409, 422)
    assert "Masked: E-mail addresses, Payment card numbers" in saved.text
    assert "Begun. It goes on in the background" in begun.text
    assert "Changed conversations: 1, rejected records: 1." in shown.text
    assert (chosen.json()["masks"], chosen.json()["retention_days"]) == (["phone"], None)
    assert (again.status_code, read["masks"], read["masking"]["status"]) == (202, ["phone"], "waiting")
