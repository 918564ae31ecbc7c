"""The resource that every app's API builds on: scoped rows, an explicit table of who may ask for what."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.access import may, why_not
from accounts.models import ApiToken, User
from accounts.roles import Permission
from accounts.scopes import Scope
from core.api.filtering import refuse_unknown
from core.api.paging import CursorPages
from core.refusals import Refusal, refuse

# A permission that opens an action; one of several is enough, none means everybody with a log-in.
Doors = tuple[Permission, ...]
# Longer numbers are held by no column.
PK = "[0-9]{1,18}"


class ScopeAndRole(BasePermission):
    """Refuse a token that is not made for this, and a role that does not include it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raise the refusal with its sentence."""
        resource = cast("Resource", view)
        doors = resource.doors.get(resource.action or "")
        if doors is None:
            return True  # no such method here: the framework says 405
        writes = resource.scopes.get(resource.action or "", resource.write_scope)
        needed = Scope.READ if request.method in SAFE_METHODS else writes
        refuse(why_not_scope(request.auth, needed))
        if doors and not any(may(request.user, door) for door in doors):
            refuse(why_not(request.user, doors[0]))
        return True


def why_not_scope(token: Any, needed: Scope) -> Refusal | None:
    """Explain why a token does not open this; a session has every scope."""
    if not isinstance(token, ApiToken) or needed.value in token.scopes:
        return None
    sentence = _("This token is not made for this: it lacks the scope “%(scope)s”.") % {"scope": needed.value}
    return Refusal("scope_missing", 403, sentence, {"scope": needed.value})


class Resource(GenericViewSet[Any]):
    """One kind of thing. Rows come from `rows(user)`, which is scoped; `doors` says who may ask for each action."""

    permission_classes = (IsAuthenticated, ScopeAndRole)
    http_method_names = ("get", "head", "post", "put")
    lookup_value_regex = PK
    write_scope: ClassVar[Scope] = Scope.READ
    # Actions that a token needs another scope for than the rest of the resource.
    scopes: ClassVar[dict[str, Scope]] = {}
    doors: ClassVar[dict[str, Doors]] = {}
    # What an action reads from its address beside filters and the place in a list.
    asks: ClassVar[dict[str, tuple[str, ...]]] = {}
    model: ClassVar[type[Model]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whoever may not, and then a read that asks for what nothing here listens to."""
        super().initial(request, *args, **kwargs)
        # A method that is not offered has an action of the framework's, such as that of OPTIONS, and is answered below.
        if request.method in SAFE_METHODS and self.action and hasattr(self, self.action):
            refuse_unknown(request, {*self.asks.get(self.action, ()), *self._of_a_list()})

    def _of_a_list(self) -> set[str]:
        """Return the names of filters and paging: of a list, and of an action that names filters of its own."""
        narrowed = self.action == "list" or "filterset_class" in getattr(getattr(self, self.action), "kwargs", {})
        if not narrowed:
            return set()
        filters = getattr(self, "filterset_class", None)
        paging = (CursorPages.cursor_query_param, CursorPages.page_size_query_param) if self.paginator else ()
        return {*(filters.base_filters if filters else ()), *paging}

    @property
    def person(self) -> User:
        """Return who asks."""
        return cast("User", self.request.user)

    def rows(self, user: User) -> Any:
        """Return the rows within a person's reach, with what the answer shows."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        """Return the rows of this person; none while the schema is drawn up."""
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.rows(self.person)

    def get_object(self) -> Any:
        """Return one row within reach. The filters of the list do not apply to it."""
        field = self.lookup_field
        return get_object_or_404(self.get_queryset(), **{field: self.kwargs[self.lookup_url_kwarg or field]})

    def sent(self) -> Any:
        """Return the body as the action's serializer understands it."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
