"""A table and a link become conversations: what was guessed is seen, changed and read, and what is left can be had."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.roles import Role
from conversations.models import Conversation, Transcript
from tests.factories.accounts import person
from tests.support.browser import SIZES, axe, fits, fits_everywhere, follow, wait_htmx
from tests.support.loopback import Handler, serving

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = """Ticket number,Created at,Sender type,Comment body,Assignee,Requester,Mood
4711,2026-01-05T09:00:00Z,customer,I was charged twice.,Leila Haddad,Dana Whitfield,cross
4711,2026-01-05T09:01:00Z,agent,"I am sorry, let me look.",Leila Haddad,Dana Whitfield,cross
4712,2026-01-05T10:00:00Z,customer,Hello?,Leila Haddad,Omar Said,calm
4712,2026-01-05T10:01:00Z,robot overlord,Beep.,Leila Haddad,Omar Said,calm
"""
GUESSED = {
    "Ticket number": "external_id", "Created at": "sent_at", "Sender type": "role", "Comment body": "text",
    "Assignee": "agent.name", "Requester": "customer.name", "Mood": "",
}  # fmt: skip
LINES = b"""{"external_id": "zen-1", "messages": [{"role": "customer", "text": "Where is my parcel?"}]}
{"external_id": "zen-2", "messages": "none"}
"""
DESK = SIZES["1280"]


def test_a_table_is_looked_at_corrected_imported_and_its_rejects_are_had(
    browse: Callable[..., Page],
) -> None:
    page = browse(person(Role.MANAGER))
    page.goto("/imports/new/")
    page.locator("#id_file").set_input_files({"name": "talks.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.get_by_label("Source").fill("zendesk")
    axe(page)
    fits_everywhere(page)
    follow(page.get_by_role("button", name="Import", exact=True))

    columns = {name: page.get_by_label(name, exact=True) for name in TABLE.splitlines()[0].split(",")}
    assert {name: field.input_value() for name, field in columns.items()} == GUESSED
    columns["Mood"].select_option("metadata")
    wait_htmx(page)
    axe(page)
    for width, height in (*SIZES.values(), DESK):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        assert page.evaluate("document.documentElement.scrollHeight") == height, "the window scrolls to emptiness"
    follow(page.get_by_role("button", name="Start the import"))

    rejected = page.get_by_role("region", name="Rejected lines")
    expect(rejected).to_contain_text("robot overlord")
    axe(page)
    fits_everywhere(page)
    with page.expect_download() as download:
        rejected.get_by_role("link").first.click()
    (reject,) = (json.loads(line) for line in Path(download.value.path()).read_text().splitlines())
    assert (reject["line"], reject["raw"]) == (4, "\n".join(TABLE.splitlines()[3:]))
    taken = Conversation.objects.values_list("external_id", "source__slug", "metadata", "message_count")
    assert list(taken) == [("4711", "zendesk", {"Mood": "cross"}, 2)]


def test_a_link_is_fetched_and_read(browse: Callable[..., Page], settings: Any) -> None:
    settings.OUTGOING_HOSTS = frozenset({"127.0.0.1"})
    page = browse(person(Role.MANAGER))
    with serving(lambda handler: Handler.answer(handler, LINES)) as server:
        page.goto("/imports/new/")
        page.get_by_label("Link").fill(f"http://127.0.0.1:{server.port}/talks.jsonl")
        page.get_by_label("Source").fill("zendesk")
        follow(page.get_by_role("button", name="Import", exact=True))

        rejected = page.get_by_role("region", name="Rejected lines")
        expect(rejected).to_contain_text("messages")

    axe(page)
    assert list(Transcript.objects.values_list("conversation__external_id", flat=True)) == ["zen-1"]
