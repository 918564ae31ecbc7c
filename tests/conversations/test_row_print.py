"""A row of the list that is put into a print says exactly what its template would have said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import override

from conversations.listing import row_words
from conversations.models import Conversation
from conversations.search.excerpts import Excerpt
from conversations.selectors import rows_of
from conversations.templatetags.conversation_words import drawn_row
from tests.factories.accounts import AgentFactory, TeamFactory
from tests.factories.conversations import ConversationFactory

pytestmark = pytest.mark.django_db
NASTY = '<b>&amp; "quoted"</b> {{ row }} \ue000agent\ue001'


@pytest.mark.parametrize(("language", "zone"), [("en", "UTC"), ("de", "Asia/Kathmandu")])
def test_each_row_is_drawn_as_its_template_draws_it(language: str, zone: str) -> None:
    made = [
        ConversationFactory(),
        ConversationFactory(subject=NASTY, external_id=NASTY, assignee=AgentFactory(name=NASTY), team=TeamFactory()),
        ConversationFactory(subject="", completed_at=None, started_at=None, csat=Decimal("4.50")),
        ConversationFactory(subject="long " * 60, longest_response_seconds=3723),
    ]
    rows = [rows_of(Conversation.objects.filter(pk=one.pk))[0] for one in made]
    hit = Excerpt(message=3, speaker="agent", text="a <refund> today", ranges=((2, 10),))

    with override(language), timezone.override(zone):
        shown = [(row, excerpt) for row in rows * 2 for excerpt in (None, hit)]
        drawn = [drawn_row(row, excerpt=excerpt, searched="search=a%26b") for row, excerpt in shown]
        words = [row_words(row, excerpt=excerpt, searched="search=a%26b") for row, excerpt in shown]
        plain = [get_template("conversations/_row.html").render({"words": one}) for one in words]

    assert drawn == plain
    assert "a <mark>&lt;refund&gt;</mark> today" in drawn[1]
    assert f'href="/conversations/{rows[0].pk}/?search=a%26b#message-3"' in drawn[1]
