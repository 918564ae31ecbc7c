"""Sentences that reviewers keep: whose they are, who may change them, and what is wrong with one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from core.refusals import Refused
from reviews import placeholders, policies
from reviews.models import CommentTemplate
from reviews.policies import reviewing
from reviews.services import comment_templates
from reviews.services.comment_templates import Wording
from tests.api.asking import asking, get, post, put, results
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.reviews import claimed, specialist
from tests.factories.rubrics import SkillFactory

pytestmark = pytest.mark.django_db
PRAISE = Wording(name="Praise", text="Well done, {agent}: {answer}.")


def kept(by: User | None = None, *, shared: bool = False, wording: Wording = PRAISE) -> CommentTemplate:
    return comment_templates.create(wording, shared=shared, by=by or specialist(), now=NOW)


def refusal(act: Any, *args: Any, **more: Any) -> tuple[str, int, str]:
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    found = caught.value.refusal
    return found.code, found.status, str(found.sentence)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{agent} {customer} {criterion} {answer} {conversation}", []),
        ("{Agent} and {agents}, {agents}", ["Agent", "agents"]),
        ("{} { agent } {{agent}} {two words}", []),
        ("a { b } c", []),
    ],
)
def test_words_in_braces_that_nothing_fills_in_are_found(text: str, unknown: list[str]) -> None:
    assert placeholders.unknown(text) == unknown


def test_own_ones_are_seen_by_oneself_and_shared_ones_by_all_who_score() -> None:
    me, other, manager = specialist(), specialist(), person(Role.MANAGER)
    mine, shared = kept(me), kept(manager, shared=True)

    seen = [
        set(CommentTemplate.objects.visible_to(user)) for user in (me, other, manager, person(Role.AGENT))
    ]  # fmt: skip

    assert seen == [{mine, shared}, {shared}, {shared}, set()]


@pytest.mark.parametrize(
    ("wording", "told"),
    [
        (Wording(" ", "x"), ("empty_template", 422, "A template needs a name and a text.")),
        (Wording("x", "\n"), ("empty_template", 422, "A template needs a name and a text.")),
        (
            Wording("x", "Dear {name}, {agent}"),
            (
                "unknown_placeholder", 422,
                "Nothing fills in {name}. These can be used:"
                " {agent}, {customer}, {criterion}, {answer}, {conversation}.",
            ),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_says_why(wording: Wording, told: tuple[str, int, str]) -> None:
    assert refusal(comment_templates.create, wording, shared=False, by=specialist(), now=NOW) == told


def test_a_name_is_taken_once_by_each_person_and_once_for_all_whatever_its_case() -> None:
    me, manager = specialist(), person(Role.MANAGER)
    for by, shared in ((me, False), (manager, False), (manager, True)):
        kept(by, shared=shared)

    twice = Wording("PRAISE", "Again")

    told = (
        "template_exists",
        409,
        "There is a template named “PRAISE” already. Give this one another name.",
    )
    assert refusal(comment_templates.create, twice, shared=False, by=me, now=NOW) == told
    assert refusal(comment_templates.create, twice, shared=True, by=manager, now=NOW) == told
    assert CommentTemplate.objects.count() == 3


@pytest.mark.parametrize(
    ("whose", "who", "told"),
    [
        ("own", "owner", None),
        ("own", "specialist", ("not_your_template", 404, "There is no such template for you.")),
        ("own", "manager", ("not_your_template", 404, "There is no such template for you.")),
        ("shared", "manager", None),
        (
            "shared",
            "specialist",
            ("wrong_role", 403, "Shared templates are kept by QA managers. You can keep your own."),
        ),
    ],
)
def test_each_changes_their_own_and_managers_the_shared_ones(whose: str, who: str, told: Any) -> None:
    owner = specialist()
    template = kept(owner) if whose == "own" else kept(person(Role.MANAGER), shared=True)
    user = {"owner": owner, "specialist": specialist(), "manager": person(Role.MANAGER)}[who]

    found = policies.why_not_change_template(user, template)

    assert (None if found is None else (found.code, found.status, str(found.sentence))) == told


def test_there_is_an_end_to_how_many_are_kept() -> None:
    me = specialist()
    CommentTemplate.objects.bulk_create(
        CommentTemplate(name=f"n{n}", text="x", owner=me, created_at=NOW, updated_at=NOW)
        for n in range(reviewing.MOST_TEMPLATES)
    )

    assert refusal(comment_templates.create, PRAISE, shared=False, by=me, now=NOW) == (
        "too_many_templates", 409, "There are 200 templates already. Remove one that nobody uses first.",
    )  # fmt: skip


def test_the_pages_keep_change_and_remove(client: Client) -> None:
    me, skill = specialist(), SkillFactory()
    client.force_login(me)

    client.post("/reviews/comment-templates/new/", {"name": "A", "text": "First {agent}", "skill": skill.pk})
    made = CommentTemplate.objects.get()
    client.post(f"/reviews/comment-templates/{made.pk}/", {"name": "B", "text": "Second"})
    made.refresh_from_db()
    page = client.get("/reviews/comment-templates/").content.decode()
    client.post(f"/reviews/comment-templates/{made.pk}/remove/")

    assert (made.name, made.text, made.skill, made.owner) == ("B", "Second", None, me)
    assert "Second" in page
    assert CommentTemplate.objects.count() == 0


def test_a_page_that_refuses_keeps_what_was_typed(client: Client) -> None:
    client.force_login(specialist())

    response = client.post("/reviews/comment-templates/new/", {"name": "A", "text": "Dear {name}"})

    assert response.status_code == 422
    assert "Nothing fills in {name}." in response.content.decode()
    assert "Dear {name}</textarea>" in response.content.decode()


@pytest.mark.parametrize(
    ("sent", "status", "answer"),
    [
        ({"name": "A", "text": "Said well"}, 200, {"name": "A", "text": "Said well"}),
        ({"name": "", "text": "x"}, 422, {"code": "bad_template", "sentence": "Fill this in."}),
    ],
)
def test_the_workspace_keeps_one_and_reads_json(client: Client, sent: Any, status: int, answer: Any) -> None:
    client.force_login(specialist())

    response = client.post("/reviews/comment-templates/new/", sent, headers={"Accept": "application/json"})

    found = response.json()
    found.pop("id", None)
    assert (response.status_code, found) == (status, answer)


def test_a_specialist_cannot_share_by_asking_for_it(client: Client) -> None:
    me = specialist()
    client.force_login(me)

    client.post("/reviews/comment-templates/new/", {"name": "A", "text": "x", "shared": "on"})

    assert CommentTemplate.objects.get().owner == me


def test_the_workspace_offers_them_with_the_words_of_this_review(client: Client) -> None:
    review = claimed()
    kept(review.author)
    client.force_login(review.author)

    page = client.get(f"/reviews/{review.pk}/").content.decode()

    assert 'data-text="Well done, {agent}: {answer}."' in page
    assert f'"conversation": "{review.conversation.external_id}"' in page
    assert f'"agent": "{review.agent.name}"' in page


def test_a_plan_that_hides_the_agent_hides_the_name_from_templates_too(client: Client) -> None:
    review = claimed()
    review.item.plan.hide_agent = True
    review.item.plan.save()
    client.force_login(review.author)

    page = client.get(f"/reviews/{review.pk}/").content.decode()

    assert '"agent": "you"' in page
    assert review.agent.name not in page


def test_the_api_keeps_changes_lists_and_removes() -> None:
    me = specialist()
    client = asking(me)
    skill = SkillFactory()

    made = post(client, "comment-templates/", {"name": "A", "text": "One", "skill": skill.slug}).json()
    changed = put(client, f"comment-templates/{made['id']}/", {"name": "A", "text": "Two"}).json()
    listed = results(client, "comment-templates/", shared="false")
    refused = post(client, "comment-templates/", {"name": "S", "text": "x", "shared": True})
    removed = post(client, f"comment-templates/{made['id']}/remove/")

    assert (made["skill"], made["shared"], changed["text"], changed["skill"]) == (skill.slug, False, "Two", None)
    assert [row["text"] for row in listed] == ["Two"]
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_role")
    assert removed.status_code == 204
    assert get(client, f"comment-templates/{made['id']}/").status_code == 404
