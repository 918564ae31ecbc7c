"""What a column may be, and by which names exports call it: English, German, and the common help desks."""

from __future__ import annotations

import re
from dataclasses import dataclass

METADATA = "metadata"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ê": "e", "á": "a"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can hold. `names` are the headers it is known by, the surest first."""

    name: str
    names: tuple[str, ...]
    of_message: bool = False


def _field(name: str, names: str, *, of_message: bool = False) -> Field:
    return Field(name, tuple(dict.fromkeys(plain(one) for one in names.split("|"))), of_message)


def plain(header: str) -> str:
    """Return a header as one looks it up: `First contact (UTC)` and `firstContact_utc` are the same."""
    spaced = _CAMEL.sub(" ", header.strip()).lower().translate(_UMLAUTS)
    return _OTHER.sub(" ", spaced).strip()


CONVERSATION_FIELDS = (
    _field(
        "external_id",
        (
            "external_id|conversation_id|conversation|ticket_id|chat_id|case_id|case number|ticket number|"
            "ticket|thread_id|session_id|dialog_id|dialogue_id|interaction_id|call_id|issue_id|"
            "display_id|ticket nr|gespraech|gespraech id|gespraechs id|gespraechsnummer|ticketnummer|"
            "vorgang|vorgangs id|vorgangsnummer|fall id|fallnummer|chat nr|unterhaltung|konversation|"
            "konversations id|anfrage id|id|nr|nummer"
        ),
    ),
    _field(
        "channel",
        "channel|via_channel|via|source_type|medium|kanal|source|conversation channel|inbox type",
    ),
    _field(
        "agent.external_id",
        (
            "agent.external_id|agent_id|assignee_id|assigned_to_id|operator_id|responder_id|owner_id|"
            "admin_id|teammate_id|bearbeiter id|mitarbeiter id|agenten id|agent email|assignee email|"
            "personalnummer"
        ),
    ),
    _field(
        "agent.name",
        (
            "agent.name|agent_name|agent|assignee|assignee name|assigned to|operator|owner|teammate|"
            "responder|handled by|bearbeiter|bearbeiterin|mitarbeiter|mitarbeiterin|zustaendig|"
            "zugewiesen an|agentenname|betreuer"
        ),
    ),
    _field(
        "customer.external_id",
        (
            "customer.external_id|customer_id|requester_id|visitor_id|contact_id|end_user_id|client_id|"
            "user_id|lead_id|kunden id|kundennummer|kundennr|customer email|requester email|contact email|"
            "kunden e mail|source_author_id"
        ),
    ),
    _field(
        "customer.name",
        (
            "customer.name|customer_name|customer|requester|requester name|visitor|visitor name|contact|"
            "contact name|client|client name|kunde|kundin|kundenname|kontakt|anfragender|besucher"
        ),
    ),
    _field(
        "subject",
        "subject|title|topic|source_subject|betreff|thema|titel|anliegen",
    ),
    _field(
        "language",
        "language|locale|lang|sprache",
    ),
    _field(
        "started_at",
        (
            "started_at|conversation_started_at|chat started|start time|started|start|opened at|opened|"
            "ticket created|conversation created at|beginn|begonnen|begonnen am|start zeit|startzeit|"
            "eroeffnet|eroeffnet am|angelegt am"
        ),
    ),
    _field(
        "ended_at",
        (
            "ended_at|conversation_ended_at|end time|ended|end|closed_at|closed|solved_at|solved|"
            "resolved_at|resolved|chat ended|completed_at|ende|endzeit|beendet|beendet am|geschlossen|"
            "geschlossen am|geloest am|erledigt am"
        ),
    ),
    _field(
        "tags",
        "tags|tag|labels|label|schlagworte|schlagwoerter|stichworte|etiketten|ticket tags",
    ),
    _field(
        "csat",
        (
            "csat|csat score|satisfaction|satisfaction rating|satisfaction score|rating|"
            "conversation_rating_value|survey score|customer rating|zufriedenheit|kundenzufriedenheit|"
            "bewertung"
        ),
    ),
)
MESSAGE_FIELDS = (
    _field(
        "message.id",
        (
            "message.id|message_id|comment_id|part_id|reply_id|event_id|nachrichten id|nachricht id|"
            "kommentar id|external_message_id|message no|message number"
        ),
        of_message=True,
    ),
    _field(
        "role",
        (
            "role|author_type|author role|sender_type|sender role|message_type|direction|from type|"
            "speaker|speaker role|author_role|participant_type|user_type|rolle|absendertyp|absenderrolle|"
            "richtung|sprecher|sender|absender|from|von|actor_type|actor_id|event_author_type|who|wer"
        ),
        of_message=True,
    ),
    _field(
        "author",
        (
            "author|author_id|author_name|author name|sender|sender_id|sender name|sender_name|from|"
            "from name|actor_id|user_id|written by|created by|absender|absender name|absendername|autor|"
            "verfasser|von|name|user|username|speaker|sprecher|who|wer"
        ),
        of_message=True,
    ),
    _field(
        "sent_at",
        (
            "sent_at|message_created_at|message time|sent|timestamp|time|date|datetime|date time|"
            "created_at|created|created on|posted at|message date|zeitstempel|zeit|zeitpunkt|uhrzeit|"
            "datum|gesendet|gesendet am|gesendet um|erstellt|erstellt am|ts|when|wann"
        ),
        of_message=True,
    ),
    _field(
        "text",
        (
            "text|message|body|message_text|message text|message body|content|plain_body|body_text|"
            "comment|utterance|message_content|comment body|reply|msg|nachricht|nachrichtentext|inhalt|"
            "mitteilung|kommentar|description|source_body|beschreibung|anfrage|question|original_message|said"
        ),
        of_message=True,
    ),
    _field(
        "html",
        "html|html_body|body_html|message html|rich_text|nachricht html",
        of_message=True,
    ),
    _field(
        "kind",
        "kind|part_type|event_type|comment type|message kind|art|nachrichtentyp|type",
        of_message=True,
    ),
    _field(
        "internal",
        "internal|private|is_private|is_internal|internal note|intern|interne notiz",
        of_message=True,
    ),
    _field(
        "public",
        "public|is_public|oeffentlich|comment public",
        of_message=True,
    ),
)
TRANSCRIPT = _field(
    "transcript",
    (
        "transcript|messages|chat transcript|conversation transcript|conversation text|chat log|"
        "chat history|dialogue|dialog|history|verlauf|gespraechsverlauf|chatverlauf|protokoll|"
        "transkript|nachrichten"
    ),
)
# In a row that is a whole conversation, a time of creation is when the conversation began.
ROW_BEGINS = ("created at", "created", "created on", "date", "datum", "erstellt", "erstellt am", "time")
ROW_ENDS = ("updated at", "last message at", "last updated", "aktualisiert am")

ALL = (*CONVERSATION_FIELDS, *MESSAGE_FIELDS, TRANSCRIPT)
NAMES = frozenset(field.name for field in ALL)
OF_MESSAGE = frozenset(field.name for field in MESSAGE_FIELDS)


def allowed(per: str) -> tuple[str, ...]:
    """Return the fields that a file of this kind can fill, in the order in which they are offered."""
    conversation = tuple(field.name for field in CONVERSATION_FIELDS)
    if per == "message":
        return (*conversation, *(field.name for field in MESSAGE_FIELDS))
    return (*conversation, "transcript", "text", "html")
