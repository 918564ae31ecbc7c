"""Questions about what a person reaches, put into SQL once for everybody with the same grants.

    UNREAD = Asked(lambda user: Review.objects.visible_to(user).unread().values_list("pk"))
    rows = UNREAD.rows(person)

Which rows a person reaches is decided by the QuerySet words that every page uses. Grants are read afresh by each
request, so that a new grant asks another question at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from django.db.models import QuerySet

from accounts.access import grants_of
from accounts.models import RoleGrant
from core import prepared
from core.prepared import M, Prepared

Shape = tuple[tuple[str, int | None], ...]


def shape_of(user: Any) -> Shape:
    """Return what of a person decides which rows they reach: the roles, and where."""
    return tuple(sorted(((grant.role, grant.team_id) for grant in grants_of(user)), key=str))


class Anybody:
    """Whoever has grants of this shape: the QuerySet words that take a person take this one as well."""

    is_authenticated = is_active = True

    def __init__(self, shape: Shape) -> None:
        self.pk = prepared.number("user")
        self.__dict__["_grants"] = [RoleGrant(role=role, team_id=team_id) for role, team_id in shape], []


class Asked(Generic[M]):
    """A prepared question that `write` puts for a person; what else it takes is the question's shape."""

    def __init__(self, write: Callable[..., QuerySet[M, Any]]) -> None:
        self.prepared: Prepared[M] = Prepared(lambda grants, *shape: write(Anybody(grants), *shape))

    def rows(self, user: Any, *shape: Any, **values: Any) -> list[tuple[Any, ...]]:
        """Return the plain values of a QuerySet that ends in `values_list`."""
        return self.prepared.rows(shape_of(user), *shape, user=user.pk, **values)

    def all(self, user: Any, *shape: Any, **values: Any) -> list[M]:
        """Return the instances that are found."""
        return self.prepared.all(shape_of(user), *shape, user=user.pk, **values)
