"""A message that is put into a print says exactly what its template would have said."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import override

from conversations.messages import Attachment, Message
from conversations.templatetags.conversation_words import MESSAGE, message
from conversations.transcripts import view_messages

NASTY = '<b>&amp; "quoted" \'text\'</b> {{ row }} {% now "Y" %} \u202eturned \ue000name\ue001'


def talk(now):
    """Return a conversation in which every look of a message occurs, twice and with other words."""
    later = [now + timedelta(minutes=minutes) for minutes in (0, 1, 5, 50, 51, 52, 3000, 3001)]
    return [
        Message(role="customer", author="c-9", sent_at=later[0], text=NASTY),
        Message(role="agent", author="a-1", sent_at=later[1], text="Hello"),
        Message(role="customer", author="c-9", sent_at=later[1], text="Still there?"),
        Message(role="agent", author="a-1", sent_at=later[2], text="Now I am.\n\nSorry."),  # after a wait
        Message(role="agent", author="a-1", sent_at=later[3], text=""),  # after a silence, without words
        Message(role="agent", sent_at=later[4], text="Nobody's name"),
        Message(role="bot", author=NASTY, text="No time"),
        Message(role="system", text='{"rows": 1}', kind="tool", sent_at=later[5]),
        Message(role="system", text=NASTY),
        Message(role="system", text="Assigned", kind="event", author="desk", sent_at=later[6]),
        Message(role="system", text="Closed", kind="event"),
        Message(role="agent", author="a-1", text="Between us", kind="note", sent_at=later[7]),
        Message(role="agent", author="a-1", text="See there", attachments=(Attachment(name="a.pdf"),)),
        Message(role="agent", author="a-1", html="<p>Formatted</p>"),
    ]


@pytest.mark.parametrize("pins", [True, False])
@pytest.mark.parametrize(("language", "zone"), [("en", "UTC"), ("de", "Asia/Kathmandu")])
def test_each_message_is_drawn_as_its_template_draws_it(now, pins, language, zone):
    names = {("agent", "a-1"): "Leila <Haddad>"}

    with override(language), timezone.override(zone):
        talked = SimpleNamespace(messages=talk(now) + talk(now + timedelta(days=1)))
        open_ones = [(now, now + timedelta(hours=1)), (now, now + timedelta(hours=1))]
        rows = view_messages(talked, names=names, open_ones=open_ones)
        plain = [get_template(MESSAGE).render({"row": row, "words": row.words, "pins": pins}) for row in rows]
        drawn = [message(row, pins=pins) for row in rows for _again in range(2)]

    assert drawn == [text for text in plain for _again in range(2)]


def test_what_stands_beside_a_message_is_drawn_with_it(now):
    (row,) = view_messages(SimpleNamespace(messages=[Message(role="agent", text="Hello")]))
    line = SimpleNamespace(number=3, criterion=SimpleNamespace(name="Tone"))

    drawn = message(row, pin_lines=[line], comments=["Well <said>"])

    assert '<span class="pin" title="Tone">' in drawn
    assert "Well &lt;said&gt;" in drawn
