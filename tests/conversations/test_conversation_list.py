"""The list of conversations: what each person sees, and what the filters in the address do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.filters import ConversationFilter, narrowed
from conversations.models import Conversation, Tag
from tests.factories.accounts import AgentFactory, TeamFactory, person
from tests.factories.conversations import ENDED, ConversationFactory, SourceFactory

pytestmark = pytest.mark.django_db

URL = "/conversations/"


@pytest.fixture
def manager(client):
    user = person("manager")
    client.force_login(user)
    return user


def numbers(rows):
    return [row.external_id for row in rows]


def found(query):
    return numbers(ConversationFilter(QueryDict(query), queryset=Conversation.objects.all()).qs)


def test_the_newest_ended_conversations_come_first_and_open_ones_not_at_all():
    ConversationFactory(external_id="old", completed_at=ENDED - timedelta(days=1))
    ConversationFactory(external_id="open", completed_at=None)
    ConversationFactory(external_id="new")

    assert found("") == ["new", "old"]


def test_open_conversations_come_after_the_ended_ones_when_all_are_asked_for():
    ConversationFactory(external_id="old", completed_at=ENDED - timedelta(days=1))
    ConversationFactory(external_id="open", completed_at=None)
    ConversationFactory(external_id="new")

    assert found("state=all") == ["new", "old", "open"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=voucher", ["subject"]),
        ("q=VOUCH", ["subject"]),
        ("q=%237", ["no #7 a"]),
        ("q=100%25", []),
        ("channel=email", ["mail"]),
        ("channel=email&channel=chat&q=mail", ["mail"]),
        ("tag=billing", ["tagged"]),
        ("tag=bill", []),
        ("agent=haddad", ["leila"]),
        ("source=other", ["other"]),
        ("csat_from=4", ["happy"]),
        ("csat_to=2.5", ["unhappy"]),
        ("ended_from=2026-02-25", ["late"]),
        ("ended_to=2026-02-22", ["early"]),
        ("ended_from=2026-02-26&ended_to=2026-02-25", []),
        ("state=open", ["open"]),
        ("channel=fax&q=voucher", ["subject"]),
        ("csat_from=1e400&q=voucher", ["subject"]),
        ("ended_from=yesterday&q=voucher", ["subject"]),
        ("ended_to=9999-12-31&q=voucher", ["subject"]),
        ("team=99999999999999999999&q=voucher", ["subject"]),
        ("agent_id=x&q=voucher", ["subject"]),
        ("nobody=asked&q=voucher", ["subject"]),
    ],
)
def test_each_filter_keeps_what_it_says_and_what_it_does_not_understand_filters_nothing(query, expected):
    ConversationFactory(external_id="subject", subject="Voucher not accepted")
    ConversationFactory(external_id="no #7 a")
    ConversationFactory(external_id="mail", channel="email")
    ConversationFactory(external_id="tagged").tagged.add(Tag.objects.create(name="billing"))
    ConversationFactory(external_id="leila", assignee=AgentFactory(name="Leila Haddad"))
    ConversationFactory(external_id="other", source=SourceFactory(slug="other"))
    ConversationFactory(external_id="happy", csat=5)
    ConversationFactory(external_id="unhappy", csat=1)
    ConversationFactory(external_id="late", completed_at=datetime(2026, 2, 25, 0, 0, tzinfo=UTC))
    ConversationFactory(external_id="early", completed_at=datetime(2026, 2, 22, 23, 59, tzinfo=UTC))
    ConversationFactory(external_id="open", completed_at=None)

    assert found(query) == expected


def test_several_teams_in_the_address_are_kept_and_sent_on_with_the_next_filter(client, manager):
    first, second, third = (TeamFactory(name=name) for name in ("Billing", "Retail", "Technology"))
    for place, team in enumerate([first, second, third]):
        ConversationFactory(external_id=f"of team {place}", team=team)

    page = client.get(URL, {"team": [first.pk, second.pk], "channel": "chat"})

    [together] = [one for one in page.context["filter"].form["team"].subwidgets if one.data["selected"]]
    assert (together.data["value"], together.data["label"]) == (f"{first.pk},{second.pk}", "Billing or Retail")
    again = client.get(URL, {"team": together.data["value"], "channel": ""})
    assert [numbers(one.context["page"]) for one in (page, again)] == [["of team 1", "of team 0"]] * 2
    assert found(f"team={third.pk}") == ["of team 2"]


def test_days_are_those_of_the_persons_time_zone(settings):
    ConversationFactory(external_id="new year", completed_at=datetime(2025, 12, 31, 12, 0, tzinfo=UTC))
    settings.TIME_ZONE = "Pacific/Auckland"

    assert (found("ended_from=2026-01-01"), found("ended_to=2025-12-31")) == (["new year"], [])


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("oldest", ["a", "b", "c"]),
        ("wait", ["b", "a", "c"]),
        ("messages", ["c", "a", "b"]),
        ("csat", ["a", "c", "b"]),
    ],
)
def test_every_order_puts_what_is_not_known_last(order, expected):
    day = timedelta(days=1)
    ConversationFactory(
        external_id="a", completed_at=ENDED - 2 * day, longest_response_seconds=5, message_count=2, csat=1
    )
    ConversationFactory(external_id="b", completed_at=ENDED - day, longest_response_seconds=9, message_count=1)
    ConversationFactory(external_id="c", completed_at=ENDED, message_count=9, csat=3)

    assert found(f"order={order}") == expected


def test_a_stored_filter_takes_one_value_or_several_and_an_empty_one_keeps_everything():
    teams = [TeamFactory(), TeamFactory(), TeamFactory()]
    for place, team in enumerate(teams):
        ConversationFactory(external_id=f"of team {place}", team=team)
    everything = Conversation.objects.order_by("external_id")

    several = narrowed(everything, {"team": [teams[0].pk, teams[1].pk], "channel": "chat"})

    assert sorted(numbers(several)) == ["of team 0", "of team 1"]
    assert numbers(narrowed(everything, {"team": teams[2].pk})) == ["of team 2"]
    assert numbers(narrowed(everything, {})) == ["of team 0", "of team 1", "of team 2"]


@pytest.mark.parametrize("role", ["specialist", "supervisor"])
def test_people_with_a_team_see_the_conversations_of_that_team_only(role, client):
    team = TeamFactory()
    ConversationFactory(external_id="theirs", team=team)
    other = ConversationFactory(external_id="of another team", team=TeamFactory())
    nobody = ConversationFactory(external_id="of no team")
    client.force_login(person(role, team=team))

    rows = client.get(URL).context["page"].object_list

    assert numbers(rows) == ["theirs"]
    assert [
        client.get(reverse("conversations:conversation", args=[one.pk])).status_code for one in (other, nobody)
    ] == [
        404,
        404,
    ]


def test_a_manager_sees_every_conversation(client, manager):
    ConversationFactory(external_id="of a team", team=TeamFactory())
    ConversationFactory(external_id="of no team")

    rows = client.get(URL).context["page"].object_list

    assert sorted(numbers(rows)) == ["of a team", "of no team"]


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_agents_and_admins_do_not_read_conversations(role, client):
    client.force_login(person(role))

    assert client.get(URL).status_code == 403


def test_the_filter_offers_only_the_teams_and_takes_only_the_agents_within_reach(client):
    team, other = TeamFactory(name="Ours"), TeamFactory(name="Theirs")
    stranger = AgentFactory()
    ConversationFactory(team=other, assignee=stranger)
    client.force_login(person("specialist", team=team))

    page = client.get(URL, {"team": other.pk, "agent_id": stranger.pk})

    assert list(page.context["filter"].form.fields["team"].queryset) == [team]
    assert sorted(page.context["filter"].form.errors) == ["agent_id", "team"]


def test_the_list_needs_as_many_queries_for_one_row_as_for_three(client, manager):
    counts = []

    for _row in range(2):
        ConversationFactory(team=TeamFactory(), assignee=AgentFactory(), source=SourceFactory(slug=f"s{_row}"))
        client.get(URL)  # what is remembered for the session and the roles is not counted
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(URL)
        counts.append(len(queries))
        ConversationFactory(team=TeamFactory(), assignee=AgentFactory())

    assert counts[0] == counts[1]


def test_pages_hold_fifty_and_keep_the_filters(client, manager):
    for _number in range(51):
        ConversationFactory(channel="email")

    page = client.get(URL, {"channel": "email", "page": "2"})

    assert (len(page.context["page"].object_list), page.context["page"].paginator.count) == (1, 51)
    assert 'href="?channel=email&amp;page=1"' in page.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999"])
def test_a_page_that_does_not_exist_is_the_nearest(page, client, manager):
    ConversationFactory()

    assert client.get(URL, {"page": page}).status_code == 200


@pytest.mark.parametrize("field", ["q", "agent", "tag", "team", "source", "order", "ended_from", "csat_from"])
def test_a_nul_in_a_filter_is_an_error_beside_the_form_and_not_a_crash(field, client, manager):
    assert client.get(URL, {field: "a\x00b"}).status_code == 200


def test_an_empty_list_says_why_and_what_to_do(client, manager):
    nothing_yet = client.get(URL).content.decode()
    ConversationFactory()
    no_match = client.get(URL, {"q": "nothing like it"}).content.decode()

    assert "No conversations yet" in nothing_yet
    assert "No conversation matches these filters" in no_match


def test_hostile_subjects_and_names_are_text(client, manager):
    ConversationFactory(
        subject="<script>alert(1)</script>\u202e",
        external_id='"><img src=x onerror=alert(1)>',
        assignee=AgentFactory(name="<b>Bob</b>\u202e"),
    )

    page = client.get(URL).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;⇄" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;Bob&lt;/b&gt;⇄" in page
