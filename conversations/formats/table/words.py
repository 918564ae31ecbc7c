"""What the words in cells mean: who wrote, through which channel, yes and no."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.formats.records import CHANNELS, KINDS, ROLES
from conversations.formats.table.fields import plain


def _table(**words: str) -> dict[str, str]:
    return {plain(word): meaning for meaning, listed in words.items() for word in listed.split("|")}


ROLE_WORDS = _table(
    customer=(
        "customer|user|end-user|end user|enduser|visitor|client|requester|contact|lead|guest|consumer|caller|incoming|"
        "inbound|customer_initiated|kunde|kundin|besucher|besucherin|gast|anfragender|endbenutzer|endkunde|anrufer|"
        "eingehend|nutzer"
    ),
    agent=(
        "agent|admin|operator|support|staff|employee|teammate|team member|assignee|representative|rep|advisor|owner|"
        "outgoing|outbound|human|mitarbeiter|mitarbeiterin|bearbeiter|bearbeiterin|agentin|berater|beraterin|betreuer|"
        "ausgehend|service"
    ),
    bot="bot|chatbot|chat bot|answerbot|answer bot|virtual agent|assistant|automation|ai|workflow|automatisch|roboter",
    system="system|event|activity|trigger|info|status|notification|template|ereignis|aktivitaet",
    tool="tool|function|tool_call|api call",
)
CHANNEL_WORDS = _table(
    chat="chat|live chat|livechat|live_chat|web chat|webchat|web widget|conversation|channel webwidget",
    messaging=(
        "messaging|native_messaging|whatsapp|sms|facebook|messenger|facebook messenger|instagram|telegram|line|twitter|"
        "viber|wechat|signal|apple messages|social|dm|kurznachricht"
    ),
    email="email|e-mail|mail|inbound_email|channel email|e mail",
    ticket="ticket|web|web form|form|helpdesk|help desk|portal|api|case|mobile|formular|kontaktformular|webformular",
    voice="voice|phone|call|telephone|telefon|anruf|hotline|telefonat",
)
KIND_WORDS = _table(
    message="message|comment|reply|chatmessage|chat message|open|conversation|public|nachricht|antwort|kommentar|text",
    note="note|internal|private|private note|internal note|internalnote|notiz|interne notiz|intern",
    tool="tool|tool_call|function",
    event=(
        "event|assignment|close|snoozed|status|activity|change|system|join|leave|chatjoin|chatleave|ereignis|away_mode_assignment|"
        "assign and reopen|participant added|custom_action_started|conversation_attribute_updated_by_admin"
    ),
)
_YES = frozenset(plain(word) for word in ("true", "yes", "y", "1", "ja", "j", "wahr", "x", "t"))
_NO = frozenset(plain(word) for word in ("false", "no", "n", "0", "nein", "falsch", "", "f"))

KNOWN: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "role": (ROLE_WORDS, ROLES),
    "channel": (CHANNEL_WORDS, CHANNELS),
    "kind": (KIND_WORDS, KINDS),
}


def meaning(field: str, word: str, told: Mapping[str, str]) -> str:
    """Return what a word in a column of roles, channels or kinds stands for; empty when nobody knows.

    What somebody told about a word comes first. `agent:4711` is read by what stands before the colon.
    """
    known, choices = KNOWN[field]
    key = plain(word)
    if key in told:
        return told[key]
    if key in choices:
        return key
    if key in known:
        return known[key]
    before, colon, _after = word.partition(":")
    return meaning(field, before, told) if colon and before.strip() else told.get("*", "")


def yes(word: str) -> bool | None:
    """Return whether a cell says yes; None when it says neither."""
    key = plain(word)
    return True if key in _YES else False if key in _NO else None
