"""One conversation: what was said, safely, and what is known about it."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.characters import visible
from conversations.messages import Attachment, Message
from conversations.models import Conversation
from conversations.text import plain_text
from tests.conversations.importing import import_records, message, record
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.conversations import ENDED, conversation, talk, transcribe

pytestmark = pytest.mark.django_db

WORDS = re.compile(r"data-words[^>]*>(.*?)</(?:span|code)>", re.DOTALL)


@pytest.fixture(autouse=True)
def manager(client):
    user = person("manager")
    client.force_login(user)
    return user


def address(row):
    return reverse("conversations:conversation", args=[row.pk])


def page(client, row, **query):
    response = client.get(address(row), query)
    assert response.status_code == 200
    return response.content.decode()


def said(*messages):
    return conversation(messages=list(messages))


def test_every_message_has_its_place_speaker_and_words(client):
    html = page(client, conversation(agent=AgentFactory(name="Leila Haddad"), customer_external_id="c-9",
                                     customer_name="Dana Whitfield"))  # fmt: skip

    assert re.findall(r'id="message-(\d+)" data-index="(\d+)" data-speaker="(\w+)"', html) == [
        ("0", "0", "customer"),
        ("1", "1", "agent"),
        ("2", "2", "customer"),
        ("3", "3", "agent"),
    ]
    assert WORDS.findall(html) == [one.text for one in talk()]
    assert re.findall(r'<b dir="auto">(.*?)</b> (\w+)', html)[:2] == [
        ("Dana Whitfield", "customer"),
        ("Leila Haddad", "agent"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "  two  spaces\n\n  and lines ",
        "<script>alert(1)</script>",
        "a\u202eb\u200bc\x01",
        "😀👩\u200d👧",
        "{{ request.user }}",
        "'\"&amp;",
    ],
)
def test_the_words_on_the_page_are_the_projection_code_point_for_code_point(text, client):
    one = Message(role="customer", text=text)

    (shown,) = WORDS.findall(page(client, said(one)))

    assert unescape(shown) == visible(plain_text(one))
    assert "<script>" not in shown


def test_hostile_html_is_shown_without_its_teeth(client):
    html = page(
        client,
        said(Message(
            role="customer",
            html='<p onclick="x()">Hello <img src="https://evil.example/p.gif" alt="bill"></p><script>alert(1)</script>'
                 '<a href="javascript:alert(1)">pay</a><a href="https://shop.example">shop</a>',
        )),
    )  # fmt: skip

    (formatted,) = re.findall(r'<div class="message-html" dir="auto">(.*?)</div></details>', html, re.DOTALL)
    assert formatted == (
        '<p>Hello </p><a target="_blank" rel="noopener noreferrer nofollow">pay</a>'
        '<a href="https://shop.example" target="_blank" rel="noopener noreferrer nofollow">shop</a>'
    )
    assert "evil.example" not in html
    assert WORDS.findall(html) == ["Hello [bill]\n\npayshop"]


def test_tools_and_system_messages_are_folded_and_notes_are_marked(client):
    html = page(
        client,
        said(
            Message(role="system", author="tool", text='{"rows": 2}', kind="tool"),
            Message(role="system", text="Closed after 15 minutes"),
            Message(role="agent", author="a-1", text="Not for the customer", kind="note"),
        ),
    )

    assert re.findall(r"<summary>(Tool|System): (.*?)</summary>", html) == [
        ("Tool", "{&quot;rows&quot;: 2}"),
        ("System", "Closed after 15 minutes"),
    ]
    assert re.findall(r'data-speaker="(\w+)"', html) == ["tool", "system", "note"]
    assert "internal note" in html


def test_attachments_are_listed_and_only_web_addresses_are_links(client):
    html = page(
        client,
        said(Message(role="customer", attachments=(
            Attachment(name="bill.pdf", url="https://files.example/bill.pdf", size=2048),
            Attachment(name="<b>x</b>", url="javascript:alert(1)"),
            Attachment(content_type="image/png", url="//evil.example/x"),
        ))),
    )  # fmt: skip

    (block,) = re.findall(r'<ul class="message-attachments">(.*?)</ul>', html, re.DOTALL)
    assert re.findall(r'href="([^"]*)"', block) == ["https://files.example/bill.pdf"]
    assert (
        re.findall(r'dir="auto">(.*?)</', block) == ["bill.pdf", "&lt;b&gt;x&lt;", "image/png"] or "&lt;b&gt;x" in block
    )
    assert "(no text)" not in html


def test_an_empty_message_says_that_it_is_empty(client):
    assert "(no text)" in page(client, said(Message(role="customer", text=" ")))


def test_days_silences_and_waits_are_told(client):
    html = page(
        client,
        said(
            Message(role="customer", text="a", sent_at=ENDED),
            Message(role="agent", text="b", sent_at=ENDED + timedelta(minutes=45)),
            Message(role="agent", text="c", sent_at=ENDED + timedelta(days=1)),
            Message(role="agent", text="d"),
        ),
    )

    assert re.findall(r'class="transcript-day">(.*?)<', html) == [
        "Tuesday 24 February 2026",
        "Wednesday 25 February 2026",
    ]
    assert re.findall(r'class="transcript-gap">(.*?)<', html) == ["45:00 of silence", "23 h 15 of silence"]
    assert re.findall(r'class="message-wait">(.*?)<', html) == ["45:00 after the customer"]
    assert html.count("no time given") == 1


def test_an_earlier_version_can_be_read_and_says_so(client, now):
    row = conversation()
    old = row.transcript
    transcribe(row, [Message(role="agent", text="Edited")], now=now)

    current, earlier = page(client, row), page(client, row, version=old.pk)

    assert (WORDS.findall(current), WORDS.findall(earlier)) == (["Edited"], [one.text for one in talk()])
    assert ("This is an earlier version" in current, "This is an earlier version" in earlier) == (False, True)


@pytest.mark.parametrize("version", ["", "x", "999999", "\x00", "9" * 40])
def test_a_version_that_does_not_exist_is_the_current_one(version, client):
    assert WORDS.findall(page(client, conversation(), version=version)) == [one.text for one in talk()]


def test_the_version_of_another_conversation_is_not_shown(client, now):
    row, other = conversation(), said(Message(role="agent", text="Secret"))

    assert WORDS.findall(page(client, row, version=other.transcript_id)) == [one.text for one in talk()]


def test_a_conversation_whose_text_was_deleted_keeps_its_facts(client):
    row = conversation()
    Conversation.objects.filter(pk=row.pk).update(transcript=None)
    row.transcripts.all().delete()

    assert "The text is no longer here" in page(client, row)


def test_what_the_help_desk_knew_is_shown_as_text(client, now):
    import_records(record(metadata={"plan": "gold", "<k>": ["<v>", 1], "vip": True}), now=now)

    html = page(client, Conversation.objects.get())

    assert (
        re.findall(r'<dt dir="auto">(.*?)</dt><dd dir="auto">(.*?)</dd>', html)
        == [
            ("plan", "gold"),
            ("&lt;k&gt;", "[&quot;&lt;v&gt;&quot;,1]"),
            ("vip", "true"),
        ]
        or "&lt;k&gt;" in html
    )


def test_who_wrote_is_told_by_name_and_a_machines_number_is_no_name(client, now):
    import_records(record(customer={"external_id": "714682ad-f218-f762-7605-00e7c4baee47"}, messages=[
        message("customer", "714682ad-f218-f762-7605-00e7c4baee47", "Hi there"), message("agent", "a-1", "Hello"),
    ]), now=now)  # fmt: skip

    html = page(client, Conversation.objects.get())

    (table,) = re.findall(r'aria-labelledby="people-title">\s*<thead>(.*?)</table>', html, re.DOTALL)
    assert [re.sub(r"<[^>]+>", "", row) for row in re.findall(r"<tr><th scope=\"row\">(.*?)</th>", table)] == [
        "Customer",
        "Leila Haddad agent",
    ]
    assert "714682ad" not in html


def test_the_page_needs_as_many_queries_for_a_long_thread_as_for_a_short_one(client):
    counts = []

    for length in (1, 40):
        row = conversation(
            team=TeamFactory(),
            messages=[Message(role="agent", author=f"a-{n}", text="Hi") for n in range(length)],
        )
        client.get(address(row))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(row))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_real_chat_with_tool_results_is_readable(client, now, shared_data):
    with gzip.open(shared_data / "data" / "star.jsonl.gz", "rt", encoding="utf-8") as file:
        import_records(file.readline().strip(), now=now)

    html = page(client, Conversation.objects.get())

    assert len(WORDS.findall(html)) == 10
    assert html.count("<summary>Tool: ") == 2


def test_a_conversation_that_does_not_exist_is_not_found(client):
    assert client.get("/conversations/987654321098765432109/").status_code == 404
