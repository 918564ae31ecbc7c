"""Whatever is sent to the pages of checks, programmes, levels and feeds is answered, and nothing of it is kept."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.roles import Role
from coaching.models import Attempt, Expectation, KnowledgeCheck, Member, Programme
from tests.coaching.reading import as_
from tests.factories.accounts import person
from tests.factories.coaching import CHECK, ActionFactory, plan, programme_of, skill

pytestmark = pytest.mark.django_db
HUGE = "9" * 40
FORMS = {
    "questions-TOTAL_FORMS": HUGE, "questions-INITIAL_FORMS": "x", "actions-TOTAL_FORMS": "-1",
    "actions-INITIAL_FORMS": "", "number": HUGE, "skill": HUGE, "agents": [HUGE, "x", "-1"], "name": "a\x00b",
    "title": "a\x00b", "state": "x" * 500, "fingerprint": "\x00", "question_1": HUGE, "pass_percent": "nan",
    "follow_up_weeks": HUGE, "empathy:entry": "nan", "empathy:lead": "1e999", "offered": ["\x00", "x"], "wanted": "x",
}  # fmt: skip


def test_garbage_is_refused_in_words_and_nothing_is_kept(client, coached, team, coach):
    of = skill()
    action = ActionFactory(plan=plan("shared", agent=coached, team=team, skill=of), check_key=CHECK)
    draft = programme_of([coached], team=team, skill=of)
    manager, own = person(Role.MANAGER), coached.user
    asked = [
        (manager, reverse("coaching:new_check")), (manager, reverse("coaching:edit_check", args=[CHECK])),
        (manager, reverse("coaching:new_programme")), (manager, reverse("coaching:expected")),
        (coach, reverse("coaching:edit_programme", args=[draft.pk])),
        (own, reverse("coaching:take_check", args=[action.pk])), (own, "/notifications/reminders/"),
    ]  # fmt: skip

    statuses = {path: as_(client, user).post(path, FORMS).status_code for user, path in asked}
    looked = [
        as_(client, manager).get(reverse(name), {"skill": words, "page": words}).status_code
        for name in ("coaching:new_check", "coaching:new_programme", "coaching:programmes")
        for words in (HUGE, "a\x00b", "%")
    ]

    assert set(statuses.values()) == {422}, statuses
    assert set(looked) == {200}
    kept = [model.objects.exists() for model in (Attempt, Expectation, KnowledgeCheck)]
    assert (kept, Programme.objects.count(), Member.objects.count()) == ([False] * 3, 1, 1)
