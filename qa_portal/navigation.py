"""The rail: what each person can go to, decided by permission."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.access import grants_of, may
from accounts.roles import Permission, Role
from accounts.selectors import unread_notifications
from core.themes import theme_of
from qa_portal import rail_counts

P = Permission
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table: a page, and the permission that opens it."""

    label: Words
    name: str
    icon: str
    permission: Permission
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the rail, as this person sees it."""

    label: Words
    url: str
    icon: str
    current: bool = False
    in_bar: bool = False
    count: str = ""
    count_says: Words = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one word."""

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
            Entry(_("Workspace"), "accounts:workspace", "settings", P.MANAGE_SETTINGS),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every template the rail of the person who asks, their role in words, and the theme.

    The rail is counted when a page draws it; a part of a page does not.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "theme": theme_of(request), "role_line": "", "unread_notifications": ""}
    return {
        "navigation": SimpleLazyObject(lambda: tuple(groups_for(user, path=request.path, now=timezone.now()))),
        "theme": theme_of(request),
        "role_line": SimpleLazyObject(lambda: role_line(user)),
        "unread_notifications": SimpleLazyObject(lambda: unread_notifications(user)),
    }


def groups_for(user: Any, *, path: str, now: datetime) -> list[Group]:
    """Return the groups with at least one page that this person may open."""
    groups = _once([Group(title, _links(user, entries, now=now)) for title, entries in GROUPS])
    groups = [group for group in groups if group.links]
    here = _current_url([link.url for group in groups for link in group.links], path=path)
    room = IN_BAR
    finished = []
    for group in groups:
        links = tuple(
            replace(link, current=link.url == here, in_bar=place < room) for place, link in enumerate(group.links)
        )
        room = max(0, room - len(links))
        finished.append(Group(group.title, links))
    return finished


def _once(groups: list[Group]) -> list[Group]:
    """Keep the first link to each page: who is an agent and scores too would find some twice."""
    seen: set[str] = set()
    kept = []
    for group in groups:
        kept.append(Group(group.title, tuple(link for link in group.links if link.url not in seen)))
        seen |= {link.url for link in group.links}
    return kept


def role_line(user: Any) -> str:
    """Return what somebody is, in a few words: "Supervisor, Retail"."""
    grants = grants_of(user)
    if not grants:
        return ""
    first = grants[0]
    role = str(Role(first.role).label)
    return f"{role}, {first.team.name}" if first.team is not None else role


def _links(user: Any, entries: tuple[Entry, ...], *, now: datetime) -> tuple[Link, ...]:
    places = [(entry, address(entry.name)) for entry in entries if may(user, entry.permission)]
    return tuple(
        Link(
            label=entry.label,
            url=url,
            icon=entry.icon,
            count=rail_counts.count(entry.name, user, now=now),
            count_says=rail_counts.words(entry.name),
            keys=entry.keys,
        )
        for entry, url in places
        if url
    )


def address(name: str) -> str:
    """Return the address of a page, or "" while this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _current_url(urls: list[str], *, path: str) -> str:
    """Return the link whose address begins the path; the longest one when several do."""
    matching = [url for url in urls if path.startswith(url)]
    return max(matching, key=len, default="")
