"""The admin's home lists people and what they may do, at the same cost for one person and for many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from tests.factories.accounts import TeamFactory, person

pytestmark = pytest.mark.django_db


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as caught:
        client.get("/people/")
    return len(caught)


def test_each_person_is_shown_with_role_and_team(client: Client) -> None:
    person(Role.SUPERVISOR, team=TeamFactory(name="Retail"), name="Marta Silva", email="marta@example.com")
    client.force_login(person(Role.ADMIN))

    page = client.get("/people/").content.decode()

    assert [word in page for word in ("Marta Silva", "marta@example.com", "Supervisor, Retail")] == [True] * 3


def test_the_page_costs_the_same_for_one_and_for_three_people(client: Client) -> None:
    client.force_login(person(Role.ADMIN))
    queries(client)
    one = queries(client)
    for _place in range(2):
        person(Role.SPECIALIST, team=TeamFactory())

    assert queries(client) == one


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    answers = {"email": "new@example.com", "password1": "a-long-word-9", "password2": "a-long-word-9"}

    client.post("/account/signup/", answers)

    assert User.objects.filter(email="new@example.com").exists() is False
