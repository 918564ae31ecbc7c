"""Open, withdraw and escalate disputes. The second look and the decision have modules of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User, Workspace
from accounts.roles import Role
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from reviews.models import Answer, Dispute, DisputedPoint, QueueItem, Review
from reviews.policies import why_not_dispute, why_not_escalate, why_not_withdraw
from reviews.policies.disputing import still_doubted
from reviews.services import second_looks
from reviews.services.telling import tell

LONGEST = 5000
DOUBTFUL = {Answer.State.SCORED, Answer.State.BONUS, Answer.State.EXCLUDED, Answer.State.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One answer that is doubted: the criterion, why, and perhaps what the answer should have been."""

    criterion: str
    reason: str
    option: str = ""
    not_applicable: bool = False


@transaction.atomic
def begin(review: Review, doubts: Sequence[Doubt], *, by: User, now: datetime) -> Dispute:
    """Dispute some answers of a published review; the blind second look is in the queue at once.

    Raises Refused: `no_points` or `bad_points` (422, details name each criterion), and what why_not_dispute says.
    """
    refuse(why_not_dispute(by, review, now=now))
    held = _held(review)
    # Once more under the lock: it may have been voided, or disputed by somebody else, a moment ago.
    refuse(why_not_dispute(by, held, now=now))
    return _opened(held, doubts, stage=Dispute.Stage.FIRST, among=None, by=by, now=now)


@transaction.atomic
def escalate(dispute: Dispute, doubts: Sequence[Doubt], *, by: User, now: datetime) -> Dispute:
    """Take what was not changed to somebody who has had no part in it; once."""
    refuse(why_not_escalate(by, dispute, now=now))
    held = _held(dispute.review)
    refuse(why_not_escalate(by, dispute, now=now))
    among = {point.criterion.lineage for point in still_doubted(dispute).select_related("criterion")}
    return _opened(held, doubts, stage=Dispute.Stage.ESCALATION, among=among, by=by, now=now)


@transaction.atomic
def withdraw(dispute: Dispute, *, by: User, now: datetime) -> Dispute:
    """Take a dispute back: the answers stay as they are, and the second look leaves the queue."""
    refuse(why_not_withdraw(by, dispute))
    if not end(dispute, status=Dispute.Status.WITHDRAWN, by=by, now=now):
        dispute.refresh_from_db()
        refuse(why_not_withdraw(by, dispute))
    record("dispute.withdrawn", target=dispute, by=by, at=now)
    tell(_sides(dispute), "dispute.withdrawn", path=path_of(dispute), by=by, now=now)
    return dispute


def end(dispute: Dispute, *, status: str, by: User | None, now: datetime) -> bool:
    """End an open dispute without a decision; False when it had ended already. Call it inside a transaction."""
    # The item first, as everywhere: whoever claims it at this moment waits for us or we for them.
    # By its key: then the database asks the row once more whether it is open, if somebody submitted it meanwhile. Of a
    # question that joins another table it would keep the first answer.
    found = list(QueueItem.objects.open().filter(dispute=dispute).values_list("pk", flat=True))
    items = QueueItem.objects.open().filter(pk__in=found)
    items.update(status=QueueItem.Status.WITHDRAWN, claimed_by=None, claimed_until=None, ended_at=now, ended_by=by)
    ended = Dispute.objects.open().filter(pk=dispute.pk).update(status=status, ended_at=now, ended_by=by)
    dispute.refresh_from_db()
    return bool(ended)


def path_of(dispute: Dispute) -> str:
    """Return the address of a dispute's page."""
    return f"/disputes/{dispute.pk}/"


def _held(review: Review) -> Review:
    return (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agent", "current", "item__pick__completion", "conversation__source", "rubric_version")
        .get(pk=review.pk)
    )


def _opened(
    review: Review, doubts: Sequence[Doubt], *, stage: int, among: set[str] | None, by: User, now: datetime
) -> Dispute:
    answers = _doubtful(review, among)
    _check(doubts, answers)
    days = timedelta(days=Workspace.current().dispute_due_days)
    dispute = Dispute(
        review=review,
        stage=stage,
        opened_by=by,
        opened_at=now,
        disputed=review.current,
        due_at=now + days,
        expires_at=now + 2 * days,
    )
    criteria = [doubt.criterion for doubt in doubts]
    purpose = QueueItem.Purpose.DISPUTE
    # Kept before somebody is chosen to look again, so that it is not whoever opened it.
    dispute.save()
    dispute.item = second_looks.put(review, purpose=purpose, criteria=criteria, due_at=now + days / 2, now=now)
    dispute.save(update_fields=["item"])
    DisputedPoint.objects.bulk_create([_point(dispute, doubt, answers[doubt.criterion]) for doubt in doubts])
    verb = "dispute.opened" if stage == Dispute.Stage.FIRST else "dispute.escalated"
    record(verb, target=dispute, by=by, at=now, params={"review": review.pk, "criteria": criteria})
    tell([*_sides(dispute), *_leads(review, now=now)], verb, path=path_of(dispute), by=by, now=now)
    return dispute


def _doubtful(review: Review, among: set[str] | None) -> dict[str, Answer]:
    assert review.current is not None
    rows = review.current.answers.filter(state__in=DOUBTFUL).select_related("criterion", "option")
    found = {row.criterion.lineage: row for row in rows.prefetch_related("criterion__options")}
    return found if among is None else {lineage: row for lineage, row in found.items() if lineage in among}


def _check(doubts: Sequence[Doubt], answers: dict[str, Answer]) -> None:
    if not doubts:
        raise Refused(Refusal("no_points", 422, _("Choose at least one criterion and say why you do not agree.")))
    problems = list(_problems(doubts, answers))
    if problems:
        raise Refused(Refusal("bad_points", 422, problems[0]["sentence"], {"problems": problems}))


def _problems(doubts: Sequence[Doubt], answers: dict[str, Answer]) -> Iterable[dict[str, str]]:
    seen: set[str] = set()
    for doubt in doubts:
        row = answers.get(doubt.criterion)
        sentence = _wrong(doubt, row)
        if not sentence and doubt.criterion in seen:
            sentence = _("A criterion is named twice.")
        seen.add(doubt.criterion)
        if sentence:
            yield {"criterion": doubt.criterion, "sentence": sentence}


def _wrong(doubt: Doubt, row: Answer | None) -> str:
    if row is None:
        return _("There is no answer to dispute for “%(name)s”.") % {"name": doubt.criterion}
    words = {"name": row.criterion.name}
    if not doubt.reason.strip():
        return _("Say why you do not agree with “%(name)s”.") % words
    if len(doubt.reason) > LONGEST:
        return _("The reason for “%(name)s” is too long: at most 5,000 characters.") % words
    if doubt.option and doubt.option not in {option.key for option in row.criterion.options.all()}:
        return _("“%(name)s” has no such answer.") % words
    same = row.option is not None and row.option.key == doubt.option
    if same or (doubt.not_applicable and row.state == Answer.State.NOT_APPLICABLE):
        return _("You propose the answer that “%(name)s” has already.") % words
    return ""


def _point(dispute: Dispute, doubt: Doubt, row: Answer) -> DisputedPoint:
    options = {option.key: option for option in row.criterion.options.all()}
    return DisputedPoint(
        dispute=dispute,
        criterion=row.criterion,
        reason=doubt.reason.strip(),
        proposed=options.get(doubt.option),
        proposes_not_applicable=doubt.not_applicable and not doubt.option,
    )


def _sides(dispute: Dispute) -> list[int | None]:
    return [dispute.review.agent.user_id, dispute.review.author_id, dispute.opened_by_id]


def _leads(review: Review, *, now: datetime) -> list[int]:
    if review.team_id is None:
        return []
    leads = RoleGrant.objects.active(now).filter(role=Role.SUPERVISOR, team=review.team_id)
    return list(leads.values_list("user_id", flat=True))
