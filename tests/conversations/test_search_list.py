"""Search on the page: beside the other filters, with the words around each hit, and marked in the transcript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.messages import Message
from conversations.models import Conversation
from tests.conversations.searching import index, says
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.conversations import ENDED, conversation

pytestmark = pytest.mark.django_db

URL = "/conversations/"


@pytest.fixture
def manager(client):
    user = person("manager")
    client.force_login(user)
    return user


def listed(client, **query):
    return [row.external_id for row in client.get(URL, query).context["page"].object_list]


def test_search_goes_together_with_the_other_filters_and_shows_the_newest_first(client, manager):
    says("late parcel", external_id="old", completed_at=ENDED - timedelta(days=1), channel="email")
    says("late parcel late late", external_id="older", completed_at=ENDED - timedelta(days=2))
    says("late parcel", external_id="new")
    says("late parcel", external_id="open", completed_at=None)
    index()

    assert listed(client, search="parcel late") == ["new", "old", "older"]
    assert listed(client, search="parcel late", channel="email") == ["old"]
    assert listed(client, search="parcel late", state="open") == ["open"]
    assert listed(client, search="late parcel ", order="relevance")[0] == "older"
    assert listed(client, search="late", order="oldest") == ["older", "old", "new"]
    assert listed(client, order="relevance") == ["new", "old", "older"]


@pytest.mark.parametrize("role", ["specialist", "supervisor"])
def test_nobody_finds_what_they_may_not_read(role, client):
    team = TeamFactory()
    says("secret", external_id="ours", team=team)
    theirs = says("secret", external_id="theirs", team=TeamFactory())
    index()
    says("not yet", team=TeamFactory())
    client.force_login(person(role, team=team))

    page = client.get(URL, {"search": "secret"})

    assert ([row.external_id for row in page.context["page"]], page.context["waiting"]) == (["ours"], 0)
    assert client.get(reverse("conversations:conversation", args=[theirs.pk]), {"search": "secret"}).status_code == 404


def test_notes_and_tools_are_found_by_those_who_may_read_them(client, manager):
    said = [
        Message(role="agent", kind="note", text="Refund within my limit"),
        Message(role="system", kind="tool", text='{"balance": 17}'),
    ]
    row = conversation(external_id="notes", messages=said)
    index()

    page = client.get(URL, {"search": "limit"})

    assert (listed(client, search="limit"), listed(client, search="balance 17")) == (["notes"], ["notes"])
    assert page.context["excerpts"][row.pk].speaker == "note"


def test_each_hit_shows_the_words_around_it_and_leads_to_the_message(client, manager):
    row = says("Hello", "The <b>parcel</b> is\nlate & gone", external_id="zen-7")
    index()

    page = client.get(URL, {"search": "late parcel"}).content.decode()

    assert '<q dir="auto">The &lt;b&gt;<mark>parcel</mark>&lt;/b&gt; is <mark>late</mark> &amp; gone</q>' in page
    assert f'href="/conversations/{row.pk}/?search=late+parcel#message-1"' in page


def test_a_hit_in_the_subject_alone_has_no_words_to_show(client, manager):
    row = says("Hello", subject="Parcel")
    index()

    page = client.get(URL, {"search": "parcel"})

    assert page.context["excerpts"] == {}
    assert f'href="/conversations/{row.pk}/?search=parcel"' in page.content.decode()


def test_of_a_long_message_the_words_near_the_hit_are_shown(client, manager):
    row = says("before " * 100 + "needle " + "after " * 100)
    index()

    found = client.get(URL, {"search": "needle"}).context["excerpts"][row.pk]

    assert (found.text[:9], found.text[-7:], len(found.text) < 210) == ("… before ", "after …", True)
    assert [found.text[start:end] for start, end in found.ranges] == ["needle"]


def test_the_transcript_marks_every_hit_and_opens_what_is_folded(client, manager):
    said = [
        Message(role="customer", text="Late, <i>late</i>"),
        Message(role="system", kind="tool", text="late: true"),
        Message(role="agent", text="Sorry"),
    ]
    row = conversation(messages=said)

    page = client.get(reverse("conversations:conversation", args=[row.pk]), {"search": "late"}).content.decode()

    assert "<mark>Late</mark>, &lt;i&gt;<mark>late</mark>&lt;/i&gt;" in page
    assert '<details class="message-fold" open>' in page
    assert "3 places with “late”" in page


@pytest.mark.parametrize("typed", ["", "😀", "-late", "nothing like it", "\x00", "<script>alert(1)</script>"])
def test_a_search_without_a_hit_marks_nothing_on_the_page(typed, client, manager):
    row = says("Late")

    page = client.get(reverse("conversations:conversation", args=[row.pk]), {"search": typed})

    assert page.status_code == 200
    assert "<mark>" not in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_what_holds_no_word_is_told_so_and_narrows_nothing(client, manager):
    says("Hello", external_id="a")

    page = client.get(URL, {"search": "😀 !"})

    assert page.context["filter"].errors["search"] == ["Search finds words and numbers, and there is none in “😀 !”."]
    assert "and there is none in “😀 !”" in page.content.decode()
    assert listed(client, search="😀 !") == ["a"]
    assert listed(client, search="  ") == ["a"]


@pytest.mark.parametrize("typed", ["a\x00b", "x" * 201])
def test_what_no_field_takes_is_an_error_beside_the_form(typed, client, manager):
    assert list(client.get(URL, {"search": typed}).context["filter"].errors) == ["search"]


def test_the_page_says_how_many_conversations_are_not_searchable_yet(client, manager):
    says("late", external_id="a")
    index()
    says("late", external_id="b")

    while_searching = client.get(URL, {"search": "late"}).content.decode()
    otherwise = client.get(URL).content.decode()

    assert "1 conversation is not searchable yet." in while_searching
    assert "not searchable yet" not in otherwise


def test_nothing_found_says_how_search_understands_words(client, manager):
    says("late")
    index()

    assert "Nothing that was said matches" in client.get(URL, {"search": "early"}).content.decode()


def test_searching_needs_as_many_queries_for_one_row_as_for_three(client, manager):
    counts = []

    for _round in range(2):
        says("late parcel", team=TeamFactory(), agent=AgentFactory())
        index()
        client.get(URL, {"search": "late"})
        with CaptureQueriesContext(connection) as queries:
            client.get(URL, {"search": "late", "order": "relevance"})
        counts.append(len(queries))
        says("late parcel", team=TeamFactory())
        index()

    assert Conversation.objects.count() == 4
    assert counts[0] == counts[1]
