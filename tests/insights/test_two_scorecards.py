"""Plans of two scorecards over the same conversations: two measures of one conversation, and only where both ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from statistics import fmean

import numpy as np
import pytest

from accounts.models import Agent
from insights.reports import asked, averages, numbers, programme, sums
from insights.reports.strata import Week
from reviews.models import QueueItem, Review
from reviews.services import filling, moving, publishing, submitting
from sampling.models import FrameStratum
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory
from tests.factories.conversations import talk, transcribe
from tests.factories.reviews import claimed, filled, published, specialist
from tests.factories.rubrics import published_version, small_card
from tests.factories.sampling import WEEK, PlanFactory, agent, completion, drawn, master_key, week_of
from tests.insights.sharing import people_of_two_cards

SIZES = {"Anna": 14, "Bert": 8}
ANSWERS = ("no", "partly", "yes")


@pytest.mark.django_db
def test_a_scorecard_that_does_not_ask_or_was_not_used_yet_takes_no_weight_from_one_that_does() -> None:
    """Every other conversation is a chat, and chats are harder; only the scorecard of all asks for the skill."""
    master_key()
    team = TeamFactory()
    for name, size in SIZES.items():
        person = agent(name)
        for place in range(size):
            of = completion(person, at=WEEK.replace(hour=1 + place), name=f"{name}-{place}", team=team,
                       channel=("email", "chat")[place % 2])  # fmt: skip
            transcribe(of.conversation, talk(), now=NOW)
    card = small_card()
    asks, rest = published_version(card), published_version(replace(card, sections=card.sections[1:]))
    # Whatever the key: five of Bert's eight hold a chat, and the other plan takes all four of these.
    whole = drawn(PlanFactory(rubric=asks.rubric, quota_per_agent=5))
    chats = drawn(PlanFactory(rubric=rest.rubric, quota_per_agent=4, population={"channel": ["chat"]}))
    filling.fill(now=NOW)
    by = specialist()
    for place, item in enumerate(QueueItem.objects.filter(pick__draw=whole).order_by("u")):
        hard = item.conversation.channel == "chat"
        answer = ANSWERS[place % 2 if hard else 2]
        published(item, by=by, answers={"understood": answer, "solved": answer, "data-protected": "yes"})
    rows = Review.objects.filter(item__pick__draw=whole).select_related("current", "item__pick")
    scores = {
        name: {pick.pk: (float(one.current.final_score or 0), float(one.current.skill_scores["problem-solving"]))
               for one in rows if one.current and (pick := one.item.pick) and pick.agent.name == name}
        for name in SIZES
    }  # fmt: skip
    truth = [
        sum(size * fmean(pair[column] for pair in scores[name].values()) for name, size in SIZES.items())
        / sum(SIZES.values())
        for column in (0, 1)
    ]
    for name, known in scores.items():  # nothing of the chats' own plan is reviewed: it says nothing yet
        (one,) = (found for found in sums.read(weeks=4, until=NOW) if found.agent_id == Agent.objects.get(name=name).pk)
        total = averages.of_agent(one, v_team=400.0)
        assert (total.mean, total.n) == (pytest.approx(fmean(pair[0] for pair in known.values())), 5)
    whole_total = averages.of_agents(sums.read(weeks=4, until=NOW))
    assert (whole_total.mean, whole_total.frame_size) == (pytest.approx(truth[0]), sum(SIZES.values()))

    for item in QueueItem.objects.filter(pick__draw=chats):
        published(item, by=by, answers={"data-protected": "yes"})

    for kind, key in (("skill", "problem-solving"), ("section", "talk"), ("criterion", "solved")):
        for who in (None, *Agent.objects.all()):
            lines = numbers.load(numbers.Params(kind, None, NOW, agent=who.pk if who else None)).lines
            (line,) = (one.rolling for one in lines if one.key == key)
            own = truth[1] if who is None else fmean(pair[1] for pair in scores[who.name].values())
            size = SIZES[who.name] if who else sum(SIZES.values())
            n = 5 if who else 10
            assert (line.n, line.frame_size, line.repeated, line.drawn) == (n, size, 0, n), (kind, who)
            assert line.mean == pytest.approx(own), (kind, who)
    both = averages.of_agents(sums.read(weeks=4, until=NOW))
    different = {(pick.agent_id, pick.completion_id) for one in Review.objects.all() if (pick := one.item.pick)}
    assert (both.n, both.frame_size) == (len(different), sum(SIZES.values()))
    assert both.reviewed == Review.objects.count() > both.n
    assert FrameStratum.objects.filter(draw=chats).count() == len(SIZES)


def test_a_persons_interval_holds_where_two_scorecards_measured_most_conversations() -> None:
    """Two draws of ten out of twelve to twenty: as many measures as conversations, and still not all that there is."""
    chance, covered, zero, wanted = np.random.default_rng(20261127), 0, 0, 0
    for _time in range(40):
        people = people_of_two_cards(chance)
        spread = averages.variance([one for one, _truth in people])
        for one, truth in people:
            found = averages.of_agent(one, v_team=spread)
            assert None not in (found.low, found.high)
            assert 10 <= found.n <= found.frame_size
            covered += found.low <= truth <= found.high
            zero += found.high - found.low < 0.5
            wanted += 1
    assert zero == 0
    assert 0.93 <= covered / wanted <= 0.995


@pytest.mark.django_db
def test_a_number_is_of_conversations_whose_version_of_the_scorecard_could_ask(django_assert_max_num_queries) -> None:
    """The week before was drawn for a version without the section; one of its drafts was moved to the newer one."""
    master_key()
    anna, bert, before = agent("Anna"), agent("Bert"), WEEK - timedelta(weeks=1)
    first, second = TeamFactory(), TeamFactory()
    for who, monday, size in ((anna, before, 7), (bert, before, 5), (anna, WEEK, 4), (bert, WEEK, 3)):
        for of in week_of(who, size, monday=monday, team=second if (who, monday) == (anna, WEEK) else first):
            transcribe(of.conversation, talk(), now=NOW)
    card = small_card()
    older = published_version(replace(card, sections=card.sections[1:]))
    plan = PlanFactory(rubric=older.rubric, quota_per_agent=2)
    drawn(plan, moment=before)
    newer = published_version(card, rubric=older.rubric)
    drawn(plan)
    filling.fill(now=NOW)
    by, moved = specialist(), ""
    for item in QueueItem.objects.order_by("pick__draw", "u"):
        review = claimed(item, by=by)
        if review.rubric_version == older and item.agent == anna and not moved:
            review, moved = moving.move(review, number=review.draft_number, to=newer.number, by=by, now=NOW), "moved"
        asks = review.rubric_version == newer
        answers = {"data-protected": "yes", **({"understood": "partly", "solved": "yes"} if asks else {})}
        submitting.submit(review, filled(answers), by=by, now=NOW)
        publishing.publish(review, by=by, now=NOW)

    for kind, key in (("skill", "problem-solving"), ("section", "talk"), ("criterion", "solved")):
        with django_assert_max_num_queries(18):
            lines = {line.key: line.rolling for line in numbers.load(numbers.Params(kind, None, NOW)).lines}
        found = lines[key]
        # Anna's week before could be asked since a draft of it was moved; Bert's could not.
        assert (found.n, found.frame_size, found.drawn, found.reviewed) == (5, 7 + 4 + 3, 6, 6), kind
    assert (lines["data-protected"].n, lines["data-protected"].frame_size) == (8, 19)
    # Anna changed her team between the weeks: each has what was said in it.
    lines_of_teams = numbers.load(numbers.Params("team", None, NOW)).lines
    assert {(line.key, line.rolling.n, line.rolling.frame_size) for line in lines_of_teams} == {
        (str(first.pk), 6, 15), (str(second.pk), 2, 4),
    }  # fmt: skip
    assert {(line.team.pk, line.average.frame_size) for line in programme.load(now=NOW).teams if line.team} == {
        (first.pk, 15), (second.pk, 4),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_stratum_whose_reviews_are_all_by_another_version_is_no_longer_of_the_one_it_was_drawn_for() -> None:
    card = small_card()
    older = published_version(replace(card, sections=card.sections[1:]))
    newer = published_version(card, rubric=older.rubric)

    def week(drawn: int) -> Week:
        return Week(WEEK.date(), 9, drawn, version_id=newer.pk)

    by_newer = [(2, metric, newer.pk, 2, 0, 0) for metric in (sums.TOTAL, "criterion:solved")]
    for drawn_of_one, expected in ((2, {2}), (3, {1, 2})):
        frame: asked.Frame = {1: (1, None, week(drawn_of_one)), 2: (1, None, week(2))}
        found = asked.frames(frame, "criterion:", [(1, sums.TOTAL, older.pk, 2, 0, 0), *by_newer], None)
        assert found["criterion:solved"].keys() == expected
