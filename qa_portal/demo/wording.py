"""Make what somebody writes as careless as they are: slips, shortcuts and missing capitals."""

from __future__ import annotations

import re
from random import Random

from qa_portal.demo.skills import GOOD, POOR

SHORTCUTS = {
    "en": {
        "you": "u", "your": "ur", "please": "pls", "and": "&", "because": "cos", "tomorrow": "tmrw", "with": "w/",
        "account": "acc", "minutes": "min", "message": "msg", "thanks": "thx", "to": "2",
    },
    "de": {
        "bitte": "bte", "und": "u", "oder": "od", "nicht": "nich", "sie": "sie", "ihnen": "ihnen", "eine": "ne",
        "minuten": "min", "nachricht": "nachr", "etwas": "was", "danke": "thx",
    },
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")


def roughen(random: Random, text: str, grade: int, language: str) -> str:
    """Return the text as somebody with this grade in written communication would send it."""
    if grade == GOOD:
        return text
    if grade == POOR:
        return _careless(random, text, language)
    return WORD.sub(lambda word: _slip(random, word[0], 0.07), text)


def _careless(random: Random, text: str, language: str) -> str:
    shortcuts = SHORTCUTS[language]

    def shorten(found: re.Match[str]) -> str:
        word = found[0]
        if word.isupper() and len(word) > 1:
            return word
        short = shortcuts.get(word.lower())
        return short if short and random.random() < 0.6 else _slip(random, word.lower(), 0.10)

    rough = WORD.sub(shorten, text)
    return re.sub(r"[.,](?=\s|$)", lambda mark: mark[0] if random.random() < 0.3 else "", rough)


def _slip(random: Random, word: str, probability: float) -> str:
    """Swap, double or lose a letter now and then; short words and codes stay."""
    if len(word) < 5 or word.isupper() or random.random() > probability:
        return word
    at = random.randint(1, len(word) - 3)
    return random.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :],
        )
    )


def chatty(random: Random, text: str, casual: float, emoji: list[str]) -> str:
    """Return a customer's words as typed on a phone: from careful (0) to careless (1)."""
    if random.random() >= casual:
        return text
    if random.random() < 0.6:
        text = text[0].lower() + text[1:]
    if random.random() < 0.6:
        text = text.removesuffix(".")
    if random.random() < 0.12:
        text = f"{text} {random.choice(emoji)}"
    return WORD.sub(lambda word: _slip(random, word[0], 0.03 * casual), text)
