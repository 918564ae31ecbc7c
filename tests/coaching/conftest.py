"""A team, its supervisor and an agent who can log in."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from tests.coaching.outcome_world import World
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import agent_with_login


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def coached(team):
    return agent_with_login(team, name="Kim Berg")


@pytest.fixture
def coach(team):
    return person(Role.SUPERVISOR, team=team)


@pytest.fixture
def world(coached, team):
    return World(coached, team)
