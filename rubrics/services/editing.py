"""Make drafts and change them, one part at a time. The later of two edits of the same part is told, never stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.once import once
from core.audit import record
from core.refusals import Refusal, Refused, refuse
from rubrics import editing as parts
from rubrics.card import Card
from rubrics.checks import MOST_CRITERIA, MOST_SECTIONS
from rubrics.document import Document
from rubrics.editing import WHOLE, Gone, lineage_for, part_of, tag_of
from rubrics.models import Rubric, RubricVersion
from rubrics.policies import why_not_edit, why_not_manage
from rubrics.reserved import RESERVED
from rubrics.selectors import card_for
from rubrics.services.content import rewrite, write_card

Change = Callable[[Card], Card]
LONGEST_NAME = 120


@transaction.atomic
def create(name: str, *, card: Card, by: User | None, now: datetime, description: str = "") -> RubricVersion:
    """Make a rubric with a first draft; an empty card for one from nothing. The slug is made from the name."""
    refuse(why_not_manage(by))
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Refused(Refusal("name_missing", 422, _("A rubric needs a name.")))
    taken = {*RESERVED, *Rubric.objects.values_list("slug", flat=True)}
    slug = lineage_for(name, taken=taken, otherwise="rubric")
    with once(lambda: None):  # two who begin one of the same name at the same moment find the same slug free
        rubric = Rubric.objects.create(slug=slug, name=name, description=description, created_at=now, created_by=by)
    record("rubric.created", target=rubric, by=by, at=now)
    return _drafted(rubric, card, by=by, now=now)


@transaction.atomic
def start(rubric: Rubric, *, source: RubricVersion, by: User | None, now: datetime) -> RubricVersion:
    """Begin the next version from any version of the same rubric; 409 with its number when a draft exists already."""
    refuse(why_not_manage(by))
    rubric = Rubric.objects.select_for_update().get(pk=rubric.pk)
    existing = rubric.versions.drafts().first()
    if existing is not None:
        sentence = _("There is a draft of version %(number)s already. Go on with it, or discard it first.")
        numbers = {"number": existing.number}
        raise Refused(Refusal("draft_exists", 409, sentence % numbers, {"version": existing.number}))
    return _drafted(rubric, card_for(source), by=by, now=now)


@transaction.atomic
def change(
    version: RubricVersion, make: Change, *, by: User | None, now: datetime, at: str = "", tag: str = "",
    inside: str = "",
) -> Card:  # fmt: skip
    """Change a draft and return its card as it is now.

    With `at` and `tag` the change holds only while that part is still what it was when it was read, and with `inside`
    only while the criteria of that section are. Raises Refused:
    `stale_part` (409, details: `tag` of the state stored) when somebody changed that part meanwhile, `part_gone` (409)
    when it was removed. Typing is not audited; beginning, publishing and discarding a draft is.
    """
    version = _locked(version)
    refuse(why_not_edit(by, version))
    before = card_for(version)
    if at:
        refuse(_why_stale(version, before, at, tag, by=by))
    if inside and inside != parts.inside(before, at):
        refuse(_other_criteria(version, by=by))
    try:
        after = make(before)
    except Gone as error:
        raise Refused(_gone(version, by=by)) from error
    refuse(_why_too_large(after))
    if after != before:
        rewrite(version, before, after)
        version.edited_at, version.edited_by = now, by
        version.save(update_fields=["edited_at", "edited_by"])
    return after


@transaction.atomic
def replace(version: RubricVersion, document: Document, *, tag: str, by: User | None, now: datetime) -> Card:
    """Put a whole document in place of a draft that was read with this tag; 409 `stale_part` when it changed since."""
    if document.slug != version.rubric.slug:
        sentence = _("The document is of the rubric “%(other)s”, the address is of “%(rubric)s”.")
        words = {"other": document.slug, "rubric": version.rubric.slug}
        raise Refused(Refusal("other_rubric", 422, sentence % words))
    card = change(version, lambda _before: document.card, by=by, now=now, at=WHOLE, tag=tag)
    rename(version.rubric, name=document.name, description=document.description, by=by, now=now)
    return card


@transaction.atomic
def rename(rubric: Rubric, *, name: str, description: str, by: User | None, now: datetime) -> Rubric:
    """Change what a rubric is called and what it is for. The slug stays, so that every link goes on working."""
    refuse(why_not_manage(by))
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        sentence = _("A name has 1 to %(most)s characters.") % {"most": LONGEST_NAME}
        raise Refused(Refusal("name_unusable", 422, sentence))
    wanted = {"name": name, "description": description.strip()}
    changed = [field for field, value in wanted.items() if getattr(rubric, field) != value]
    for field in changed:
        setattr(rubric, field, wanted[field])
    if changed:
        rubric.save(update_fields=changed)
        record("rubric.reworded", target=rubric, by=by, at=now, fields=changed)
    return rubric


def _drafted(rubric: Rubric, card: Card, *, by: User | None, now: datetime) -> RubricVersion:
    highest = rubric.versions.aggregate(highest=Max("number"))["highest"] or 0
    version = RubricVersion.objects.create(
        rubric=rubric, number=highest + 1, created_at=now, created_by=by, edited_at=now, edited_by=by
    )
    write_card(version, card)
    record("rubric_version.drafted", target=version, by=by, at=now)
    return version


def _locked(version: RubricVersion) -> RubricVersion:
    """Read the draft again under a lock on its rubric, so that of two changes one comes second."""
    Rubric.objects.select_for_update().get(pk=version.rubric_id)
    found = RubricVersion.objects.select_related("rubric", "edited_by").filter(pk=version.pk).first()
    if found is None:
        raise Refused(Refusal("discarded", 404, _("This draft was discarded in the meantime.")))
    return found


def _why_stale(version: RubricVersion, card: Card, at: str, tag: str, *, by: User | None) -> Refusal | None:
    part = part_of(card, at)
    if part is None:
        return _gone(version, by=by)
    stored = tag_of(part)
    if stored == tag:
        return None
    sentence = _("%(who)s changed this meanwhile. Nothing of yours was stored over it.") % {"who": _who(version, by)}
    return Refusal("stale_part", 409, sentence, {"tag": stored})


def _other_criteria(version: RubricVersion, *, by: User | None) -> Refusal:
    sentence = _("%(who)s changed what is asked in this section meanwhile, so it was not removed. Look at it first.")
    return Refusal("stale_part", 409, sentence % {"who": _who(version, by)})


def _gone(version: RubricVersion, *, by: User | None) -> Refusal:
    sentence = _("%(who)s removed this part meanwhile.") % {"who": _who(version, by)}
    return Refusal("part_gone", 409, sentence)


def _who(version: RubricVersion, by: User | None) -> str:
    """Name who changed the draft last, unless that is the person who is told."""
    last = version.edited_by
    return str(last) if last is not None and last != by else _("Somebody")


def _why_too_large(card: Card) -> Refusal | None:
    if len(card.sections) > MOST_SECTIONS:
        sentence = _("A rubric may have up to %(most)s sections.") % {"most": MOST_SECTIONS}
        return Refusal("too_many_sections", 422, sentence)
    if sum(1 for _one in card.criteria()) > MOST_CRITERIA:
        sentence = _("A rubric may have up to %(most)s criteria.") % {"most": MOST_CRITERIA}
        return Refusal("too_many_criteria", 422, sentence)
    return None
