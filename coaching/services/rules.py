"""Set the trigger rules: each change is a new version, and what was proposed before keeps the rules it was made by."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from coaching import rule_words
from coaching.models import RuleVersion
from coaching.policies import why_not_set_rules
from coaching.rules import Rules, changed, out_of_bounds, to_json
from coaching.selectors.rules import current
from core.audit import record
from core.refusals import Refusal, Refused, refuse


@transaction.atomic
def change(rules: Rules, *, number: int, by: User, now: datetime, note: str = "") -> RuleVersion:
    """Let other rules hold from now on. number: the version that was changed; a newer one refuses."""
    refuse(why_not_set_rules(by))
    refuse(why_not_these(rules))
    held = current()
    if held.number != number:
        raise Refused(_stale())
    names = changed(held.rules, rules)
    if not names:
        raise Refused(Refusal("nothing_changed", 409, _("These are the rules that hold already.")))
    try:
        with transaction.atomic():
            made = RuleVersion.objects.create(
                number=number + 1, values=to_json(rules), note=note.strip(), made_at=now, made_by=by
            )
    except IntegrityError as error:
        raise Refused(_stale()) from error
    record("rules.changed", target=made, by=by, at=now, fields=names, params={"number": made.number})
    return made


def why_not_these(rules: Rules) -> Refusal | None:
    """Explain which value is not possible."""
    name = out_of_bounds(rules)
    if name is None:
        return None
    return Refusal("out_of_bounds", 422, rule_words.bounds(name), {"field": name})


def _stale() -> Refusal:
    return Refusal("stale_rules", 409, _("Somebody else changed the rules meanwhile. Load them again."))
