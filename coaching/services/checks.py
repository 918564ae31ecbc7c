"""Knowledge checks: take one, and write or change the questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from coaching.models import Action, Attempt, KnowledgeCheck
from coaching.policies import why_not_take, why_not_write_checks
from coaching.questions import MOST_QUESTIONS, Question, QuestionSet, mark
from coaching.selectors.checks import catalogue, find
from coaching.services import plans
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.models import Skill


@dataclass(frozen=True, slots=True)
class CheckEdit:
    """What the form of a question set holds; `number` is the state that was edited, 0 as shipped or for a new one."""

    number: int
    skill: Skill
    title: str
    about: str
    pass_percent: int
    questions: Sequence[Question]
    goes_with: Sequence[str] = ()
    is_retired: bool = False


@transaction.atomic
def take(action: Action, *, answers: Sequence[int], fingerprint: str, by: User, now: datetime) -> Attempt:
    """Mark the answers of a check that goes with an own action; the action is done when enough are right.

    fingerprint: of the questions that were answered. Every attempt is kept.
    """
    asked = find(action.check_key)
    refuse(why_not_take(by, action, asked))
    assert asked is not None
    if asked.fingerprint != fingerprint:
        raise Refused(Refusal("stale_check", 409, _("The questions were changed meanwhile. Please answer them anew.")))
    try:
        marked = mark(asked, answers)
    except ValueError as wrong:
        raise Refused(Refusal("unanswered", 422, _("Answer each question with one of its choices."))) from wrong
    # The action's row is the lock: two tabs at once are two attempts, one after the other.
    row = Action.objects.select_for_update(of=("self",)).select_related("plan__agent").get(pk=action.pk)
    made = Attempt.objects.create(
        plan=row.plan, action=row, agent=row.plan.agent, key=asked.key, title=asked.title,
        number=Attempt.objects.filter(plan=row.plan, key=asked.key).count() + 1,
        questions=[one.stored() for one in asked.questions], answers=list(answers),
        right=marked.right, total=marked.total, is_passed=marked.passed, taken_at=now,
    )  # fmt: skip
    params = {"key": asked.key, "right": marked.right, "total": marked.total, "passed": marked.passed}
    record("check.taken", target=made, by=by, at=now, params=params)
    if marked.passed and row.done_at is None:
        plans.tick(row, done=True, by=by, now=now)
    _tell_owner(made, now=now)
    return made


@transaction.atomic
def write(key: str, edited: CheckEdit, *, by: User, now: datetime) -> QuestionSet:
    """Change a question set, shipped or own; the later of two edits is told. What was taken before stays as it was."""
    refuse(why_not_write_checks(by))
    refuse(why_not_ask(edited))
    known = find(key)
    if known is None:
        raise Refused(Refusal("no_check", 404, _("There is no such knowledge check.")))
    if known.number != edited.number:
        raise _stale()
    if known.number == 0:
        return _created(key, edited, by=by, now=now)
    rows = KnowledgeCheck.objects.filter(key=key, number=edited.number)
    if not rows.update(**_values(edited, by=by, now=now), number=edited.number + 1):
        raise _stale()
    record("check.written", target=KnowledgeCheck.objects.get(key=key), by=by, at=now)
    return catalogue().sets[key]


@transaction.atomic
def add(edited: CheckEdit, *, by: User, now: datetime) -> QuestionSet:
    """Write a question set of the workspace's own."""
    refuse(why_not_write_checks(by))
    refuse(why_not_ask(edited))
    return _created(_new_key(edited), edited, by=by, now=now)


def why_not_ask(edited: CheckEdit) -> Refusal | None:
    """Explain why questions cannot be asked like this."""
    if not edited.questions:
        return Refusal("no_questions", 422, _("Write one question at least."))
    if len(edited.questions) > MOST_QUESTIONS:
        words = _("At most %(n)d questions: a check is short.") % {"n": MOST_QUESTIONS}
        return Refusal("too_many_questions", 422, words)
    for number, one in enumerate(edited.questions, start=1):
        if len(set(one.choices)) < max(2, len(one.choices)) or not 1 <= one.right <= len(one.choices):
            words = _("Question %(n)d needs two different choices at least, one of them marked as right.")
            return Refusal("wrong_choices", 422, words % {"n": number})
    return None


def _created(key: str, edited: CheckEdit, *, by: User, now: datetime) -> QuestionSet:
    try:
        with transaction.atomic():
            made = KnowledgeCheck.objects.create(key=key, **_values(edited, by=by, now=now))
    except IntegrityError as raced:
        raise _stale() from raced
    record("check.written", target=made, by=by, at=now)
    return catalogue().sets[key]


def _values(edited: CheckEdit, *, by: User, now: datetime) -> dict[str, Any]:
    return {
        "skill": edited.skill,
        "title": edited.title.strip(),
        "about": edited.about.strip(),
        "pass_percent": edited.pass_percent,
        "questions": [one.stored() for one in edited.questions],
        "goes_with": list(edited.goes_with),
        "is_retired": edited.is_retired,
        "updated_at": now,
        "updated_by": by,
    }


def _new_key(edited: CheckEdit) -> str:
    """Return a key that no set has: the skill and the title, numbered when taken."""
    known = catalogue().sets
    stem = f"{edited.skill.slug}-{slugify(edited.title) or 'check'}"[:70].strip("-")
    return next(key for n in range(1, len(known) + 2) if (key := stem if n == 1 else f"{stem}-{n}") not in known)


def _stale() -> Refused:
    return Refused(Refusal("stale_check", 409, _("Someone else changed this check meanwhile. Load it again.")))


def _tell_owner(made: Attempt, *, now: datetime) -> None:
    if made.plan.owner_id is not None:
        path = f"/coaching/attempts/{made.pk}/"
        Notification.objects.create(user_id=made.plan.owner_id, kind="check.taken", path=path, created_at=now)
