"""The trigger rules that hold now."""

from __future__ import annotations

from dataclasses import dataclass

from coaching.models import RuleVersion
from coaching.rules import SHIPPED, Rules, from_json


@dataclass(frozen=True, slots=True)
class Held:
    """The rules in force and the number of their version; 0 is what is shipped."""

    number: int
    rules: Rules


def current() -> Held:
    """Return the newest version of the rules, or what is shipped."""
    newest = RuleVersion.objects.order_by("-number").values_list("number", "values").first()
    return Held(0, SHIPPED) if newest is None else Held(newest[0], from_json(newest[1]))
