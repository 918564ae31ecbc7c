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
from tests.support.browser import SIZES, axe, wait_htmx
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
WINDOWS = {height for _width, height in SIZES.values()}


def height_of(picture: Path) -> int:
    """Read how many lines a PNG has."""
    return int.from_bytes(picture.read_bytes()[20:24], "big")


def test_a_table_is_looked_at_corrected_imported_and_its_rejects_are_had(
    browse: Callable[..., Page], shoot_everywhere: Callable[[Page, str], Any]
) -> None:
    page = browse(person(Role.MANAGER))
    page.goto("/imports/new/")
    page.locator("#id_file").set_input_files({"name": "talks.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.get_by_label("Source").fill("zendesk")
    axe(page)
    shoot_everywhere(page, "import-new")
    page.get_by_role("button", name="Import", exact=True).click()

    columns = {name: page.get_by_label(name, exact=True) for name in TABLE.splitlines()[0].split(",")}
    guessed = {name: field.input_value() for name, field in columns.items()}
    assert guessed == GUESSED
    columns["Mood"].select_option("metadata")
    wait_htmx(page)
    axe(page)
    for picture in shoot_everywhere(page, "import-columns"):
        assert height_of(picture) in WINDOWS, "the window scrolls beside the page, to emptiness"
    page.get_by_role("button", name="Start the import").click()

    rejected = page.get_by_role("region", name="Rejected lines")
    expect(rejected).to_contain_text("robot overlord")
    axe(page)
    shoot_everywhere(page, "import-done")
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
        page.get_by_role("button", name="Import", exact=True).click()

        rejected = page.get_by_role("region", name="Rejected lines")
        expect(rejected).to_contain_text("messages")

    axe(page)
    assert list(Transcript.objects.values_list("conversation__external_id", flat=True)) == ["zen-1"]
