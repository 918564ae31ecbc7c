"""Who may do what with rubrics, and the sentence when not."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from rubrics.models import Rubric, RubricVersion
from rubrics.policies import why_not_discard, why_not_manage, why_not_publish, why_not_retire
from rubrics.services import publishing
from tests.conftest import NOW
from tests.factories.accounts import UserFactory, person
from tests.factories.rubrics import draft_version, published_version

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ROLE = "Your role does not include this. Ask an admin if you need it."
PUBLISHED = "This version is published already. Edit the rubric to make the next one."
NOT_DRAFT = "Only a draft can be discarded. A published version can be retired."
DRAFT = "This version is a draft. Publish it, or discard it."
RETIRED = "This version is retired already. Reviews that use it keep it."


def sentence(refusal):
    return None if refusal is None else (refusal.status, refusal.sentence)


def version_in(status):
    if status == "draft":
        return draft_version()
    version = published_version()
    return publishing.retire(version, by=None, now=NOW) if status == "retired" else version


@pytest.mark.parametrize(
    ("role", "manage"),
    [
        (Role.AGENT, (403, ROLE)),
        (Role.SPECIALIST, (403, ROLE)),
        (Role.SUPERVISOR, (403, ROLE)),
        (Role.MANAGER, None),
        (Role.ADMIN, (403, ROLE)),
    ],
)
def test_managing_follows_the_role(role, manage):
    assert sentence(why_not_manage(person(role))) == manage


@pytest.mark.parametrize(
    ("status", "publish", "discard", "retire"),
    [
        ("draft", None, None, (409, DRAFT)),
        ("published", (409, PUBLISHED), (409, NOT_DRAFT), None),
        ("retired", (409, PUBLISHED), (409, NOT_DRAFT), (409, RETIRED)),
    ],
)
@pytest.mark.parametrize("is_system", [True, False])
def test_what_can_be_done_depends_on_the_state(status, publish, discard, retire, is_system):
    by, version = (None if is_system else person(Role.MANAGER)), version_in(status)

    refusals = (why_not_publish(by, version), why_not_discard(by, version), why_not_retire(by, version))

    assert tuple(sentence(refusal) for refusal in refusals) == (publish, discard, retire)


@pytest.mark.parametrize("status", ["draft", "published", "retired"])
def test_without_the_role_the_state_is_not_told(status):
    by, version = person(Role.SPECIALIST), version_in(status)

    refusals = (why_not_publish(by, version), why_not_discard(by, version), why_not_retire(by, version))

    assert [sentence(refusal) for refusal in refusals] == [(403, ROLE)] * 3


@pytest.mark.parametrize(
    ("role", "rows"),
    [(None, 0), (Role.AGENT, 0), (Role.ADMIN, 0), (Role.SPECIALIST, 1), (Role.SUPERVISOR, 1), (Role.MANAGER, 1)],
)
def test_rubrics_and_versions_are_visible_to_those_who_may_read_them(role, rows):
    published_version()
    user = person(role) if role else UserFactory()

    seen = (Rubric.objects.visible_to(user).count(), RubricVersion.objects.visible_to(user).count())

    assert seen == (rows, rows)
