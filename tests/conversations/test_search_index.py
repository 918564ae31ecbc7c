"""What is in the search index: the current words of every conversation, and nothing that is gone."""

from __future__ import annotations

import pytest
from django.db import connection

from conversations.models import Conversation, SearchText, Transcript
from conversations.search.content import LONGEST_TEXT
from conversations.search.matching import not_searchable
from conversations.services import indexing
from conversations.tasks import index_conversations
from core.models import Job
from tests.conversations.importing import import_records, record
from tests.conversations.searching import found, index, says
from tests.factories.conversations import ConversationFactory

pytestmark = pytest.mark.django_db

INDEX = "conversations_searchindex"


def said(text, **changes):
    return record("zen-1", messages=[{"role": "customer", "author": "c-9", "text": text}], **changes)


def waiting():
    return list(not_searchable(Conversation.objects.all()).values_list("external_id", flat=True))


def test_a_conversation_is_found_once_the_job_has_run():
    says("My parcel is late", external_id="late")
    ConversationFactory(external_id="without text")

    assert (found("parcel"), waiting()) == ([], ["late"])
    index_conversations()
    assert (found("parcel"), waiting()) == (["late"], [])


def test_indexing_twice_changes_nothing_and_only_the_last_job_is_kept(now):
    says("My parcel is late")
    index()
    before = SearchText.objects.values().get()
    says("Another one")

    index()
    index()

    assert SearchText.objects.values().get(pk=before["conversation_id"]) == before
    assert [(job.status, job.result) for job in Job.objects.filter(kind=indexing.KIND)] == [
        ("done", {"conversations": 1})
    ]


def test_a_changed_conversation_is_found_by_its_new_words_only(now):
    import_records(said("My parcel is late"), now=now)
    index()

    import_records(said("My letter is late"), now=now)
    between = found("late")
    index()

    assert (between, found("parcel"), found("letter")) == ([], [], ["zen-1"])


def test_a_changed_subject_is_indexed_again_although_nothing_else_was_said(now):
    import_records(said("Hello", subject="Parcel"), now=now)
    index()

    import_records(said("Hello", subject="Letter"), now=now)
    index()

    assert (found("parcel"), found("letter hello")) == ([], ["zen-1"])


def test_an_import_between_reading_and_writing_wins(now):
    import_records(said("My parcel is late"), now=now)
    read = indexing.prepare()
    import_records(said("My letter is late"), now=now)

    written = indexing.write(read, now=now)

    assert (written, found("late"), waiting()) == (0, [], ["zen-1"])
    index()
    assert (found("parcel"), found("letter")) == ([], ["zen-1"])


def test_a_subject_that_changes_between_reading_and_writing_wins(now):
    import_records(said("Hello", subject="Parcel"), now=now)
    read = indexing.prepare()
    import_records(said("Hello", subject="Letter"), now=now)

    assert indexing.write(read, now=now) == 0


def test_the_time_runs_out_and_the_next_slice_goes_on(monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 2)
    for number in range(5):
        says("parcel", external_id=f"{number}")

    more = index(seconds=0)
    first = found("parcel")

    assert (more, first) == (True, ["0", "1"])
    assert [index(), found("parcel"), index()] == [False, ["0", "1", "2", "3", "4"], False]


def test_a_job_that_somebody_else_runs_is_left_alone(now):
    says("parcel")
    Job.objects.create(kind=indexing.KIND, created_at=now, status="running", leased_until=now.replace(year=2027))

    assert (index(), found("parcel")) == (False, [])


def test_a_runner_that_was_killed_is_followed_by_another(now):
    says("parcel", external_id="a")
    Job.objects.create(kind=indexing.KIND, created_at=now, status="running", leased_until=now.replace(year=2025))

    assert (index(), found("parcel")) == (False, ["a"])


def test_words_go_with_the_conversation_with_its_text_and_when_they_are_forgotten():
    gone, emptied, forgotten = (says("parcel", external_id=name) for name in ("gone", "emptied", "forgotten"))
    index()
    assert found("parcel") == ["emptied", "forgotten", "gone"]

    Conversation.objects.filter(pk__in=[gone.pk, emptied.pk]).update(transcript=None)
    Transcript.objects.filter(conversation=emptied).delete()
    gone.delete()
    indexing.forget([forgotten.pk])

    assert (found("parcel"), SearchText.objects.count()) == ([], 0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('integrity-check')")
            cursor.execute(f"SELECT count(*) FROM {INDEX} WHERE {INDEX} MATCH 'parcel'")
            assert cursor.fetchone() == (0,)


def test_a_conversation_without_text_is_not_found_even_before_its_words_are_deleted():
    row = says("parcel")
    index()

    Conversation.objects.filter(pk=row.pk).update(transcript=None)

    assert found("parcel") == []


def test_of_a_very_long_conversation_the_beginning_is_searched():
    says("needle " + "hay " * (LONGEST_TEXT // 4), "behind", external_id="long")
    says("".join(map(chr, range(0x4E00, 0x9FFF))) * 5, external_id="signs")
    index()

    assert (found("needle"), found("behind"), found("丁")) == (["long"], [], ["signs"])
    assert max(map(len, SearchText.objects.values_list("words", flat=True))) < 600_000


def test_the_longest_possible_words_still_fit_the_index():
    signs = "".join(chr(0x20000 + place) for place in range(LONGEST_TEXT // 4))
    says(signs, external_id="rare")
    says(" ".join("x" * 70 + str(place) for place in range(3000)), external_id="codes")
    index()

    assert (found(signs[40_000:40_002]), found("x" * 64), waiting()) == (["rare"], ["codes"], [])


def test_the_index_is_still_kept_by_the_database_after_all_migrations():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{INDEX}%"])
            names = {f"{INDEX}_{what}" for what in ("add", "remove", "change")}
        else:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname = %s", [INDEX])
            names = {INDEX}
        assert {name for (name,) in cursor.fetchall()} == names
