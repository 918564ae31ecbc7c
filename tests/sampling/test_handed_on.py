"""Whom a draw is about when conversations change hands: whoever had them when they ended, in the team of that time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import TeamMembership
from conversations.models import Completion, Conversation
from sampling import periods, replays
from sampling.models import Draw
from sampling.policies import reviewee_of
from sampling.selectors.preview import count
from sampling.selectors.receipts import receipt_of
from sampling.selectors.regathering import regather
from sampling.selectors.sizes import sizes
from sampling.services.by_hand import team_of
from tests.conftest import NOW
from tests.conversations.importing import import_records, message, record
from tests.factories.accounts import AgentFactory, AgentIdentityFactory, TeamFactory, person
from tests.factories.sampling import WEEK, PlanFactory, drawn

pytestmark = pytest.mark.django_db

DAY, HOUR, SEVEN = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
ENDED = WEEK + DAY
KNOWN = ENDED + HOUR


@pytest.fixture(autouse=True)
def people() -> None:
    """Anna is in Old until Wednesday and in New since; Bert is in Other."""
    old, new, other = (TeamFactory(name=name) for name in ("Old", "New", "Other"))
    anna, bert = AgentFactory(name="Anna"), AgentFactory(name="Bert")
    for one in (anna, bert):
        AgentIdentityFactory(agent=one, source="help-desk", external_id=one.name.lower())
    TeamMembership.objects.create(agent=anna, team=old, starts_at=WEEK - DAY, ends_at=WEEK + 2 * DAY)
    TeamMembership.objects.create(agent=anna, team=new, starts_at=WEEK + 2 * DAY)
    TeamMembership.objects.create(agent=bert, team=other, starts_at=WEEK - DAY)


def said(who: str, at: datetime, text: str = "Hello") -> dict[str, Any]:
    return message("customer" if who == "dana" else "agent", who, text, at.isoformat())


HELLO = [said("dana", ENDED - 2 * HOUR), said("anna", ENDED - HOUR)]


def told(assignee: str | None, *, ended: datetime | None = ENDED, messages: Any = HELLO, now: datetime = KNOWN) -> None:
    """Import what the help desk says of the one conversation at a moment."""
    person = {"external_id": assignee, "name": assignee.title()} if assignee else None
    given = {"agent": person, "customer": {"external_id": "dana", "name": "Dana"}, "messages": messages}
    ends = ended.isoformat() if ended else None
    import_records(record("one", ended_at=ends, started_at=(ENDED - 2 * HOUR).isoformat(), **given), now=now)


def reviewed(draw: Draw) -> list[tuple[int, str, str | None]]:
    """Return each pick: which ending, of whom, in which team."""
    rows = draw.picks.order_by("completion__number")
    return list(rows.values_list("completion__number", "agent__name", "team__name"))


def kept() -> list[Any]:
    names = ("assignee__name", "most_active_agent__name", "last_agent__name", "team__name", "people_kept_at")
    return list(Completion.objects.order_by("number").values_list(*names))


NOTHING = (None,) * 5


def test_a_conversation_handed_on_before_the_freeze_is_reviewed_for_who_ended_it() -> None:
    plan = PlanFactory(quota_per_agent=9, population={"agent": "anna"})
    told("anna")
    assert kept() == [NOTHING]
    told("bert", now=KNOWN + DAY)
    told("bert", now=KNOWN + DAY, messages=[*HELLO, said("dana", ENDED - HOUR, "Thanks")])

    draw = drawn(plan)
    told("anna", now=NOW + DAY)  # handed back after the freeze
    told("bert", now=NOW + 2 * DAY)

    conversation, week = Conversation.objects.get(), periods.containing(plan, WEEK)
    terms = periods.terms_of(plan, week)
    counted = count(terms, week, is_last=True)
    assert kept() == [("Anna", "Anna", "Anna", "Old", KNOWN + DAY)]
    assert (conversation.assignee.name, conversation.team.name) == ("Bert", "Other")
    assert reviewed(draw) == [(1, "Anna", "Old")]
    assert regather(draw).changes == ()
    assert replays.replay("".join(receipt_of(draw)).encode()).matches
    assert ([one.name for one in counted.by_agent], [one.name for one in counted.teams]) == (["Anna"], ["Old"])
    assert [(one.name, one.team) for one in sizes(terms, now=NOW).agents] == [("Anna", "Old")]
    assert drawn(PlanFactory(population={"agent": "bert"})).frame_size == 0
    old, other = (TeamMembership.objects.get(team__name=name).team_id for name in ("Old", "Other"))
    assert drawn(PlanFactory(population={"team": [str(old)], "channel": ["chat"]})).frame_size == 1
    assert drawn(PlanFactory(population={"team": [str(other)]})).frame_size == 0
    by_hand = reviewee_of(conversation)
    assert by_hand is not None
    assert (by_hand.name, team_of(conversation, by_hand)) == ("Anna", old)


def test_page_and_api_tell_whose_it_was_when_it_ended(client: Client) -> None:
    client.force_login(person("manager"))
    told("anna")
    row = Conversation.objects.get()
    url = f"/api/v1/conversations/{row.pk}/"
    untouched = client.get(url).json()["when_it_ended"]

    told("bert", now=KNOWN + DAY)
    then = client.get(url).json()

    anna, old = {"id": row.assignee_id, "name": "Anna"}, {"id": row.team_id, "name": "Old"}
    assert untouched is None
    assert then["when_it_ended"] == {"assignee": anna, "most_active_agent": anna, "last_agent": anna, "team": old}
    assert (then["assignee"]["name"], then["team"]["name"]) == ("Bert", "Other")
    assert "<dt>When it ended</dt><dd>Anna · Old<br>" in client.get(f"/conversations/{row.pk}/").text


def test_one_that_was_opened_again_and_ended_with_somebody_else_is_reviewed_for_both() -> None:
    plan = PlanFactory(quota_per_agent=9)
    told("anna")
    went_on = [*HELLO, said("dana", ENDED + 3 * HOUR), said("bert", ENDED + 4 * HOUR), said("bert", ENDED + 5 * HOUR)]
    told("bert", ended=ENDED + 6 * HOUR, messages=went_on, now=ENDED + 7 * HOUR)
    told("anna", ended=ENDED + 6 * HOUR, messages=went_on, now=ENDED + 8 * HOUR)

    assert [row[:4] for row in kept()] == [("Anna", "Anna", "Anna", "Old"), ("Bert", "Bert", "Bert", "Other")]
    assert reviewed(drawn(plan)) == [(1, "Anna", "Old"), (2, "Bert", "Other")]
    for rule in ("most_active", "last"):
        assert reviewed(drawn(PlanFactory(reviewee_rule=rule))) == [(1, "Anna", "Old"), (2, "Bert", "Other")]


def test_each_ending_keeps_the_team_of_its_time_when_the_agent_changed_team_in_between() -> None:
    told("anna")
    later = ENDED + 2 * DAY
    told("anna", ended=later, messages=[*HELLO, said("dana", later - HOUR)], now=later + HOUR)

    assert [row[:1] + row[3:4] for row in kept()] == [("Anna", "Old"), (None, None)]
    assert reviewed(drawn(PlanFactory())) == [(1, "Anna", "Old"), (2, "Anna", "New")]


def test_who_is_named_first_counts_while_it_is_over_and_not_when_it_goes_on() -> None:
    dana = HELLO[:1]
    told(None, messages=dana)
    told("anna", messages=dana, now=KNOWN + HOUR)
    told("bert", messages=dana, now=KNOWN + 2 * HOUR)
    assert reviewed(drawn(PlanFactory())) == [(1, "Anna", "Old")]

    Conversation.objects.get().completions.update(people_kept_at=None, assignee=None, team=None)
    Conversation.objects.update(assignee=None, most_active_agent=None, last_agent=None, team=None)
    later = ENDED + 6 * HOUR
    told("bert", ended=later, messages=[*dana, said("dana", later - HOUR), said("bert", later)], now=later + HOUR)

    draw = drawn(PlanFactory())
    assert (reviewed(draw), draw.without_reviewee) == ([(2, "Bert", "Other")], 1)


def test_a_fuller_transcript_corrects_who_wrote_and_what_came_after_the_end_does_not() -> None:
    plan = PlanFactory(reviewee_rule="most_active")
    told("anna")
    fuller = [HELLO[0], said("bert", ENDED - 100 * HOUR / 60), said("bert", ENDED - 90 * HOUR / 60), HELLO[1]]
    told("anna", messages=fuller, now=KNOWN + HOUR)
    assert (kept(), reviewed(drawn(plan))) == ([NOTHING], [(1, "Bert", "Other")])

    after = [said("anna", KNOWN + 2 * HOUR, text) for text in ("One more", "thing", "for you")]
    told("anna", messages=[*fuller, *after], now=KNOWN + 3 * HOUR)

    assert Conversation.objects.get().most_active_agent.name == "Anna"
    assert [row[:3] for row in kept()] == [("Anna", "Bert", "Anna")]
    assert reviewed(drawn(PlanFactory(reviewee_rule="most_active"))) == [(1, "Bert", "Other")]
