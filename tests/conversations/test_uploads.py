"""An upload read in the background: in slices, once, to the end, or until somebody stops it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.models import Conversation, ImportRun
from conversations.services import uploads
from conversations.services.batches import MOST_LINES
from conversations.tasks import continue_import, resume_imports
from core.models import Job
from core.refusals import Refused
from tests.conversations.importing import lines, packed, record, tally
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return person("manager")


def upload(content, now, by, *, source="Help desk"):
    file = SimpleUploadedFile("chats.jsonl", content)
    return uploads.start(file, source_name=source, by=by, now=now)


def work(run, now, **options):
    return uploads.work(run.job_id, clock=lambda: now, **options)


def seen(run):
    return ImportRun.objects.select_related("job").get(pk=run.pk)


def many(count):
    return [record(f"zen-{number}") for number in range(count)]


def test_an_upload_is_kept_and_waits_for_a_worker(manager, now):
    run = upload(lines(record()), now, manager)

    assert (run.status, run.job.status, run.job.kind, run.job.total) == (
        "running",
        "waiting",
        "import_conversations",
        len(lines(record())),
    )
    assert default_storage.exists(run.stored_as)
    assert uploads.waiting(now) == [run.job_id]


@pytest.mark.parametrize("pack", [lines, packed])
def test_one_slice_reads_a_small_file_to_its_end_and_deletes_the_copy(pack, manager, now):
    run = upload(pack(*many(3), "nonsense"), now, manager)

    again = work(run, now)

    after = seen(run)
    assert (again, after.status, tally(after)) == (False, "done", (3, 0, 0, 1))
    assert (after.job.status, after.job.done, after.job.result["created"]) == ("done", after.size, 3)
    assert (after.stored_as, default_storage.exists(run.stored_as)) == ("", False)
    assert uploads.waiting(now) == []


def test_slices_that_run_out_of_time_go_on_where_the_last_one_stopped(manager, now):
    run = upload(lines(*many(2 * MOST_LINES + 1)), now, manager)
    progress = []

    while work(run, now, seconds=0):
        progress.append((seen(run).received, seen(run).job.status))

    after = seen(run)
    assert progress[:3] == [(500, "running"), (1000, "running"), (1001, "running")]
    assert (after.status, tally(after), after.job.status) == ("done", (1001, 0, 0, 0), "done")


def test_progress_is_the_place_in_the_file_as_it_was_uploaded(manager, now):
    content = packed(*many(2 * MOST_LINES))
    run = upload(content, now, manager)

    work(run, now, seconds=0)

    job = seen(run).job
    assert 0 < job.done <= job.total == len(content)


def test_a_second_worker_leaves_a_job_that_is_being_worked_on_alone(manager, now):
    run = upload(lines(record()), now, manager)
    Job.objects.filter(pk=run.job_id).update(status="running", lease="other", leased_until=now + timedelta(minutes=1))

    again = work(run, now)

    assert (again, seen(run).received) == (False, 0)


def test_a_job_whose_worker_died_is_taken_up_when_its_lease_is_over(manager, now):
    run = upload(lines(record()), now, manager)
    Job.objects.filter(pk=run.job_id).update(status="running", lease="dead", leased_until=now)
    later = now + timedelta(seconds=1)

    waiting = uploads.waiting(later)
    work(run, later)

    assert (waiting, seen(run).status) == ([run.job_id], "done")


def test_the_task_reads_a_slice_and_the_sweep_finds_nothing_left(manager, now):
    run = upload(lines(record()), now, manager)

    continue_import(run.job_id)
    resume_imports()

    assert seen(run).status == "done"


def test_an_upload_cancelled_before_it_began_reads_nothing(manager, now):
    run = upload(lines(record()), now, manager)

    uploads.cancel(run, by=manager, now=now)
    again = work(run, now)

    after = seen(run)
    assert (again, after.status, after.job.status, after.received) == (False, "cancelled", "cancelled", 0)
    assert not default_storage.exists(run.stored_as or after.stored_as or "none")


def test_an_upload_cancelled_half_way_keeps_what_was_read(manager, now):
    run = upload(lines(*many(2 * MOST_LINES)), now, manager)
    work(run, now, seconds=0)

    uploads.cancel(seen(run), by=manager, now=now)
    again = work(run, now)

    after = seen(run)
    assert (again, after.status, after.job.status) == (False, "cancelled", "cancelled")
    assert (after.received, Conversation.objects.count(), after.stored_as) == (MOST_LINES, MOST_LINES, "")


def test_an_upload_cancelled_under_a_workers_hands_stops_at_the_next_batch(manager, now):
    run = upload(lines(*many(2 * MOST_LINES)), now, manager)
    moments = iter(range(10_000))

    def clock():
        # The second look at the clock is inside the work on the first batch.
        if next(moments) == 2:
            uploads.cancel(seen(run), by=manager, now=now)
        return now

    again = uploads.work(run.job_id, clock=clock)

    after = seen(run)
    assert (again, after.status, after.job.status) == (False, "cancelled", "cancelled")
    assert Conversation.objects.count() == after.received <= MOST_LINES


def test_the_same_file_is_not_read_twice_at_once(manager, now):
    first = upload(lines(record()), now, manager)

    with pytest.raises(Refused) as refused:
        upload(lines(record()), now, manager)

    assert (refused.value.refusal.code, refused.value.refusal.status) == ("already_reading", 409)
    assert refused.value.refusal.details == {"import": first.pk}


def test_the_same_file_may_be_read_again_once_it_was_read(manager, now):
    work(upload(lines(record()), now, manager), now)

    run = upload(lines(record()), now, manager)
    work(run, now)

    assert tally(seen(run)) == (0, 0, 1, 0)


@pytest.mark.parametrize("role", ["agent", "specialist", "supervisor"])
def test_importing_is_refused_to_those_who_do_not_run_the_programme(role, now):
    with pytest.raises(Refused) as refused:
        upload(lines(record()), now, person(role))

    assert (refused.value.refusal.code, refused.value.refusal.status) == ("wrong_role", 403)
    assert not ImportRun.objects.exists()


def test_a_file_that_is_gone_ends_the_import_with_a_sentence(manager, now):
    run = upload(lines(record()), now, manager)
    default_storage.delete(run.stored_as)

    again = work(run, now)

    after = seen(run)
    assert (again, after.status, after.job.status) == (False, "incomplete", "failed")
    assert after.problem == (
        "The uploaded file is no longer there. Upload it again: what was read before stays as it is."
    )


def test_an_error_nobody_foresaw_ends_the_import_and_says_where(manager, now, monkeypatch):
    run = upload(lines(record()), now, manager)

    def broken(*args, **kwargs):
        raise ValueError("unforeseen")

    monkeypatch.setattr("conversations.services.store.content_hash", broken)
    work(run, now)

    after = seen(run)
    assert (after.status, after.job.status, after.received) == ("incomplete", "failed", 0)
    assert after.problem.startswith("Reading stopped at line 1 because of an error in QA Portal")


def test_an_upload_there_is_no_room_for_leaves_nothing_behind(manager, now, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(default_storage._wrapped), "_save", full, raising=True)

    with pytest.raises(Refused) as refused:
        upload(lines(record()), now, manager)

    assert (refused.value.refusal.code, refused.value.refusal.status) == ("no_room", 503)
    assert (ImportRun.objects.count(), Job.objects.count()) == (0, 0)
