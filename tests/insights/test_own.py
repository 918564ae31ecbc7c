"""What an agent sees of their own skills: strengths first, with a band, and nothing of anybody else."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Agent
from accounts.roles import Role
from coaching.models import Look
from insights.reports import own
from tests.api.asking import asking, get
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, person
from tests.factories.rubrics import SkillFactory

pytestmark = pytest.mark.django_db


def looked(agent: Agent, skill: str, *levels: float | None, sd: float = 2.0, n: int = 8) -> None:
    """Look at a skill once a week."""
    made = SkillFactory(slug=skill)
    for place, level in enumerate(levels):
        Look.objects.create(
            agent=agent, skill=made, week=f"2026-W{place + 4:02}", looked_at=NOW, n=n if level is not None else 1,
            level=level, level_sd=sd if level is not None else None, target=75,
        )  # fmt: skip


def mine() -> Agent:
    agent: Agent = AgentFactory(user=person(Role.AGENT))
    looked(agent, "empathy", 80, 84, 86)
    looked(agent, "writing", None, 60, 62)
    looked(agent, "speed", 74, sd=6)
    looked(AgentFactory(), "foreign", 99)
    return agent


def test_strengths_come_before_gaps_and_doubt_is_said() -> None:
    report = own.load(mine(), now=NOW)

    assert [(one.skill, one.standing, one.values) for one in report.trends] == [
        ("Empathy", "above", [80, 84, 86]), ("Speed", "unsure", [74]), ("Writing", "below", [None, 60, 62]),
    ]  # fmt: skip
    assert report.sentence == (
        "Clearly above the target: Empathy. Clearly below it: Writing. For the others the reviews cannot tell yet."
    )


def test_without_looks_nothing_is_said() -> None:
    report = own.load(AgentFactory(), now=NOW)

    assert report.sentence == "Nothing can be said about your skills yet: that takes a few weeks of reviews."
    assert (report.trends, report.last_day) == ([], None)


def test_the_page_and_the_api_say_the_same_and_only_of_oneself(client: Client) -> None:
    agent = mine()
    assert agent.user is not None
    client.force_login(agent.user)

    part = client.get("/feedback/skills/").content.decode()
    body = get(asking(agent.user), "reports/own/").json()
    nobody = get(asking(person(Role.AGENT)), "reports/own/")

    assert (part.count(body["sentence"]), part.count("Foreign")) == (1, 0)
    assert [one["skill"] for one in body["skills"]] == ["Empathy", "Speed", "Writing"]
    first = body["skills"][2]["weeks"][0]
    assert (first["week"], first["level"], first["n"]) == ("2026-W04", None, 1)
    assert (first["reason"], first["rests_on"]["frame_size"]) == ("fewer than 3 reviews", 0)
    assert nobody.status_code == 404
