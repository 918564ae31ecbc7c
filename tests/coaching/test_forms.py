"""What people send about a plan: taken when it can be read, sent back with the reason when not."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from coaching.models import Plan
from coaching.selectors.library import find
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory
from tests.factories.coaching import (
    ActionFactory,
    member,
    plan,
    skill,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_a_supervisor_decides_shares_and_closes(client, coach, coached, team):
    made = plan(agent=coached, team=team)
    page = as_(client, coach)

    statuses = []
    for verb in ("accept", "share", "close"):
        response = page.post(reverse(f"coaching:{verb}", args=[made.pk]), {"reason": "reached"})
        made.refresh_from_db()
        statuses.append((response.status_code, made.status))

    assert statuses == [(302, "accepted"), (302, "shared"), (302, "closed")]
    assert page.post(reverse("coaching:share", args=[made.pk])).status_code == 409


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "because"}])
def test_declining_without_a_known_reason_opens_the_dialog_again(client, coach, coached, team, reason):
    made = plan(agent=coached, team=team)

    response = as_(client, coach).post(reverse("coaching:decline", args=[made.pk]), {**reason, "note": "Mine"})

    assert response.status_code == 422
    assert "data-open" in re.search(r"<dialog[^>]*decline-dialog[^>]*>", response.content.decode())[0]
    assert Plan.objects.get().status == "proposed"


def test_declining_with_a_reason_goes_back_to_the_list(client, coach, coached, team):
    made = plan(agent=coached, team=team)

    response = as_(client, coach).post(reverse("coaching:decline", args=[made.pk]), {"reason": "known_cause"})

    made.refresh_from_db()
    assert (response.url, made.status) == (reverse("coaching:list"), "declined")
    shown = as_(client, coach).get(reverse("coaching:plan", args=[made.pk]))
    assert says(shown, "Declined: The cause is known and not the agent’s.")


def test_the_edit_form_holds_the_days_as_the_browser_reads_them(client, coach, coached, team):
    made = plan(agent=coached, team=team, follow_up_on=date(2026, 4, 9))
    ActionFactory(plan=made, due_on=date(2026, 3, 12))

    page = as_(client, coach).get(reverse("coaching:edit", args=[made.pk])).content.decode()

    dates = [field for field in re.findall(r"<input[^>]*>", page) if 'type="date"' in field]
    assert [re.findall(r'value="([^"]+)"', field) for field in dates] == [["2026-04-09"], ["2026-03-12"], [], []]


def form(made, *lines, **fields):
    sent = {"number": made.edit_number, "focus": "One point", "follow_up_on": "2026-05-01",
            "actions-TOTAL_FORMS": len(lines), "actions-INITIAL_FORMS": 0, **fields}  # fmt: skip
    for place, line in enumerate(lines):
        sent |= {f"actions-{place}-{name}": value for name, value in line.items()}
    return sent


def test_an_edit_is_saved_and_a_stale_one_is_told(client, coach, coached, team):
    made = plan(agent=coached, team=team)
    page, url = as_(client, coach), reverse("coaching:edit", args=[made.pk])
    sent = form(
        made, {"kind": "read", "text": "Read it", "due_on": "2026-04-01", "pk": ""}, {"kind": "read", "text": ""}
    )

    first, second = page.post(url, sent), page.post(url, sent)

    made.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert says(second, "Someone else changed this plan meanwhile. Load it again.")
    assert says(second, "Read it"), "what was written stays in the form"
    assert (made.focus, [action.text for action in made.actions.all()]) == ("One point", ["Read it"])


def test_an_edit_takes_more_from_the_library_with_the_check_that_goes_with_it(client, coach, coached, team):
    made, key = plan(agent=coached, team=team), "empathy/two-readings"
    page, url = as_(client, coach), reverse("coaching:edit", args=[made.pk])
    text = find(key).text

    offered = says(page.get(url), text)
    unknown = page.post(url, form(made, {"kind": "read", "text": "Read it"}, take=["empathy/none"]))
    saved = page.post(url, form(made, {"kind": "read", "text": "Read it"}, take=[key]))

    taken = made.actions.get(library_key=key)
    assert (offered, unknown.status_code, saved.status_code) == (True, 422, 302)
    assert [action.text for action in made.actions.all()] == ["Read it", text]
    assert (taken.kind, taken.check_key, taken.due_on) == ("read", "empathy-being-heard", date(2026, 3, 9))
    assert page.get(url).content.decode().count(f'value="{key}"') == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "-1"},
        {"number": ""},
        {"follow_up_on": "yesterday"},
        {"actions-TOTAL_FORMS": "many"},
        {"actions-0-kind": "dance"},
        {"actions-0-due_on": "0000-99-99"},
        {"actions-0-text": "a\x00b"},
        {"focus": "x" * 4001},
    ],
)
def test_what_cannot_be_read_is_sent_back_with_the_reason(client, coach, coached, team, fields):
    made = plan(agent=coached, team=team)
    sent = form(made, {"kind": "read", "text": "Read it", "due_on": ""}) | fields

    response = as_(client, coach).post(reverse("coaching:edit", args=[made.pk]), sent)

    assert response.status_code == 422
    assert made.actions.count() == 0


@pytest.mark.parametrize("number", ["9" * 30, "9999999999"])
def test_numbers_that_no_database_holds_are_no_accident(client, coach, coached, team, number):
    made = plan(agent=coached, team=team)
    page = as_(client, coach)
    url = reverse("coaching:edit", args=[made.pk])

    assert page.post(url, form(made, number=number)).status_code == 409
    assert page.post(url, form(made, {"kind": "read", "text": "Read", "pk": number})).status_code == 302
    assert page.get(f"/coaching/plans/{number}/").status_code == 404
    assert page.get(reverse("coaching:list"), {"agent": number, "skill": number, "team": "x"}).status_code == 200
    assert page.get(reverse("coaching:start"), {"agent": number, "skill": "x"}).status_code == 200
    assert page.post(reverse("coaching:start"), {"agent": number, "skill": number}).status_code == 422


def test_a_plan_is_started_by_hand(client, coach, coached, team):
    of = skill()

    response = as_(client, coach).post(reverse("coaching:start"), {"agent": coached.pk, "skill": of.pk, "focus": ""})

    made = Plan.objects.get()
    assert response.url == reverse("coaching:plan", args=[made.pk])
    assert (made.agent, made.status, made.owner) == (coached, "accepted", coach)


def test_only_people_of_own_teams_can_be_chosen_to_start_a_plan(client, coach, coached, team):
    member(team, is_bot=True)
    member(team, deactivated_at=NOW)
    member(TeamFactory())
    member(team, user=coach)

    response = as_(client, coach).get(reverse("coaching:start"))

    assert list(response.context["form"].fields["agent"].queryset) == [coached]


def test_a_second_plan_for_the_skill_is_refused_in_words(client, coach, coached, team):
    made = plan("active", agent=coached, team=team)

    sent = {"agent": coached.pk, "skill": made.skill_id, "focus": "What I had written"}

    response = as_(client, coach).post(reverse("coaching:start"), sent)

    assert response.status_code == 409
    assert says(response, "There is an open plan for this skill already.")
    assert says(response, "What I had written")


def test_an_action_is_ticked_taken_back_and_confirmed(client, coach, coached, team):
    action = ActionFactory(plan=plan("shared", agent=coached, team=team))
    tick, confirm = (reverse(f"coaching:{verb}", args=[action.pk]) for verb in ("tick", "confirm"))

    codes = [
        as_(client, coach).post(confirm).status_code,
        as_(client, coached.user).post(tick, {"done": "1"}).status_code,
        as_(client, coached.user).post(tick, {"done": "0"}).status_code,
        as_(client, coached.user).post(tick, {"done": "1"}).status_code,
        as_(client, coach).post(confirm).status_code,
        as_(client, coached.user).post(tick, {"done": "0"}).status_code,
    ]

    action.refresh_from_db()
    assert codes == [409, 302, 302, 302, 302, 409]
    assert (action.done_at, action.confirmed_at, action.plan.status) == (NOW, NOW, "active")


def test_opening_the_own_plan_is_noted(client, coached, team):
    made = plan("shared", agent=coached, team=team)

    response = as_(client, coached.user).post(reverse("coaching:read", args=[made.pk]))

    made.refresh_from_db()
    assert (response.status_code, made.read_at) == (204, NOW)
