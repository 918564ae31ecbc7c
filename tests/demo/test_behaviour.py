"""What an agent does in the text follows from their skills, so that a reader can see why a score is low."""

from __future__ import annotations

from statistics import correlation, mean

from qa_portal.demo.phrasebook import load
from qa_portal.demo.skills import SKILLS
from tests.demo.conftest import told


def _share(stories, *, agent, aspect):
    aspects = [story.truth.aspects for story in stories if story.truth.agent == agent]
    return mean(found[aspect] for found in aspects if aspect in found)


def test_each_weak_skill_shows_in_the_conversations(talks, company):
    aspects = {
        "empathy": "empathy",
        "problem-solving": "solved",
        "product-knowledge": "facts",
        "written-communication": "clear",
        "time-management": "pace",
        "attention-to-detail": "notes",
        "process-compliance": "identity",
    }
    weak = [agent for agent in company.agents if agent.talent.weak]
    strong = [agent for agent in company.agents if not agent.talent.story]

    gaps = {}
    for agent in weak:
        aspect = aspects[agent.talent.weak]
        others = mean(_share(talks, agent=other.external_id, aspect=aspect) for other in strong)
        gaps[agent.name] = others - _share(talks, agent=agent.external_id, aspect=aspect)

    assert len(weak) >= 8
    assert min(gaps.values()) > 0.15


def test_who_skips_the_identity_check_never_asks_for_it(talks):
    asks = set(load("healthcare.en")["identity"]["ask"])
    skipped = [
        story
        for story in talks
        if story.truth.aspects.get("identity") == 0.0
        and story.truth.language == "en"
        and story.truth.agent == "grace.lindholm"
    ]

    asked = [story for story in skipped if any(ask in text for ask in asks for text in story.truth.texts)]

    assert len(skipped) > 10
    assert asked == []


def test_a_wrong_first_answer_is_followed_by_the_customers_objection(talks):
    wrong = [story for story in talks if story.truth.aspects.get("facts") == 0.0]

    answered_by = {_next_role(story, "wrong_statement") for story in wrong}

    assert len(wrong) > 200
    assert answered_by == {"customer"}


def test_slow_agents_leave_long_gaps(talks):
    chats = [story.truth for story in talks if story.record["channel"] == "chat"]

    slow = [max(truth.waits[:-1]) for truth in chats if truth.aspects.get("pace") == 0.0]
    quick = [max(truth.waits[:-1]) for truth in chats if truth.aspects.get("pace") == 1.0]

    assert mean(slow) > 5
    assert mean(quick) < 2.5


def test_coaching_helps_those_who_learn_and_not_the_others(talks):
    coached = {("arjun.mehrotra", "empathy"): 0, ("kofi.amponsah", "written-communication"): 0}
    after = [s for week in told(coached=coached)[3:] for s in week if s.truth.sort == "talk"]

    learned = _share(after, agent="arjun.mehrotra", aspect="empathy")
    stayed = _share(after, agent="kofi.amponsah", aspect="clear")
    assert learned > _share(talks, agent="arjun.mehrotra", aspect="empathy") + 0.2
    assert abs(stayed - _share(talks, agent="kofi.amponsah", aspect="clear")) < 0.12


def test_one_agent_declines(weeks):
    early = [s for week in weeks[:4] for s in week if s.truth.agent == "viktor.novacek" and s.truth.skills]
    late = [s for week in weeks[9:] for s in week if s.truth.agent == "viktor.novacek" and s.truth.skills]

    def level(stories):
        return mean(story.truth.skills["problem-solving"] for story in stories if story.truth.sort == "talk")

    assert level(early) > 0.75
    assert level(late) < level(early) - 0.2


def test_satisfaction_goes_weakly_with_quality(talks):
    pairs = [
        (story.record["csat"], mean(story.truth.skills[skill] for skill in SKILLS))
        for story in talks
        if story.record["csat"] is not None
    ]

    r = correlation([csat for csat, _ in pairs], [quality for _, quality in pairs])

    assert len(pairs) > 700
    assert 0.1 < r < 0.5


def _next_role(story, kind):
    at = next(seen.message for seen in story.truth.seen if seen.kind == kind)
    roles = [message["role"] for message in story.record["messages"]]
    return next(role for role in roles[at + 1 :] if role != "tool")
