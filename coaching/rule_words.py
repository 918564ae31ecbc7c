"""The trigger rules in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.rules import BOUNDS, Rules

LABELS = {
    "target": gettext_lazy("Target of every skill, in points"),
    "targets": gettext_lazy("Targets by skill and level"),
    "above": gettext_lazy("Probability under the target"),
    "running": gettext_lazy("Weekly looks running"),
    "watches_critical": gettext_lazy("Propose a plan when a critical error comes again"),
    "critical_count": gettext_lazy("Times the same critical error"),
    "critical_days": gettext_lazy("Within days"),
    "watches_decline": gettext_lazy("Tell the supervisor of a sudden decline"),
    "decline_limit": gettext_lazy("Limit of the chart, in standard errors"),
    "watches_strengths": gettext_lazy("Tell the supervisor of strengths worth praising"),
    "strength_above": gettext_lazy("Probability above the target"),
    "strength_weeks": gettext_lazy("Weeks before the same agent is named again"),
}


def bounds(name: str) -> str:
    """Say what a value may be."""
    low, high = BOUNDS.get(name, BOUNDS["target"])
    label = str(LABELS.get(name, _("Target")))
    if high < 1:
        return _("%(label)s: choose %(low)d to %(high)d per cent.") % {
            "label": label, "low": round(low * 100), "high": round(high * 100),
        }  # fmt: skip
    return _("%(label)s: choose %(low)g to %(high)g.") % {"label": label, "low": low, "high": high}


def sentences(rules: Rules) -> list[str]:
    """Say what the rules do, one sentence each."""
    found = [
        ngettext(
            "A plan is proposed when the level on a skill is under its target with more than %(chance).0f %% "
            "probability in one weekly look.",
            "A plan is proposed when the level on a skill is under its target with more than %(chance).0f %% "
            "probability in %(n)d weekly looks running.",
            rules.running,
        )
        % {"chance": rules.above * 100, "n": rules.running}
    ]
    if rules.watches_critical:
        found.append(
            _("A plan is proposed when the same critical error comes to light %(times)d times within %(days)d days.")
            % {"times": rules.critical_count, "days": rules.critical_days}
        )
    if rules.watches_decline:
        found.append(_("A sudden decline of the score is put on the board, worth a look; it opens no plan by itself."))
    if rules.watches_strengths:
        found.append(
            _("A strength is put on the board, worth praising, when it is above its target with more than "
              "%(chance).0f %% probability; the same agent again after %(weeks)d weeks at the earliest.")
            % {"chance": rules.strength_above * 100, "weeks": rules.strength_weeks}
        )  # fmt: skip
    return found
