"""How a conversation ends: solved or not, with a recap or without, with notes a colleague can use or not."""

from __future__ import annotations

from qa_portal.demo.script import Script, worth
from qa_portal.demo.skills import GOOD, PARTLY, POOR, SKILLS

ANOTHER_WAY = {
    GOOD: ("good", "tried_another_way"),
    PARTLY: ("partly", "passed_the_customer_on"),
    POOR: ("poor", "repeated_itself"),
}


def give_up(script: Script) -> None:
    """Give a wrong answer, and then none; how far the agent bends shows here."""
    bank, case = script.voice.bank, script.case
    script.agents(script.voice.say(case.scenario["wrong"]))  # type: ignore[arg-type]
    script.show("facts", 0.0, "wrong_statement")
    script.customer(script.voice.say(case.scenario["push"]))  # type: ignore[arg-type]
    grade = case.grade("adaptability")
    words, kind = ANOTHER_WAY[grade]
    script.agents(bank("another_way", words))
    script.show("adapted", worth(grade), kind)
    if grade == GOOD:
        script.show("solved", 0.35, "handed_over")
        script.customer(bank("thanks", "fine"))
    else:
        script.agents(bank("unsolved"))
        script.show("solved", 0.0, "left_open")
        script.customer(bank("unsolved_reaction"))
    written = case.grade("written-communication")
    kinds = {GOOD: "clear_message", PARTLY: "careless_slips", POOR: "shorthand"}
    script.show("clear", worth(written), kinds[written], back=2)


def answer_sides(script: Script) -> None:
    """Answer what else comes up."""
    for at in script.case.sides:
        side = script.voice.team["sides"][at]
        script.customer(f"{script.voice.bank('side_intro')} {script.voice.say(side['q'])}")
        script.agents(script.voice.say(side["a"]))


def close(script: Script) -> None:
    """Sum up, ask whether something is left, and say good-bye; or just stop."""
    case, bank = script.case, script.voice.bank
    careful = case.grade("process-compliance") == GOOD and not case.stays_unsolved
    if careful and script.chance(0.7):
        script.agents(bank("recap"))
    if careful or script.chance(0.4):
        script.agents(bank("closing"))
    if case.stays_unsolved and not script.chance(0.3):
        return
    script.customer(bank("thanks_email" if case.is_email else "thanks", _leaving_mood(script)))
    if not case.is_email:
        warm = case.grade("empathy") == GOOD or case.grade("written-communication") == GOOD
        script.agents(bank("good_bye" if warm else "short_bye"))


def leave_note(script: Script) -> None:
    """Leave a note for colleagues: complete, thin, or none."""
    grade = script.case.grade("attention-to-detail")
    if grade == POOR:
        script.show("notes", 0.0, "no_note")
        return
    text = script.case.scenario["note"] if grade == GOOD else script.voice.common["note_thin"]
    script.add("agent", script.voice.say(text), kind="note", pace="note", author=script.agent)  # type: ignore[arg-type]
    script.show("notes", worth(grade), "complete_note" if grade == GOOD else "thin_note")


def satisfaction(script: Script) -> float:
    """Return how content the customer is, 0–1, mostly by what they could notice."""
    weights = {"problem-solving": 3, "product-knowledge": 2, "empathy": 2, "time-management": 2}
    total = sum(weights.get(skill, 0.5) * worth(script.case.grades[skill]) for skill in SKILLS)
    content = total / sum(weights.get(skill, 0.5) for skill in SKILLS)
    return content - {"angry": 0.15, "worried": 0.03}.get(script.case.mood, 0.0)


def _leaving_mood(script: Script) -> str:
    content = satisfaction(script) + script.random.gauss(0, 0.08)
    return "happy" if content > 0.72 else "fine" if content > 0.45 else "cross"
