"""Write one support conversation, step by step; what the agent does follows from their grades."""

from __future__ import annotations

from typing import Any

from qa_portal.demo import endings
from qa_portal.demo.script import Script, worth
from qa_portal.demo.skills import GOOD, PARTLY, POOR


def write(script: Script) -> None:
    """Write the whole conversation."""
    _open(script)
    _meet(script)
    _ask_reference(script)
    if script.case.grade("process-compliance") == GOOD:
        _check_identity(script)
    _adapt(script, early=True)
    _look(script)
    if script.case.stays_unsolved:
        endings.give_up(script)
    else:
        _answer(script)
        _say_what_next(script)
    _check_identity_late(script)
    _adapt(script, early=False)
    endings.answer_sides(script)
    endings.close(script)
    endings.leave_note(script)


def _open(script: Script) -> None:
    case, say = script.case, script.voice.say
    if case.has_bot:
        script.add("bot", script.voice.bank("bot_greeting"), author=script.voice.values["bot"], pace="quick")
    problem = say(_texts(script, "ask"))
    if script.chance(0.75):
        problem = f"{script.voice.bank('opening', case.mood)} {problem}"
    if case.ref_given:
        problem = f"{problem} {say(script.voice.team['ref_given'])}"
    script.customer(problem)
    if case.has_bot:
        script.add("bot", script.voice.bank("bot_handover"), author=script.voice.values["bot"], pace="quick")
    if case.helper:
        _be_passed_on(script)


def _be_passed_on(script: Script) -> None:
    script.add("agent", script.voice.bank("transfer"), author=script.case.helper, pace="first")
    script.add("system", f"{script.case.helper} → {script.agent}", kind="event", pace="quick")


def _meet(script: Script) -> None:
    case, bank = script.case, script.voice.bank
    time, empathy = case.grade("time-management"), case.grade("empathy")
    if time == POOR and script.chance(0.7):
        script.customer(bank("nudge_email" if case.is_email else "nudge"), pace="long")
        script.show("pace", 0.0, "late_first_reply")
    warm = empathy == GOOD or case.grade("written-communication") == GOOD
    greeting = bank("greeting", "email") if case.is_email else bank("greeting", "chat" if warm else "flat")
    script.agents(greeting, pace={GOOD: "first", PARTLY: "first", POOR: "late_first"}[time])
    _show_tone(script, warm=warm)
    if case.is_email and time == POOR and script.chance(0.5):
        script.agents(bank("late_sorry"))
    _acknowledge(script, empathy)


def _show_tone(script: Script, *, warm: bool) -> None:
    """Judge the opening: warm or flat, and written with care or not."""
    written = script.case.grade("written-communication")
    if not warm:
        script.show("tone", worth(written), "flat_opening")
    elif written == GOOD:
        script.show("tone", 1.0, "warm_opening")
    else:
        script.show("tone", 0.5, "careless_slips" if written == PARTLY else "shorthand")


def _acknowledge(script: Script, empathy: int) -> None:
    case, bank = script.case, script.voice.bank
    if not case.shows_feeling:
        if empathy == GOOD and script.chance(0.5):
            script.agents(bank("acknowledge", case.mood))
        return
    if empathy == GOOD:
        script.agents(bank("acknowledge", case.mood))
        script.show("empathy", 1.0, "named_feeling")
    elif empathy == PARTLY:
        script.agents(bank("generic_apology"))
        script.show("empathy", 0.5, "formula_apology")
    elif script.chance(0.6):
        script.agents(bank("cold", case.mood))
        script.show("empathy", 0.0, "cold_reply")
    else:
        script.show("empathy", 0.0, "ignored_feeling")


def _ask_reference(script: Script) -> None:
    """Ask for the number: needed if it was not given, careless if it was."""
    case, bank = script.case, script.voice.bank
    careless = case.grade("attention-to-detail") == POOR
    if not case.ref_given:
        script.agents(script.voice.say(script.voice.team["ref_ask"]))
        script.customer(bank("reference_answer"))
    elif careless:
        script.agents(script.voice.say(script.voice.team["ref_ask"]))
        script.show("reading", 0.0, "asked_again")
        script.customer(bank("asked_already_email" if case.is_email else "asked_already"))
    elif case.grade("attention-to-detail") == PARTLY and script.chance(0.4) and not case.is_email:
        script.agents(f"{script.voice.values['wrong_name']}, {bank('bare_hold').lower()}")
        script.show("reading", 0.5, "wrong_name")
        script.customer(bank("wrong_name_reaction"))
        script.agents(bank("wrong_name_apology"), pace="quick")


def _check_identity(script: Script) -> None:
    if script.case.is_open:
        return
    identity = script.voice.team["identity"]
    script.agents(script.voice.say(identity["ask"]))
    script.show("identity", 1.0, "checked_identity")
    script.customer(script.voice.say(identity["answer"]))


def _check_identity_late(script: Script) -> None:
    """Ask too late, or never: the account has been opened by now."""
    grade = script.case.grade("process-compliance")
    if script.case.is_open or grade == GOOD:
        return
    if grade == POOR:
        line = next((at for at, line in enumerate(script.lines) if line.kind == "tool"), len(script.lines) - 1)
        script.show("identity", 0.0, "no_identity_check", back=len(script.lines) - line)
        return
    identity = script.voice.team["identity"]
    script.agents(script.voice.say(identity["late"]))
    script.show("identity", 0.5, "late_identity_check")
    script.customer(script.voice.say(identity["answer"]))


def _look(script: Script) -> None:
    """Find out what is wrong: ask first, or answer something else first."""
    case, bank = script.case, script.voice.bank
    solving = case.grade("problem-solving")
    if solving == POOR:
        script.agents(script.voice.say(_texts(script, "aside")))
        script.show("understood", 0.0, "answered_something_else")
        script.customer(bank("aside_reaction"))
        script.agents(bank("aside_recover"))
    if solving == GOOD or script.chance(0.5):
        script.agents(_led(script, "lead_question", "probe"))
        if solving != POOR:
            script.show("understood", 0.5 if solving == PARTLY else 1.0, "asked_the_right_question")
        script.customer(script.voice.say(_texts(script, "detail")))
    elif solving == PARTLY:
        script.show("understood", 0.5, "started_without_asking")
    _wait(script)
    tool, _, result = script.voice.say(_texts(script, "tool")).partition(" | ")
    script.add("tool", f"{tool}: {result}", kind="tool", pace="quick", author=tool)


def _wait(script: Script) -> None:
    """Check something: announced and kept, announced and overrun, or in silence."""
    case, bank = script.case, script.voice.bank
    if case.is_email:
        return
    grade = case.grade("time-management")
    script.agents(bank("bare_hold" if grade == POOR else "hold"))
    if grade == GOOD:
        script.agents(bank("nudge_reply"), pace="kept")
        script.show("pace", 1.0, "announced_wait", back=2)
    elif grade == PARTLY:
        script.agents(bank("nudge_reply"), pace="overrun")
        script.show("pace", 0.5, "overran_wait")
    else:
        script.customer(bank("nudge"), pace="silent")
        script.show("pace", 0.0, "silent_gap")
        script.agents(bank("silent_reply"), pace="overrun")


def _answer(script: Script) -> None:
    """Give the answer: right at once, right after asking a colleague, or wrong first."""
    case, bank = script.case, script.voice.bank
    knowledge = case.grade("product-knowledge")
    if knowledge == POOR:
        script.agents(script.voice.say(_texts(script, "wrong")))
        script.show("facts", 0.0, "wrong_statement")
        script.customer(script.voice.say(_texts(script, "push")))
        script.agents(bank("correction", "good" if case.grade("empathy") == GOOD else "flat"), pace="kept")
    elif knowledge == PARTLY:
        script.agents(bank("unsure"))
        script.show("facts", 0.5, "had_to_ask")
        script.agents(bank("unsure_back"), pace="later" if case.is_email else "kept")
    script.agents(_led(script, "lead_answer", "right"))
    if knowledge == GOOD:
        script.show("facts", 1.0, "right_at_once")
    if case.grade("written-communication") == POOR and script.chance(0.6):
        script.show("clear", 0.0, "unclear_message")
        script.customer(bank("unclear_reaction"))
        script.agents(bank("unclear_repeat"))
    else:
        grade = case.grade("written-communication")
        script.show("clear", worth(grade), {GOOD: "clear_message", PARTLY: "careless_slips"}.get(grade, "shorthand"))


def _say_what_next(script: Script) -> None:
    case = script.case
    solving = case.grade("problem-solving")
    if solving != GOOD:
        script.customer(script.voice.bank("what_next"))
    script.agents(script.voice.say(_texts(script, "next")))
    value, kind = {
        GOOD: (1.0, "clear_next_step"),
        PARTLY: (0.6, "next_step_on_request"),
        POOR: (0.35, "solved_after_detour"),
    }[solving]
    script.show("solved", value, kind)


def _adapt(script: Script, *, early: bool) -> None:
    """Meet a wish that is not in the script, when it comes up."""
    case = script.case
    if case.twist is None:
        return
    twist = script.voice.common["twists"][case.twist]
    if twist.get("early", False) != early:
        return
    grade = case.grade("adaptability")
    script.customer(script.voice.say(twist["say"]))
    script.agents(script.voice.say(twist[{GOOD: "good", PARTLY: "partly", POOR: "bad"}[grade]]))
    kinds = {GOOD: "met_the_wish", PARTLY: "half_met_the_wish", POOR: "stuck_to_the_script"}
    script.show("adapted", worth(grade), kinds[grade])


def _led(script: Script, lead: str, step: str) -> str:
    """Return a step's words, sometimes after a few that lead in."""
    words = script.voice.say(_texts(script, step))
    return f"{script.voice.bank(lead)} {words}" if script.chance(0.4) else words


def _texts(script: Script, step: str) -> Any:
    return script.case.scenario[step]
