"""A conversation while it is being written: its lines, and the moments a careful reader would point at."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from qa_portal.demo.phrasebook import Voice
from qa_portal.demo.skills import GOOD, PARTLY, POOR
from qa_portal.demo.wording import chatty, roughen


@dataclass(slots=True)
class Line:
    """One thing said, or done. `pace` says what the time before it is like."""

    role: str
    text: str
    kind: str = "message"
    pace: str = "normal"
    author: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a line shows about one aspect of the work (0–1), and which words describe it."""

    aspect: str
    value: float
    kind: str
    line: int


@dataclass(slots=True)
class Case:
    """Everything that is settled before the first word: who, about what, how well, in which mood."""

    scenario: dict[str, object]
    key: str
    channel: str
    mood: str
    grades: dict[str, int]
    ref_given: bool
    is_open: bool
    twist: int | None = None
    sides: tuple[int, ...] = ()
    has_bot: bool = False
    helper: str = ""
    casual: float = 0.0

    @property
    def is_email(self) -> bool:
        """Say whether it is written in letters."""
        return self.channel == "email"

    @property
    def shows_feeling(self) -> bool:
        """Say whether the customer shows a feeling that an agent could notice."""
        return self.mood in {"angry", "worried", "confused"}

    @property
    def stays_unsolved(self) -> bool:
        """Say whether the problem is still open at the end."""
        return self.grades["problem-solving"] == POOR and self.grades["product-knowledge"] != GOOD

    def grade(self, skill: str) -> int:
        """Return how the skill shows in this conversation."""
        return self.grades[skill]


@dataclass(slots=True)
class Script:
    """The lines so far, with what they show."""

    case: Case
    voice: Voice
    random: Random
    agent: str
    lines: list[Line] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    aspects: dict[str, float] = field(default_factory=dict)

    def customer(self, text: str, *, pace: str = "normal") -> None:
        """Let the customer say something, as casually as they write."""
        written = chatty(self.random, text, self.case.casual, self.voice.common["emoji"])
        self.lines.append(Line("customer", written, pace=pace))

    def agents(self, text: str, *, pace: str = "normal") -> None:
        """Let the agent say something, as carefully as they write."""
        written = roughen(self.random, text, self.case.grade("written-communication"), self.voice.language)
        self.lines.append(Line("agent", written, pace=pace, author=self.agent))

    def add(self, role: str, text: str, *, kind: str = "message", pace: str = "normal", author: str = "") -> None:
        """Add a line of the bot, a tool, a note or an event."""
        self.lines.append(Line(role, text, kind=kind, pace=pace, author=author))

    def show(self, aspect: str, value: float, kind: str, *, back: int = 1) -> None:
        """Remember what the line `back` lines ago shows."""
        self.aspects[aspect] = value
        self.moments.append(Moment(aspect, value, kind, len(self.lines) - back))

    def chance(self, probability: float) -> bool:
        """Say yes with a probability."""
        return self.random.random() < probability


def worth(grade: int) -> float:
    """Return a grade as a value between 0 and 1."""
    return {GOOD: 1.0, PARTLY: 0.5, POOR: 0.0}[grade]
