"""The values that fill the phrases of one conversation: names, numbers, dates, goods."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from qa_portal.demo.people import AgentProfile, slug
from qa_portal.demo.phrasebook import digits, load, pick

MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
}  # fmt: skip
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
}
POUNDS = {"retail"}


def draw_values(
    random: Random, *, agent: AgentProfile, language: str, bot: str, starts: datetime, about: str
) -> dict[str, str]:
    """Return everything a phrase of this team and language may name; `starts` is local time."""
    team: dict[str, Any] = load(f"{agent.team}.{language}")
    customers = load("people")["customers"][language]
    first, last = pick(random, customers["first"]), pick(random, customers["last"])
    values = {key: pick(random, options) for key, options in team["slots"].items()}
    values |= {
        "customer": f"{first} {last}" if language == "de" and random.random() < 0.2 else first,
        "customer_full": f"{first} {last}",
        "wrong_name": pick(random, [name for name in customers["first"] if name != first]),
        "email": f"{slug(first)}.{slug(last)}@mail.example".lower(),
        "agent": agent.name.split(maxsplit=1)[0],
        "agent_full": agent.name,
        "company": team["company"],
        "bot": bot,
        "about": about,
        "ref": digits(random, team["ref"]),
        "case": digits(random, "C-######"),
        "card": digits(random, "####"),
    }
    return values | _dates(random, starts, language) | _places(random, team, agent.team, language)


def _dates(random: Random, starts: datetime, language: str) -> dict[str, str]:
    day = starts - timedelta(days=random.randint(2, 9))
    birth = datetime(random.randint(1950, 2003), random.randint(1, 12), random.randint(1, 28), tzinfo=starts.tzinfo)
    month = MONTHS[language][day.month - 1]
    german = language == "de"
    morning = "Morgen" if german else "morning"
    later = "Tag" if german else "afternoon"
    return {
        "day": f"{day.day}. {month}" if german else f"{day.day} {month}",
        "weekday": WEEKDAYS[language][(starts + timedelta(days=random.randint(2, 5))).weekday() % 5],
        "daytime": morning if starts.hour < 12 else later,
        "birth": f"{birth:%d.%m.%Y}" if german else f"{birth:%d/%m/%Y}",
    }


def _places(random: Random, team: dict[str, Any], slug_of_team: str, language: str) -> dict[str, str]:
    low, high = team["amounts"]
    amount = f"{random.randint(low, high)}.{pick(random, ('00', '50', '90', '95', '99'))}"
    if language == "de":
        return {"amount": f"{amount.replace('.', ',')} €", "postcode": digits(random, "#####")}
    area = pick(random, ("LS", "CF", "BS", "NR", "DD"))
    postcode = f"{area}{digits(random, '# #')}{''.join(random.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"
    return {"amount": f"{'£' if slug_of_team in POUNDS else '€'}{amount}", "postcode": postcode}
