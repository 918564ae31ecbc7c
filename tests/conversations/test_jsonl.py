"""One line in, one clear outcome out: every oddity of the data README and of hostile files."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from conversations.formats import jsonl
from conversations.formats.outcomes import Accepted, Rejected
from conversations.messages import Attachment, Message
from conversations.records import Person, Record

WHOLE = {
    "external_id": "zen-4711 #2: a",
    "channel": "chat",
    "agent": {"external_id": "a-1", "name": "Leila Haddad"},
    "customer": {"external_id": "c-9", "name": "Dana Whitfield"},
    "subject": "Charged twice",
    "started_at": "2026-01-05T09:00:00Z",
    "ended_at": "2026-01-05T09:30:00Z",
    "tags": ["billing", "refund"],
    "csat": 4,
    "metadata": {"plan": "gold"},
    "messages": [
        {"role": "customer", "author": "c-9", "sent_at": "2026-01-05T09:00:00Z", "text": "Hi"},
        {"role": "agent", "author": "a-1", "sent_at": "2026-01-05T09:01:00+01:00", "text": "Hello"},
    ],
}


def line(**changes):
    return json.dumps({**WHOLE, **changes}).encode()


def with_message(**changes):
    return line(messages=[{"role": "customer", "text": "Hi", **changes}])


def outcomes(content, now, **options):
    return list(jsonl.read(io.BytesIO(content), now=now, **options))


def record(content, now):
    (outcome,) = outcomes(content, now)
    assert isinstance(outcome, Accepted), outcome
    return outcome.record


def reject(content, now):
    (outcome,) = outcomes(content, now)
    assert isinstance(outcome, Rejected), outcome
    return f"{outcome.path}: {outcome.reason}" if outcome.path else outcome.reason


def test_a_whole_record_is_read_with_its_times_in_utc(now):
    found = record(line(), now)

    assert found == Record(
        external_id="zen-4711 #2: a",
        channel="chat",
        agent=Person(external_id="a-1", name="Leila Haddad"),
        customer=Person(external_id="c-9", name="Dana Whitfield"),
        subject="Charged twice",
        started_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
        ended_at=datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
        tags=["billing", "refund"],
        csat=4,
        metadata={"plan": "gold"},
        messages=[
            Message(role="customer", author="c-9", sent_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC), text="Hi"),
            Message(role="agent", author="a-1", sent_at=datetime(2026, 1, 5, 8, 1, tzinfo=UTC), text="Hello"),
        ],
    )


def test_null_and_missing_mean_the_same(now):
    bare = {"external_id": "x", "messages": [{"role": "agent"}]}
    nulls = dict.fromkeys(WHOLE, None) | {
        "external_id": "x",
        "messages": [{"role": "agent", "author": None, "sent_at": None, "text": None, "html": None, "kind": None,
                      "internal": None, "note": None, "attachments": None}],
    }  # fmt: skip

    assert record(json.dumps(bare).encode(), now) == record(json.dumps(nulls).encode(), now)


def test_people_without_id_are_known_by_name_and_without_both_not_at_all(now):
    assert record(line(agent={"name": "Tom"}, customer={}), now).agent == Person(external_id="Tom", name="Tom")
    assert record(line(customer={"external_id": None, "name": None}), now).customer is None


def test_ids_may_be_whole_numbers(now):
    assert record(line(external_id=4711, agent={"external_id": 7}), now).external_id == "4711"
    assert record(with_message(author=12), now).messages[0].author == "12"


def test_keys_nobody_asked_for_are_ignored(now):
    assert record(line(priority="high", custom={"a": [1]}), now) == record(line(), now)


def test_tags_lose_blanks_and_repeats_and_keep_their_order(now):
    assert record(line(tags=[" b ", "a", "", "b"]), now).tags == ["b", "a"]


def test_a_tool_message_becomes_a_system_message_of_kind_tool(now):
    assert record(with_message(role="tool", text='{"rows": 2}'), now).messages == [
        Message(role="system", text='{"rows": 2}', kind="tool")
    ]


@pytest.mark.parametrize("flag", [{"internal": True}, {"note": True}, {"kind": "note"}])
def test_an_internal_note_is_marked_however_the_file_says_so(flag, now):
    assert record(with_message(role="agent", **flag), now).messages[0].kind == "note"


def test_attachments_are_kept_as_references(now):
    found = record(with_message(text=None, attachments=[{"name": "bill.pdf", "size": 9, "url": None}]), now)

    assert found.messages == [Message(role="customer", attachments=(Attachment(name="bill.pdf", size=9),))]


def test_html_is_kept_as_received(now):
    assert record(with_message(text=None, html="<p>Hi<script>x</script>"), now).messages[0].html == (
        "<p>Hi<script>x</script>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=1+1",
        "@cmd",
        "&lt;b&gt; &amp;amp;",
        "<script>alert(1)</script>",
        "#NAME# from __company__",
        "\u202eesrever\u200b\ufeff\ufffd",
        "\x01\x1b[31m",
        "👩\u200d👧 שלום 你好",
        "y" * 8000,
    ],
)
def test_text_is_taken_as_it_is(text, now):
    assert record(with_message(text=text), now).messages[0].text == text


def test_equal_missing_and_backward_times_are_normal_and_the_order_is_the_files(now):
    times = ["2026-01-05T09:00:00Z", "2026-01-05T09:00:00Z", None, "2026-01-05T08:00:00Z"]

    found = record(line(messages=[{"role": "agent", "text": str(n), "sent_at": at} for n, at in enumerate(times)]), now)

    assert [message.text for message in found.messages] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("escaped", "clean"), [(r"a\u0000b", "a\ufffdb"), (r"a\ud83db", "a\ufffdb"), ("a\x00b", "a\ufffdb")]
)
def test_unusable_characters_are_replaced_everywhere_and_that_is_said(escaped, clean, now):
    content = line(subject="SUBJECT", metadata={"k": "SUBJECT"}).replace(b"SUBJECT", escaped.encode())

    (outcome,) = outcomes(content, now)

    assert (outcome.record.subject, outcome.record.metadata, outcome.repaired) == (clean, {"k": clean}, True)


def test_half_a_pair_as_the_last_sign_of_a_line_is_replaced_too(now):
    # The decoder takes it for an early end: fewer bytes follow than the other half would need.
    content = rb'{"external_id": "x", "messages": [{"role": "agent", "text": "a\ud83d"}]}'

    (outcome,) = outcomes(content, now)

    assert (outcome.record.messages[0].text, outcome.repaired) == ("a\ufffd", True)


def test_a_usable_line_is_not_called_repaired(now):
    (outcome,) = outcomes(line(subject="\\u0000 😀"), now)

    assert (outcome.record.subject, outcome.repaired) == ("\\u0000 😀", False)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (line(external_id=None), "external_id: should be text or a whole number, but is null"),
        (line(external_id="  "), "external_id: is empty"),
        (line(external_id="x" * 256), "external_id: is longer than 255 characters"),
        (line(external_id=10**300), "external_id: is longer than 255 characters"),
        (line(messages=[]), "messages: holds no message, so there is nothing to review"),
        (line(messages=[{"role": "bot"}] * 10_001), "messages: holds more than 10,000 messages"),
        (line(messages=None), "messages: should be a list, but is null"),
        (b'{"external_id": "x"}', "messages: is missing"),
        (b'{"messages": [{"role": "agent"}]}', "external_id: is missing"),
        (line(messages=[{"text": "Hi"}]), "messages[0].role: is missing"),
        (line(messages=[{"role": "agent"}, 3]), "messages[1]: should be an object, but is a whole number"),
        (with_message(role="boss"), "messages[0].role: “boss” is not one of customer, agent, bot, system, tool"),
        (with_message(role=None), "messages[0].role: should be text, but is null"),
        (with_message(kind="joke"), "messages[0].kind: “joke” is not one of message, note, tool, event"),
        (with_message(text=["a"]), "messages[0].text: should be text, but is a list"),
        (with_message(author=True), "messages[0].author: should be text or a whole number, but is true or false"),
        (with_message(sent_at="yesterday"), "messages[0].sent_at: is not a time like 2026-01-31T14:05:00Z"),
        (with_message(sent_at="2026-02-30T00:00:00Z"), "messages[0].sent_at: is not a time like 2026-01-31T14:05:00Z"),
        (
            with_message(sent_at="2026-01-05T09:00:00"),
            "messages[0].sent_at: has no time zone; end it with Z or an offset like +01:00",
        ),
        (
            with_message(sent_at=1767603600),
            "messages[0].sent_at: should be a time like 2026-01-31T14:05:00Z, but is a whole number",
        ),
        (with_message(sent_at="1970-01-01T00:00:00Z"), "messages[0].sent_at: lies before 1990"),
        (with_message(sent_at="0001-01-01T00:00:00+14:00"), "messages[0].sent_at: lies before 1990"),
        (with_message(sent_at="9999-12-31T23:59:59-14:00"), "messages[0].sent_at: lies in the future"),
        (line(started_at="2026-03-05T10:00:01Z"), "started_at: lies in the future"),
        (line(ended_at="2031-01-01T00:00:00Z"), "ended_at: lies in the future"),
        (line(channel="fax"), "channel: “fax” is not one of chat, messaging, email, ticket, voice"),
        (line(agent="Tom"), "agent: should be an object, but is text"),
        (line(agent={"external_id": "x" * 256}), "agent.external_id: is longer than 255 characters"),
        (line(agent={"name": "x" * 201}), "agent.name: is longer than 200 characters"),
        (line(tags="a"), "tags: should be a list, but is text"),
        (line(tags=["a", None]), "tags[1]: should be text, but is null"),
        (line(tags=[str(n) for n in range(201)]), "tags: holds more than 200 tags"),
        (line(csat=-1), "csat: is below 0"),
        (line(csat=101), "csat: is above 100"),
        (line(csat="good"), "csat: should be a number, but is text"),
        (line(metadata=[1]), "metadata: should be an object"),
        (line(metadata={"a": "x" * 70_000}), "metadata: is larger than 64 kB"),
        (with_message(attachments=[{"size": -1}]), "messages[0].attachments[0].size: is below 0"),
        (line().replace(b'"csat": 4', b'"csat": 1e999'), "csat: is a number that is too large"),
        (line().replace(b'"gold"', b"1" * 5000), "metadata: holds a number that is too large"),
        (line().replace(b'"gold"', b'{"a":' * 21 + b"1" + b"}" * 21), "metadata: is nested more than 20 levels deep"),
        (line().replace(b'"gold"', b"[" * 15_000 + b"]" * 15_000), "The line is nested too deeply to be read."),
        (b'{"x": ' + b"[" * 15_000 + b"]" * 15_000 + b"}", "The line is nested too deeply to be read."),
        (
            line().replace(b'"csat": 4', b'"csat": NaN'),
            "The line is not valid JSON: invalid character at its byte 314.",
        ),
        (b'{"external_id": "x"', "The line ends in the middle of the JSON."),
        (b'{"external_id": "caf\xe9", "messages": []}', "The line is not valid UTF-8 at its byte 21."),
        (b'{"external_id": "a\tb"}', "The line is not valid JSON: invalid character at its byte 19."),
        (b"[" + line() + b"]", "The line starts a JSON list. Write one conversation a line (JSON Lines)."),
        (b"external_id,channel,text", "The line is not a JSON object."),
        (b"null", "The line is not a JSON object."),
        (line() + b" {}", "The line is not valid JSON: trailing characters at its byte 543."),
    ],
)
def test_a_record_that_cannot_be_taken_says_where_and_why(content, sentence, now):
    assert reject(content, now) == sentence


def test_utf16_is_named(now):
    first, *_rest = outcomes("{}\n".encode("utf-16"), now)

    assert first.reason == "The file is UTF-16. Save it as UTF-8."


def test_a_time_within_a_day_of_now_is_a_clock_that_differs(now):
    ahead = (now + timedelta(hours=23)).isoformat()

    assert record(line(ended_at=ahead), now).ended_at == now + timedelta(hours=23)


def test_blank_lines_are_skipped_and_counted_as_lines(now):
    found = outcomes(b"\n  \r\n" + line() + b"\r\n\n" + line(external_id=None) + b"\n\n", now)

    assert [(type(outcome), outcome.line) for outcome in found] == [(Accepted, 3), (Rejected, 5)]


def test_a_byte_order_mark_is_no_part_of_the_first_record(now):
    assert record(b"\xef\xbb\xbf" + line(), now) == record(line(), now)


def test_a_reject_keeps_line_byte_and_raw_text(now):
    bad = b'{"external_id": "caf\xe9\x00"}'

    (_good, outcome) = outcomes(line() + b"\n" + bad + b"\r\n", now)

    assert (outcome.line, outcome.byte, outcome.size) == (2, len(line()) + 1, len(bad) + 1)
    assert outcome.raw == '{"external_id": "caf\\xe9\ufffd"}'


def test_a_reject_over_one_megabyte_keeps_its_first_four_kilobytes(now):
    content = with_message(text=3).replace(b"3}", b'3, "x": "' + b"y" * 2**20 + b'"}')

    (outcome,) = outcomes(content, now)

    assert (outcome.raw, outcome.size) == (content[:4096].decode(), len(content))


def test_a_line_over_the_limit_is_rejected_and_reading_goes_on(now):
    content = with_message(text="x" * 3 * 2**20) + b"\n" + line()

    (first, second) = outcomes(content, now, limit=2 * 2**20)

    assert (first.reason, len(first.raw), second.record) == (
        "The line is longer than 2 MB.",
        4096,
        record(line(), now),
    )


def test_a_truncated_gzip_file_gives_what_came_before_and_one_reject_for_the_rest(now):
    content = b"".join(line(external_id=f"id-{number}") + b"\n" for number in range(500))
    packed = gzip.compress(content, mtime=0)

    *read, last = outcomes(packed[:-200], now)

    assert [outcome.record.external_id for outcome in read] == [f"id-{number}" for number in range(len(read))]
    assert len(read) > 100
    assert (last.line, last.ends_file, last.reason) == (
        len(read) + 1,
        True,
        "The compressed file ends in the middle, so nothing from here on could be read.",
    )


def test_a_corrected_line_of_our_own_file_of_rejects_is_taken_for_what_it_holds(now):
    wrapped = json.dumps({"line": 7, "reason": "csat: is below 0", "raw": line().decode()}).encode()
    still_bad = json.dumps({"line": 7, "reason": "x", "raw": line(csat=-1).decode()}).encode()

    assert record(wrapped, now) == record(line(), now)
    assert reject(still_bad, now) == "csat: is below 0"


@pytest.mark.parametrize(("name", "count"), [("star", 3762), ("ubuntu_irc", 3396), ("abcd_sample", 5)])
def test_every_line_of_the_real_files_is_taken(shared_data, name, count, now):
    with (shared_data / "data" / f"{name}.jsonl.gz").open("rb") as file:
        taken = [outcome for outcome in jsonl.read(file, now=now) if isinstance(outcome, Accepted)]

    assert (len(taken), len({outcome.record.external_id for outcome in taken})) == (count, count)
