"""Draw the rail: its template once for each shape, and the words of the person who asks into its print.

Every page of everybody has it. What decides how it looks is its shape: the links, where one is, and beside which of
them something waits. The numbers, the names and the token of its forms are put in each time.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts import second_factor
from accounts.selectors import unread_notifications
from core.people import hue, initials
from core.stamps import Stamp, mark
from qa_portal.navigation import GROUPS, Group, address, groups_for, link_to, role_line

PERSON = ("name", "email", "role", "hue", "initials", "zone")
Shape = tuple[Any, ...]


def drawn(user: Any, *, path: str, theme: str, token: str) -> SafeString:
    """Return the rail of a person, or that of a stranger, for the page at a path."""
    if user is None or not user.is_authenticated:
        return RAIL.row((), {})
    groups = groups_for(user, path=path, now=timezone.now())
    unread, name = unread_notifications(user), user.name or user.email
    links = [link for group in groups for link in group.links]
    words = {f"count{place}": link.count for place, link in enumerate(links)}
    words |= {"name": name, "email": user.email, "role": role_line(user), "unread": unread, "token": token}
    words |= {"hue": str(hue(name)), "initials": initials(name), "zone": timezone.get_current_timezone_name()}
    shape = tuple(_shape(group) for group in groups)
    return RAIL.row((shape, theme, not second_factor.is_off(user), bool(unread)), words)


def _shape(group: Group) -> Shape:
    links = tuple((link.name, link.current, link.in_bar, bool(link.count)) for link in group.links)
    return (group.number, links)


def _prototype(
    shape: Shape | None = None, theme: str = "", has_factors: bool = False, is_told: bool = False
) -> dict[str, Any]:
    """Return what the template sees of a rail of one shape, with marks for its words; of nothing, a stranger's."""
    places = count()
    person = {name: mark(name) for name in PERSON} | {"has_factors": has_factors}
    return {
        "navigation": [_group(number, links, places) for number, links in shape or ()],
        "person": person if shape is not None else None,
        "unread": mark("unread") if is_told else "",
        "theme": theme,
        "csrf_token": mark("token"),
    }


def _group(number: int, links: Shape, places: count[int]) -> Group:
    title, entries = GROUPS[number]
    named = {entry.name: entry for entry in entries}
    found = []
    for name, current, in_bar, waits in links:
        place = next(places)
        shown = mark(f"count{place}") if waits else ""
        found.append(link_to(named[name], address(name), current=current, in_bar=in_bar, count=shown))
    return Group(number, title, tuple(found))


RAIL = Stamp("rail.html", prototype=_prototype)
