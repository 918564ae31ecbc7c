"""What a level rests on beside its reviews, the same wherever the level is said (statistics.md 8, rule 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Agent, User
from accounts.roles import Role
from coaching import weeks
from coaching.selectors import bases
from coaching.selectors.bases import Basis, Window
from reviews.models import Review
from rubrics.models import Skill
from sampling.models import Draw
from tests.api.asking import asking, get
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.coaching import look, plan, reviewed, reviewer, sampling_plan, skill, stratum_of
from tests.factories.reviews import drawn_items
from tests.sampling.pages import words

pytestmark = pytest.mark.django_db
NEWEST, OLDEST, TOO_OLD = "2026-W09", "2025-W36", "2025-W35"
RESTS = {"frame_size": 100, "drawn": 8, "pending": 2, "response_rate": 1 / 6, "pool": "random"}
SAID = "17 % of what is due is reviewed, 2 still to come."


@pytest.fixture
def solving(coached: Agent) -> Skill:
    """Draw from an agent's conversations in three weeks of a window, and in weeks that do not count."""
    weekly, other = sampling_plan(), sampling_plan()
    reviewed(coached, {"solved": {"option": "yes"}}, week="2026-W08", plan=weekly, by=reviewer())
    drawn_items(2, agent=coached, plan=weekly)
    for week in (OLDEST, TOO_OLD):
        stratum_of(coached, week=week, plan=weekly)
    stratum_of(coached, week="2026-W07", plan=other)
    Draw.objects.filter(plan=other).update(voided_at=NOW, void_reason="wrong")
    return skill("problem-solving")


def test_a_level_rests_on_what_was_drawn_in_its_weeks_by_rubrics_that_ask_for_the_skill(
    coached: Agent, solving: Skill
) -> None:
    window = Window(coached.pk, solving.pk, NEWEST)

    known = bases.read([window, Window(coached.pk, skill().pk, NEWEST)], now=NOW)

    assert known.of(window) == Basis(frame_size=100, drawn=8, pending=2, reviewed=1)
    assert known.of(Window(coached.pk, skill().pk, NEWEST)) == Basis()  # no rubric asks for empathy
    assert known.of(Window(coached.pk, None, NEWEST, weeks=1)) == Basis(frame_size=20, drawn=2, pending=2)
    assert (Basis().response_rate, known.of(window).response_rate) == (None, 1 / 6)
    assert bases.read([], now=NOW).of(window) == Basis()
    # A former supervisor reads what it rested on when their time ended, and not that it was reviewed since.
    (at,) = Review.objects.values_list("published_at", flat=True)
    before, after = (bases.read([window], now=NOW, until=at + timedelta(days=days)).of(window) for days in (-1, 1))
    assert (before.reviewed, before.pending) == (0, 3)
    assert (after.reviewed, after.pending) == (1, 2)


def test_every_page_and_answer_says_the_same_of_a_level(
    client: Client, coached: Agent, coach: User, solving: Skill
) -> None:
    assert coached.user is not None
    look(coached, solving, week=NEWEST)
    since = weeks.start_of(OLDEST)
    made = plan("shared", agent=coached, team=None, skill=solving, baseline_since=since, shared_at=NOW, owner=coach)
    boss, own = asking(person(Role.MANAGER)), asking(coached.user)

    told = [
        get(boss, f"reports/agents/{coached.pk}/").json()["skills"][0],
        get(own, "reports/own/").json()["skills"][0]["weeks"][-1],
        next(one for one in get(boss, f"coaching-growth/{coached.pk}/").json()["skills"] if one["level"] is not None),
    ]
    baselines = [
        get(boss, f"coaching-plans/{made.pk}/").json(),
        get(boss, "coaching-plans/").json()["results"][0],
        get(own, f"coaching-plans/{made.pk}/").json(),
    ]
    client.force_login(person(Role.MANAGER))
    pages = [
        reverse("insights:agent", args=[coached.pk]),
        reverse("coaching:growth", args=[coached.pk]),
        reverse("coaching:plan", args=[made.pk]),
        reverse("coaching:list") + "?status=shared",
    ]

    assert [one["rests_on"] for one in told] == [RESTS] * 3
    assert [one["baseline_rests_on"] for one in baselines] == [RESTS] * 3
    assert [page for page in pages if SAID not in words(client.get(page))] == []
    client.force_login(coached.user)
    assert SAID in words(client.get(reverse("insights:own_skills")))
