"""The words of the demo's reviewers: about what happened, in this conversation, at this message."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from qa_portal.demo.phrasebook import fill, load, pick
from qa_portal.demo.stories import Seen, Truth

QUOTE = 70
# How far an answer may be from what the moment shows before other words are needed.
AGREES = 0.30
GENERIC = {
    "adapted": ("repeated_itself", "passed_the_customer_on", "tried_another_way"),
    "solved": ("left_open", "next_step_on_request", "clear_next_step"),
    "facts": ("wrong_statement", "had_to_ask", "right_at_once"),
    "notes": ("no_note", "thin_note", "complete_note"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reviewer thinks of one criterion: how good (0–1), and the moment it rests on."""

    aspect: str
    value: float
    seen: Seen | None


class Wording:
    """One reviewer's words about one conversation."""

    def __init__(self, random: Random, truth: Truth, *, agent: str) -> None:
        """Bind the bank to the conversation."""
        self.random = random
        self.truth = truth
        self.bank = load("comments")
        self.values = {
            "customer": truth.customer.split(maxsplit=1)[0],
            "about": truth.about,
            "agent": agent.split(maxsplit=1)[0],
            "feeling": self.bank["feelings"][truth.mood],
            "twist": truth.twist or "asked for something unusual",
        }

    @property
    def last_message(self) -> int:
        """Return the index of the last thing somebody said."""
        return max(0, len(self.truth.texts) - 2)

    def comment(self, judgement: Judgement) -> str:
        """Return a comment on an answer: about the moment, or about why it is seen differently."""
        aspect, value, seen = judgement.aspect, judgement.value, judgement.seen
        if seen is None:
            return self._generic(aspect, value)
        if abs(seen.value - value) <= AGREES:
            return self._about(seen.kind, seen.message)
        differently = self.bank["lower" if value < seen.value else "higher"]
        return self._say(differently.get(aspect, differently["solved"]))

    def summary(self, mean: float, *, best: Judgement | None, worst: Judgement | None) -> str:
        """Return the words to the agent at the end: the whole, one thing to keep, one to change."""
        bank = self.bank["summary"]
        parts = [self._say(bank["strong" if mean > 0.9 else "mixed" if mean > 0.65 else "weak"])]
        if best and self.random.random() < 0.8:
            parts.append(pick(self.random, bank["praise_lead"]) + self.comment(best))
        if worst:
            parts.append(pick(self.random, bank["change_lead"]) + self.comment(worst))
        return " ".join([*parts, self._say(bank["close"])]).strip()

    def note(self) -> str:
        """Return a remark that belongs to a message and to no criterion."""
        return self._say(self.bank["note"])

    def _generic(self, aspect: str, value: float) -> str:
        kinds = GENERIC.get(aspect)
        if kinds is None:
            return self._say(self.bank["higher" if value > 0.7 else "lower"].get(aspect, self.bank["lower"]["solved"]))
        return self._about(kinds[0 if value < 0.3 else 1 if value < 0.75 else 2], self.last_message)

    def _about(self, kind: str, message: int) -> str:
        text = " ".join(self.truth.texts[message].split())
        quote = text if len(text) <= QUOTE else f"{text[:QUOTE].rsplit(' ', 1)[0]}…"
        minutes = str(max(2, self.truth.waits[message]))
        here = self.values | {"quote": quote.rstrip("."), "minutes": minutes}
        return fill(self.random, pick(self.random, self.bank["moments"][kind]), here)

    def _say(self, options: str | list[str]) -> str:
        return fill(self.random, pick(self.random, options), self.values)
