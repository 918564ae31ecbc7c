"""What people answered in a calibration session, and what an agreed answer has to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from reviews import facts
from reviews.models import Answer, CalibrationSession, CalibrationUnit, Review
from rubrics import card as cards
from rubrics import scoring
from rubrics.models import Criterion
from rubrics.selectors import card_for

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Given:
    """An agreed answer as somebody wrote it down."""

    option: str
    not_applicable: bool
    rationale: str

    @property
    def key(self) -> str:
        """Return the answer as rubrics write it; empty when none was chosen."""
        return cards.NOT_APPLICABLE if self.not_applicable else self.option


@dataclass(slots=True)
class Scored:
    """One person's blind answers to one conversation: lineage → key of the answer, and its value where it has one."""

    review: Review
    keys: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)


def path_of(session: CalibrationSession) -> str:
    """Return the address of a session's page."""
    return f"/calibration/{session.pk}/"


def units_for(session: CalibrationSession, user: User, *, runs: bool) -> QuerySet[CalibrationUnit]:
    """Return the conversations taken that a person may see here: nobody's own, and of who took part their seats."""
    rows = session.units.filter(passed_over="").exclude(agent__user=user.pk, agent__user__isnull=False)
    seats = rows if runs else rows.filter(pick__items__assigned_to=user.pk)
    return seats.select_related("conversation", "agent", "team", "pick").order_by("place").distinct()


def scored_in(session: CalibrationSession, picks: Iterable[int | None]) -> dict[int, list[Scored]]:
    """Return the first scores of some conversations by pick, each by the name of who gave them. Two queries."""
    reviews = (
        Review.objects.filter(item__pick__in=list(picks), purpose="calibration", status=Review.Status.SUBMITTED)
        .filter(item__pick__calibration_unit__session=session.pk)
        .select_related("author", "current", "item", "conversation", "transcript", "rubric_version")
        .order_by("author__name", "author")
    )
    by_revision = {review.current_id: Scored(review) for review in reviews}
    answers = Answer.objects.filter(revision__in=by_revision).exclude(state=Answer.State.NOT_ASKED)
    for revision, lineage, state, key, value in answers.values_list(
        "revision", "criterion__lineage", "state", "option__key", "value"
    ):
        one = by_revision[revision]
        one.keys[lineage] = cards.NOT_APPLICABLE if state == Answer.State.NOT_APPLICABLE else key or ""
        if state == Answer.State.SCORED and value is not None:
            one.values[lineage] = float(value)
    found: dict[int, list[Scored]] = defaultdict(list)
    for one in by_revision.values():
        found[one.review.item.pick_id].append(one)
    return found


def differing(scored: Sequence[Scored]) -> set[str]:
    """Return the criteria that not everybody answered the same who was asked."""
    keys: dict[str, set[str]] = defaultdict(set)
    for one in scored:
        for lineage, key in one.keys.items():
            keys[lineage].add(key)
    return {lineage for lineage, said in keys.items() if len(said) > 1}


def asked_in(unit: CalibrationUnit) -> list[Criterion]:
    """Return the scored criteria of a conversation that somebody was asked; all of them when nobody scored it."""
    session = unit.session
    rows = Criterion.objects.filter(version=session.rubric_version_id).exclude(kind=cards.Kind.INFORMATION)
    found = list(rows.prefetch_related("options").order_by("section__position", "position", "pk"))
    scored = scored_in(session, [unit.pick_id]).get(unit.pick_id or 0, [])
    asked = {lineage for one in scored for lineage in one.keys}
    return [row for row in found if row.lineage in asked] if asked else found


def problems_of(unit: CalibrationUnit, given: Mapping[str, Given]) -> list[dict[str, str]]:
    """Return what agreed answers lack: each criterion has one, with a reason where people answered differently."""
    rows = {row.lineage: row for row in asked_in(unit)}
    card = card_for(unit.session.rubric_version)
    open_ones = differing(scored_in(unit.session, [unit.pick_id]).get(unit.pick_id or 0, []))
    found = [
        {"criterion": lineage, "sentence": sentence}
        for lineage, row in rows.items()
        if (sentence := _wrong(card.criterion(lineage), row.name, given.get(lineage), lineage in open_ones))
    ]
    unknown = [lineage for lineage in given if lineage not in rows]
    words = _("This conversation is not scored by “%(name)s”.")
    return found + [{"criterion": lineage, "sentence": words % {"name": lineage}} for lineage in unknown]


def _wrong(criterion: cards.Criterion | None, name: str, given: Given | None, is_open: bool) -> str:
    words = {"name": name}
    if criterion is None or given is None or not given.key or (given.not_applicable and given.option):
        return _("Choose the answer that stands for “%(name)s”.") % words
    allowed = criterion.not_applicable != cards.NotApplicablePolicy.FORBID
    if not (allowed if given.not_applicable else criterion.option(given.option)):
        return _("“%(name)s” has no such answer.") % words
    if is_open and not given.rationale:
        return _("Say why this answer stands for “%(name)s”: people answered it differently.") % words
    if len(given.rationale) > LONGEST:
        return _("The reason for “%(name)s” is too long: at most 2,000 characters.") % words
    return ""


def agreed_total(unit: CalibrationUnit, agreed: Mapping[str, str]) -> Decimal | None:
    """Return the score that the agreed answers (lineage → key) make; None without any."""
    if not agreed:
        return None
    answers = {
        lineage: scoring.Answer(not_applicable=True) if key == cards.NOT_APPLICABLE else scoring.Answer(option=key)
        for lineage, key in agreed.items()
    }
    card = card_for(unit.session.rubric_version)
    return scoring.score(card, answers, facts=facts.of(unit.conversation)).final_score
