"""The rail: what each person can go to, decided by permission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import grants_of, has_earlier_teams, may
from accounts.roles import Permission, Role
from core.themes import theme_of
from insights.views.home import home_of
from qa_portal import rail_counts

P = Permission
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table: a page, and the permission that opens it; without one, having coached another team."""

    label: Words
    name: str
    icon: str
    permission: Permission | None
    keys: str = ""

    def opens_to(self, user: Any) -> bool:
        """Say whether a person finds this page in the rail."""
        return has_earlier_teams(user) if self.permission is None else may(user, self.permission)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the rail, as this person sees it."""

    label: Words
    name: str
    url: str
    icon: str
    current: bool = False
    in_bar: bool = False
    count: str = ""
    count_says: Words = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one word: those of one place in GROUPS."""

    number: int
    title: Words
    links: tuple[Link, ...]


IN_BAR = 4
GROUPS: tuple[tuple[Words, tuple[Entry, ...]], ...] = (
    (
        _("You"),
        (
            Entry(_("Feedback"), "reviews:feedback_list", "clipboard-check", P.READ_OWN_FEEDBACK, "g f"),
            Entry(_("My coaching"), "coaching:mine", "trending-up", P.WORK_ON_OWN_PLAN),
            Entry(_("My disputes"), "reviews:disputes", "scale", P.READ_OWN_FEEDBACK),
        ),
    ),
    (
        _("Team"),
        (
            Entry(_("My team"), "insights:team", "house", P.SEE_TEAM, "g t"),
            Entry(_("Coaching"), "coaching:list", "trending-up", P.COACH, "g c"),
            Entry(_("Earlier teams"), "coaching:earlier_teams", "history", None),
        ),
    ),
    (
        _("Work"),
        (
            Entry(_("Queue"), "reviews:queue", "list-checks", P.SCORE, "g q"),
            Entry(_("Reviews"), "reviews:list", "clipboard-list", P.READ_REVIEWS, "g r"),
            Entry(_("Disputes"), "reviews:disputes", "scale", P.READ_REVIEWS, "g d"),
        ),
    ),
    (
        _("Programme"),
        (
            Entry(_("Programme"), "insights:programme", "chart-line", P.READ_INSIGHTS, "g p"),
            Entry(_("Sampling"), "sampling:list", "dice-5", P.READ_SAMPLING, "g s"),
            Entry(_("Calibration"), "reviews:calibration", "target", P.MANAGE_SAMPLING),
            Entry(_("Trigger rules"), "coaching:rules", "sliders-horizontal", P.MANAGE_COACHING),
        ),
    ),
    (
        _("Library"),
        (
            Entry(_("Conversations"), "conversations:list", "message-square", P.READ_CONVERSATIONS, "g v"),
            Entry(_("Rubrics"), "rubrics:list", "list-todo", P.READ_RUBRICS, "g b"),
            Entry(_("Imports"), "conversations:imports", "file-up", P.IMPORT_CONVERSATIONS, "g i"),
        ),
    ),
    (
        _("Settings"),
        (
            Entry(_("People"), "accounts:people", "users", P.MANAGE_PEOPLE),
            Entry(_("Audit"), "accounts:audit", "scroll-text", P.READ_AUDIT),
            Entry(_("Coaching sweep"), "coaching:sweep", "clock", P.MANAGE_SETTINGS),
            Entry(_("Draw keys"), "sampling:keys", "key-round", P.MANAGE_SETTINGS),
            Entry(_("Sources"), "reviews:sources", "database", P.MANAGE_SETTINGS),
            Entry(_("Workspace"), "accounts:workspace", "settings", P.MANAGE_SETTINGS),
        ),
    ),
)


def theme(request: HttpRequest) -> dict[str, Any]:
    """Give every template the theme; {% rail %} draws the rest of the frame."""
    return {"theme": theme_of(request)}


def groups_for(user: Any, *, path: str, now: datetime) -> list[Group]:
    """Return the groups with at least one page that this person may open."""
    places = _places(user)
    here = _current_url([url for _number, _entry, url in places], path=path)
    links: dict[int, list[Link]] = {}
    bar = _bar([entry.name for _number, entry, _url in places], home=home_of(user))
    for number, entry, url in places:
        count = rail_counts.count(entry.name, user, now=now)
        links.setdefault(number, []).append(
            link_to(entry, url, current=url == here, in_bar=entry.name in bar, count=count)
        )
    return [Group(number, GROUPS[number][0], tuple(found)) for number, found in links.items()]


def _bar(names: list[str], *, home: str) -> set[str]:
    """Return what stands in the bar of a phone: the first pages, and in any case the one that a person begins at."""
    begins = [name for name in names if name == home]
    return {*begins, *[name for name in names if name != home][: IN_BAR - len(begins)]}


def link_to(entry: Entry, url: str, *, current: bool, in_bar: bool, count: str) -> Link:
    """Return a link as somebody sees it."""
    return Link(
        label=entry.label,
        name=entry.name,
        url=url,
        icon=entry.icon,
        current=current,
        in_bar=in_bar,
        count=count,
        count_says=rail_counts.words(entry.name),
        keys=entry.keys,
    )


def _places(user: Any) -> list[tuple[int, Entry, str]]:
    """Return what this person may open, each page once: who is an agent and scores too would find some twice."""
    found: dict[str, tuple[int, Entry, str]] = {}
    for number, (_title, entries) in enumerate(GROUPS):
        for entry in entries:
            url = address(entry.name)
            if url and url not in found and entry.opens_to(user):
                found[url] = (number, entry, url)
    return list(found.values())


def role_line(user: Any) -> str:
    """Return what somebody is, in a few words: "Supervisor, Retail"."""
    grants = grants_of(user)
    if not grants:
        return ""
    first = grants[0]
    role = str(Role(first.role).label)
    return f"{role}, {first.team.name}" if first.team is not None else role


def address(name: str) -> str:
    """Return the address of a page, or "" while this installation has no such page."""
    return _address(name, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=200)
def _address(name: str, urlconf: Any, _prefix: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def _current_url(urls: list[str], *, path: str) -> str:
    """Return the link whose address begins the path; the longest one when several do."""
    matching = [url for url in urls if path.startswith(url)]
    return max(matching, key=len, default="")
