"""Read the library: what the project ships, with what the workspace wrote or changed in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coaching import examples, suggestions
from coaching.models import LibraryEntry, LibraryWords, Plan
from coaching.suggestions import SkillAdvice, Suggestion
from rubrics.models import Skill


@dataclass(frozen=True, slots=True)
class Page:
    """One skill of the library as it stands, with what was retired, and the versions that an edit names."""

    skill: Skill
    advice: SkillAdvice
    retired: list[Suggestion]
    words_number: int


def advice(slug: str) -> SkillAdvice | None:
    """Return the advice on a skill; None when neither the project nor the workspace knows any."""
    skill = Skill.objects.filter(slug=slug).first()
    if skill is None:
        return suggestions.advice(slug)
    found = page(skill).advice
    return found if found.suggestions or found.focus or found.cost else None


def everything() -> dict[str, SkillAdvice]:
    """Return the advice on every skill by its slug, in three queries."""
    return {one.skill.slug: one.advice for one in pages()}


def pages() -> list[Page]:
    """Return the whole library, skill by skill, in three queries."""
    rows: dict[int, dict[str, LibraryEntry]] = {}
    for row in LibraryEntry.objects.all():
        rows.setdefault(row.skill_id, {})[row.key] = row
    words = {one.skill_id: one for one in LibraryWords.objects.all()}
    return [_page(skill, rows.get(skill.pk, {}), words.get(skill.pk)) for skill in Skill.objects.all()]


def page(skill: Skill) -> Page:
    """Return one skill of the library."""
    rows = {row.key: row for row in LibraryEntry.objects.filter(skill=skill)}
    return _page(skill, rows, LibraryWords.objects.filter(skill=skill).first())


def _page(skill: Skill, rows: dict[str, LibraryEntry], words: LibraryWords | None) -> Page:
    shipped = suggestions.advice(skill.slug) or SkillAdvice(skill.slug, "", (), ())
    own = dict(rows)
    entries = [_entry(own.pop(one.key)) if one.key in own else one for one in shipped.suggestions]
    entries = [_entry(row) for row in own.values()] + entries
    found = replace(shipped, suggestions=tuple(one for one in entries if not one.is_retired))
    if words is not None:
        focus = tuple(line.strip() for line in words.focus.splitlines() if line.strip())
        found = replace(found, cost=words.cost, focus=focus)
        if words.examples is not None:
            found = replace(found, examples=examples.read(words.examples))
    return Page(skill, found, [one for one in entries if one.is_retired], words.number if words else 0)


def offered_to(plan: Plan) -> list[Suggestion]:
    """Return what more the library offers for a plan: for its agent's level and the channel of its evidence."""
    known = advice(plan.skill.slug)
    taken = set(plan.actions.values_list("library_key", flat=True))
    channel = plan.evidence.order_by("-lost_points", "pk").values_list("review__conversation__channel", flat=True)
    left = [one for one in known.suggestions if one.key not in taken] if known else []
    return suggestions.choose(left, level=plan.agent.level, channel=channel.first() or "", most=len(left))


def find(key: str) -> Suggestion | None:
    """Return one suggestion, retired ones too; None when there is none with this key."""
    row = LibraryEntry.objects.filter(key=key).first()
    if row is not None:
        return _entry(row)
    known = suggestions.advice(key.partition("/")[0])
    return next((one for one in known.suggestions if one.key == key), None) if known else None


def _entry(row: LibraryEntry) -> Suggestion:
    return Suggestion(
        key=row.key,
        kind=row.kind,
        text=row.text,
        levels=frozenset(row.levels),
        channels=frozenset(row.channels),
        days=row.days,
        link=row.link,
        number=row.number,
        is_retired=row.is_retired,
    )
