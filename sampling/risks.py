"""Risk rules, pure: what makes a conversation worth a look, as data that a manager edits.

A rule hits a conversation that meets all of its conditions. Its weight says how much more often such a conversation
is drawn; a certain rule takes each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import custom_fields

CONDITIONS = 3  # of one rule
RULES = 20  # of one plan
LARGEST_WEIGHT = 100


class Fact(models.TextChoices):
    """What a condition asks about a conversation, with how it asks."""

    CSAT_AT_MOST = "csat_at_most", gettext_lazy("CSAT is at most")
    CSAT_AT_LEAST = "csat_at_least", gettext_lazy("CSAT is at least")
    REOPENED = "reopened", gettext_lazy("was opened again at least … times")
    LONGEST_WAIT = "longest_wait", gettext_lazy("longest wait, at least … minutes")
    FIRST_REPLY = "first_reply", gettext_lazy("first reply after at least … minutes")
    MESSAGES_AT_LEAST = "messages_at_least", gettext_lazy("messages, at least")
    MESSAGES_AT_MOST = "messages_at_most", gettext_lazy("messages, at most")
    DURATION = "duration", gettext_lazy("lasted at least … minutes")
    TAG = "tag", gettext_lazy("has the tag")
    WORDS = "words", gettext_lazy("holds the words")
    FIELD_IS = "field_is", gettext_lazy("custom field is")
    FIELD_AT_LEAST = "field_at_least", gettext_lazy("custom field is at least")
    CRITICAL_ERROR = "critical_error", gettext_lazy("agent had a critical error in the last … days")


WHOLE = frozenset({Fact.REOPENED, Fact.MESSAGES_AT_LEAST, Fact.MESSAGES_AT_MOST, Fact.CRITICAL_ERROR})
IN_MINUTES = frozenset({Fact.LONGEST_WAIT, Fact.FIRST_REPLY, Fact.DURATION})
OF_A_FIELD = frozenset({Fact.FIELD_IS, Fact.FIELD_AT_LEAST})
NUMBERS = WHOLE | IN_MINUTES | {Fact.CSAT_AT_MOST, Fact.CSAT_AT_LEAST, Fact.FIELD_AT_LEAST}


@dataclass(frozen=True, slots=True)
class Condition:
    """One question: a fact, what it is compared with, and for a custom field its name."""

    fact: str
    value: str
    key: str = ""

    @property
    def number(self) -> float:
        """Return the value as the number that it is."""
        return float(self.value)

    @property
    def words(self) -> str:
        """Return the condition as people read it."""
        name = dict(SENTENCES).get(self.fact, "")
        return name % {"value": self.value, "key": self.key} if name else self.fact


@dataclass(frozen=True, slots=True)
class Rule:
    """All of these conditions, what they weigh, and whether each such conversation is taken."""

    when: tuple[Condition, ...]
    weight: float
    certain: bool = False
    name: str = ""

    @property
    def words(self) -> str:
        """Return the name of the rule, or its conditions."""
        return self.name or self.conditions

    @property
    def conditions(self) -> str:
        """Return all conditions in one line."""
        return " + ".join(str(condition.words) for condition in self.when)

    def as_json(self) -> dict[str, Any]:
        """Return the rule as a plan keeps it."""
        when = [{"fact": one.fact, "value": one.value, "key": one.key} for one in self.when]
        return {"name": self.name, "weight": self.weight, "certain": self.certain, "when": when}


SENTENCES: list[tuple[str, Any]] = [
    (Fact.CSAT_AT_MOST, gettext_lazy("CSAT at most %(value)s")),
    (Fact.CSAT_AT_LEAST, gettext_lazy("CSAT at least %(value)s")),
    (Fact.REOPENED, gettext_lazy("opened again at least %(value)s times")),
    (Fact.LONGEST_WAIT, gettext_lazy("a wait of at least %(value)s min")),
    (Fact.FIRST_REPLY, gettext_lazy("first reply after at least %(value)s min")),
    (Fact.MESSAGES_AT_LEAST, gettext_lazy("at least %(value)s messages")),
    (Fact.MESSAGES_AT_MOST, gettext_lazy("at most %(value)s messages")),
    (Fact.DURATION, gettext_lazy("lasted at least %(value)s min")),
    (Fact.TAG, gettext_lazy("tag “%(value)s”")),
    (Fact.WORDS, gettext_lazy("words “%(value)s”")),
    (Fact.FIELD_IS, gettext_lazy("%(key)s is “%(value)s”")),
    (Fact.FIELD_AT_LEAST, gettext_lazy("%(key)s at least %(value)s")),
    (Fact.CRITICAL_ERROR, gettext_lazy("a critical error of the agent in the last %(value)s days")),
]


def read(kept: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Return rules as a plan keeps them; conditions that this version does not know make a rule that hits nothing."""
    return [
        Rule(
            when=tuple(Condition(one["fact"], one["value"], one.get("key", "")) for one in rule["when"]),
            weight=float(rule["weight"]),
            certain=bool(rule.get("certain", False)),
            name=rule.get("name", ""),
        )
        for rule in kept
    ]


def certain(rules: Sequence[Rule]) -> frozenset[int]:
    """Return the places of the rules that take each conversation they hit."""
    return frozenset(place for place, rule in enumerate(rules) if rule.certain)


def field_holds(condition: Condition, metadata: Any) -> bool:
    """Say whether a custom field holds: compared as text without case, or as a number where one is asked for.

    A field that is a list holds when one of its entries does. Anything that is not of the asked kind does not hold.
    The name is that of a field and no path: what earlier draws say of a rule has to be found again.
    """
    found = metadata.get(condition.key) if isinstance(metadata, dict) else None
    return any(_value_holds(condition, one) for one in custom_fields.entries(found))


def _value_holds(condition: Condition, found: Any) -> bool:
    if found is None or isinstance(found, dict | list):
        return False
    if condition.fact == Fact.FIELD_AT_LEAST:
        number, least = custom_fields.as_number(found), custom_fields.as_number(condition.value)
        return number is not None and least is not None and number >= least
    return custom_fields.is_value(found, condition.value)


def why_not_a_rule(when: Sequence[Condition]) -> str | None:
    """Return what is wrong with a rule's conditions in a sentence, or None."""
    return next((wrong for condition in when if (wrong := _why_not(condition))), None)


def _why_not(condition: Condition) -> str | None:
    name = dict(Fact.choices).get(condition.fact)
    if name is None:
        return _("Choose what the rule asks about.")
    if not condition.value:
        return _("Say what “%(fact)s” is compared with.") % {"fact": name}
    if condition.fact in OF_A_FIELD and not condition.key:
        return _("Say which custom field is meant.")
    if condition.fact in NUMBERS and not _is_number(condition):
        return _("“%(fact)s” needs a number from 0 to 1,000,000, such as 2; this is “%(value)s”.") % {
            "fact": name, "value": condition.value,
        }  # fmt: skip
    return None


def _is_number(condition: Condition) -> bool:
    """Take whole numbers where things are counted, and others where they are measured."""
    text = condition.value
    digits = text.replace(".", "", 1) if condition.fact not in WHOLE else text
    return digits.isascii() and digits.isdigit() and len(text) <= 12 and float(text) <= 1_000_000
