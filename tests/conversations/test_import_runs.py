"""A run: counted, kept together with its cursor, gone on with after a crash, ended with the truth."""

from __future__ import annotations

import io

import pytest

from conversations.models import Completion, Conversation, ImportRun, Reject
from conversations.services import reading, runs
from conversations.services.batches import MOST_LINES, Overtaken, take_in
from core.models import AuditEvent
from core.refusals import Refused
from tests.conversations.importing import begin, go_on, import_bytes, lines, packed, record, tally
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What a kill looks like from inside: nothing catches it."""


def many(count, start=0):
    return [record(f"zen-{number}") for number in range(start, start + count)]


def kill_after(batches):
    """Return a go_on that kills the reader after so many batches."""
    left = [batches]

    def go_on(_run):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return True

    return go_on


def test_every_line_is_accounted_for(now):
    run = import_bytes(lines(*many(3), "nonsense", "", record("zen-0"), record("zen-1", csat=5), record(csat=-1)), now)

    assert (run.received, tally(run), run.status) == (7, (3, 1, 1, 2), "done")
    assert (run.next_line, run.finished_at) == (9, now)


def test_every_reject_keeps_its_line_byte_path_reason_and_text(now):
    content = lines(record("zen-1"), "nonsense", record("zen-2", csat=-1))

    run = import_bytes(content, now)

    first = len(lines(record("zen-1")))
    assert list(run.rejects.values_list("line", "byte", "size", "path", "reason")) == [
        (2, first, 8, "", "The line is not a JSON object."),
        (3, first + 9, len(lines(record("zen-2", csat=-1))) - 1, "csat", "is below 0"),
    ]
    assert run.rejects.get(line=2).raw == "nonsense"
    assert run.rejects.get(line=3).raw.encode() + b"\n" == lines(record("zen-2", csat=-1))


@pytest.mark.parametrize("kills", [1, 2, 3])
def test_a_reader_killed_between_batches_is_gone_on_with_and_nothing_is_lost_or_doubled(kills, now):
    content = lines(*many(2 * MOST_LINES), "nonsense", *many(MOST_LINES // 2, start=2 * MOST_LINES))
    run = begin(content, now)
    with pytest.raises(Killed):
        reading.read(run, io.BytesIO(content), clock=lambda: now, go_on=kill_after(kills))
    killed = ImportRun.objects.get(pk=run.pk)

    go_on(killed, content, now)

    run = ImportRun.objects.get(pk=run.pk)
    assert (run.received, tally(run), run.status) == (1251, (1250, 0, 0, 1), "done")
    assert (Conversation.objects.count(), Completion.objects.count(), Reject.objects.count()) == (1250, 1250, 1)


def test_a_reader_killed_inside_a_batch_leaves_nothing_of_that_batch(now, monkeypatch):
    content = lines(*many(MOST_LINES + 10))
    run = begin(content, now)

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("conversations.services.store._record_changes", killed)
        with pytest.raises(Killed):
            reading.read(run, io.BytesIO(content), clock=lambda: now)
    untouched = ImportRun.objects.get(pk=run.pk)
    seen = (untouched.received, untouched.next_line, Conversation.objects.count())
    go_on(untouched, content, now)

    assert seen == (0, 1, 0)
    assert tally(ImportRun.objects.get(pk=run.pk)) == (MOST_LINES + 10, 0, 0, 0)


def test_going_on_reads_a_packed_file_from_the_middle_too(now):
    content = packed(*many(MOST_LINES + 3))
    run = begin(content, now)
    with pytest.raises(Killed):
        reading.read(run, io.BytesIO(content), clock=lambda: now, go_on=kill_after(1))

    go_on(ImportRun.objects.get(pk=run.pk), content, now)

    assert tally(ImportRun.objects.get(pk=run.pk)) == (MOST_LINES + 3, 0, 0, 0)


def test_two_readers_of_one_run_write_each_batch_once(now):
    content = lines(*many(2 * MOST_LINES))
    first = begin(content, now)
    second = ImportRun.objects.get(pk=first.pk)
    batches = list(reading.batches(reading.jsonl.read(io.BytesIO(content), now=now)))
    take_in(first, batches[0], now=now)

    with pytest.raises(Overtaken):
        take_in(second, batches[0], now=now)

    assert ImportRun.objects.get(pk=first.pk).received == MOST_LINES


def test_the_run_of_the_same_file_that_did_not_end_is_found_again(now):
    content = lines(record())
    run = begin(content, now)
    digest = reading.fingerprint(io.BytesIO(content))
    found = runs.interrupted(run.source, digest)

    go_on(run, content, now)

    assert (found, runs.interrupted(run.source, digest)) == (run, None)


def test_a_truncated_packed_file_is_taken_up_to_the_break_and_the_run_says_so(now):
    content = packed(*many(400))[:-300]

    run = import_bytes(content, now)

    sentence = "The compressed file ends in the middle, so nothing from here on could be read."
    assert (run.status, run.problem, run.rejected) == ("incomplete", sentence, 1)
    assert (run.created, Conversation.objects.count()) == (run.received - 1, run.received - 1)
    assert run.created > 100
    assert (run.rejects.get().line, run.rejects.get().reason) == (run.created + 1, sentence)


def test_a_run_killed_right_after_the_break_of_its_file_reports_the_rest_once(now):
    content = packed(*many(400))[:-300]
    run = begin(content, now)
    with pytest.raises(Killed):
        reading.read(run, io.BytesIO(content), clock=lambda: now, go_on=kill_after(1))

    go_on(ImportRun.objects.get(pk=run.pk), content, now)

    run = ImportRun.objects.get(pk=run.pk)
    assert (run.status, run.rejected, run.rejects.count()) == ("incomplete", 1, 1)


def test_a_file_that_holds_no_conversations_is_given_up_after_a_thousand_lines(now):
    run = import_bytes(b"id,channel,text\n" * 5000, now)

    assert (run.status, run.received, run.rejected, run.rejects.count()) == ("incomplete", 1001, 1001, 1001)
    assert run.problem.startswith("The first 1,000 lines were all rejected, so the rest was not read.")
    assert run.rejects.last().line == 1001


def test_a_cancelled_run_keeps_what_it_read_and_reads_no_more(now):
    manager = person("manager")
    content = lines(*many(2 * MOST_LINES))
    run = begin(content, now, by=manager)

    def cancel_then_go_on(current):
        if current.status == "running":
            runs.cancel(ImportRun.objects.get(pk=current.pk), by=manager, now=now)
        return True

    with pytest.raises(Overtaken):
        reading.read(run, io.BytesIO(content), clock=lambda: now, go_on=cancel_then_go_on)

    run = ImportRun.objects.get(pk=run.pk)
    assert (run.status, run.received, Conversation.objects.count()) == ("cancelled", MOST_LINES, MOST_LINES)


def test_an_ended_run_is_not_cancelled(now):
    manager = person("manager")
    run = import_bytes(lines(record()), now)

    with pytest.raises(Refused) as refused:
        runs.cancel(run, by=manager, now=now)

    assert (refused.value.refusal.code, refused.value.refusal.status) == ("import_ended", 409)


def test_beginning_and_ending_are_recorded_with_the_numbers(now):
    import_bytes(lines(record(), "nonsense"), now)

    events = AuditEvent.objects.filter(verb__startswith="import.").order_by("pk")
    assert list(events.values_list("verb", "params")) == [
        ("import.started", {}),
        (
            "import.finished",
            {
                "received": 2,
                "created": 1,
                "updated": 0,
                "unchanged": 0,
                "rejected": 1,
                "repaired": 0,
                "rows": 2,
                "repeated": 0,
            },
        ),
    ]


def test_a_line_too_long_for_a_conversation_is_rejected_and_the_rest_is_read(now):
    long = b'{"external_id": "' + b"x" * (17 * 2**20) + b'"}'

    run = import_bytes(lines(record("zen-1"), long, record("zen-2")), now)

    reject = run.rejects.get()
    assert tally(run) == (2, 0, 0, 1)
    assert (reject.reason, reject.size, len(reject.raw)) == ("The line is longer than 16 MB.", len(long), 4096)
