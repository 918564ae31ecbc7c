"""The demo's reviewers: complete drafts, in their own words, strict or lenient."""

from __future__ import annotations

from random import Random
from statistics import mean

import pytest

from qa_portal.demo import reviewing, self_work
from reviews import drafts
from rubrics import scoring
from rubrics.library import starters
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.reviews import drawn_items, submitted
from tests.factories.sampling import PlanFactory


@pytest.fixture(scope="module")
def card():
    return next(document.card for document in starters() if document.slug == "general-chat")


@pytest.fixture(scope="module")
def sample(talks):
    return Random(5).sample([story for story in talks if story.record["metadata"]["team"] != "technology"], 300)


def _draft(story, card, company, reviewer=0, seed=1):
    return reviewing.score(
        story.truth, card, reviewer=company.reviewers[reviewer], agent=story.record["agent"]["name"], seed=seed
    )


@pytest.mark.parametrize("slug", [document.slug for document in starters()])
def test_a_draft_lacks_nothing_on_any_starter_rubric(slug, talks, company):
    card = next(document.card for document in starters() if document.slug == slug)
    scored = [_draft(story, card, company) for story in Random(3).sample(talks, 200)]
    of_agents = [self_work.in_own_words(draft, card) for draft in scored]

    missing = [
        problem for draft in [*scored, *of_agents] for problem in scoring.problems(card, drafts.answers_of(draft))
    ]

    assert missing == []


def test_the_same_reviewer_scores_the_same_conversation_the_same(sample, card, company):
    first = [_draft(story, card, company) for story in sample[:30]]

    assert first == [_draft(story, card, company) for story in sample[:30]]


def test_pins_point_at_messages_that_exist(sample, card, company):
    for story in sample:
        draft = _draft(story, card, company)

        pinned = [pin.message for answer in draft.answers.values() for pin in answer.pins]

        assert [at for at in pinned if at >= len(story.record["messages"])] == []


def test_low_answers_say_why(sample, card, company):
    silent = [
        (story.record["external_id"], lineage)
        for story in sample
        for lineage, answer in _draft(story, card, company).answers.items()
        if _worth(card, lineage, answer) < 0.5 and not answer.comment
    ]

    assert silent == []


def test_comments_have_every_value_filled_in(sample, card, company):
    comments = [
        text
        for story in sample
        for draft in [_draft(story, card, company)]
        for text in [draft.summary, *(answer.comment for answer in draft.answers.values())]
    ]

    assert [text for text in comments if "$" in text] == []
    assert len({text for text in comments if text}) > 400


def test_a_strict_reviewer_scores_lower_than_a_lenient_one(sample, card, company):
    strictest = min(range(8), key=lambda at: company.reviewers[at].leniency)
    mildest = max(range(8), key=lambda at: company.reviewers[at].leniency)

    def average(reviewer):
        scores = [scoring.score(card, drafts.answers_of(_draft(s, card, company, reviewer))) for s in sample]
        return mean(float(score.raw_score) for score in scores)

    assert 3 < average(mildest) - average(strictest) < 15


def test_a_conversation_without_fault_scores_high_and_one_full_of_faults_low(sample, card, company):
    def average(stories):
        scores = [scoring.score(card, drafts.answers_of(_draft(story, card, company))) for story in stories]
        return mean(float(score.raw_score) for score in scores)

    good = [story for story in sample if min(story.truth.skills.values()) >= 0.5]
    poor = sorted(sample, key=lambda story: sum(story.truth.skills.values()))[:20]

    assert average(good) > 88
    assert average(poor) < 70


def _worth(card, lineage, answer):
    criterion = card.criterion(lineage)
    option = criterion.option(answer.option) if answer.option else None
    if option is None or option.value is None or criterion.kind == "bonus":
        return 1.0
    return float(option.value)


@pytest.mark.django_db
def test_who_is_not_asked_to_score_oneself_does_not(sample, company):
    # As where another plan drew the conversation, too, and its review is out.
    review = submitted(drawn_items(agent=AgentFactory(user=UserFactory()), plan=PlanFactory(self_review=True))[0])

    self_work._answer(review, sample[0].truth, company.teams[0].agents[0], seed=1, now=NOW)

    assert list(review.item.pick.items.values_list("purpose", flat=True)) == ["primary"]
