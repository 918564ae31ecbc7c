"""Several plans over one population: each conversation counts once, and for what it stands for over all frames.

What the averages should be is worked out here from frames, picks and reviews, by arithmetic that shares nothing with
the product's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import pytest
from django.test import Client
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

from accounts.models import Agent, Team
from accounts.roles import Role
from coaching.evidence import strongest, strongest_of
from coaching.selectors import bases, cells
from coaching.selectors.bases import Window
from coaching.selectors.bounds import Span
from coaching.selectors.sides import by_week, sides
from coaching.services import contents
from insights.planning import evidence
from insights.reports import averages, numbers, sums, units
from insights.reports import team as team_report
from insights.reports.strata import Week
from insights.reports.units import Seat
from reviews.models import Answer, QueueItem, Review
from reviews.services import filling, what_if
from rubrics.models import Criterion, Rubric
from sampling.models import Draw, FrameStratum, Plan
from sampling.services import draws
from sampling.strata import NORMAL
from stats import hajek
from tests.api.asking import as_role, get
from tests.conftest import NOW
from tests.factories import coaching
from tests.factories.accounts import TeamFactory, TeamMembershipFactory, person
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import published, specialist
from tests.factories.rubrics import published_version
from tests.factories.sampling import WEEK, PlanFactory, agent, completion, drawn, master_key
from tests.insights.sharing import person_of
from tests.reviews.replaying import draft_of
from tests.sampling.test_pools import UNHAPPY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
GOOD = {"understood": "yes", "solved": "yes", "data-protected": "yes"}
CHAT, EMAIL = {"channel": ["chat"]}, {"channel": ["email"]}
SIZES = {"Anna": 14, "Bert": 10}


@pytest.fixture
def team() -> Team:
    """Make a week of two people: every other conversation is a chat, and chats are harder."""
    master_key()
    made: Team = TeamFactory(name="Retail", slug="retail")
    for name, size in SIZES.items():
        person = agent(name)
        TeamMembershipFactory(agent=person, team=made, starts_at=NOW - timedelta(days=400))
        for place in range(size):
            of = completion(
                person, at=WEEK + (9 + place) * HOUR, name=f"{name}-{place}", team=made,
                channel=("email", "chat")[place % 2], csat=1 if place % 6 == 0 else 5,
            )  # fmt: skip
            transcribe(of.conversation, talk(), now=NOW)
    return made


def plan(rubric: Rubric | None = None, **fields: Any) -> Plan:
    """Make a plan of four for each agent, by one scorecard unless another is given."""
    rubric = rubric or Rubric.objects.first() or published_version().rubric
    made: Plan = PlanFactory(rubric=rubric, **{"quota_per_agent": 4, **fields})
    return made


def draw_and_review(*plans: Plan, leave: int = 0) -> list[Draw]:
    """Draw each plan and review what it drew, but for the last ones of each; two reviews of one thing may differ."""
    made = [drawn(one) for one in plans]
    filling.fill(now=NOW)
    by = specialist()
    for draw in made:
        items = list(QueueItem.objects.filter(pick__draw=draw).order_by("u"))
        for item in items[: len(items) - leave]:
            place = item.conversation.pk + draw.plan_id
            hard = item.conversation.channel == "chat"
            solved = ("no", "partly", "yes")[place % 3] if hard else ("partly", "yes")[place % 2]
            published(item, by=by, answers={**GOOD, "solved": solved, "understood": "no" if hard else "yes"})
    return made


class Right(NamedTuple):
    """What an average should be."""

    mean: float
    low: float
    high: float
    n: int
    frame_size: int


def right(agents: Iterable[Agent], *, skill: str = "") -> Right:
    """Work the mean out: of each reviewed unit and scorecard, weight 1/π over the frames, shared among scorecards."""
    strata = list(FrameStratum.objects.filter(draw__voided_at=None, agent__in=agents).select_related("draw__plan"))
    holds = {one.pk: {unit[0] for unit in one.units} for one in strata}
    scores: dict[tuple[int, int, int], list[float]] = defaultdict(list)
    at_random: dict[int, int] = defaultdict(int)
    unhappy: set[int] = set()
    known = Review.objects.filter(status="published", item__pick__stratum__in=strata)
    for review in known.select_related("current", "conversation", "item__pick__stratum__draw__plan"):
        pick = review.item.pick
        assert review.current is not None
        assert pick.stratum is not None
        score = float(review.current.skill_scores[skill] if skill else review.current.final_score or 0)
        scores[pick.agent_id, pick.completion_id, pick.stratum.draw.plan.rubric_id].append(score)
        at_random[pick.stratum.pk] += pick.pool == "random"
        unhappy |= {pick.completion_id} if review.conversation.csat == 1 else set()
    rows = []
    for (agent_id, unit, rubric), found in scores.items():
        covering = [one for one in strata if one.agent_id == agent_id and unit in holds[one.pk]]
        missed = 1.0
        for one in covering:
            if one.draw.plan.rubric_id == rubric:
                is_mixed = one.draw.targeted_scale is not None
                missed *= (1 - at_random[one.pk] / one.frame_size) * (1 - float(is_mixed and unit in unhappy))
        rows.append((sum(found) / len(found), 1 - missed, 1 / len({one.draw.plan.rubric_id for one in covering})))
    y, pi, share = (np.array(column) for column in zip(*rows, strict=True))
    w = share / pi
    mean = float((w * y).sum() / w.sum())
    variance = float(((1 - pi) * (w * (y - mean)) ** 2).sum() / w.sum() ** 2) * len(y) / (len(y) - 1)
    margin = float(stdtrit(max(1.0, w.sum() ** 2 / (w * w).sum() - 1), 0.975)) * math.sqrt(variance)
    whole = {(one.agent_id, unit) for one in strata for unit in holds[one.pk]}
    return Right(mean, max(0.0, mean - margin), min(100.0, mean + margin), len({key[:2] for key in scores}), len(whole))


def told(agents: list[Any]) -> Right:
    """Return what the product says of the same."""
    found = averages.of_agents(agents)
    assert None not in (found.mean, found.low, found.high)
    return Right(found.mean, found.low, found.high, found.n, found.frame_size)


# Which plans stand, and whether they overlap.
CHOICES = [
    ("whole same", True), ("whole chats", True), ("whole chats emails", True), ("chats risky", True),
    ("whole other", True), ("whole same chats other risky", True), ("chats emails", False), ("chats", False),
]  # fmt: skip


def test_an_average_is_of_different_conversations_each_weighed_by_its_chance_over_all_plans(team: Team) -> None:
    first, other = published_version().rubric, published_version().rubric
    risky = {"targeted_per_period": 1, "risk_rules": [{**UNHAPPY, "certain": True}]}
    plans = {
        "whole": plan(first), "same": plan(first, quota_per_agent=3),
        "chats": plan(first, population=CHAT, quota_per_agent=3),
        "emails": plan(first, population=EMAIL, quota_per_agent=2), "risky": plan(first, quota_per_agent=3, **risky),
        "other": plan(other, population=CHAT, quota_per_agent=2),
    }  # fmt: skip
    made = dict(zip(plans, draw_and_review(*plans.values()), strict=True))

    for names, overlap in CHOICES:
        stand = [made[name].pk for name in names.split()]
        Draw.objects.update(voided_at=NOW, void_reason="Not now")
        Draw.objects.filter(pk__in=stand).update(voided_at=None, void_reason="")
        found = sums.read(weeks=4, until=NOW)
        everybody = right(Agent.objects.all())
        average = averages.of_agents(found)
        assert (average.n, average.frame_size, average.repeated > 0) == (*everybody[3:], overlap), names
        if overlap:
            assert told(found) == pytest.approx(everybody), names
        for one in found:
            alone = right([Agent.objects.get(pk=one.agent_id)])
            own = averages.of_agent(one, v_team=400.0)
            assert (own.mean, own.n, own.frame_size) == (pytest.approx(alone.mean), alone.n, alone.frame_size), names
            size, total = one.weighed_whole(one.weighed())
            assert total / size / 10_000 == pytest.approx(alone.mean), names
        # Every review says something of each criterion, so that these rest on the same conversations.
        for kind in ("criterion", "skill", "section"):
            lines = numbers.load(numbers.Params(kind, None, NOW)).lines
            most = max(lines, key=lambda line: line.rolling.frame_size).rolling
            assert most.n <= everybody.n
            assert (most.frame_size, most.repeated) == (everybody.frame_size, average.repeated), (names, kind)
    Draw.objects.filter(pk__in=[made["whole"].pk, made["chats"].pk]).update(voided_at=None, void_reason="")
    people = [one for group in team_report.load(team_report.Params(None, NOW)).groups for one in group.people]
    assert sum(one.frame_size for one in people) == sum(SIZES.values())
    windows = {name: Window(Agent.objects.get(name=name).pk, None, "2026-W09", 1) for name in SIZES}
    known = bases.read(windows.values(), now=NOW)
    assert {name: known.of(window).frame_size for name, window in windows.items()} == SIZES
    # A level is made of weekly sums, in which what both drew would weigh double.
    seen = cells.window("total", week="2026-W09").agents
    for name, window in windows.items():
        week, alone = seen[window.agent], right([Agent.objects.get(name=name)])
        assert week.effective_total[-1] / week.effective[-1] / 10_000 == pytest.approx(alone.mean)
        assert sum(week.n) == alone.n
    revision: Any = Review.objects.filter(item__pick__draw=made["whole"]).earliest("pk").current
    for skill in revision.skill_scores:
        span = Span(dict.fromkeys([made["whole"].pk, made["chats"].pk], "2026-W09"))
        whole = sides(skill, rubrics=[first.pk], spans={"before": span})
        for window in windows.values():
            own, alone = whole[window.agent]["before"], right(Agent.objects.filter(pk=window.agent), skill=skill)
            assert by_week(skill, span, rubrics=[first.pk])[window.agent] == {"2026-W09": own}
            assert (own.mean, own.n) == (pytest.approx(alone.mean, abs=1e-4), alone.n)
            assert own.n_eff == pytest.approx(sum(seen[window.agent].effective), abs=1e-4)
    replays(first, repeated=made["chats"].frame_size)
    stands = sums.read(weeks=4, until=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "LEAST_REVIEWS_OF_SPREAD", 1)
        spread = evidence.spread({one.agent_id for one in stands}, now=NOW)
    assert spread.n == right(Agent.objects.all()).n
    assert spread.sd**2 == pytest.approx(averages.variance(stands))
    doubles = 0  # what a second review says of an event is no more evidence of it
    for skill_id in Criterion.objects.exclude(skill=None).order_by().values_list("skill", flat=True).distinct():
        for window in windows.values():
            lost = strongest(window.agent, skill_id, most=50)
            events = [(one.revision.review.conversation_id, one.criterion.lineage) for one in lost]
            assert len(events) == len(set(events))
            known = coaching.plan("active", agent=Agent.objects.get(pk=window.agent), skill_id=skill_id)
            lower = Answer.objects.filter(criterion__skill=skill_id, revision__review__agent=window.agent, value__lt=1)
            added = contents.attach(known, lost, now=NOW)
            assert (added, contents.attach(known, lower, now=NOW)) == (min(len(lost), contents.MOST_EVIDENCE), 0)
            doubles += lower.count() - len(lost)
            assert strongest_of([(window.agent, skill_id)], since=None, most=50) == {(window.agent, skill_id): lost}
    assert doubles > 0
    answer = get(as_role(Role.MANAGER), "reports/team/", team="retail").json()["average"]
    assert (answer["frame_size"], answer["repeated"]) == (sum(SIZES.values()), made["chats"].frame_size)


def replays(rubric: Rubric, *, repeated: int | None) -> None:
    """Replay what both plans reviewed by the same weights, a few at a time, and compare it with what is right.

    repeated: None where a stratum may have no review at all, which is then no part of what is replayed.
    """
    everybody, some = right(Agent.objects.all()), Review.objects.filter(rubric_version__rubric=rubric)
    asked = what_if.start(draft_of(some.earliest("pk")), by=person(Role.MANAGER), now=NOW + HOUR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(what_if, "CHUNK", 3)
        while what_if.work(asked.job_id, clock=lambda: NOW + HOUR):
            pass
    asked.job.refresh_from_db()
    result = asked.job.result
    before, rests_on = result["before"], result["rests_on"]
    assert (before["n"], result["passed_before"]["n"], result["after"]) == (everybody.n, everybody.n, before)
    # Weights are kept in thousandths.
    assert before["mean"] == pytest.approx(everybody.mean, abs=0.02)
    limits = max(0.0, before["low"]), min(100.0, before["high"])
    assert limits == pytest.approx((everybody.low, everybody.high), abs=0.5)
    if repeated is not None:
        assert (rests_on["frame_size"], rests_on["repeated"]) == (everybody.frame_size, repeated)
    for row in (one for one in result["agents"] if one["reviews"] >= 3):
        own = right(Agent.objects.filter(pk=row["agent"]))
        assert (row["reviews"], row["before"]) == (own.n, pytest.approx(own.mean, abs=0.02))


def test_plans_that_share_nothing_are_added_up_as_the_strata_of_one_would_be(team: Team) -> None:
    draw_and_review(plan(population=CHAT), plan(population=EMAIL, quota_per_agent=3))

    found = sums.read(weeks=4, until=NOW)

    parts: list[tuple[float, float]] = []
    for stratum in FrameStratum.objects.all():
        scores = [float(one.current.final_score or 0) for one in
                  Review.objects.filter(item__pick__stratum=stratum) if one.current]  # fmt: skip
        parts.append((stratum.frame_size, sum(scores) / len(scores)))
    truth = sum(size * mean for size, mean in parts) / sum(size for size, _mean in parts)
    average = averages.of_agents(found)
    assert (average.mean, average.n, average.frame_size, average.repeated) == (pytest.approx(truth), 14, 24, 0)
    assert [len(week.mix) for one in found for week in one.weeks] == [0, 0, 0, 0]  # the cheap way


def test_what_is_not_reviewed_yet_or_was_voided_takes_no_weight_from_the_rest(team: Team) -> None:
    whole, chats = draw_and_review(plan(), plan(population=CHAT), leave=4)
    found = sums.read(weeks=4, until=NOW)
    assert told(found) == pytest.approx(right(Agent.objects.all()))
    replays(Rubric.objects.get(), repeated=None)
    average = averages.of_agents(found)
    assert (average.drawn, average.reviewed, average.pending, average.n) == (16, 8, 8, right(Agent.objects.all()).n)

    draws.void(whole, reason="Another scorecard", by=None, now=NOW)

    average = averages.of_agents(sums.read(weeks=4, until=NOW))
    assert (average.frame_size, average.repeated) == (chats.frame_size, 0)


def test_a_page_says_that_plans_overlap_and_asks_no_more_where_they_do_not(
    team: Team, client: Client, django_assert_num_queries: Any
) -> None:
    draw_and_review(plan())
    with django_assert_num_queries(4):
        sums.read(weeks=4, until=NOW)
    client.force_login(person(Role.MANAGER))
    assert "Plans overlap" not in client.get("/team/?team=retail").content.decode()

    draw_and_review(plan(population=CHAT))

    page = " ".join(client.get("/team/?team=retail").content.decode().split())
    assert "of 24, drawn at random. Plans overlap: a conversation of several counts once." in page


def test_means_and_intervals_hold_over_many_draws_from_plans_that_share_chats() -> None:
    """N 40 to 140 an agent, chats 12 points lower; 10 of all and 10 of the chats."""
    chance = np.random.default_rng(20261127)
    misses, covered, plain, times = [], 0, [], 300
    for _time in range(times):
        y, pi, whole, twice = [], [], [], []
        for _agent in range(12):
            size = int(chance.integers(40, 140))
            is_chat = chance.random(size) < 0.4
            score = np.clip(chance.normal(78, 8) - 12 * is_chat + chance.normal(0, 18, size), 0, 100)
            frames = [np.arange(size), np.flatnonzero(is_chat)]
            picks = [chance.permutation(frame)[:10] for frame in frames]
            missed = np.ones(size)
            for frame, picked in zip(frames, picks, strict=True):
                missed[frame] *= 1 - len(picked) / len(frame)
                twice.append((len(frame), float(score[picked].mean())))
            once = np.unique(np.concatenate(picks))
            y += list(score[once])
            pi += list(1 - missed[once])
            whole += list(score)
        truth, found = float(np.mean(whole)), hajek(y, pi=pi)
        assert None not in (found.mean, found.lo, found.hi)
        misses.append(found.mean - truth)
        covered += found.lo <= truth <= found.hi
        plain.append(sum(n * mean for n, mean in twice) / sum(n for n, _mean in twice) - truth)
    se = float(np.std(misses)) / math.sqrt(times)
    assert abs(float(np.mean(misses))) < 3 * se
    assert 0.92 <= covered / times <= 0.99
    assert float(np.mean(plain)) < -1.2  # what counting the chats twice would say


def test_a_persons_week_and_rolling_four_hold_over_many_draws_from_plans_that_share_chats() -> None:
    chance, monday = np.random.default_rng(20261127), WEEK.date()
    misses: dict[str, list[float]] = {"week": [], "four": []}
    covered, wanted = dict.fromkeys(misses, 0), dict.fromkeys(misses, 0)
    for _time in range(40):
        people = [person_of(chance, number) for number in range(8)]
        of_week = [one.during([monday]) for one, _whole in people]
        for name, group in (("week", of_week), ("four", [one for one, _whole in people])):
            spread = averages.variance(group)
            for one, (_one, whole) in zip(group, people, strict=True):
                truth = float(np.mean(whole[0] if name == "week" else np.concatenate(whole)))
                found = averages.of_agent(one, v_team=spread)
                assert found.mean is not None
                assert found.low is not None
                assert found.high is not None
                misses[name].append(found.mean - truth)
                covered[name] += found.low <= truth <= found.high
                wanted[name] += 1
    for name, found_of in misses.items():
        assert abs(float(np.mean(found_of))) < 3 * float(np.std(found_of)) / math.sqrt(len(found_of)), name
        assert 0.93 <= covered[name] / wanted[name] <= 0.995, name


def test_what_is_due_is_weighed_by_class_once_too_and_two_scorecards_share_a_conversation() -> None:
    """Five of ten, two of whose four chats another plan drew as well: an e-mail stands for 2, a chat for 4/3."""
    monday = WEEK.date()
    email, both, chat = (
        Seat(1, "email", 0.0, (), (1, 1, 1), 80.0), Seat(2, "chat", 0.0, ((2, 0.0),), (1, 1, 1), 60.0),
        Seat(3, "chat", 0.0, ((1, 0.0),), (1, 0, 0), 0.0),
    )  # fmt: skip
    whole = Week(monday, 10, 5, size=10, rubric_id=1, stratum_id=1, share=0.5, seats=(email, both))
    again = Seat(2, "chat", 0.0, ((1, 0.0),), (1, 0, 0), 0.0)
    chats = Week(monday, 4, 2, size=4, rubric_id=1, stratum_id=2, share=0.5, seats=(again, chat))

    one_card = units.classes([whole, chats])
    two_cards = units.classes([whole, replace(chats, rubric_id=2)])
    not_due = units.classes([whole, replace(chats, rubric_id=2, seats=(again._replace(counts=(0, 0, 0)),))])

    assert {name: astuple(one) for name, one in one_card.items()} == {
        ("email", NORMAL): (1, 1, 2.0, 2.0, 2.0, 160.0),
        ("chat", NORMAL): (3, 1, *(pytest.approx(part) for part in (8 / 3, 2 / 3, 2 / 3, 40.0))),
    }
    assert {name: astuple(one) for name, one in two_cards.items()} == {
        ("email", NORMAL): (1, 1, 2.0, 2.0, 2.0, 160.0), ("chat", NORMAL): (3, 1, 3.0, 1.0, 1.0, 60.0),
    }  # fmt: skip
    assert astuple(not_due["chat", NORMAL]) == (1, 1, 2.0, 2.0, 2.0, 120.0)
