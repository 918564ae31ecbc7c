"""A filter that a page does not have is said above its list, which shows what the others leave."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from tests.factories.accounts import RoleGrantFactory, led_before, person
from tests.factories.conversations import ImportRunFactory
from tests.factories.sampling import PlanFactory, agent, drawn, week_of
from tests.project.tree import ROOT

PAGES = (
    "accounts:agents", "accounts:audit", "accounts:people", "accounts:teams", "coaching:earlier_team", "coaching:list",
    "coaching:programmes", "coaching:team_growth", "conversations:import", "conversations:imports",
    "conversations:list", "reviews:calibration", "reviews:disputes", "reviews:feedback_list", "reviews:list",
    "reviews:reviewers", "rubrics:list", "sampling:draw", "sampling:list",
)  # fmt: skip
NOTICE = "The address also asks for “colour”. There is no such filter here, so it was left out."


@pytest.mark.django_db
def test_each_page_with_filters_names_what_it_left_out_and_nothing_else(client: Client) -> None:
    user = person(Role.MANAGER)
    for role in (Role.ADMIN, Role.AGENT):
        RoleGrantFactory(user=user, role=role)
    client.force_login(user)
    week_of(agent("Anna"), 1)
    named = {
        "coaching:earlier_team": [led_before(user).pk],
        "conversations:import": [ImportRunFactory().pk],
        "sampling:draw": [drawn(PlanFactory()).pk],
    }

    def says(page: str, query: str) -> bool:
        answer = client.get(f"{reverse(page, args=named.get(page))}?{query}")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert (NOTICE in text) == ("The address also asks for" in text)
        return NOTICE in text

    found = {page: (says(page, "colour=red&page=1"), says(page, "page=1")) for page in PAGES}

    assert found == dict.fromkeys(PAGES, (True, False))


def test_every_page_with_filters_is_asked() -> None:
    using = [path for path in (ROOT / "templates").rglob("*.html") if "<c-filter-bar :filter=" in path.read_text()]

    assert len([path for path in using if path.parent.name != "components"]) == len(PAGES)
