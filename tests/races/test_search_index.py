"""The search index against imports that change what it reads: the last word is the imported one."""

from __future__ import annotations

import io

import pytest

from conversations.models import Conversation, SearchText
from conversations.search.matching import not_searchable
from conversations.services import reading
from tests.conversations.importing import begin, import_records, lines, record
from tests.conversations.searching import found, index
from tests.races.together import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 450


def records(word):
    said = [{"role": "customer", "author": "c-1", "text": word}]
    return [record(f"zen-{number}", messages=said, subject=word) for number in range(COUNT)]


def test_indexing_beside_an_import_leaves_no_old_word_and_no_deadlock(now):
    import_records(*records("old"), now=now)
    content = lines(*reversed(records("new")))
    run = begin(content, now)

    results = at_once(lambda: reading.read(run, io.BytesIO(content), clock=lambda: now), index, index)
    index()

    assert codes(results) == ["bool", "bool", "bool"]
    assert (len(found("new")), found("old")) == (COUNT, [])
    assert (SearchText.objects.count(), not_searchable(Conversation.objects.all()).count()) == (COUNT, 0)
