"""Personal details in what people wrote: where they stand, and what stands in their place. Pure and one-way.

A number is one only where its own check says so (cards, IBANs, national ids) or where it is written as people write
telephone numbers, so that order numbers stay. Nothing is looked up anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.checksums import IBAN_LENGTHS, is_card, is_iban, is_national_id
from conversations.masking import MASK
from conversations.messages import Attachment, Message

Cover = Callable[[str], str]
Find = Callable[[str], Iterable[tuple[int, int]]]


class Detail(models.TextChoices):
    """A kind of personal detail that can be masked."""

    EMAIL = "email", _("E-mail addresses")
    PHONE = "phone", _("Telephone numbers")
    CARD = "card", _("Payment card numbers")
    IBAN = "iban", _("Bank accounts (IBAN)")
    NATIONAL_ID = "national_id", _("National identity numbers")
    NAME = "name", _("Names typed into forms (“Name: …”)")


# Never translated: a file that is imported by somebody of another language has to say the same.
SIGNS = {
    Detail.EMAIL: "[e-mail]",
    Detail.PHONE: "[phone]",
    Detail.CARD: "[card]",
    Detail.IBAN: "[IBAN]",
    Detail.NATIONAL_ID: "[id]",
    Detail.NAME: "[name]",
}
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_CARD = re.compile(r"(?<![\w+./-])[2-6](?:[ -]?\d){11,18}(?![\w-]|\.\d)")
_IBAN_BEGINS = re.compile(r"(?<!\w)(?=([A-Za-z]{2})\d{2}[ -]?[A-Za-z0-9])")
_IBAN_SIGN = re.compile(r"[ -]?[A-Za-z0-9]")
_PHONE = re.compile(
    r"(?<![\w+./#-])(?<!\d )(?!\d\d?([./-])\d\d?\1(?:\d\d){1,2}(?!\d))(?:"  # no date
    r"(?:\+|00)[1-9](?:[ ./-]?\(?\d\)?){7,14}"  # +49 (30) 123456, 0044 20 7946 0018
    r"|(?:1[ .-])?\([2-9]\d\d\)[ .-]?\d{3}[ .-]?\d{4}|(?:1[ .-])?[2-9]\d\d([ .-])\d{3}\2\d{4}"  # (555) 010-4477
    r"|0[1-9](?:\d{1,4})?[ /-](?:\d[ -]?){4,10}\d"  # 030 123456, 06-12345678, 0171/2345678
    r"|0[1-9](?:[ .]\d\d){4}"  # 06 12 34 56 78
    r")(?![\w-]|[./]\d)"
)
_PHONE_SAID = re.compile(
    r"\b(?:phone|telephone|tel|mobile|cell|fax|whatsapp|telefon|handy|téléphone|teléfono|móvil|telefono|telefoon)\b"
    r"(?:[ -]?(?:number|no|nummer|nr)\b)?(?:[ ]?(?:is|[.:=#]))*[ ]{0,3}(\(?\d(?:[ ./()-]{0,2}\d){5,14})(?!\w)",
    re.IGNORECASE,
)
_ID = re.compile(
    r"(?<![\w+./-])(?:"
    r"\d{3}-\d{2}-\d{4}"  # US
    r"|[A-Za-z]{2} ?\d\d ?\d\d ?\d\d ?[A-Da-d]"  # UK
    r"|[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[ABab]) ?\d{3} ?\d{3} ?\d\d"  # FR
    r"|[XYZxyz]?-?\d{7,8}-?[A-Za-z]"  # ES
    r"|[A-Za-z]{6}\d\d[A-Za-z]\d\d[A-Za-z]\d{3}[A-Za-z]"  # IT
    r"|(?:\d\d)?\d{6}[-+]\d{4}"  # SE
    r")(?![\w-])"
)
_ID_SAID = re.compile(
    r"\b(?:ssn|social security(?: number| no)?|national (?:id|insurance)(?: number| no)?|passport(?: number| no)?|bsn"
    r"|burgerservicenummer|pesel|steuer-?id(?:entifikationsnummer)?|ausweis(?:nummer|-?nr)?|dni|nie|nif"
    r"|codice fiscale)\b"
    r"(?:[ ]?(?:is|[.:=#]))*[ ]{0,3}((?=(?:[A-Za-z-]{0,16}\d){4})[A-Za-z0-9][A-Za-z0-9-]{5,19})(?!\w)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:^|[\n>;,|])[ \t]*(?:(?:my|your|full|first|last|middle|given|family|customer|cardholder|card holder|account"
    r"|contact|billing)(?:['\u2019]?s)?[ ]){0,2}(?:(?:sur)?name|vorname|nachname|nom|prénom|nombre|apellidos?|nome"
    r"|cognome|naam|voornaam|achternaam)[ ]?[:=][ ]{0,3}"
    r"([^\W\d_](?:[^\W\d_]|['\u2019.-])*(?:[ ][^\W\d_](?:[^\W\d_]|['\u2019.-])*){0,4})"
    r"(?=[ \t]*(?:$|[\n\r,;|<(\x22\\]))",
    re.IGNORECASE,
)


def _spans(pattern: re.Pattern[str], holds: Callable[[str], bool] | None = None, *, group: int = 0) -> Find:
    def find(text: str) -> Iterable[tuple[int, int]]:
        return [one.span(group) for one in pattern.finditer(text) if holds is None or holds(one[group])]

    return find


_NO_DIGITS = str.maketrans("", "", "0123456789")
FEWEST_DIGITS = 5  # fewer in a whole text are no number of anybody


def _has_digits(text: str) -> bool:
    return len(text) - len(text.translate(_NO_DIGITS)) >= FEWEST_DIGITS


def _has_at(text: str) -> bool:
    return "@" in text


def _has_label(text: str) -> bool:
    return ":" in text or "=" in text


def _ibans(text: str) -> Iterable[tuple[int, int]]:
    """Find IBANs, each as long as its country's are: words may follow it."""
    found = []
    for begin in _IBAN_BEGINS.finditer(text):
        end = begin.start()
        for _sign in range(IBAN_LENGTHS.get(begin[1].upper(), 0)):
            sign = _IBAN_SIGN.match(text, end)
            end = sign.end() if sign else end
        if is_iban(text[begin.start() : end]) and not text[end : end + 1].isalnum():
            found.append((begin.start(), end))
    return found


# In the order in which they are looked for: what a check confirms before what only looks like something. First is
# asked what costs next to nothing, because most texts hold nothing.
_FINDERS: Sequence[tuple[Detail, Callable[[str], bool], Find]] = (
    (Detail.EMAIL, _has_at, _spans(_EMAIL)),
    (Detail.IBAN, _has_digits, _ibans),
    (Detail.CARD, _has_digits, _spans(_CARD, is_card)),
    (Detail.NATIONAL_ID, _has_digits, _spans(_ID, is_national_id)),
    (Detail.NATIONAL_ID, _has_digits, _spans(_ID_SAID, group=1)),
    (Detail.PHONE, _has_digits, _spans(_PHONE)),
    (Detail.PHONE, _has_digits, _spans(_PHONE_SAID, group=1)),
    (Detail.NAME, _has_label, _spans(_NAME, group=1)),
)


def covering(kinds: Collection[str], *, in_place: bool = False) -> Cover:
    """Return a function that puts a sign in the place of each detail of these kinds.

    in_place: one sign for one sign, so that pins and ranges of a text that people have worked on stay where they are.
    """
    finders = [(SIGNS[kind], may_hold, find) for kind, may_hold, find in _FINDERS if kind in kinds]
    checks = {may_hold for _sign, may_hold, _find in finders}

    def cover(text: str) -> str:
        passed = {may_hold for may_hold in checks if may_hold(text)}
        typed = _as_typed(text) if passed else text
        for sign, may_hold, find in finders if passed else ():
            for start, end in reversed(list(find(typed)) if may_hold in passed else []):
                put = _same_length(text[start:end], sign) if in_place else sign
                text, typed = (one[:start] + put + one[end:] for one in (text, typed))
        return text

    return cover if finders else lambda text: text


# What typesetting and word processors make of blanks and hyphens, sign for sign, so that places stay what they are.
_TYPESET = "\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013"
_TYPED = str.maketrans(_TYPESET, "    ----")
_IS_TYPESET = re.compile(f"[{_TYPESET}]")


def _as_typed(text: str) -> str:
    return text if text.isascii() or not _IS_TYPESET.search(text) else text.translate(_TYPED)


def _same_length(found: str, sign: str) -> str:
    """Cover a detail as long as it is; blanks stay, because HTML counts several of them as one."""
    if len(found) < len(sign) or " " in found:
        return re.sub(r"\S", MASK, found)
    return sign + MASK * (len(found) - len(sign))


def covered_messages(messages: Sequence[Message], cover: Cover) -> list[Message]:
    """Return messages with the details covered in texts, HTML and the names of files; who wrote when stays."""
    return [_covered_message(one, cover) for one in messages]


def _covered_message(message: Message, cover: Cover) -> Message:
    text, html = cover(message.text), _covered_html(message.html, cover)
    files = tuple(_covered_file(one, cover) for one in message.attachments)
    if (text, html, files) == (message.text, message.html, message.attachments):
        return message
    return msgspec.structs.replace(message, text=text, html=html, attachments=files)


# Signs that HTML may spell out within a detail.
_SPELLED_OUT = re.compile(r"&(?:(nbsp|#160|#[xX][aA]0)|(?:commat|#64|#[xX]40));")


def _covered_html(html: str, cover: Cover) -> str:
    """Cover what is read, not how it is spelled; HTML that holds nothing stays as it came."""
    plain = _SPELLED_OUT.sub(lambda one: "\u00a0" if one[1] else "@", html) if "&" in html else html
    covered = cover(plain)
    return html if covered == plain else covered


def _covered_file(file: Attachment, cover: Cover) -> Attachment:
    return msgspec.structs.replace(file, name=cover(file.name))


def covered_value(value: Any, cover: Cover) -> Any:
    """Return custom fields with the details covered in their texts; names of fields and numbers stay."""
    if isinstance(value, dict):
        return {key: covered_value(inner, cover) for key, inner in value.items()}
    if isinstance(value, list):
        return [covered_value(inner, cover) for inner in value]
    return cover(value) if isinstance(value, str) else value


_ESCAPE = re.compile(r"(\\(?:u[0-9a-fA-F]{4}|.))")


def covered_raw(raw: str, cover: Cover) -> str:
    """Return a record that could not be taken with the details covered, still to be corrected and sent again.

    Of a record that can be read, what says who it is about and when has to stay, or it could not be sent again.
    """
    try:
        record = msgspec.json.decode(raw)
        if isinstance(record, dict) and {"messages", "external_id"} & record.keys():
            changed = _covered_but(record, _TELLING, cover)
            return msgspec.json.encode(changed).decode() if changed != record else raw
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        pass  # torn, or so deep that only its text can be walked
    return "".join(part if part.startswith("\\") else cover(part) for part in _ESCAPE.split(raw))


# All else is covered: a record that was refused may hold texts under names that no import reads.
_TELLING = {
    "external_id", "messages", "channel", "agent", "customer", "language", "started_at", "ended_at", "tags", "csat",
}  # fmt: skip
_TELLING_OF_MESSAGE = {"role", "author", "sent_at", "kind", "attachments"}
_TELLING_OF_FILE = {"url", "content_type", "size"}
_PARTS = {"messages": _TELLING_OF_MESSAGE, "attachments": _TELLING_OF_FILE}


def _covered_but(found: Any, telling: Collection[str], cover: Cover) -> Any:
    if not isinstance(found, dict):
        return covered_value(found, cover)
    put = {key: one if key in telling else covered_value(one, cover) for key, one in found.items()}
    for name in _PARTS.keys() & telling & put.keys():
        parts = found[name]
        put[name] = (
            [_covered_but(one, _PARTS[name], cover) for one in parts]
            if isinstance(parts, list)
            else covered_value(parts, cover)
        )
    return put
