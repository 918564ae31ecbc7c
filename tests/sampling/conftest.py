"""Somebody who looks after sampling, and their browser."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.factories.accounts import person


@pytest.fixture
def manager() -> User:
    return person(Role.MANAGER)


@pytest.fixture
def browser(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client
