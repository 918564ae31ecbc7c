"""Answer what a person may do, and where. Grants are read once per user object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.roles import HOUSE_WIDE, ROLES, Permission, Role
from core import prepared
from core.http import page_before
from core.refusals import Refusal, Refused

if TYPE_CHECKING:  # the models ask this module, so it may not import them
    from accounts.models import RoleGrant, User

Params = ParamSpec("Params")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a permission holds: everywhere, in some teams, or nowhere."""

    everywhere: bool
    team_ids: frozenset[int]

    def covers(self, team_id: int | None) -> bool:
        """Say whether a team lies within reach; a thing without a team needs reach everywhere."""
        return self.everywhere or (team_id is not None and team_id in self.team_ids)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.team_ids)


NOWHERE = Reach(everywhere=False, team_ids=frozenset())


def grants_of(user: Any) -> list[RoleGrant]:
    """Return the grants that hold now. Kept on the user object for one request; nobody else may rely on it."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    return _begun_grants(user)[0]


def _begun_grants(user: Any) -> tuple[list[RoleGrant], list[RoleGrant]]:
    """Return the grants that hold now, and those that have ended."""
    kept: tuple[list[RoleGrant], list[RoleGrant]] | None = user.__dict__.get("_grants")
    if kept is None:
        now = timezone.now()
        kept = _keep(user, GRANTS.all(user=user.pk, now=now), now=now)
    return kept


def _keep(user: Any, known: list[RoleGrant], *, now: datetime) -> tuple[list[RoleGrant], list[RoleGrant]]:
    holding = [grant for grant in known if grant.ends_at is None or grant.ends_at > now]
    kept = user.__dict__["_grants"] = holding, [grant for grant in known if grant not in holding]
    return kept


def read_grants_of(users: Collection[User]) -> None:
    """Read the grants of many people in one query; else each would be asked for alone."""
    from accounts.models import RoleGrant

    now, known = timezone.now(), defaultdict[int, list["RoleGrant"]](list)
    for grant in RoleGrant.objects.filter(user__in=users, starts_at__lte=now).select_related("team"):
        known[grant.user_id].append(grant)
    for user in users:
        _keep(user, known[user.pk], now=now)


def _write_grants() -> Any:
    from accounts.models import RoleGrant

    begun = RoleGrant.objects.filter(user=prepared.number("user"), starts_at__lte=prepared.moment("now"))
    return begun.select_related("team")


GRANTS: prepared.Prepared[Any] = prepared.Prepared(_write_grants)  # asked by every request


def ended_as_supervisor(user: Any) -> list[RoleGrant]:
    """Return a person's ended times as a supervisor, the last first."""
    if not user.is_active:
        return []
    found = [grant for grant in _begun_grants(user)[1] if grant.role == Role.SUPERVISOR]
    return sorted(found, key=lambda grant: (grant.ends_at, grant.pk), reverse=True)


def has_earlier_teams(user: Any) -> bool:
    """Say whether somebody coached a team that they do not coach today."""
    today = reach(user, Permission.COACH)
    return any(not today.covers(grant.team_id) for grant in ended_as_supervisor(user))


def roles_of(user: Any) -> set[str]:
    """Return the roles that a person holds now, in any team."""
    return {grant.role for grant in grants_of(user)}


def may(user: Any, permission: Permission) -> bool:
    """Say whether a person holds a permission anywhere."""
    return any(_gives(grant, permission) for grant in grants_of(user))


def reach(user: Any, permission: Permission) -> Reach:
    """Return where a person holds a permission."""
    grants = [grant for grant in grants_of(user) if _gives(grant, permission)]
    teams = frozenset(grant.team_id for grant in grants if grant.team_id is not None)
    return Reach(everywhere=any(grant.team_id is None for grant in grants), team_ids=teams)


def why_not(user: Any, *permissions: Permission) -> Refusal | None:
    """Refuse somebody who holds none of the permissions anywhere."""
    if any(may(user, permission) for permission in permissions):
        return None
    if any(one in ROLES[grant.role].permissions for one in permissions for grant in grants_of(user)):
        sentence = _("Your role is limited to a team, and this concerns the whole installation.")
        return Refusal("one_team_only", 403, sentence)
    return Refusal("wrong_role", 403, _("Your role does not include this. Ask an admin if you need it."))


def _gives(grant: RoleGrant, permission: Permission) -> bool:
    """Say whether a grant includes a permission: what belongs to no team is not given with one."""
    if grant.team_id is not None and permission in HOUSE_WIDE:
        return False
    return permission in ROLES[grant.role].permissions


def person(request: HttpRequest) -> User:
    """Return who asks; only for views behind `requires` or a log-in check, where nobody is anonymous."""
    return cast("User", request.user)


def to_log_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the log-in page and back here afterwards; who sent a form, to the page it was on.

    A form's own address answers no link: whoever was signed out while they worked would end on a blank page.
    """
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else page_before(request)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}")


View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def requires(*permissions: Permission) -> Callable[[View[Params]], View[Params]]:
    """Send strangers to the log-in page and refuse the wrong role; one of several permissions is enough."""

    def decorate(view: View[Params]) -> View[Params]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_log_in(request)
            refusal = why_not(request.user, *permissions)
            if refusal is not None:
                raise Refused(refusal)
            return view(request, *args, **kwargs)

        guarded.required_permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View[Params]) -> View[Params]:
    """Send strangers to the log-in page; anybody with a log-in may ask, and sees what is theirs to see."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_log_in(request)
        return view(request, *args, **kwargs)

    guarded.required_permissions = ()  # type: ignore[attr-defined]
    return guarded
