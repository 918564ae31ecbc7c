"""The words of one message: the plain text that pins count in, its hash, its words, and a safe way to show it."""

from __future__ import annotations

import hashlib
import re

from django.utils.safestring import SafeString, mark_safe

from conversations import html
from conversations.messages import Message

# A run of letters, digits and what joins them; scripts written without spaces count each sign.
_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
    "|[^\\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"
    "(?:['\u2019.@-][^\\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+)*"
)
_ASCII_WORD = re.compile(r"\w+(?:['.@-]\w+)*", re.ASCII)
# The same in one pass over bytes: what words are made of becomes a letter, what joins them a dot, the rest a space.
_WORDY = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_ASCII_SIGNS = bytes(97 if code in _WORDY else 46 if code in b"'.@-" else 32 for code in range(256))


def plain_text(message: Message) -> str:
    """Return the projection that pins refer to: the text as received with LF line ends, else the HTML's words.

    Offsets count code points of this string. It is never trimmed, masked or decoded twice: `&amp;` typed by a
    customer in plain text stays `&amp;`.
    """
    if message.html and not message.text.strip():
        return html.text_of(message.html)
    text = message.text
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def message_hash(message: Message, *, text: str | None = None) -> str:
    """Return 32 hex digits that tell whether a message is still the one somebody pinned.

    `text` is the message's plain text, for a caller who has it already.
    """
    said = "\x1f".join((message.role, message.kind, message.author, plain_text(message) if text is None else text))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def word_count(text: str) -> int:
    """Count words; in Chinese and Japanese, signs."""
    if not text.isascii():
        return len(_WORD.findall(text))
    signs = text.encode().translate(_ASCII_SIGNS)
    if b".." in signs:  # two of what joins in a row part words
        return len(_ASCII_WORD.findall(text))
    return len(signs.translate(None, b".").split())


def safe_html(message: Message) -> SafeString | None:
    """Return the message's HTML without anything that runs, loads or styles; None when it came as plain text."""
    if not message.html:
        return None
    cleaned = html.safe(message.html)
    return mark_safe(cleaned) if cleaned and cleaned.strip() else None  # noqa: S308  cleaned by nh3
