"""The demo's conversations: enough, varied, valid, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from conversations.formats.jsonl import parse
from qa_portal.demo.generator import Desk, jsonl
from qa_portal.demo.people import hire
from tests.demo.conftest import FIRST_MONDAY, told

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def test_the_same_seed_writes_the_same_bytes():
    first = jsonl(story for week in told(weeks=2, small=True) for story in week)

    again = jsonl(story for week in told(weeks=2, small=True) for story in week)

    assert first == again


def test_another_seed_writes_other_conversations():
    first = jsonl(story for week in told(weeks=1, small=True) for story in week)

    other = jsonl(story for week in told(weeks=1, small=True, seed=7) for story in week)

    assert first != other


def test_coaching_one_agent_changes_nobody_else():
    plain = [story for week in told(weeks=4, small=True) for story in week]

    coached = [story for week in told(weeks=4, small=True, coached={("nadia.petrova", "empathy"): 0}) for story in week]

    def by_agent(stories):
        return {name: [s.record for s in stories if s.truth.agent == name] for name in {s.truth.agent for s in stories}}

    before, after = by_agent(plain), by_agent(coached)
    changed = {name for name, records in before.items() if records != after[name]}
    assert changed == {"nadia.petrova"}


def test_more_than_three_thousand_conversations_of_forty_agents_in_four_teams(stories, company):
    ids = {story.record["external_id"] for story in stories}

    assert len(ids) > 3_000
    assert len(company.agents) == 40
    assert [len(team.agents) for team in company.teams] == [10, 10, 10, 10]
    assert Counter(agent.level for agent in company.agents).keys() == {"entry", "experienced", "senior", "lead"}


def test_every_record_is_taken_by_the_importer(stories):
    records = [parse(line, latest=LATER) for line in jsonl(stories).splitlines()]

    assert len(records) == len(stories)
    assert [repaired for _, repaired in records if repaired] == []


def test_three_channels_and_two_languages_in_believable_shares(stories):
    channels = Counter(story.record["channel"] for story in stories)
    german = sum(story.record["language"] == "de" for story in stories) / len(stories)

    assert channels.keys() == {"chat", "messaging", "email"}
    assert min(channels.values()) > len(stories) * 0.10
    assert 0.15 <= german <= 0.22


def test_each_team_meets_at_least_25_kinds_of_problem(talks):
    topics = {team: set() for team in ("retail", "technology", "healthcare", "financial")}
    for story in talks:
        topics[story.record["metadata"]["team"]].add(story.record["metadata"]["topic"])

    assert all(len(found) >= 25 for found in topics.values())


def test_no_two_conversations_read_the_same(talks):
    texts = Counter(tuple(message["text"] for message in story.record["messages"]) for story in talks)

    assert max(texts.values()) == 1


def test_every_value_is_filled_in(stories):
    left = [
        message["text"]
        for story in stories
        for message in story.record["messages"]
        if any(sign in message["text"] for sign in ("$", "<", "|", ">"))
    ]

    assert left == []


def test_messages_never_go_back_in_time_and_end_where_the_record_says(stories):
    for story in stories:
        times = [message["sent_at"] for message in story.record["messages"]]

        assert times == sorted(times)
        assert (story.record["started_at"], story.record["ended_at"]) == (times[0], times[-1])


def test_a_week_holds_what_ended_in_it(weeks):
    zone = ZoneInfo("Europe/Berlin")
    for number, week in enumerate(weeks):
        monday = FIRST_MONDAY + timedelta(weeks=number)

        days = {story.ended_at.astimezone(zone).date() for story in week}

        assert min(days) >= monday
        assert max(days) < monday + timedelta(weeks=1)


def test_what_lasts_longer_than_its_week_is_carried_over():
    company = hire(20261)
    desk = Desk(company, FIRST_MONDAY)

    first = desk.week(0, coached={})
    waiting = [story.record["external_id"] for story in desk.pending]
    second = [story.record["external_id"] for story in desk.week(1, coached={})]

    assert waiting != []
    assert set(waiting) <= set(second) | {story.record["external_id"] for story in desk.pending}
    assert all(story.ended_at.date() <= date(2026, 8, 17) for story in first)


def test_most_conversations_begin_in_office_hours(talks):
    zone = ZoneInfo("Europe/Berlin")
    begun = [datetime.fromisoformat(story.record["started_at"]).astimezone(zone) for story in talks]

    office = [moment for moment in begun if 7 <= moment.hour < 19 and moment.weekday() < 6]

    assert len(office) == len(begun)


def test_agents_often_handle_two_conversations_at_once(talks):
    spans = sorted(
        (story.truth.agent, story.record["started_at"], story.record["ended_at"])
        for story in talks
        if story.record["channel"] == "chat"
    )

    at_once = sum(agent == after and begins < ended for (agent, _, ended), (after, begins, _) in pairwise(spans))

    assert at_once > 200


def test_some_are_reopened_some_have_no_agent_some_are_long(stories):
    ids = Counter(story.record["external_id"] for story in stories)
    silent = [
        story
        for story in stories
        if not any(m["role"] == "agent" and m.get("kind") != "note" for m in story.record["messages"])
    ]

    reopened = [name for name, count in ids.items() if count == 2]

    assert len(reopened) > 60
    assert len(silent) > 80
    assert max(len(story.record["messages"]) for story in stories) > 25


def test_bots_tools_notes_and_events_appear(stories):
    kinds = Counter(
        (message["role"], message.get("kind", "message")) for story in stories for message in story.record["messages"]
    )

    assert {("bot", "message"), ("tool", "tool"), ("agent", "note"), ("system", "event")} <= kinds.keys()


def test_addresses_are_in_reserved_domains(stories, company):
    domains = {story.record["customer"]["external_id"].partition("@")[2] for story in stories}
    people = {agent.email.partition("@")[2] for agent in company.agents}

    assert domains == {"mail.example"}
    assert people == {"demo.example"}


def test_log_ins_are_unique(company):
    addresses = [
        *(agent.email for agent in company.agents),
        *(reviewer.email for reviewer in company.reviewers),
        *(team.supervisor.email for team in company.teams),
        company.manager.email,
        company.admin.email,
    ]

    assert len(addresses) == len(set(addresses)) == 40 + 8 + 4 + 2
