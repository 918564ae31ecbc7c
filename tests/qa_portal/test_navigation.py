"""The rail shows each person what they may open, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.models import User
from accounts.roles import Role
from qa_portal import navigation, rail, rail_counts
from qa_portal.navigation import address, groups_for, role_line
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, UserFactory, person
from tests.factories.coaching import PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def labels(user: User) -> dict[str, list[str]]:
    return {
        str(group.title): [str(link.label) for link in group.links] for group in groups_for(user, path="/", now=NOW)
    }


@pytest.mark.parametrize(
    ("role", "rail"),
    [
        (Role.AGENT, {"You": ["Feedback", "My coaching", "My disputes"]}),
        (Role.SPECIALIST, {"Work": ["Queue", "Reviews", "Disputes"], "Library": ["Conversations", "Rubrics"]}),
        (
            Role.SUPERVISOR,
            {"Team": ["My team", "Coaching"], "Work": ["Reviews", "Disputes"], "Library": ["Conversations", "Rubrics"]},
        ),
        (
            Role.MANAGER,
            {
                "Team": ["My team", "Coaching"],
                "Work": ["Queue", "Reviews", "Disputes"],
                "Programme": ["Programme", "Sampling", "Calibration", "Trigger rules"],
                "Library": ["Conversations", "Rubrics", "Imports"],
            },
        ),
        (
            Role.ADMIN,
            {
                "Library": ["Imports"],
                "Settings": ["People", "Audit", "Coaching sweep", "Draw keys", "Sources", "Workspace"],
            },
        ),
    ],
)
def test_each_role_has_its_own_rail(role: Role, rail: dict[str, list[str]]) -> None:
    assert labels(person(role)) == rail


def test_somebody_without_a_role_has_an_empty_rail() -> None:
    assert groups_for(UserFactory(), path="/", now=NOW) == []


def test_a_page_that_does_not_exist_is_left_out() -> None:
    assert address("nowhere:at_all") == ""


@pytest.mark.parametrize(
    ("path", "current"),
    [("/coaching/plans/7/", "Coaching"), ("/reviews/", "Reviews"), ("/reviews/3/", "Reviews"), ("/account/2fa/", "")],
)
def test_the_longest_matching_address_is_where_you_are(path: str, current: str) -> None:
    groups = groups_for(person(Role.MANAGER), path=path, now=NOW)

    assert "".join(str(link.label) for group in groups for link in group.links if link.current) == current


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.MANAGER, ["My team", "Coaching", "Queue", "Programme"]),
        (Role.SPECIALIST, ["Queue", "Reviews", "Disputes", "Conversations"]),
    ],
)
def test_the_bar_of_a_phone_takes_where_one_begins_and_the_first_others(role: Role, expected: list[str]) -> None:
    groups = groups_for(person(role), path="/", now=NOW)

    in_bar = [str(link.label) for group in groups for link in group.links if link.in_bar]

    assert in_bar == expected


def test_a_person_is_told_what_they_are() -> None:
    team = TeamFactory(name="Retail")

    assert role_line(person(Role.SUPERVISOR, team=team)) == "Supervisor, Retail"
    assert role_line(person(Role.MANAGER)) == "QA manager"
    assert role_line(UserFactory()) == ""


def test_a_stranger_gets_no_rail() -> None:
    drawn = rail.drawn(AnonymousUser(), path="/", theme="", token="t")

    assert "QA Portal" in drawn
    assert ("rail-group" in drawn, "rail-foot" in drawn, "<form" in drawn) == (False, False, False)


def test_the_rail_costs_the_grants_and_one_count_per_waiting_list(django_assert_num_queries: Any) -> None:
    user = User.objects.get(pk=person(Role.MANAGER).pk)

    with django_assert_num_queries(4):
        groups_for(user, path="/", now=NOW)
        role_line(user)


def test_a_part_of_a_page_counts_nothing(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=person(Role.MANAGER).pk)

    with django_assert_num_queries(0):
        assert navigation.theme(request) == {"theme": ""}


def test_two_people_with_the_same_links_get_their_own_words() -> None:
    team = TeamFactory(name="Retail <1>")
    first, second = (
        person(Role.SUPERVISOR, team=team, name=name, email=f"{name[0].lower()}@example.com")
        for name in ("Ann & Co", "Bo Ek")
    )
    PlanFactory(team=team)

    drawn = [rail.drawn(user, path="/coaching/7/", theme="dark", token=user.name[0] * 8) for user in (first, second)]

    assert [names_in(one) for one in drawn] == [
        ("Ann &amp; Co", "Supervisor, Retail &lt;1&gt;", "a@example.com", "AC", ["AAAAAAAA"] * 4),
        ("Bo Ek", "Supervisor, Retail &lt;1&gt;", "b@example.com", "BE", ["BBBBBBBB"] * 4),
    ]
    counts = [re.findall(r'rail-count">(\d+)', one) for one in drawn]
    here = [re.findall(r'href="([^"]+)"[^>]*aria-current="page"', one) for one in drawn]
    assert (counts, here) == ([["1", "1"]] * 2, [["/coaching/", "/coaching/"]] * 2)


def names_in(drawn: str) -> tuple[str, str, str, str, list[str]]:
    """Return name, role, address and letters of whom a rail is for, and the tokens of its forms."""
    name, role = re.findall(r'rail-person-name">(.*?)<small>(.*?)</small>', drawn)[0]
    (letters,) = re.findall(r'class="avatar"[^>]*>(\w+)<', drawn)
    (address, _again) = re.findall(r'menu-title">([^<]*@[^<]*)<', drawn)
    return name, role, address, letters, re.findall(r'csrfmiddlewaretoken" value="(\w+)"', drawn)


def test_what_waits_stands_beside_its_link() -> None:
    team = TeamFactory()
    supervisor = person(Role.SUPERVISOR, team=team)
    PlanFactory(team=team)
    PlanFactory()  # of a team that this supervisor does not see

    links = [link for group in groups_for(supervisor, path="/", now=NOW) for link in group.links]

    assert [(str(link.label), link.count) for link in links if link.count] == [("Coaching", "1")]


def test_a_long_list_is_not_counted_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = person(Role.SUPERVISOR)
    PlanFactory.create_batch(3)
    monkeypatch.setattr(rail_counts, "MOST", 2)

    assert rail_counts.count("coaching:list", supervisor, now=NOW) == "2+"
