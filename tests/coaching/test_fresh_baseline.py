"""A programme with a fresh baseline from beginning to end: drawn before the start, drawn after it, measured, told."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Agent
from coaching import weeks
from coaching.models import Programme, ProgrammeOutcome
from coaching.services import programme_outcomes, programmes
from coaching.services.programmes import ProgrammeEdit
from core.refusals import Refused
from reviews.models import QueueItem
from reviews.services import filling
from sampling.models import Draw, QuotaBoost
from stats.designs import fresh_baseline_effect
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.coaching import agent_with_login, skill
from tests.factories.conversations import conversation
from tests.factories.reviews import GOOD, published, specialist
from tests.factories.rubrics import published_version
from tests.factories.sampling import PlanFactory, drawn, master_key

pytestmark = pytest.mark.django_db
LOW, HALF = GOOD | {"understood": "no", "solved": "no"}, GOOD | {"understood": "partly"}
FRESH, AFTER = ("2026-W11", "2026-W12", "2026-W13"), ("2026-W15", "2026-W16")


class Weekly:
    """A sampling plan of one a week for each member, whose draws are reviewed by one reviewer."""

    def __init__(self, team: Any) -> None:
        master_key()
        self.members = [agent_with_login(team, name=name) for name in ("Kim Berg", "Ada Lind")]
        self.team, self.by = team, specialist()
        self.plan = PlanFactory(rubric=published_version().rubric, quota_per_agent=1)

    def week(self, name: str, answers: dict[Agent, list[dict[str, str]]]) -> Draw:
        """Let a week pass: five conversations of each member, the draw, and the reviews of what was drawn."""
        monday, later = weeks.start_of(name), weeks.end_of(name) + timedelta(days=1)
        for agent in self.members:
            for hour in range(5):
                conversation(agent=agent, team=self.team, completed_at=monday + timedelta(days=1, hours=hour))
        draw = drawn(self.plan, moment=monday, now=later)
        filling.fill(now=later)
        for place, item in enumerate(QueueItem.objects.filter(status="available").order_by("agent", "pk")):
            kinds = answers[item.agent]
            published(item, by=self.by, answers=kinds[place % len(kinds)], now=later)
        return draw


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def mean(row: dict[str, str], side: str) -> float:
    return float(row[f"{side}_sum"]) / int(row[f"{side}_n"])


def test_a_fresh_baseline_is_drawn_then_the_follow_up_and_the_outcome_told(client, team, coach) -> None:
    world = Weekly(team)
    kim, ada = world.members
    page, send = as_(client, coach), {"content_type": "application/json"}
    edited = ProgrammeEdit(
        0, "Solving in April", skill("problem-solving"), world.members,
        follow_up_weeks=3, follow_up_quota=8, has_fresh_baseline=True,
    )  # fmt: skip
    made = programmes.draft(edited, by=coach, now=NOW)
    address = reverse("coaching:programme", args=[made.pk])

    programmes.begin(made, by=coach, now=NOW)
    asked = list(QuotaBoost.objects.values_list("agent", "extra", "starts_at", "ends_at"))
    first = world.week(FRESH[0], {kim: [LOW, HALF], ada: [LOW]})
    with pytest.raises(Refused) as early:
        programmes.begin(made, by=coach, now=weeks.end_of(FRESH[0]) + timedelta(days=2))
    collecting = page.get(address)
    for week in FRESH[1:]:
        world.week(week, {kim: [LOW, HALF], ada: [LOW]})
    start = weeks.end_of(FRESH[-1]) + timedelta(days=2)
    programmes.begin(made, by=coach, now=start)
    for week in AFTER:
        world.week(week, {kim: [GOOD, HALF, GOOD], ada: [GOOD, HALF]})
    done = weeks.end_of(AFTER[-1]) + timedelta(days=5)
    number = programme_outcomes.sweep(now=done)

    begins = datetime.fromisoformat("2026-03-09T00:00:00+00:00")
    assert asked == [(one.pk, 8, begins, begins + timedelta(weeks=3)) for one in world.members]
    assert sorted(first.strata.values_list("agent", "drawn")) == [(kim.pk, 4), (ada.pk, 4)]  # one, and three of eight
    assert early.value.refusal.code == "baseline_not_complete"
    assert says(collecting, "4 reviews of 6")
    outcome = ProgrammeOutcome.objects.get()
    assert (number, Programme.objects.get().status, outcome.design) == (1, "measured", "fresh_baseline")

    rows = rows_of(page.get(reverse("coaching:programme_data", args=[made.pk])))
    again = fresh_baseline_effect([mean(row, "fresh") for row in rows], post_mean=[mean(row, "post") for row in rows])
    told = page.get(f"/api/v1/coaching-programmes/{made.pk}/", **send).json()["outcomes"][0]
    shown = page.get(address)

    assert [(row["part"], row["fresh_n"], row["post_n"]) for row in rows] == [("started", "11", "6")] * 2
    assert again.effect is not None
    for name, value in (("effect", again.effect), ("low", again.lo), ("high", again.hi)):
        assert getattr(outcome, name) == pytest.approx(value, abs=1e-9)
        assert told[name] == pytest.approx(value, abs=1e-9)
    assert told["estimates"][0]["reason"] == "too_few_peers"  # nobody else is scored: this design needs none
    assert says(shown, told["sentence"])
    assert says(shown, "Sums as CSV")
