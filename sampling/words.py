"""Periods, keys and terms as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sampling import risks
from sampling.cycles import Period
from sampling.models import Draw, Plan
from sampling.quotas import BY_RISK, PER_TEAM, PERCENTAGE
from sampling.reasons import SkipReason
from sampling.terms import Terms

MOMENT = timedelta(microseconds=1)


def days(of: Period | Draw) -> str:
    """Write the local days of a period: "Mon 23 Feb – Sun 1 Mar 2026"."""
    zone = ZoneInfo(of.time_zone)
    first, last = of.starts_at.astimezone(zone).date(), (of.ends_at - MOMENT).astimezone(zone).date()
    if first == last:
        return _day(last, with_year=True)
    return f"{_day(first, with_year=first.year != last.year)} – {_day(last, with_year=True)}"


def local_moment(moment: datetime, zone: str) -> str:
    """Write a moment by the clock of a plan: "Tue 3 Mar, 00:00"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_day(local.date(), with_year=False)}, {local:%H:%M}"


def last_day(moment: datetime, zone: str) -> str:
    """Write the last whole day before a moment, by the clock of a plan: "Mon 9 Mar 2026"."""
    return _day((moment - MOMENT).astimezone(ZoneInfo(zone)).date(), with_year=True)


def short(digest: str) -> str:
    """Write the ends of a digest, for a glance: "9f2c41…e913"."""
    return f"{digest[:6]}…{digest[-4:]}" if len(digest) > 12 else digest


def reason(code: str) -> str:
    """Write a skip reason in words; what a later version no longer knows stays as it was stored."""
    return str(SkipReason(code).label) if code in SkipReason.values else code


def quota(terms: Plan | Terms) -> str:
    """Write how many are drawn at random: "3 conversations per agent"."""
    if terms.quota_kind == PER_TEAM:
        return ngettext("%(n)s conversation per team", "%(n)s conversations per team", terms.quota_per_team) % {
            "n": terms.quota_per_team
        }
    if terms.quota_kind == PERCENTAGE:
        return _("%(share)s %% of each agent’s conversations, at least %(least)s") % {
            "share": f"{terms.quota_percent:g}", "least": terms.quota_minimum,
        }  # fmt: skip
    return ngettext("%(n)s conversation per agent", "%(n)s conversations per agent", terms.quota_per_agent) % {
        "n": terms.quota_per_agent
    }


def strata(plan: Plan) -> str:
    """Write what a plan divides by, and how the quota is shared: "channel, risk; by fixed shares (3, 2, 1)"."""
    names = {"channel": _("channel"), "tenure": _("time in the job"), "language": _("language"), "risk": _("risk")}
    kinds = ", ".join(str(names.get(kind, kind)) for kind in plan.strata)
    shares = f" ({', '.join(map(str, plan.risk_shares))})" if plan.allocation == BY_RISK and plan.risk_shares else ""
    return f"{kinds}; {plan.get_allocation_display().lower()}{shares}"


def rules(hits: Iterable[int], draw: Draw) -> str:
    """Write the risk rules that hit a pick, as they stood when its frame was frozen."""
    known = risks.read(draw.frozen_settings.get("risk_rules", []))
    return "; ".join(known[place].words for place in hits if place < len(known))


def _day(day: date, *, with_year: bool) -> str:
    return formats.date_format(day, "D j M Y" if with_year else "D j M")
