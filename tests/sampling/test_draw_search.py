"""An agent, a class or a conversation is found in a draw of thousands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import TeamFactory
from tests.factories.sampling import PlanFactory, agent, drawn, week_of
from tests.sampling.pages import words

pytestmark = pytest.mark.django_db


def test_an_agent_is_found_in_a_draw_of_many_on_the_page_and_over_the_api(browser: Client) -> None:
    retail = TeamFactory(name="Retail")
    week_of(agent("Anna"), 3, team=retail)
    week_of(agent("Bert"), 3, team=TeamFactory(name="Travel"))
    draw = drawn(PlanFactory())
    page, api = reverse("sampling:draw", args=[draw.pk]), f"/api/v1/draws/{draw.pk}"
    named = draw.picks.filter(agent__name="Bert")[0].conversation.external_id

    def found(**asked: Any) -> list[set[str]]:
        shown = browser.get(page, asked).context
        told = [browser.get(f"{api}/{part}/", asked).json()["results"] for part in ("strata", "picks")]
        on_page = [{row.agent.name for row in shown[part]} for part in ("strata", "picks")]
        assert on_page == [{row["agent"]["name"] for row in rows} for rows in told]
        return on_page

    assert found(q="ann") == found(team=retail.pk) == [{"Anna"}, {"Anna"}]
    assert browser.get(page, {"q": named}).context["picks"].paginator.count == 1
    assert "Nothing of this frame matches Take a filter away" in words(browser.get(page, {"q": "nobody"}))
