"""Say what each level expects of each skill."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.growth import DEFAULTS, LEVELS
from coaching.models import Expectation
from coaching.policies import why_not_write_checks
from coaching.selectors.growth import Matrix, expectations, fingerprint
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics.models import Skill


@transaction.atomic
def expect(wanted: Matrix, *, state: str, by: User, now: datetime) -> Matrix:
    """Set the expectations of the skills given; those of others stay. state: the fingerprint that was edited."""
    refuse(why_not_write_checks(by))
    # The skills' rows are the lock: of two people at once, the second is told.
    skills = {skill.slug: skill for skill in Skill.objects.select_for_update(no_key=True).order_by("pk")}
    before = expectations()
    if fingerprint(before) != state:
        raise Refused(
            Refusal("stale_expectations", 409, _("Someone else changed the expectations meanwhile. Load them again."))
        )
    refuse(why_not_expect(wanted, known=skills))
    changed = [
        (slug, level)
        for slug, levels in wanted.items()
        for level, points in levels.items()
        if before[slug][level] != points
    ]
    for slug, level in changed:
        skill, points = skills[slug], wanted[slug][level]
        if points == DEFAULTS[level]:
            Expectation.objects.filter(skill=skill, level=level).delete()
        else:
            values = {"points": points, "updated_at": now, "updated_by": by}
            Expectation.objects.update_or_create(skill=skill, level=level, defaults=values)
    for slug in sorted({slug for slug, _level in changed}):
        record("skill.expected", target=skills[slug], by=by, at=now, params={"points": wanted[slug]})
    return expectations()


def why_not_expect(wanted: Matrix, *, known: dict[str, Skill]) -> Refusal | None:
    """Explain why expectations cannot be like this: a higher level never expects less."""
    for slug, levels in wanted.items():
        if slug not in known:
            return Refusal("unknown_skill", 422, _("There is no skill “%(skill)s”.") % {"skill": slug})
        if set(levels) != set(LEVELS):
            return Refusal("missing_level", 422, _("Say for each skill what all four levels expect."))
        points = [levels[level] for level in LEVELS]
        if not all(0 <= one <= 100 for one in points):
            return Refusal("unusable_points", 422, _("Points lie between 0 and 100."))
        if points != sorted(points):
            sentence = _("%(skill)s: a higher level cannot expect less than the one below it.")
            return Refusal("falling_levels", 422, sentence % {"skill": known[slug].name})
    return None
