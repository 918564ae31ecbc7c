"""What both sides say about a plan: who may, who reads it, and who is told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from coaching.models import Remark
from coaching.services import remarks
from core.models import AuditEvent
from core.refusals import Refused
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import TeamFactory, person
from tests.factories.coaching import ActionFactory, agent_with_login, plan

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def made(coached, team, coach):
    return plan("active", agent=coached, team=team, owner=coach)


def said(made, *, by, kind="comment", text="As we said.", **fields):
    return remarks.say(made, kind=kind, text=text, by=by, now=NOW, **fields)


WHO = {
    "coach": lambda made: made.owner,
    "manager": lambda made: person(Role.MANAGER),
    "agent": lambda made: made.agent.user,
    "colleague": lambda made: agent_with_login(made.team).user,
    "elsewhere": lambda made: person(Role.SUPERVISOR, team=TeamFactory()),
    "specialist": lambda made: person(Role.SPECIALIST, team=made.team),
}


@pytest.mark.parametrize(
    ("who", "kind", "code"),
    [
        ("coach", "comment", None), ("manager", "comment", None), ("agent", "comment", None),
        ("coach", "reflection", "agents_only"), ("coach", "not_helpful", "agents_only"),
        ("agent", "reflection", None), ("agent", "not_helpful", None),
        ("colleague", "comment", "not_your_team"), ("elsewhere", "comment", "not_your_team"),
        ("specialist", "comment", "not_your_team"),
    ],
)  # fmt: skip
def test_who_may_say_what(made, who, kind, code):
    user = WHO[who](made)

    try:
        said(made, by=user, kind=kind, reason="too_much" if kind == "not_helpful" else "")
        found = None
    except Refused as refused:
        found = refused.refusal.code

    assert found == code
    assert Remark.objects.count() == (code is None)


def test_an_agent_says_nothing_about_a_plan_that_is_not_shared(coached, team):
    with pytest.raises(Refused) as refused:
        said(plan("accepted", agent=coached, team=team), by=coached.user)

    assert refused.value.refusal.code == "not_your_plan"


@pytest.mark.parametrize("status", ["closed", "declined"])
def test_nothing_is_added_to_an_ended_plan(coached, team, coach, status):
    with pytest.raises(Refused) as refused:
        said(plan(status, agent=coached, team=team), by=coach)

    assert str(refused.value.refusal.sentence) == "This plan has ended, so what was said stays as it is."


@pytest.mark.parametrize(
    ("kind", "text", "reason", "code"),
    [("comment", "  ", "", "empty"), ("reflection", "", "", "empty"), ("not_helpful", "Hm", "", "unknown_reason"),
     ("not_helpful", "", "because", "unknown_reason")],
)  # fmt: skip
def test_a_remark_needs_words_and_no_help_needs_a_reason(made, kind, text, reason, code):
    with pytest.raises(Refused) as refused:
        said(made, by=made.agent.user, kind=kind, text=text, reason=reason)

    assert (refused.value.refusal.code, refused.value.refusal.status) == (code, 422)


def test_a_remark_is_about_an_action_of_the_same_plan(made, coach, team):
    other = ActionFactory(plan=plan("active", agent=agent_with_login(team), team=team))

    with pytest.raises(Refused) as refused:
        said(made, by=coach, action=other)

    assert refused.value.refusal.code == "other_plan"


def test_the_other_side_is_told(made, coach):
    said(made, by=made.agent.user, kind="reflection")
    said(made, by=coach)
    said(made, by=person(Role.MANAGER))

    assert list(Notification.objects.order_by("pk").values_list("user", "path")) == [
        (coach.pk, f"/coaching/plans/{made.pk}/"),
        (made.agent.user.pk, f"/my-coaching/{made.pk}/"),
        (made.agent.user.pk, f"/my-coaching/{made.pk}/"),
    ]
    assert list(AuditEvent.objects.order_by("pk").values_list("params", flat=True)) == [
        {"kind": "reflection"}, {"kind": "comment"}, {"kind": "comment"},
    ]  # fmt: skip


def test_before_sharing_a_comment_tells_nobody(coached, team, coach):
    said(plan("accepted", agent=coached, team=team, owner=coach), by=coach)

    assert Notification.objects.count() == 0


def test_both_sides_read_what_was_said(client, made, coach):
    action = ActionFactory(plan=made, text="Shadow Mei")
    page = as_(client, made.agent.user)
    page.post(reverse("coaching:own_remark", args=[made.pk]), {"kind": "reflection", "text": "I cut people short."})
    page.post(
        reverse("coaching:own_remark", args=[made.pk]),
        {"kind": "not_helpful", "reason": "too_general", "text": "", "action": action.pk},
    )
    as_(client, coach).post(
        reverse("coaching:remark", args=[made.pk]), {"kind": "comment", "text": "<b>Let us talk</b>"}
    )

    for user, name in ((coach, "coaching:plan"), (made.agent.user, "coaching:own_plan")):
        response = as_(client, user).get(reverse(name, args=[made.pk]))
        for words in (
            "I cut people short.",
            "It is too general to act on.",
            "about “Shadow Mei”",
            "<b>Let us talk</b>",
        ):
            assert says(response, words), words


def test_a_remark_that_cannot_be_taken_is_not_lost(client, made, coach):
    page = as_(client, made.agent.user)

    empty = page.post(reverse("coaching:own_remark", args=[made.pk]), {"kind": "comment", "text": " "})
    helpless = page.post(reverse("coaching:own_remark", args=[made.pk]), {"kind": "not_helpful", "text": "Mine"})

    assert (empty.status_code, helpless.status_code) == (422, 422)
    assert says(empty, "Write something first.")
    assert says(helpless, "Choose why it does not help.")
    assert says(helpless, "Mine")


def test_the_api_says_and_shows_the_same(client, made):
    page = as_(client, made.agent.user)

    answer = page.post(
        f"/api/v1/coaching-plans/{made.pk}/remarks/", {"kind": "reflection", "text": "Mine"},
        content_type="application/json",
    )  # fmt: skip
    empty = page.post(f"/api/v1/coaching-plans/{made.pk}/remarks/", {"text": ""}, content_type="application/json")

    assert (answer.status_code, empty.status_code) == (201, 422)
    assert [(row["kind"], row["text"]) for row in answer.json()["remarks"]] == [("reflection", "Mine")]


@pytest.mark.parametrize("who", ["colleague", "elsewhere", "specialist"])
def test_nobody_else_reads_or_writes_over_the_api(client, made, who):
    page = as_(client, WHO[who](made))

    answers = [
        page.get(f"/api/v1/coaching-plans/{made.pk}/"),
        page.post(f"/api/v1/coaching-plans/{made.pk}/remarks/", {"text": "x"}, content_type="application/json"),
    ]

    assert {answer.status_code for answer in answers} <= {403, 404}
    assert Remark.objects.count() == 0


@pytest.mark.parametrize(("link", "status"), [("https://example.org/a", 200), ("javascript:alert(1)", 422), ("", 200)])
def test_an_action_links_to_web_pages_only(client, made, coach, link, status):
    page = as_(client, coach)
    etag = page.get(f"/api/v1/coaching-plans/{made.pk}/")["ETag"]

    answer = page.put(
        f"/api/v1/coaching-plans/{made.pk}/",
        {"focus": "", "follow_up_on": None, "actions": [{"kind": "read", "text": "Read", "link": link}]},
        content_type="application/json", headers={"If-Match": etag},
    )  # fmt: skip

    assert answer.status_code == status
    if status == 200:
        assert [action["link"] for action in answer.json()["actions"]] == [link]
