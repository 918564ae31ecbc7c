"""What may not be done with sampling, and in which words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from core.refusals import Refusal
from sampling import periods, policies
from sampling.models import Draw, Pick, Plan
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.sampling import PlanFactory

WRONG_ROLE = "Your role does not include this. Ask an admin if you need it."
ARCHIVED = "This plan is archived. Make a new one; its draws stay as they are."
VOIDED = "This draw was voided already. It stays visible with its reason."


def sentence(refusal: Refusal | None) -> str | None:
    return refusal.sentence if refusal else None


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role])
def test_only_managers_and_the_system_manage(role: Role | None) -> None:
    user = person(role) if role else None

    said = sentence(policies.why_not_manage(user))

    assert said == (None if role in {None, Role.MANAGER} else WRONG_ROLE)


@pytest.mark.parametrize(
    ("status", "edit", "pause", "resume"),
    [
        ("active", None, None, "This plan is active already."),
        ("paused", None, "This plan is paused already.", None),
        ("archived", ARCHIVED, ARCHIVED, ARCHIVED),
    ],
)
def test_each_status_has_its_refusals(status: str, edit: str | None, pause: str | None, resume: str | None) -> None:
    plan = Plan(status=status)

    said = [verb(None, plan) for verb in (policies.why_not_edit, policies.why_not_pause, policies.why_not_resume)]

    assert [sentence(one) for one in said] == [edit, pause, resume]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(days=7), None),
        (timedelta(0), "This period is not over yet. It can be drawn when its last conversation has ended."),
    ],
)
def test_a_period_is_drawn_when_it_is_over(ago: timedelta, said: str | None) -> None:
    plan = PlanFactory()

    assert sentence(policies.why_not_draw(None, plan, periods.containing(plan, NOW - ago), NOW)) == said


@pytest.mark.parametrize(
    ("voided", "reason", "said"),
    [
        (False, "wrong filter", None),
        (False, " ", "Say why the draw is voided. The reason stays visible on the plan."),
        (True, "wrong filter", VOIDED),
        (True, "", VOIDED),
    ],
)
def test_a_draw_is_voided_once_and_with_a_reason(voided: bool, reason: str, said: str | None) -> None:
    assert sentence(policies.why_not_void(None, Draw(voided_at=NOW if voided else None), reason)) == said


@pytest.mark.parametrize(
    ("voided", "dropped", "said"),
    [
        (False, "", None),
        (False, "ineligible", "This conversation was skipped already."),
        (False, "nonresponse", "This conversation was skipped already."),
        (True, "", "The draw behind this conversation was voided, so nothing is to be done."),
    ],
)
def test_a_pick_is_skipped_once_and_not_in_a_voided_draw(voided: bool, dropped: str, said: str | None) -> None:
    pick = Pick(draw=Draw(voided_at=NOW if voided else None), dropped=dropped)

    assert sentence(policies.why_not_skip(pick)) == said


@pytest.mark.parametrize(
    ("dropped", "said"),
    [
        ("ineligible", None),
        ("", "Only a skip as not eligible can be overruled."),
        ("nonresponse", "Only a skip as not eligible can be overruled."),
    ],
)
def test_only_a_skip_as_not_eligible_is_overruled(dropped: str, said: str | None) -> None:
    assert sentence(policies.why_not_overrule(None, Pick(dropped=dropped))) == said
