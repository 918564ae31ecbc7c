"""A page and its twin do the same: what a page asks of the services, one of its twins asks of them, too."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from django.urls import resolve

from tests.api.asking import operations
from tests.api.test_twins import TWINS
from tests.project.test_access import ADDRESSES

# Page → what it calls and its twin does not, and why that is the same all the same.
OTHERWISE: dict[str, tuple[set[str], str]] = {
    "reviews:submit": ({"reviews.services.claims.next_item"}, "goes on to the next; a script asks `queue/claim/`"),
    "rubrics:save": ({"rubrics.services.editing.change"}, "changes a part of the document, a script all of it"),
    "rubrics:arrange": ({"rubrics.services.editing.change"}, "changes a part of the document, a script all of it"),
    "coaching:new_check": ({"coaching.services.checks.write"}, "one form makes and changes"),
    "coaching:edit_check": ({"coaching.services.checks.add"}, "one form makes and changes"),
    "coaching:new_programme": ({"coaching.services.programmes.edit"}, "one form makes and changes"),
    "coaching:edit_programme": ({"coaching.services.programmes.draft"}, "one form makes and changes"),
    "reviews:new_calibration": ({"reviews.services.calibrating.change"}, "one form makes and changes"),
    "reviews:edit_calibration": ({"reviews.services.calibrating.make"}, "one form makes and changes"),
    "accounts:teams": ({"accounts.services.teams.edit"}, "its module holds a class that changes one"),
    **dict.fromkeys(
        ("coaching:plan", "coaching:own_plan", "coaching:close", "coaching:decline", "coaching:extend"),
        ({"coaching.services.contents.coaches_of"}, "offers people to hand over to; the twin of that reads them"),
    ),
}


def test_what_a_page_asks_of_the_services_its_twin_asks_too() -> None:
    left = {page: asked_by(ADDRESSES[page].callback) - twins_ask(twins) for page, twins in TWINS.items()}

    assert {page: calls for page, calls in left.items() if calls} == {
        page: calls for page, (calls, _why) in OTHERWISE.items()
    }


def test_the_comparison_sees_what_a_view_calls() -> None:
    assert asked_by(ADDRESSES["reviews:publish"].callback) >= {"reviews.services.publishing.publish"}
    assert twins_ask(("reviews_publish_create",)) >= {"reviews.services.publishing.publish"}
    assert sum(bool(asked_by(ADDRESSES[page].callback)) for page in TWINS) > 100


def twins_ask(twins: tuple[str, ...]) -> set[str]:
    return {call for twin in twins for call in asked_by(handler(twin))}


def handler(operation: str) -> Callable[..., Any]:
    """Return the method behind an operation of the API."""
    method, path = operations()[operation]
    found: Any = resolve(path.format(id=1, slug="a", number=1)).func
    return getattr(found.cls, found.actions[method])  # type: ignore[no-any-return]


def asked_by(function: Callable[..., Any]) -> set[str]:
    """Return the functions of services that a function names, itself or by what it uses of its own module."""
    plain = inspect.unwrap(function)
    module = sys.modules[plain.__module__]
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    return set(_named(tree, module, seen=set()))


def _named(tree: ast.AST, module: ModuleType, *, seen: set[str]) -> Iterator[str]:
    services, own = _contents(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from _service(getattr(services.get(node.value.id), node.attr, None))
            name = node.attr if node.value.id == "self" else ""
        else:
            name = node.id if isinstance(node, ast.Name) else ""
            yield from _service(services.get(name))
        if name in own and name not in seen:
            seen.add(name)
            for part in own[name]:
                yield from _named(part, module, seen=seen)


def _service(found: Any) -> Iterator[str]:
    if inspect.isfunction(found):
        plain = inspect.unwrap(found)
        if ".services" in plain.__module__:
            yield f"{plain.__module__}.{plain.__name__}"


@cache
def _contents(module: ModuleType) -> tuple[dict[str, Any], dict[str, list[ast.AST]]]:
    """Return what a module imports from services, by its name there, and what it defines."""
    services: dict[str, Any] = {}
    own: dict[str, list[ast.AST]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and ".services" in (node.module or ""):
            source = importlib.import_module(str(node.module))
            services |= {one.asname or one.name: getattr(source, one.name) for one in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own.setdefault(node.name, []).append(node)
    return services, own
