"""Decide a dispute, answer by answer. A changed answer makes a new revision, and the averages move with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.drafts import AnswerDraft, Draft
from reviews.models import Dispute, DisputedPoint, Review
from reviews.policies import why_not_decide
from reviews.selectors.stored import draft_of
from reviews.services import cells, revisions
from reviews.services.disputes import LONGEST, end, path_of
from reviews.services.telling import tell
from rubrics.models import Criterion


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer that stands for one criterion, and why; it is upheld when it is the answer that was there."""

    criterion: str
    rationale: str
    option: str = ""
    not_applicable: bool = False


@transaction.atomic
def decide(dispute: Dispute, decisions: Sequence[Decision], *, by: User, now: datetime) -> Dispute:
    """Decide every point of a dispute at once; exactly one decision wins.

    Raises Refused: `bad_decisions` (422, details name each criterion), and what why_not_decide says.
    """
    refuse(why_not_decide(by, dispute))
    review = _held(dispute)
    points = {p.criterion.lineage: p for p in dispute.points.select_related("criterion").prefetch_related(
        "criterion__options")}  # fmt: skip
    made = {one.criterion: _clean(one) for one in decisions}
    _check(points, decisions)
    if not end(dispute, status=Dispute.Status.DECIDED, by=by, now=now):
        # Somebody decided, or the agent withdrew, while we waited for the review.
        refuse(why_not_decide(by, dispute))
    before = draft_of(review.current)  # type: ignore[arg-type]  # what is published has a revision
    changed = {lineage: one for lineage, one in made.items() if not _stands(before, one)}
    for lineage, point in points.items():
        _settle(point, made[lineage], is_changed=lineage in changed)
    if changed:
        _revise(review, before, changed, points, dispute=dispute, by=by, now=now)
    counts = {"upheld": len(points) - len(changed), "changed": len(changed)}
    record("dispute.decided", target=dispute, by=by, at=now, params=counts)
    sides = [review.agent.user_id, review.author_id, dispute.opened_by_id]
    tell(sides, "dispute.decided", path=path_of(dispute), by=by, now=now, params=counts)
    return dispute


def _held(dispute: Dispute) -> Review:
    return (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agent", "current", "item__pick", "conversation", "transcript", "rubric_version")
        .get(pk=dispute.review_id)
    )


def _clean(one: Decision) -> Decision:
    return replace(one, rationale=one.rationale.strip(), not_applicable=one.not_applicable and not one.option)


def _check(points: dict[str, DisputedPoint], decisions: Sequence[Decision]) -> None:
    given = {one.criterion: one for one in decisions}
    problems = [
        {"criterion": lineage, "sentence": sentence}
        for lineage, point in points.items()
        if (sentence := _wrong(point.criterion, given.get(lineage)))
    ]
    strangers = [lineage for lineage in given if lineage not in points]
    problems += [{"criterion": one, "sentence": _("“%(name)s” is not disputed.") % {"name": one}} for one in strangers]
    if problems:
        said = problems[0]["sentence"]
        if len(problems) > 1:
            said = _("%(n)d points need something yet: %(which)s") % {
                "n": len(problems), "which": " ".join(one["sentence"] for one in problems)
            }  # fmt: skip
        raise Refused(Refusal("bad_decisions", 422, said, {"problems": problems}))


def _wrong(criterion: Criterion, one: Decision | None) -> str:
    words = {"name": criterion.name}
    if one is None or not (one.option or one.not_applicable):
        if one is None or not one.rationale.strip():
            return _("Choose the answer that stands for “%(name)s”, and say why.") % words
        return _("Choose the answer that stands for “%(name)s”.") % words
    if one.option and one.option not in {option.key for option in criterion.options.all()}:
        return _("“%(name)s” has no such answer.") % words
    if not one.option and criterion.not_applicable == Criterion.NotApplicable.FORBID:
        return _("“%(name)s” always applies: choose an answer.") % words
    if not one.rationale.strip():
        return _("Say why, so that the agent can follow the decision on “%(name)s”.") % words
    if len(one.rationale) > LONGEST:
        return _("The reason for “%(name)s” is too long: at most 5,000 characters.") % words
    return ""


def _stands(before: Draft, one: Decision) -> bool:
    given = before.answers.get(one.criterion, AnswerDraft())
    return (given.option, given.not_applicable) == (one.option, one.not_applicable)


def _settle(point: DisputedPoint, one: Decision, *, is_changed: bool) -> None:
    point.decision = DisputedPoint.Decision.CHANGED if is_changed else DisputedPoint.Decision.UPHELD
    if is_changed:
        point.option = next((o for o in point.criterion.options.all() if o.key == one.option), None)
        point.not_applicable = one.not_applicable
    point.rationale = one.rationale
    point.save(update_fields=["decision", "option", "not_applicable", "rationale"])


def _revise(
    review: Review,
    before: Draft,
    changed: dict[str, Decision],
    points: dict[str, DisputedPoint],
    *,
    dispute: Dispute,
    by: User,
    now: datetime,
) -> None:
    answers = {
        **before.answers,
        **{lineage: _answer(before, one, points[lineage]) for lineage, one in changed.items()},
    }
    draft = msgspec.structs.replace(before, answers=answers)
    comments = {lineage: one.rationale for lineage, one in changed.items()}
    old, reason = review.current, str(dispute.get_stage_display())
    revision = revisions.rewrite(review, draft, comments=comments, by=by, now=now, reason=reason)
    assert old is not None
    cells.add(review, old, sign=-1)
    cells.add(review, revision)
    Review.objects.filter(pk=review.pk).update(current=revision, updated_at=now)
    Dispute.objects.filter(pk=dispute.pk).update(revision=revision)
    dispute.refresh_from_db()
    record("review.revised", target=review, by=by, at=now, params={"revision": revision.number})


def _answer(before: Draft, one: Decision, point: DisputedPoint) -> AnswerDraft:
    given = before.answers.get(one.criterion, AnswerDraft())
    worth = point.option.value if point.option else None
    # A cause explains what was lost; where nothing is lost any more it explains nothing.
    cause = given.root_cause if worth is not None and worth < Decimal(1) else ""
    return AnswerDraft(
        option=one.option,
        not_applicable=one.not_applicable,
        root_cause=cause,
        comment=one.rationale,
        pins=given.pins,
    )
