"""Read what somebody typed into a search box. Nothing in it is a language of the database. Pure.

Words must all be there, in any order. "Words in quotes" must stand together, -words must not be there, and the last
word may be the beginning of one, because people look at the list while they type.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conversations.search.words import Word, words

LONGEST_QUERY = 200
_PART = re.compile(r"""(?P<minus>(?<!\S)[-−–])?(?:["“”„«»](?P<quoted>[^"“”„«»]*)["“”„«»]?|(?P<plain>[^\s"“”„«»]+))""")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together. With `is_open` the last of them may go on."""

    words: tuple[str, ...]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What a conversation must hold and must not hold; false when there is nothing to look for."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


NOTHING = Query()


def parse(typed: str) -> Query:
    """Return the query; every text is one, and one without letters or digits is empty."""
    typed = typed[:LONGEST_QUERY]
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for part in _PART.finditer(typed):
        is_last_word = part["plain"] is not None and part.end() == len(typed.rstrip())
        is_unwanted = part["minus"] is not None
        term = _term(part["quoted"] or part["plain"] or "", is_open=is_last_word and not is_unwanted)
        if term is not None:
            (unwanted if is_unwanted else wanted)[term] = None
    return Query(tuple(wanted), tuple(unwanted))


def _term(text: str, *, is_open: bool) -> Term | None:
    found = list(words(text))
    if not found:
        return None
    if found[-1].is_rest:
        # The run may go on in the text: its pairs are enough, and its last sign may not stand alone there.
        found.pop()
        return Term(tuple(word.text for word in found))
    return Term(tuple(word.text for word in found), is_open=is_open or found[-1].is_sign)


def places(query: Query, text: str) -> Iterator[tuple[int, int, int]]:
    """Yield (number of the term, start, end) where the wanted terms stand in a text, in code points."""
    said = list(words(text))
    at: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(said):
        at[word.text].append(place)
    for number, term in enumerate(query.wanted):
        for place in _begins(term, at):
            last = place + len(term.words) - 1
            between = [word.text for word in said[place + 1 : last]]
            if last < len(said) and between == list(term.words[1:-1]) and _is_end(term, said[last].text):
                yield number, said[place].start, _end_of(term, said[last])


def _begins(term: Term, at: Mapping[str, list[int]]) -> list[int]:
    """Return the places where a term may begin."""
    first = term.words[0]
    if len(term.words) > 1 or not term.is_open:
        return at.get(first, [])
    return [place for word, found in at.items() if word.startswith(first) for place in found]


def _is_end(term: Term, word: str) -> bool:
    return word.startswith(term.words[-1]) if term.is_open else word == term.words[-1]


def _end_of(term: Term, word: Word) -> int:
    """Return where a hit ends: of a pair of signs that only begins as wanted, after what was wanted."""
    is_part = term.is_open and word.is_sign and word.end - word.start == len(word.text)
    return word.start + len(term.words[-1]) if is_part else word.end
