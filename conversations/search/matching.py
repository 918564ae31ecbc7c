"""Find the conversations in which a query's words stand: one function, two databases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, FloatField, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast, Length, Replace, Round

from conversations.models import Conversation, SearchText
from conversations.search.query import Query, Term

_SQLITE = "SELECT rowid FROM conversations_searchindex WHERE conversations_searchindex MATCH %s"
_POSTGRESQL = "SELECT conversation_id FROM conversations_searchtext WHERE vector @@ %s::tsquery"
# As in BM25 (Robertson and Zaragoza 2009): how fast repeating a word stops to count, how much a long text is held back.
SATURATION, LENGTH_WEIGHT, USUAL_LENGTH = 1.2, 0.75, 2000
WHOLE = 1_000_000


def matching(rows: QuerySet[Conversation], query: Query) -> QuerySet[Conversation]:
    """Keep the conversations that hold what is wanted and nothing unwanted; those not indexed yet are left out."""
    found = rows.filter(search_text__transcript=F("transcript"))
    if query.wanted:
        found = found.filter(pk__in=_ids(query.wanted))
    for term in query.unwanted:
        found = found.exclude(pk__in=_ids([term]))
    return found


def by_relevance(rows: QuerySet[Conversation], query: Query) -> Any:
    """Sort what matches: the words often and the conversation short first, then the newest.

    BM25 without the rarity of words, because all of them are in every match; the same sum on both databases.
    """
    if not query.wanted:
        return rows.order_by(F("completed_at").desc(nulls_last=True), "-pk")
    return with_relevance(rows, query).order_by("-relevance", F("completed_at").desc(nulls_last=True), "-pk")


def with_relevance(rows: QuerySet[Conversation], query: Query) -> Any:
    """Put beside each match how good it is: a whole number, so that a list can go on from one exactly."""
    if not query.wanted:
        return rows.annotate(relevance=Value(0))
    weight = ExpressionWrapper(reduce(add, map(_weight, query.wanted)) * WHOLE, output_field=FloatField())
    return rows.annotate(relevance=Cast(Round(weight), BigIntegerField()))


def not_searchable(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Return the conversations whose words, as they are now, are not in the index yet."""
    indexed = SearchText.objects.filter(transcript=OuterRef("transcript"))
    return rows.exclude(transcript=None).filter(~Exists(indexed))


def _ids(terms: Sequence[Term]) -> RawSQL:
    if connection.vendor == "sqlite":
        return RawSQL(_SQLITE, (" AND ".join(map(_for_sqlite, terms)),))  # noqa: S611  the query is bound
    # The index knows no order: words that stand together are looked at again in the text.
    together = [f"%{_spelled(term)}%" for term in terms if len(term.words) > 1]
    sql = _POSTGRESQL + " AND words LIKE %s" * len(together)
    return RawSQL(sql, (" & ".join(map(_for_postgresql, terms)), *together))  # noqa: S611  the query is bound


def _for_sqlite(term: Term) -> str:
    """Write a term for FTS5. In quotes nothing is an operator, and words hold no quotes."""
    return f'"{" ".join(term.words)}"{" *" if term.is_open else ""}'


def _for_postgresql(term: Term) -> str:
    """Write a term as a tsquery. Between apostrophes nothing is an operator, and words hold none."""
    *first, last = [f"'{word}'" for word in term.words]
    return " & ".join([*first, f"{last}:*" if term.is_open else last])


def _spelled(term: Term) -> str:
    """Return the term as it stands in the text. Words hold neither % nor _."""
    return f" {' '.join(term.words)}" if term.is_open else f" {' '.join(term.words)} "


def _weight(term: Term) -> Combinable:
    """Return how much one term counts: its number of places, saturated, less in a long text."""
    text = F("search_text__words")
    spelled = _spelled(term)
    times: Any = (Length(text) - Length(Replace(text, Value(spelled), Value("")))) * 1.0 / len(spelled)
    held_back: Any = (1 - LENGTH_WEIGHT) + Length(text) * (LENGTH_WEIGHT / USUAL_LENGTH)
    return ExpressionWrapper(times / (times + SATURATION * held_back), output_field=FloatField())
