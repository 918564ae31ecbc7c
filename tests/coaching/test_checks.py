"""Knowledge checks: what the project ships, taking one, and writing questions of one's own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from coaching.models import Action, Attempt, KnowledgeCheck, Plan
from coaching.questions import MOST_CHOICES, Question, QuestionSet, mark, shipped
from coaching.selectors.checks import catalogue, find
from coaching.services import checks, contents, plans
from coaching.services.plans import ActionEdit, PlanEdit
from coaching.suggestions import advice
from core.refusals import Refused
from rubrics.skills import STARTER_SKILLS
from tests.coaching.reading import as_, says
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.coaching import CHECK, ActionFactory, plan, skill

SMALL = QuestionSet(
    "small", "empathy", "Small", "", 60, (Question("One?", ("yes", "no"), 1), Question("Two?", ("a", "b", "c"), 3))
)


def rights(key: str = CHECK) -> list[int]:
    return [one.right for one in find(key).questions]


@pytest.fixture
def action(db, coached, team, coach):
    made = plan("shared", agent=coached, team=team, owner=coach, skill=skill())
    return ActionFactory(plan=made, kind=Action.Kind.READ, check_key=CHECK)


def test_each_skill_ships_a_check_whose_questions_can_be_answered_and_teach_something():
    assert {one.skill for one in shipped()} == {one.slug for one in STARTER_SKILLS}
    assert len({one.key for one in shipped()}) == len(shipped())
    for one in shipped():
        resources = {entry.key for entry in advice(one.skill).suggestions}
        assert set(one.goes_with) <= resources
        assert one.goes_with
        assert one.key.startswith(one.skill)
        assert 1 <= one.pass_percent <= 100
        assert len(one.questions) >= 5
        for question in one.questions:
            assert 1 <= question.right <= len(question.choices) == len(set(question.choices)) <= MOST_CHOICES
            assert len(question.because) > 20
        # Whoever always takes the same choice does not pass.
        for position in range(1, 3):
            assert not mark(one, [position] * len(one.questions)).passed


@pytest.mark.parametrize(
    ("answers", "right", "passed"), [([1, 3], 2, True), ([1, 1], 1, False), ([2, 3], 1, False), ([2, 1], 0, False)]
)
def test_answers_are_marked(answers, right, passed):
    marked = mark(SMALL, answers)

    assert (marked.right, marked.total, marked.passed) == (right, 2, passed)


@pytest.mark.parametrize("answers", [[], [1], [1, 2, 3], [0, 1], [1, 4]])
def test_answers_that_do_not_fit_are_not_marked(answers):
    with pytest.raises(ValueError):
        mark(SMALL, answers)


def test_a_plan_from_the_library_brings_the_checks_of_its_resources(db):
    made = plan("proposed", skill=skill("process-compliance"))
    contents.fill(made, now=NOW)

    found = {one.library_key: one.check_key for one in made.actions.all() if one.check_key}

    assert found == {"process-compliance/rule-quiz": "process-compliance-allowed-or-ask"}


def test_an_action_is_done_when_its_check_is_passed_and_every_attempt_is_kept(action, coached, coach):
    asked = find(CHECK)
    wrong = [1] * len(asked.questions)

    with pytest.raises(Refused) as early:
        plans.tick(action, done=True, by=coached.user, now=NOW)
    first = checks.take(action, answers=wrong, fingerprint=asked.fingerprint, by=coached.user, now=NOW)
    action.refresh_from_db()
    after_first = action.done_at
    second = checks.take(action, answers=rights(), fingerprint=asked.fingerprint, by=coached.user, now=NOW)
    action.refresh_from_db()

    assert early.value.refusal.code == "check_first"
    assert (first.number, first.is_passed, after_first) == (1, False, None)
    assert (second.number, second.is_passed, second.right, second.total) == (2, True, 5, 5)
    assert (action.done_at, Plan.objects.get(pk=action.plan_id).status) == (NOW, "active")
    assert Notification.objects.filter(user=coach, kind="check.taken").count() == 2


@pytest.mark.parametrize(
    ("answers", "fingerprint", "code"),
    [([1], None, "unanswered"), ([9, 1, 1, 1, 1], None, "unanswered"), ([1] * 5, "0" * 16, "stale_check")],
)
def test_answers_that_cannot_be_marked_are_refused_and_nothing_is_kept(action, coached, answers, fingerprint, code):
    with pytest.raises(Refused) as refused:
        checks.take(
            action, answers=answers, fingerprint=fingerprint or find(CHECK).fingerprint, by=coached.user, now=NOW
        )

    assert (refused.value.refusal.code, Attempt.objects.count()) == (code, 0)


def test_the_agent_takes_a_check_and_both_sides_see_the_result(client, action, coached, coach):
    own, address = as_(client, coached.user), reverse("coaching:take_check", args=[action.pk])
    asked = own.get(address)
    sent = {f"question_{n}": str(right) for n, right in enumerate(rights(), start=1)}
    sent["fingerprint"] = find(CHECK).fingerprint
    half = own.post(address, {**sent, "question_2": ""})
    old = own.post(address, {**sent, "fingerprint": "0" * 16})
    taken = own.post(address, {**sent, "question_1": "1"}, follow=True)
    plan_page = own.get(reverse("coaching:own_plan", args=[action.plan_id]))
    attempt = Attempt.objects.get()
    seen = as_(client, coach).get(reverse("coaching:attempt", args=[attempt.pk]))

    assert says(asked, "Five moments from everyday conversations.")
    assert "The parcel was for my son" in asked.content.decode()
    assert (half.status_code, says(half, "Choose an answer.")) == (422, True)
    assert half.content.decode().count("checked") - asked.content.decode().count("checked") == 4
    assert (old.status_code, says(old, "The questions were changed meanwhile.")) == (409, True)
    assert says(taken, "Passed: 4 of 5 answers are right.")
    assert says(taken, "Right would be: So the present was missing on the very day.")
    assert says(plan_page, "4 of 5 right")
    assert says(seen, "Chosen: I apologise for any inconvenience caused.")


def test_questions_are_written_changed_and_kept_as_they_were_asked(client, action, coached):
    manager, of = as_(client, person(Role.MANAGER)), skill()
    asked = find(CHECK)
    before = checks.take(action, answers=rights(), fingerprint=asked.fingerprint, by=coached.user, now=NOW)
    edit = reverse("coaching:edit_check", args=[CHECK])
    forms = {
        "number": "0", "skill": str(of.pk), "title": "Heard", "about": "", "pass_percent": "100",
        "goes_with": ["empathy/limits"], "questions-TOTAL_FORMS": "2", "questions-INITIAL_FORMS": "0",
        "questions-0-text": "Ours?", "questions-0-choices": "no\n* yes", "questions-0-because": "So it is.",
        "questions-1-text": "", "questions-1-choices": "",
    }  # fmt: skip

    shown = manager.get(edit)
    unmarked = manager.post(edit, {**forms, "questions-0-choices": "no\nyes"})
    none = manager.post(edit, {**forms, "questions-0-text": ""})
    saved = manager.post(edit, forms)
    stale = manager.post(edit, forms)
    manager.post(reverse("coaching:new_check"), {**forms, "title": "Our prices", "is_retired": "on"})
    listed = manager.get(reverse("coaching:checks"))
    kept = as_(client, coached.user).get(reverse("coaching:own_attempt", args=[before.pk]))

    assert "* So the present was missing" in shown.content.decode()
    assert (unmarked.status_code, says(unmarked, "Begin exactly one choice, the right one, with *.")) == (422, True)
    assert (none.status_code, says(none, "Write one question at least.")) == (422, True)
    assert (saved.status_code, stale.status_code) == (302, 409)
    changed = find(CHECK)
    assert (changed.title, changed.number, changed.questions) == (
        "Heard", 1, (Question("Ours?", ("no", "yes"), 2, "So it is."),)
    )  # fmt: skip
    assert catalogue().going_with("empathy/limits") == CHECK
    assert KnowledgeCheck.objects.get(title="Our prices").key == "empathy-our-prices"
    assert says(listed, "Our prices not offered 1 this workspace")
    assert says(kept, "“The parcel was for my son’s birthday yesterday.” What do you write first?")


def test_a_supervisor_lets_a_check_go_with_an_action_but_no_unknown_one(action, coach):
    made = action.plan
    line = ActionEdit(action.pk, "read", "Read it.", None, check_key="empathy-nothing")

    with pytest.raises(Refused) as refused:
        plans.edit(made, PlanEdit(0, "", None, [line]), by=coach, now=NOW)
    plans.edit(made, PlanEdit(0, "", None, [ActionEdit(action.pk, "read", "Read it.", None)]), by=coach, now=NOW)
    action.refresh_from_db()

    assert (refused.value.refusal.code, action.check_key) == ("no_check", "")


def test_the_api_asks_without_the_right_answers_and_marks(client, action, coached, coach):
    own, path = as_(client, coached.user), f"/api/v1/coaching-actions/{action.pk}/check/"
    asked = own.get(path).json()
    body = {"fingerprint": asked["fingerprint"], "answers": rights()}
    taken = own.post(path, body, content_type="application/json")
    listed = as_(client, coach).get(f"/api/v1/coaching-attempts/?plan={action.plan_id}").json()["results"]

    assert set(asked["questions"][0]) == {"text", "choices"}
    assert (taken.status_code, taken.json()["is_passed"], taken.json()["answers"][0]["right"]) == (201, True, 2)
    assert [(one["right"], one["total"]) for one in listed] == [(5, 5)]


def test_the_api_changes_questions_from_the_state_that_was_read(client, db):
    skill()
    manager, path = as_(client, person(Role.MANAGER)), f"/api/v1/knowledge-checks/{CHECK}/"
    read = manager.get(path)
    body = {**read.json(), "title": "Heard"}
    send = {"content_type": "application/json"}

    changed = manager.put(path, body, headers={"If-Match": read["ETag"]}, **send)
    stale = manager.put(path, body, headers={"If-Match": read["ETag"]}, **send)
    wrong = manager.put(
        path, {**body, "questions": [{"text": "?", "choices": ["a", "a"], "right": 1}]},
        headers={"If-Match": changed["ETag"]}, **send,
    )  # fmt: skip
    made = manager.post("/api/v1/knowledge-checks/", body, **send)

    assert (changed.json()["title"], changed.json()["number"], stale.status_code) == ("Heard", 1, 412)
    assert (wrong.status_code, made.status_code, made.json()["key"]) == (422, 201, "empathy-heard")
    assert len(manager.get("/api/v1/knowledge-checks/").json()) == len(shipped()) + 1
