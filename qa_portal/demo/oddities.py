"""What a help desk also exports: left before an answer, advertising, tests, answered by the bot alone."""

from __future__ import annotations

from random import Random

from qa_portal.demo.script import Script

SHARES = (("abandoned", 0.030), ("spam", 0.010), ("test", 0.005), ("bot", 0.010))


def draw(random: Random) -> str:
    """Return what is odd about a conversation; mostly nothing."""
    at = random.random()
    for name, share in SHARES:
        if at < share:
            return name
        at -= share
    return ""


def write(script: Script, odd: str) -> None:
    """Write one that nobody can score."""
    {"abandoned": _abandoned, "spam": _spam, "test": _test, "bot": _bot}[odd](script)


def _abandoned(script: Script) -> None:
    """Let the customer wait for somebody who does not come."""
    script.case.channel = "chat" if script.case.is_email else script.case.channel
    script.customer(script.voice.say(script.case.scenario["ask"]))  # type: ignore[arg-type]
    if script.case.has_bot:
        script.add("bot", script.voice.bank("bot_handover"), pace="quick", author=script.voice.values["bot"])
    for line in script.voice.common["abandoned"][: script.random.randint(1, 3)]:
        script.customer(line, pace="silent")


def _spam(script: Script) -> None:
    script.customer(script.voice.bank("spam"))


def _test(script: Script) -> None:
    script.customer(script.voice.bank("test_message"))
    if script.chance(0.5):
        script.add("agent", "OK", author=script.agent, pace="first")


def _bot(script: Script) -> None:
    """Let the bot settle it without a person."""
    script.case.channel = "chat"
    bot = script.voice.values["bot"]
    script.add("bot", script.voice.bank("bot_greeting"), author=bot)
    question = script.voice.say(script.voice.team["sides"][0]["q"])
    script.customer(question[0].upper() + question[1:])
    script.add("bot", script.voice.say(script.voice.team["sides"][0]["a"]), author=bot, pace="quick")
    script.add("bot", script.voice.bank("bot_answers"), author=bot, pace="quick")
    script.customer(script.voice.bank("bot_thanks"))
